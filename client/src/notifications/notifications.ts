// The user's notifications: the stored ones, what arrives, and what was read or removed on another device.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { Outcome } from '../feed/resumption.js'
import { all, LiveStore } from '../live-store.js'
import { refusalOf } from '../rest/refusal.js'
import type { ContractName } from '../names.js'
import { AskError } from '../socket/ask-error.js'
import { legacyWire } from './legacy-wire.js'
import { merged, withoutRemoved, withRead } from './list.js'
import { socialNotificationsWire } from './social-wire.js'
import type { Alert, NotificationPage, NotificationsWire, StoredNotification } from './wire.js'

export type { Alert, NotificationSender, StoredNotification } from './wire.js'

const PAGE = 50
/** Most alerts that are kept until someone dismisses them. */
const MOST_ALERTS = 20
/** A count that something came between is asked for again after so many milliseconds. */
const AGAIN_MS = 250

export interface NotificationsState {
  /** Newest first. */
  readonly notifications: readonly StoredNotification[]
  readonly unreadCount: number
  readonly alerts: readonly Alert[]
  readonly status: 'loading' | 'ready' | 'failed'
  /** Why the last thing that was wanted could not be done. */
  readonly error: string | null
  /** If that was too often: when it is let through again. */
  readonly retryAt: string | null
  readonly hasMore: boolean
}

const EMPTY: NotificationsState = Object.freeze({
  notifications: [],
  unreadCount: 0,
  alerts: [],
  status: 'loading',
  error: null,
  retryAt: null,
  hasMore: false,
})

const NONE_LEFT: Partial<NotificationsState> = { notifications: [], unreadCount: 0, hasMore: false }

export class Notifications extends LiveStore<NotificationsState> {
  /** Whether nothing is missing that was there when it was last asked for. */
  #isCurrent = false
  /** After a reset nothing that is shown can be relied on. */
  #isInDoubt = false
  /** Counts resets. */
  #era = 0
  /** Counts what was told, and what was begun and ended here. */
  #changes = 0
  /** What was shown here and has not been answered: what is counted meanwhile may be counted before or after it. */
  #underWay = 0
  /** It was counted meanwhile. */
  #isMiscounted = false
  /** Counts how often all were removed. */
  #clearings = 0
  /** What was asked for and has not been answered. */
  #awaited = 0
  /** Removed while an answer was on its way: it may still name them. */
  readonly #removedMeanwhile = new Set<string>()

  constructor(
    private readonly client: OutriggerClient,
    private readonly wire: NotificationsWire,
  ) {
    super(EMPTY)
  }

