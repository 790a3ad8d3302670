// What the sidecar tells the app, type by type (`docs/WEBHOOKS.md`).

import type { StoredNotification } from '../../notifications/notifications.js'
import type { MessageDocument } from '../../messaging/chat-message.js'

/** `data` of each type. */
export interface WebhookData {
  /** The first socket of a user. */
  'user.connected': Record<string, never>
  /** The last one is gone for good; `lost`: the sidecar itself was gone. */
  'user.disconnected': { reason: 'left' | 'lost' }
  /** A message was stored; `userId` is its receiver, of a chat's message its sender. */
  'message.stored': { message: MessageDocument; chatId?: string }
  /** A socket of the receiver took it. */
  'message.delivered': { messageId: string; senderId: string; receiverId: string; deliveredAt: string }
  'message.read': { messageId: string; senderId: string; receiverId: string; readAt: string }
  /** Unread for a while, and its receiver is away: time for an e-mail. */
  'message.missed': { message: MessageDocument }
  'notification.missed': { notification: MissedNotification }
  /** A client sent an event that the app decides about. */
  'client.event': { event: string; args: unknown[]; deviceId: string; contract: string }
}

/** A stored notification that nobody has read. */
export type MissedNotification = Omit<StoredNotification, 'read'>

export type WebhookType = keyof WebhookData

export interface WebhookOf<T extends WebhookType> {
  /** The same in every attempt. */
  readonly id: string
  readonly type: T
  /** When it happened. */
  readonly at: string
  /** Whom it is about. */
  readonly userId: string
  readonly data: WebhookData[T]
}

/** Any of them. A newer sidecar may send types that are not here: have a `default` in your `switch`. */
export type Webhook = { [T in WebhookType]: WebhookOf<T> }[WebhookType]
