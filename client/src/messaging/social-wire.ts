// Messages in the words of contract `social`: over the socket while there is one, else over HTTP.

import type { OutriggerClient } from '../client.js'
import type { SocialMessage } from '../generated/contracts.js'
import { all } from '../live-store.js'
import { names } from '../names.js'
import { AskError } from '../socket/ask-error.js'
import type { StoredMessage } from './chat-message.js'
import { SocialMessagesApi } from './social-rest-api.js'
import type { Draft, MessagingWire, Unread } from './wire.js'

const { server, client: said } = names.social
/** Pages of conversations that are looked through for unread messages: beyond 500 people nothing is counted. */
const MOST_PAGES = 5

/** The same message as everything else here knows it. */
function storedOf(message: SocialMessage): StoredMessage {
  const seen = message.seenBy.find(({ userId }) => userId === message.receiver._id)
  const { image, clientMessageId } = message
  return {
    _id: message._id,
    senderId: message.sender._id,
    receiverId: message.receiver._id,
    // An image alone has no text.
    ...(message.message === '' ? {} : { text: message.message }),
    ...(image ? { image } : {}),
    createdAt: message.createdAt,
    isRead: message.isRead,
    metadata: {
      ...(clientMessageId ? { clientMessageId } : {}),
      ...(seen ? { readAt: seen.seenAt } : {}),
    },
  }
}

function textOf({ text, image }: Draft): string {
  if (image !== undefined) throw new AskError('refused', 'Images cannot be sent in contract social')
  return text ?? ''
}

async function unreadOf(rest: SocialMessagesApi): Promise<Unread> {
  const byUser: Record<string, number> = {}
  let total = 0
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { chats, pagination } = await rest.chats(page)
    for (const { user, unreadCount } of chats) {
      if (unreadCount > 0) byUser[user._id] = unreadCount
      total += unreadCount
    }
    if (!pagination.hasNext) break
  }
  return { total, byUser }
}

export function socialWire(client: OutriggerClient): MessagingWire {
  const rest = new SocialMessagesApi(client.rest)
  const socket = () => client.peek('social')
  return {
    channel: 'social',
    mostReadsAtOnce: Number.POSITIVE_INFINITY,
    follow: (ears) =>
      all(
        socket().on(server.receive_message, ({ message }) => ears.received(storedOf(message))),
        socket().on(server.message_sent, ({ message }) => ears.sent(storedOf(message))),
        socket().on(server.message_read_confirmation, (receipt) => ears.receipt(receipt)),
        socket().on(server.message_seen, ({ messageId, seenAt }) => ears.receipt({ messageId, readAt: seenAt })),
        socket().on(server.message_deleted, ({ messageId }) => ears.removed(messageId)),
      ),
    page: async (partner, limit, before) => (await rest.page(partner, limit, before)).map(storedOf),
    send: async (to, draft, clientMessageId) => {
      const message = textOf(draft)
      if (!socket().connected) return storedOf(await rest.send(to, message, clientMessageId))
      const answer = await socket().ask(said.send_message, { receiverId: to, message, clientMessageId })
      return storedOf(answer.message)
    },
    markRead: async (partner, messageIds) => {
      const [only] = messageIds
      // Many at once are one question: one by one the contract's limit would take minutes.
      if (only === undefined || messageIds.length > 1) await rest.markSeen(partner)
      else if (socket().connected) await socket().ask(said.message_read, { messageId: only })
      else await rest.markRead(only)
    },
    unread: () => unreadOf(rest),
    remove: async (messageId) => {
      if (socket().connected) await socket().ask(said.delete_message, { messageId })
      else await rest.remove(messageId)
    },
  }
}
