// Messages of two in the words of contract `quiz`: heard over its socket. It has no REST of its own for them, says nothing of
// what was read, and knows no id of the client's under which a message is stored once: what is asked and sent goes over that
// of `rooms`. They are the same messages.

import type { OutriggerClient } from '../client.js'
import type { QuizServerEvents } from '../generated/contracts.js'
import { names } from '../names.js'
import type { StoredMessage } from './chat-message.js'
import { MessagesApi } from './rest-api.js'
import type { MessagingWire } from './wire.js'

const { server } = names.quiz

/** What is heard of a message; it is always one for this user. */
function storedOf(told: QuizServerEvents[typeof server.privateMessage]): StoredMessage {
  return {
    _id: told.messageId,
    senderId: told.senderId,
    receiverId: '',
    text: told.message,
    createdAt: told.timestamp,
    isRead: false,
    metadata: {},
  }
}

export function quizWire(client: OutriggerClient): MessagingWire {
  const rest = new MessagesApi(client.rest)
  return {
    channel: 'quiz',
    mostReadsAtOnce: 1,
    follow: (ears) => client.peek('quiz').on(server.privateMessage, (told) => ears.received(storedOf(told))),
    page: (partner, limit, before) => rest.page(partner, limit, before),
    send: (to, draft, clientMessageId) => rest.send(to, draft, clientMessageId),
    markRead: async (_, messageIds) => {
      for (const id of messageIds) await rest.markRead(id)
    },
    unread: () => rest.unread(),
    remove: null,
  }
}