  protected start(): () => void {
    const { channel } = this.wire
    const ends = all(
      this.wire.follow({
        arrived: (one) => this.#arrived(one),
        read: (id) => this.#read(id),
        allRead: () => this.#allRead(),
        removed: (id) => this.#removed(id),
        allRemoved: () => this.#allRemoved(),
        counted: (count) => this.#counted(count),
        alerted: (alert) => this.state.patch({ alerts: [...this.value.alerts, alert].slice(-MOST_ALERTS) }),
      }),
      this.client.resumption(channel).onOutcome((outcome) => this.#reconnected(outcome)),
      () => {
        // What comes from now on is heard by nobody.
        this.#isCurrent = false
      },
      this.client.hold(channel),
    )
    void this.#catchUp()
    return ends
  }

  async markRead(notificationId: string): Promise<void> {
    const known = this.#find(notificationId)
    const notifications = withRead(this.value.notifications, ({ id }) => id === notificationId)
    const change = { notifications, ...(known?.read === false ? this.#fewer() : {}) }
    await this.#do(change, () => this.wire.markRead(notificationId))
  }

  async markAllRead(): Promise<void> {
    await this.#do(this.#withAllRead(), () => this.wire.markAllRead())
  }

  /** Removes one for good; contract `social` only. */
  async remove(notificationId: string): Promise<void> {
    const { remove } = this.wire
    if (!remove) throw cannotRemove()
    const known = this.#find(notificationId)
    const notifications = this.value.notifications.filter((one) => one !== known)
    const change = { notifications, ...(known?.read === false ? this.#fewer() : {}) }
    await this.#do(change, () =>
      this.#asking(async () => {
        this.#noteRemoved(notificationId)
        try {
          await remove(notificationId)
        } catch (cause) {
          this.#removedMeanwhile.delete(notificationId)
          throw cause
        }
      }),
    )
  }

  /** Removes all there are for good; contract `social` only. */
  async removeAll(): Promise<void> {
    const { removeAll } = this.wire
    if (!removeAll) throw cannotRemove()
    await this.#do(NONE_LEFT, removeAll)
  }

  /** Loads older ones. */
  async loadMore(): Promise<void> {
    const era = this.#era
    const clearings = this.#clearings
    const { notifications: known, hasMore } = this.value
    const oldest = known.at(-1)
    if (!oldest || !hasMore) return
    try {
      const { page, isFull, unreadCount } = await this.#page(() => this.wire.older(oldest, known.length, PAGE))
      if (era !== this.#era || clearings !== this.#clearings) return
      this.#take(page)
      this.state.patch({ hasMore: isFull, ...(unreadCount === null ? {} : { unreadCount }) })
    } catch (cause) {
      this.#failed(cause)
    }
  }

  dismiss(alert: Alert): void {
    this.state.patch({ alerts: this.value.alerts.filter((one) => one !== alert) })
  }

  /** Shows it first and asks then; what is refused is put right again. */
  async #do(change: Partial<NotificationsState>, ask: () => Promise<void>): Promise<void> {
    const { notifications: before, hasMore } = this.value
    this.state.patch(change)
    try {
      await this.#own(ask)
      this.state.patch({ error: null, retryAt: null })
    } catch (cause) {
      const come = this.value.notifications.filter(({ id }) => !before.some((one) => one.id === id))
      this.state.patch({ notifications: merged(before, come), hasMore })
      await this.#catchUp()
      this.#failed(cause)
    }
  }

  async #own(ask: () => Promise<void>): Promise<void> {
    this.#changes += 1
    this.#underWay += 1
    try {
      await ask()
    } finally {
      this.#changes += 1
      this.#underWay -= 1
      if (this.#underWay === 0 && this.#isMiscounted) {
        this.#isMiscounted = false
        later(0, () => void (this.isInUse && this.#catchUp()))
      }
    }
  }

  #arrived(one: StoredNotification): void {
    this.#changes += 1
    const isNew = !this.#find(one.id)
    this.#take([one])
    if (isNew && !one.read && !this.wire.tellsCount) this.state.patch({ unreadCount: this.value.unreadCount + 1 })
  }

  #read(notificationId: string): void {
    const known = this.#find(notificationId)
    const notifications = withRead(this.value.notifications, ({ id }) => id === notificationId)
    this.state.patch({ notifications })
    this.#recount(known)
  }

  #allRead(): void {
    this.#changes += 1
    this.state.patch(this.#withAllRead())
  }

  #withAllRead(): Partial<NotificationsState> {
    return { notifications: withRead(this.value.notifications, () => true), unreadCount: 0 }
  }

