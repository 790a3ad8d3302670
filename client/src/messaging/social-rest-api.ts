// The messages' REST of contract `social` (`contracts/social.md` section 4).

import type { SocialMessage, SocialPerson } from '../generated/contracts.js'
import type { Rest } from '../rest/rest.js'
import { SOCIAL_REST, type Pagination } from '../rest/social.js'

/** A conversation of the list, latest first. */
export interface SocialChat {
  user: SocialPerson
  lastMessage: SocialMessage
  unreadCount: number
}

/** Entries of a page at most. */
const MOST_OF_A_PAGE = 100

const MESSAGES = `${SOCIAL_REST}/messages`

export class SocialMessagesApi {
  constructor(private readonly rest: Rest) {}

  /** The newest messages with a user, oldest first; with `before`, those before that message. Marks nothing. */
  async page(partner: string, limit: number, before?: string): Promise<SocialMessage[]> {
    const query = new URLSearchParams({
      limit: String(Math.min(limit, MOST_OF_A_PAGE)),
      markAsSeen: 'false',
      ...(before ? { before } : { latest: 'true' }),
    })
    const path = `${MESSAGES}/${encodeURIComponent(partner)}?${query.toString()}`
    return (await this.rest.call<{ messages: SocialMessage[] }>(path)).body.messages
  }

  /** Stored once for one `clientMessageId`, however often it is sent. */
  async send(receiverId: string, message: string, clientMessageId: string): Promise<SocialMessage> {
    const body = { receiverId, message, clientMessageId }
    return (await this.rest.call<{ data: SocialMessage }>(MESSAGES, { method: 'POST', body })).body.data
  }

  async markRead(messageId: string): Promise<void> {
    await this.rest.call(`${MESSAGES}/${encodeURIComponent(messageId)}/read`, { method: 'PATCH' })
  }

  /** Everything from this user has been seen. */
  async markSeen(partner: string): Promise<void> {
    await this.rest.call(`${MESSAGES}/conversation/${encodeURIComponent(partner)}/seen`, { method: 'PATCH' })
  }

  async remove(messageId: string): Promise<void> {
    await this.rest.call(`${MESSAGES}/${encodeURIComponent(messageId)}`, { method: 'DELETE' })
  }

  /** Whom one has written with, latest first; the first page is 1. */
  async chats(page = 1): Promise<{ chats: SocialChat[]; pagination: Pagination }> {
    const query = new URLSearchParams({ page: String(page), limit: String(MOST_OF_A_PAGE) })
    const { body } = await this.rest.call<{ conversations: SocialChat[]; pagination: Pagination }>(
      `${MESSAGES}?${query.toString()}`,
    )
    return { chats: body.conversations, pagination: body.pagination }
  }
}
