// How a contract speaks of messages: what differs between `rooms` and `social`, and nothing else. Everything that
// shows, keeps or sends messages is made of this.

import type { ContractName } from '../names.js'
import type { StoredMessage } from './chat-message.js'

export interface Unread {
  total: number
  byUser: Readonly<Record<string, number>>
}

export interface Draft {
  text?: string | undefined
  /** Base64, with or without `data:image/…;base64,` before it. Contract `social` takes none. */
  image?: string | undefined
}

/** The other side read a message of this user. */
export interface Receipt {
  messageId: string
  readAt: string
}

/** What is told about messages without being asked for. */
export interface MessageEars {
  /** A message for this user. */
  received(message: StoredMessage): void
  /** A message of this user, from this or another device. */
  sent(message: StoredMessage): void
  receipt(receipt: Receipt): void
  /** Its sender took it back. */
  removed(messageId: string): void
}

export interface MessagingWire {
  /** Where it is spoken. */
  readonly channel: ContractName
  /** How many messages can be said to be read in one call. */
  readonly mostReadsAtOnce: number
  /** Listens, without opening the channel. */
  follow(ears: MessageEars): () => void
  /** The newest messages with a user, oldest first; with `before`, those before that message. */
  page(partner: string, limit: number, before?: string): Promise<readonly StoredMessage[]>
  /** Stored once for one `clientMessageId`, however often it is sent. */
  send(to: string, draft: Draft, clientMessageId: string): Promise<StoredMessage>
  /** Says that this user has read these messages of that partner. */
  markRead(partner: string, messageIds: readonly string[]): Promise<void>
  unread(): Promise<Unread>
  /** Takes back a message of this user, for both sides. `null`: the contract knows no such thing. */
  readonly remove: ((messageId: string) => Promise<void>) | null
}
