// How a contract speaks of notifications: what differs between `legacy`, which `rooms` has beside it, and `social`.

import type { LegacyNotificationsServerEvents } from '../generated/contracts.js'
import type { names } from '../names.js'

type Said<K extends keyof LegacyNotificationsServerEvents> = LegacyNotificationsServerEvents[K]
/** A message alert in the app's own words; not stored (`contracts/legacy.md` section 4). */
export type Alert = Said<typeof names.notifications.server.newMessage>

/** Whose doing it is; contract `social` only. */
export interface NotificationSender {
  readonly userId: string
  readonly username: string | null
  readonly profileImage: string | null
}

export type StoredNotification = Omit<Said<typeof names.notifications.server.notification>, 'data'> & {
  /** Whatever the app adds. */
  data?: unknown
  fromUser?: NotificationSender
  /** What it is about; contract `social` only. */
  postId?: string
}

/** What is told about notifications without being asked for. */
export interface NotificationEars {
  arrived(one: StoredNotification): void
  read(id: string): void
  allRead(): void
  removed(id: string): void
  allRemoved(): void
  /** How many are unread. */
  counted(count: number): void
  alerted(alert: Alert): void
}

export interface NotificationPage {
  /** Newest first. */
  readonly notifications: readonly StoredNotification[]
  /** Of all there are; `null`: not said here. */
  readonly unreadCount: number | null
}

export interface NotificationsWire {
  /** Where it is spoken. */
  readonly channel: '/notifications' | 'social'
  /** Whether the sidecar says how many are unread whenever that changes. Else it is counted here. */
  readonly tellsCount: boolean
  /** Whether the list can be asked for only while there is a connection. */
  readonly needsSocket: boolean
  /** Listens, without opening the channel. */
  follow(ears: NotificationEars): () => void
  newest(limit: number): Promise<NotificationPage>
  /** Those behind the `known` newest, the last of which is `oldest`. */
  older(oldest: StoredNotification, known: number, limit: number): Promise<NotificationPage>
  markRead(id: string): Promise<void>
  markAllRead(): Promise<void>
  /** `null`: the contract knows no such thing. */
  readonly remove: ((id: string) => Promise<void>) | null
  readonly removeAll: (() => Promise<void>) | null
}
