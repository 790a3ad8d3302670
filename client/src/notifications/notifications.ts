// The user's notifications: the stored ones, what arrives, and what was read on another device.

import type { OutriggerClient } from '../client.js'
import type { LegacyNotificationsServerEvents } from '../generated/contracts.js'
import type { Outcome } from '../feed/resumption.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

type Said<K extends keyof LegacyNotificationsServerEvents> = LegacyNotificationsServerEvents[K]
export type StoredNotification = Said<typeof names.notifications.server.notification>
/** A message alert in the app's own words; not stored (`contracts/legacy.md` section 4). */
export type Alert = Said<typeof names.notifications.server.newMessage>

const PAGE = 50
/** Most alerts that are kept until someone dismisses them. */
const MOST_ALERTS = 20

export interface NotificationsState {
  /** Newest first. */
  readonly notifications: readonly StoredNotification[]
  readonly unreadCount: number
  readonly alerts: readonly Alert[]
  readonly status: 'loading' | 'ready' | 'failed'
  readonly error: string | null
  readonly hasMore: boolean
}

const EMPTY: NotificationsState = Object.freeze({
  notifications: [],
  unreadCount: 0,
  alerts: [],
  status: 'loading',
  error: null,
  hasMore: false,
})

interface Page {
  notifications: StoredNotification[]
  unreadCount: number
}

export class Notifications extends LiveStore<NotificationsState> {
  /** Whether nothing is missing that was there when it was last asked for. */
  #isCurrent = false
  /** After a reset nothing that is shown can be relied on. */
  #isInDoubt = false
  /** Counts resets. */
  #era = 0

  constructor(private readonly client: OutriggerClient) {
    super(EMPTY)
  }

  protected start(): () => void {
    const { server } = names.notifications
    const socket = this.client.peek('/notifications')
    const ends = all(
      socket.on(server.notification, (one) => this.#take([one])),
      socket.on(server.notificationRead, ({ notificationId }) => this.#marked(notificationId)),
      socket.on(server.unreadCount, ({ count }) => {
        // Fewer than known here: read in another tab of this device, which is not told which one.
        const isReadElsewhere = count < this.value.unreadCount
        this.state.patch({ unreadCount: count })
        if (isReadElsewhere) void this.#catchUp()
      }),
      socket.on(server.newMessage, (alert) =>
        this.state.patch({ alerts: [...this.value.alerts, alert].slice(-MOST_ALERTS) }),
      ),
      this.client.resumption('/notifications').onOutcome((outcome) => this.#reconnected(outcome)),
      () => {
        // What comes from now on is heard by nobody.
        this.#isCurrent = false
      },
      this.client.hold('/notifications'),
    )
    void this.#catchUp()
    return ends
  }

  async markRead(notificationId: string): Promise<void> {
    const { value } = this
    const wasUnread = value.notifications.some((one) => one.id === notificationId && !one.read)
    this.#marked(notificationId)
    if (wasUnread) this.state.patch({ unreadCount: Math.max(0, value.unreadCount - 1) })
    try {
      const socket = this.client.peek('/notifications')
      if (socket.connected) {
        await socket.ask(names.notifications.client.markNotificationRead, { notificationId })
      } else {
        const path = `/api/notifications/${encodeURIComponent(notificationId)}/read`
        await this.client.rest.call(path, { method: 'PATCH' })
      }
    } catch (cause) {
      this.#failed(cause)
      await this.#catchUp()
    }
  }

  async markAllRead(): Promise<void> {
    const notifications = this.value.notifications.map((one) => (one.read ? one : { ...one, read: true }))
    this.state.patch({ notifications, unreadCount: 0 })
    try {
      const socket = this.client.peek('/notifications')
      if (socket.connected) await socket.ask(names.notifications.client.markAllNotificationsRead)
      else await this.client.rest.call('/api/notifications/read-all', { method: 'POST' })
    } catch (cause) {
      this.#failed(cause)
      await this.#catchUp()
    }
  }

  /** Loads older ones. */
  async loadMore(): Promise<void> {
    const era = this.#era
    const oldest = this.value.notifications.at(-1)
    if (!oldest || !this.value.hasMore) return
    try {
      const query = new URLSearchParams({ limit: String(PAGE), before: oldest.id })
      const { body } = await this.client.rest.call<Page>(`/api/notifications?${query.toString()}`)
      if (era !== this.#era) return
      this.#take(body.notifications)
      this.state.patch({ hasMore: body.notifications.length === PAGE, unreadCount: body.unreadCount })
    } catch (cause) {
      this.#failed(cause)
    }
  }

  dismiss(alert: Alert): void {
    this.state.patch({ alerts: this.value.alerts.filter((one) => one !== alert) })
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
    const socket = this.client.peek('/notifications')
    if (!socket.connected) return
    const era = this.#era
    this.#isCurrent = false
    try {
      const { notifications: page } = await socket.ask(names.notifications.client.getNotifications, {
        limit: PAGE,
      })
      if (era !== this.#era) return
      const known = new Set(this.value.notifications.map((one) => one.id))
      const isJoined = !this.#isInDoubt && page.some((one) => known.has(one.id))
      if (!isJoined) this.state.patch({ notifications: [], hasMore: page.length === PAGE })
      this.#take(page)
      this.#isCurrent = true
      this.#isInDoubt = false
      this.state.patch({ status: 'ready', error: null })
    } catch (cause) {
      if (era !== this.#era) return
      this.#failed(cause)
      if (this.value.status === 'loading') this.state.patch({ status: 'failed' })
    }
  }

  /** Merges: newest first, each once, and what was read stays read. */
  #take(come: readonly StoredNotification[]): void {
    const byId = new Map(this.value.notifications.map((one) => [one.id, one]))
    for (const one of come) byId.set(one.id, one.read ? one : { ...one, read: byId.get(one.id)?.read ?? false })
    const notifications = [...byId.values()].sort((a, b) =>
      a.timestamp === b.timestamp ? (a.id < b.id ? 1 : -1) : a.timestamp < b.timestamp ? 1 : -1,
    )
    this.state.patch({ notifications })
  }

  #marked(id: string): void {
    const notifications = this.value.notifications.map((one) =>
      one.id === id && !one.read ? { ...one, read: true } : one,
    )
    this.state.patch({ notifications })
  }

  #failed(cause: unknown): void {
    this.state.patch({ error: cause instanceof Error ? cause.message : String(cause) })
  }
}

const NOTIFICATIONS = Symbol('outrigger.notifications')

export function notificationsOf(client: OutriggerClient): Notifications {
  return client.attachment(NOTIFICATIONS, () => new Notifications(client))
}
