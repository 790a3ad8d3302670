// What the sidecar tells a user of contract `tracking`: what became of messages, announcements, warnings. Some of it is
// stored, and asked for at every connection; the rest is there for as long as the page is.

import type { OutriggerClient } from '../client.js'
import type { TrackingNotification } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { Paced } from './paced.js'
import { TRACKING_REST } from './rest.js'

const { server, client: said } = names.tracking

/** Most that are kept; the oldest go. */
const MOST = 100
/** Most ids that are remembered of those that were taken off the list. */
const MOST_DISMISSED = 1_000
/** Of the stored ones, so many are asked for. */
const PAGE = 50
/** Least time between two changes that are shown, in milliseconds. */
const SHOWN_EVERY_MS = 100
/** How ids of those begin that are not stored (`contracts/tracking.md` section 3). */
const LIVE_ONLY = ['welcome_', 'warning_', 'system_', 'delivery_'] as const

export type SystemNotification = TrackingNotification

export interface SystemNotificationsState {
  /** Newest first. */
  readonly notifications: readonly SystemNotification[]
  /** Of those that are listed. */
  readonly unreadCount: number
  readonly status: 'loading' | 'ready' | 'failed'
  /** Why the last thing that was wanted could not be done. */
  readonly error: string | null
}

const EMPTY: SystemNotificationsState = Object.freeze({
  notifications: [],
  unreadCount: 0,
  status: 'loading',
  error: null,
})

const isStored = (id: string): boolean => !LIVE_ONLY.some((begin) => id.startsWith(begin))

export class SystemNotifications extends LiveStore<SystemNotificationsState> {
  readonly #known = new Map<string, SystemNotification>()
  readonly #dismissed = new Set<string>()
  readonly #shown = new Paced(SHOWN_EVERY_MS, () => this.#show())

  constructor(private readonly client: OutriggerClient) {
    super(EMPTY)
  }

  protected start(): () => void {
    const socket = this.client.peek('tracking')
    const ends = all(
      socket.on(server.notification, (one) => this.#take([one])),
      socket.onConnect(() => void this.#load()),
      this.client.resumption('tracking').onOutcome((outcome) => {
        if (outcome.kind !== 'lost' || outcome.reason !== 'unknown') return
        this.#known.clear()
        this.#shown.changed()
      }),
      () => this.#shown.flush(),
      this.client.hold('tracking'),
    )
    if (socket.connected) void this.#load()
    return ends
  }

  /** Marks one as read, on all devices if it is stored. */
  async markRead(notificationId: string): Promise<void> {
    const known = this.#known.get(notificationId)
    if (known) this.#read(known, true)
    if (!isStored(notificationId)) return
    try {
      await this.client.peek('tracking').ask(said.mark_notification_read, notificationId)
      this.state.patch({ error: null })
    } catch (cause) {
      if (known) this.#read(known, known.read)
      this.state.patch({ error: refusalOf(cause).message })
    }
  }

  /** Takes one off the list of this page. */
  dismiss(notificationId: string): void {
    this.#dismissed.add(notificationId)
    const [first] = this.#dismissed
    if (this.#dismissed.size > MOST_DISMISSED && first !== undefined) this.#dismissed.delete(first)
    this.#known.delete(notificationId)
    this.#changed()
  }

  #read(one: SystemNotification, read: boolean): void {
    this.#known.set(one.id, { ...one, read })
    this.#changed()
  }

  /** What the user did is shown at once. */
  #changed(): void {
    this.#shown.changed()
    this.#shown.flush()
  }

  async #load(): Promise<void> {
    try {
      const path = `${TRACKING_REST}/notifications?limit=${PAGE}`
      const { notifications } = (await this.client.rest.call<{ notifications: SystemNotification[] }>(path)).body
      this.#take(notifications)
      this.state.patch({ status: 'ready', error: null })
    } catch (cause) {
      this.state.patch({ error: refusalOf(cause).message })
      if (this.value.status === 'loading') this.state.patch({ status: 'failed' })
    }
  }

  #take(come: readonly SystemNotification[]): void {
    for (const one of come) {
      if (this.#dismissed.has(one.id)) continue
      // What was read stays read: the list may be older than the mark.
      const read = one.read || (this.#known.get(one.id)?.read ?? false)
      this.#known.set(one.id, { ...one, read })
    }
    this.#shown.changed()
  }

  #show(): void {
    const inOrder = [...this.#known.values()].sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1))
    for (const { id } of inOrder.slice(MOST)) this.#known.delete(id)
    const notifications = inOrder.slice(0, MOST)
    this.state.patch({ notifications, unreadCount: notifications.filter(({ read }) => !read).length })
  }
}

const NOTIFICATIONS = Symbol('outrigger.system-notifications')

export function systemNotificationsOf(client: OutriggerClient): SystemNotifications {
  return client.attachment(NOTIFICATIONS, () => new SystemNotifications(client))
}
