// A message as a page shows it: stored, or on its way.

import type { RoomsServerEvents } from '../generated/contracts.js'
import type { names } from '../names.js'

type Timed = RoomsServerEvents[typeof names.rooms.server.messageSent]

/** A stored message, as events and REST carry it (`contracts/rooms.md` section 6). */
export type MessageDocument = Omit<Timed, 'timestamp'> & { timestamp?: string }

/** What is used of a stored message, whatever contract it came in. */
export type StoredMessage = Pick<
  MessageDocument,
  '_id' | 'senderId' | 'receiverId' | 'text' | 'image' | 'createdAt' | 'isRead'
> & { metadata: Pick<MessageDocument['metadata'], 'clientMessageId' | 'readAt'> }

export type Delivery =
  /** Kept here until the sidecar can be reached. */
  | 'waiting'
  | 'sending'
  /** Stored. */
  | 'sent'
  /** The other side has read it. */
  | 'read'
  /** Refused for good; `retry` and `discard` are up to the user. */
  | 'failed'

export interface ChatMessage {
  /** Stays the same from the first keystroke's echo to the stored document: for React's `key`. */
  readonly key: string
  /** The sidecar's id; `null` until it is stored. */
  readonly id: string | null
  /** What this client called it; `null` for messages of others. */
  readonly clientMessageId: string | null
  readonly direction: 'in' | 'out'
  /** `null` while it is on its way: the sidecar takes it from the token. */
  readonly senderId: string | null
  readonly text: string | undefined
  /** An address to fetch with the user's cookie or token, or the data URL that is being sent. */
  readonly image: string | undefined
  readonly createdAt: string
  readonly delivery: Delivery
  readonly readAt: string | undefined
  /** Why it was refused, or is not let through yet, in the sidecar's words. */
  readonly error: string | undefined
  /** While it waits because too much was sent: when it is sent again by itself. */
  readonly retryAt: string | undefined
}

/** A stored message of the conversation with `partner`. */
export function stored(document: StoredMessage, partner: string): ChatMessage {
  const isIncoming = document.senderId === partner
  // The receiver's list must not be confused by a name that the sender's client made up.
  const clientMessageId = isIncoming ? null : (document.metadata.clientMessageId ?? null)
  return {
    key: clientMessageId ?? document._id,
    id: document._id,
    clientMessageId,
    direction: isIncoming ? 'in' : 'out',
    senderId: document.senderId,
    text: document.text,
    image: document.image,
    createdAt: document.createdAt,
    delivery: document.isRead ? 'read' : 'sent',
    readAt: document.metadata.readAt,
    error: undefined,
    retryAt: undefined,
  }
}
