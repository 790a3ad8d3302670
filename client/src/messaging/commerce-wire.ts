// Messages of two in the words of contract `commerce`: heard over its socket. It has no REST of its own for them, and no id
// of the client's under which a message is stored once, so that what is asked and sent goes over that of `rooms`: they are
// the same messages.

import type { OutriggerClient } from '../client.js'
import type { CommerceServerEvents } from '../generated/contracts.js'
import { all } from '../live-store.js'
import { names } from '../names.js'
import type { StoredMessage } from './chat-message.js'
import { MessagesApi } from './rest-api.js'
import type { MessagingWire } from './wire.js'

const { server, client: said } = names.commerce

/** What is heard of a message; it is always one for this user. */
function storedOf(told: CommerceServerEvents[typeof server['chat:message:new']]): StoredMessage {
  return {
    _id: told.messageId,
    senderId: told.fromId,
    receiverId: '',
    text: told.message,
    createdAt: told.timestamp,
    isRead: false,
    metadata: {},
  }
}

export function commerceWire(client: OutriggerClient): MessagingWire {
  const rest = new MessagesApi(client.rest)
  const socket = () => client.peek('commerce')
  const markOne = async (messageId: string): Promise<void> => {
    if (socket().connected) await socket().ask(said['chat:read'], { messageId })
    else await rest.markRead(messageId)
  }
  return {
    channel: 'commerce',
    mostReadsAtOnce: 1,
    follow: (ears) =>
      all(
        socket().on(server['chat:message:new'], (told) => {
          if (told.roomId === undefined) ears.received(storedOf(told))
        }),
        socket().on(server['chat:message:read'], ({ messageId, timestamp }) =>
          ears.receipt({ messageId, readAt: new Date(timestamp).toISOString() }),
        ),
      ),
    page: (partner, limit, before) => rest.page(partner, limit, before),
    send: (to, draft, clientMessageId) => rest.send(to, draft, clientMessageId),
    markRead: async (_, messageIds) => {
      for (const id of messageIds) await markOne(id)
    },
    unread: () => rest.unread(),
    remove: null,
  }
}
