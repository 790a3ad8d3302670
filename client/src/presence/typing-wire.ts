// How a contract speaks of typing.

import type { OutriggerClient } from '../client.js'
import { all } from '../live-store.js'
import { names, type ContractName } from '../names.js'

export interface TypingWire {
  readonly channel: ContractName
  /** Between two notes to one receiver, in milliseconds: seldom enough for the sidecar's limits. */
  readonly repeatMs: number
  /** Without news someone types no longer, after so many milliseconds: the news may have been lost. */
  readonly believedMs: number
  /** Listens, without opening the channel. */
  follow(heard: (userId: string, isTyping: boolean) => void): () => void
  /** Says so if there is a connection: a moment later it is stale. */
  tell(receiverId: string, isTyping: boolean): void
}

function roomsTyping(client: OutriggerClient): TypingWire {
  const { server, client: said } = names.rooms
  const socket = () => client.peek('rooms')
  return {
    channel: 'rooms',
    repeatMs: 3_000,
    believedMs: 6_000,
    follow: (heard) =>
      all(
        socket().on(server.userTyping, ({ userId, isTyping }) => heard(userId, isTyping)),
        // Who writes has stopped typing, whatever comes later.
        socket().on(server.newMessage, (message) => heard(String(message['senderId'] ?? ''), false)),
      ),
    tell: (receiverId, isTyping) => {
      socket().emitNow(said.typing, { receiverId, isTyping })
    },
  }
}

/** Ten notes in 30 seconds are let through; the sidecar ends what is not renewed within 10 seconds. */
function socialTyping(client: OutriggerClient): TypingWire {
  const { server, client: said } = names.social
  const socket = () => client.peek('social')
  return {
    channel: 'social',
    repeatMs: 6_000,
    believedMs: 12_000,
    follow: (heard) =>
      all(
        socket().on(server.user_typing, ({ userId }) => heard(userId, true)),
        socket().on(server.user_stopped_typing, ({ userId }) => heard(userId, false)),
        socket().on(server.receive_message, ({ sender }) => heard(sender._id, false)),
      ),
    tell: (receiverId, isTyping) => {
      socket().emitNow(isTyping ? said.typing_start : said.typing_stop, { receiverId })
    },
  }
}

/** Thirty notes in ten seconds are let through. */
function commerceTyping(client: OutriggerClient): TypingWire {
  const { server, client: said } = names.commerce
  const socket = () => client.peek('commerce')
  return {
    channel: 'commerce',
    repeatMs: 3_000,
    believedMs: 6_000,
    follow: (heard) =>
      all(
        socket().on(server['chat:typing:status'], ({ from, isTyping }) => heard(from, isTyping)),
        socket().on(server['chat:message:new'], ({ fromId }) => heard(fromId, false)),
      ),
    tell: (recipientId, isTyping) => {
      socket().emitNow(said['chat:typing'], { recipientId, isTyping })
    },
  }
}

/** The contract knows typing in rooms only (`useRoomChat`): between two nobody is told. */
function quizTyping(): TypingWire {
  const nothing = (): void => undefined
  return { channel: 'quiz', repeatMs: 3_000, believedMs: 6_000, follow: () => nothing, tell: nothing }
}

export const typingWires: Readonly<Record<ContractName, (client: OutriggerClient) => TypingWire>> = {
  rooms: roomsTyping,
  social: socialTyping,
  commerce: commerceTyping,
  quiz: quizTyping,
}