  #removed(notificationId: string): void {
    const known = this.#find(notificationId)
    this.#noteRemoved(notificationId)
    if (known) this.state.patch({ notifications: this.value.notifications.filter((one) => one !== known) })
    this.#recount(known)
  }

  #allRemoved(): void {
    this.#changes += 1
    this.#clearings += 1
    this.state.patch(NONE_LEFT)
  }

  #counted(count: number): void {
    // Fewer than known here: read in another tab of this device, which is not told which one.
    const isReadElsewhere = count < this.value.unreadCount
    this.state.patch({ unreadCount: count })
    if (isReadElsewhere) void this.#catchUp()
  }

  /** One that was read or removed is not unread any more, where nobody else counts. */
  #recount(known: StoredNotification | undefined): void {
    this.#changes += 1
    if (this.wire.tellsCount) return
    if (known?.read === false) this.state.patch(this.#fewer())
    // Never seen here, behind the pages that were loaded: only the sidecar knows whether it counted.
    else if (!known && this.value.hasMore && this.value.unreadCount > 0) void this.#catchUp()
  }

  #fewer(): { unreadCount: number } {
    return { unreadCount: Math.max(0, this.value.unreadCount - 1) }
  }

  #find(notificationId: string): StoredNotification | undefined {
    return this.value.notifications.find(({ id }) => id === notificationId)
  }

  #reconnected(outcome: Outcome): void {
    // All of it came as events. What an earlier question failed to bring is not among them.
    if (outcome.kind === 'recovered' && this.#isCurrent) return
    if (outcome.kind === 'lost') {
      this.#era += 1
      this.#isInDoubt = true
      // Another user's, or of another database: none of it belongs here.
      if (outcome.reason === 'unknown') this.state.patch({ ...EMPTY, unreadCount: this.value.unreadCount })
    }
    void this.#catchUp()
  }

  /** Asks for the newest. What was missed beyond a page is loaded from the start. */
  async #catchUp(): Promise<void> {
    if (this.wire.needsSocket && !this.client.peek(this.wire.channel).connected) return
    const era = this.#era
    const asked = this.value.notifications
    const changes = this.#changes
    const clearings = this.#clearings
    this.#isCurrent = false
    try {
      const { page, isFull, unreadCount } = await this.#page(() => this.wire.newest(PAGE))
      if (era !== this.#era) return
      if (clearings === this.#clearings) this.#join(asked, page, isFull)
      if (unreadCount !== null) {
        // Something happened while it was counted: nobody knows whether that is in it. One that was shown stays till then.
        const isSure = changes === this.#changes && this.#underWay === 0
        if (isSure || this.value.status !== 'ready') this.state.patch({ unreadCount })
        if (this.#underWay > 0) this.#isMiscounted = true
        else if (!isSure) later(AGAIN_MS, () => void (this.isInUse && this.#catchUp()))
      }
      this.#isCurrent = true
      this.#isInDoubt = false
      this.state.patch({ status: 'ready', error: null, retryAt: null })
    } catch (cause) {
      if (era !== this.#era) return
      this.#failed(cause)
      if (this.value.status === 'loading') this.state.patch({ status: 'failed' })
    }
  }

  /** What is asked for, without what was removed meanwhile. */
  #page(ask: () => Promise<NotificationPage>): Promise<{ page: StoredNotification[]; isFull: boolean; unreadCount: number | null }> {
    return this.#asking(async () => {
      const { notifications, unreadCount } = await ask()
      const page = notifications.filter(({ id }) => !this.#removedMeanwhile.has(id))
      return { page, isFull: notifications.length === PAGE, unreadCount }
    })
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    this.#awaited += 1
    try {
      return await ask()
    } finally {
      this.#awaited -= 1
      if (this.#awaited === 0) this.#removedMeanwhile.clear()
    }
  }

  #noteRemoved(notificationId: string): void {
    if (this.#awaited > 0) this.#removedMeanwhile.add(notificationId)
  }

  #join(asked: readonly StoredNotification[], page: readonly StoredNotification[], isFull: boolean): void {
    const known = new Set(asked.map(({ id }) => id))
    const isJoined = !this.#isInDoubt && page.some(({ id }) => known.has(id))
    if (!isJoined) {
      // What came while it was asked for stays.
      const notifications = this.value.notifications.filter(({ id }) => !known.has(id))
      this.state.patch({ notifications, hasMore: isFull })
    } else if (this.wire.remove) {
      this.state.patch({ notifications: withoutRemoved(this.value.notifications, asked, page, !isFull) })
    }
    this.#take(page)
  }

  #take(come: readonly StoredNotification[]): void {
    this.state.patch({ notifications: merged(this.value.notifications, come) })
  }

  #failed(cause: unknown): void {
    const { message, retryAfterMs } = refusalOf(cause)
    const retryAt = retryAfterMs === undefined ? null : new Date(Date.now() + retryAfterMs).toISOString()
    this.state.patch({ error: message, retryAt })
  }
}

function cannotRemove(): AskError {
  return new AskError('refused', 'Notifications cannot be removed in this contract')
}

const LEGACY = Symbol('outrigger.notifications.legacy')
const LISTS: Readonly<Record<ContractName, symbol>> = {
  rooms: LEGACY,
  social: Symbol('outrigger.notifications.social'),
  // Contracts `commerce` and `quiz` have no list of what is stored: it is the same one.
  commerce: LEGACY,
  quiz: LEGACY,
}

/** Without a contract it speaks the client's own; `rooms`, `commerce` and `quiz` have those of `legacy` beside them. */
export function notificationsOf(client: OutriggerClient, contract = client.settings.contract): Notifications {
  return client.attachment(LISTS[contract], () => {
    const wire = contract === 'social' ? socialNotificationsWire(client) : legacyWire(client)
    return new Notifications(client, wire)
  })
}
