// Messages live in the sidecar. While it is down they are kept here and look the same to whoever wrote them.
import 'server-only'
import { askSidecar } from './sidecar/pass-on'
import type { MessageNotice } from './sidecar/notice'
import { enqueue, flush, hasRoomFor, waitingCount, waitingMessages } from './sidecar/outbox'
import { tellUser } from './sidecar/notices'
import type { User } from './users'

/** The message document of contracts/rooms.md section 6, as far as this app makes and reads it. */
export interface MessageDocument {
  readonly _id: string
  readonly senderId: string
  readonly receiverId: string
  readonly text?: string
  readonly image?: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly status: string
  readonly isRead: boolean
  readonly metadata?: { readonly serverMessageId?: string; readonly clientMessageId?: string }
}

/** Longest text and image taken for later, in characters; the sidecar's own limits. */
const LONGEST_TEXT = 16_000
const LONGEST_IMAGE = 7_000_000
const FULL = { message: 'Too many messages are waiting. Try again later.' }
const IMAGE = /^data:image\/(png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/

function waitingDocument(notice: MessageNotice, createdAt: string): MessageDocument {
  const { clientMessageId, senderId, receiverId, text, image } = notice
  return {
    _id: `waiting-${clientMessageId}`,
    senderId,
    receiverId,
    ...(text ? { text } : {}),
    ...(image ? { image } : {}),
    createdAt,
    updatedAt: createdAt,
    status: 'sending',
    isRead: false,
    metadata: { clientMessageId },
  }
}

/** What someone wrote, checked for what has to hold even while nobody else can check it. */
export function draftOf(body: Record<string, unknown>, idempotencyKey: string | null): Omit<MessageNotice, 'senderId' | 'receiverId'> | { readonly fault: string } {
  const text = typeof body.text === 'string' && body.text.trim() !== '' ? body.text : undefined
  const image = typeof body.image === 'string' && body.image !== '' ? body.image : undefined
  if (!text && !image) return { fault: 'Text or image is required.' }
  if (text && text.length > LONGEST_TEXT) return { fault: 'Text is too long.' }
  if (image && (image.length > LONGEST_IMAGE || !IMAGE.test(image))) return { fault: 'Failed to upload image.' }
  const given = typeof body.clientMessageId === 'string' ? body.clientMessageId : (idempotencyKey ?? '')
  const clientMessageId = /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
  return { kind: 'message', clientMessageId, ...(text ? { text } : {}), ...(image ? { image } : {}) }
}

/** Sends now, or keeps the message for later: then the document says `sending`. */
export async function send(message: MessageNotice, receiver: User): Promise<Response | MessageDocument> {
  // What was written earlier comes first.
  if ((await waitingCount()) > 0) await flush()
  if ((await waitingCount()) === 0) {
    const sent = await sendNow(message, receiver)
    if (sent) return sent
  }
  if (!(await hasRoomFor(message.senderId))) return Response.json(FULL, { status: 503, headers: { 'retry-after': '30' } })
  await enqueue(message, `message:${message.senderId}:${message.clientMessageId}`)
  return waitingDocument(message, new Date().toISOString())
}

async function sendNow(message: MessageNotice, receiver: User): Promise<Response | null> {
  const { receiverId, text, image, clientMessageId } = message
  const post = () =>
    askSidecar(`/api/messages/send/${encodeURIComponent(receiverId)}`, { method: 'POST', body: { text, image, clientMessageId } })
  const response = await post()
  if (response?.status !== 404) return response
  // We know the receiver, the sidecar does not: it was set up anew.
  const { told } = await tellUser(receiver)
  return told === 'now' ? post() : null
}

/** The sidecar's conversation with what still waits behind it. */
export function withWaiting(documents: readonly MessageDocument[], waiting: readonly MessageDocument[]): MessageDocument[] {
  const known = new Set(documents.map((one) => one.metadata?.clientMessageId))
  return [...documents, ...waiting.filter((one) => !known.has(one.metadata?.clientMessageId))]
}

/** A user's own waiting messages to someone. */
export async function waitingFor(senderId: string, receiverId: string): Promise<MessageDocument[]> {
  const waiting = await waitingMessages(senderId)
  return waiting
    .filter(({ notice }) => notice.receiverId === receiverId)
    .map(({ notice, createdAt }) => waitingDocument(notice, createdAt))
}
