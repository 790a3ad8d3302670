// Merges what comes twice: the answer to a send, its `messageSent` on every device, and pages of history all
// bring the same message, in any order. One message is one entry, whatever came first.

import type { ChatMessage, StoredMessage } from './chat-message.js'

/** Sorted by time, then id; what is not stored yet stands last, in the order it was written. */
function inOrder(a: ChatMessage, b: ChatMessage): number {
  if ((a.id === null) !== (b.id === null)) return a.id === null ? 1 : -1
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  if (a.id === null || b.id === null || a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** A message that was read stays read, even if an older page says otherwise. */
function newer(known: ChatMessage, come: ChatMessage): ChatMessage {
  const isRead = known.delivery === 'read' || come.delivery === 'read'
  return {
    ...come,
    key: known.key,
    delivery: isRead ? 'read' : come.delivery,
    readAt: come.readAt ?? known.readAt,
  }
}

/** The stored messages with others merged in; the same array if nothing changed. */
export function merge(
  messages: readonly ChatMessage[],
  come: readonly ChatMessage[],
): readonly ChatMessage[] {
  const byId = new Map<string, ChatMessage>()
  for (const message of messages) if (message.id !== null) byId.set(message.id, message)
  let changed = false
  for (const message of come) {
    if (message.id === null) continue
    const known = byId.get(message.id)
    const result = known ? newer(known, message) : message
    if (known && same(known, result)) continue
    byId.set(message.id, result)
    changed = true
  }
  return changed ? [...byId.values()].sort(inOrder) : messages
}

function same(a: ChatMessage, b: ChatMessage): boolean {
  const keys = Object.keys(b) as (keyof ChatMessage)[]
  return keys.every((key) => a[key] === b[key])
}

/** Stored messages with those that are still on their way behind them, each once. */
export function withPending(
  messages: readonly ChatMessage[],
  pending: readonly ChatMessage[],
): readonly ChatMessage[] {
  if (pending.length === 0) return messages
  const known = new Set(messages.map((message) => message.clientMessageId))
  return [...messages, ...pending.filter((message) => !known.has(message.clientMessageId))]
}

/** With messages marked as read by the other side. */
export function markedRead(
  messages: readonly ChatMessage[],
  id: string,
  readAt: string,
): readonly ChatMessage[] {
  const index = messages.findIndex((message) => message.id === id)
  const message = messages[index]
  if (!message || message.delivery === 'read') return messages
  return messages.with(index, { ...message, delivery: 'read', readAt })
}

/** An answer of the sidecar to the question for what is stored. */
export interface Told {
  /** What was known when it was asked. */
  readonly asked: readonly ChatMessage[]
  /** What it named, without a gap up to that moment. */
  readonly documents: readonly StoredMessage[]
  /** Whether nothing is stored before the first of them. */
  readonly isAll: boolean
}

/** Without messages that the sidecar would have named: they were taken back while nobody listened. */
export function without(messages: readonly ChatMessage[], { asked, documents, isAll }: Told): readonly ChatMessage[] {
  const first = documents[0]?.createdAt
  const named = new Set(documents.map(({ _id }) => _id))
  const isGone = ({ id, createdAt }: ChatMessage): boolean =>
    id !== null && !named.has(id) && (isAll || (first !== undefined && createdAt > first))
  const gone = new Set(asked.filter(isGone).map(({ id }) => id))
  return gone.size === 0 ? messages : messages.filter(({ id }) => !gone.has(id))
}
