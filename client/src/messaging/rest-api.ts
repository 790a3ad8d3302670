// The messages' REST of contract `rooms` (`contracts/rooms.md` section 4). The app may serve these paths itself or pass them on.

import type { Rest } from '../rest/rest.js'
import type { MessageDocument } from './chat-message.js'
import type { Draft, Unread } from './wire.js'

export interface Contact {
  _id: string
  email: string
  firstName?: string
  lastName?: string
  profileImage?: string
  isAdmin: boolean
  isGuest: boolean
}

/** Someone one has written with. */
export interface Chat extends Contact {
  lastMessageAt: string
  unreadCount: number
}

export class MessagesApi {
  constructor(private readonly rest: Rest) {}

  /** The newest messages with a user, oldest first; with `before`, those before that message. */
  async page(partner: string, limit: number, before?: string): Promise<MessageDocument[]> {
    const query = new URLSearchParams({ limit: String(limit), ...(before ? { before } : {}) })
    const path = `/api/messages/${encodeURIComponent(partner)}?${query.toString()}`
    return (await this.rest.call<MessageDocument[]>(path)).body
  }

  /** Stored once for one `clientMessageId`, however often it is sent. */
  async send(to: string, draft: Draft, clientMessageId: string): Promise<MessageDocument> {
    const path = `/api/messages/send/${encodeURIComponent(to)}`
    const body = { ...draft, clientMessageId }
    return (await this.rest.call<MessageDocument>(path, { method: 'POST', body })).body
  }

  async markRead(messageId: string): Promise<void> {
    await this.rest.call(`/api/messages/${encodeURIComponent(messageId)}/read`, { method: 'PATCH' })
  }

  async unread(): Promise<Unread> {
    return (await this.rest.call<Unread>('/api/messages/unread')).body
  }

  /** Whom one has written with, latest first. */
  async chats(): Promise<Chat[]> {
    return (await this.rest.call<Chat[]>('/api/messages/chats')).body
  }

  /** Whom one can write to, in order of their ids; with `after`, those after that id. */
  async contacts(after?: string): Promise<Contact[]> {
    const query = after ? `?${new URLSearchParams({ after }).toString()}` : ''
    return (await this.rest.call<Contact[]>(`/api/messages/contacts${query}`)).body
  }
}
