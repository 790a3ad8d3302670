// Conversations of two, chats of several, and what waits to be read.

import { useEffect, useMemo } from 'react'
import { ContactChat, type ContactChatState } from '../contacts/contact-chat.js'
import type { OutriggerClient } from '../client.js'
import type { LiveStore } from '../live-store.js'
import { QuizRoomChat, type QuizRoomChatState } from '../quiz/room-chat.js'
import type { ChatMessage } from '../messaging/chat-message.js'
import type { ConversationState } from '../messaging/conversation.js'
import { messengerOf } from '../messaging/messenger.js'
import { RoomChat, type RoomChatState } from '../messaging/room-chat.js'
import type { Draft, Unread } from '../messaging/wire.js'
import type { InContract } from './in-contract.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'
import { useTyping } from './use-presence.js'
import { useVisible } from './use-visible.js'

export interface MessagingOptions extends InContract {
  /** Says what is shown as read while the page can be seen. Default `true`. */
  autoRead?: boolean
}

export interface UsedMessaging extends ConversationState {
  /** Shown at once, sent as soon as can be. Throws `OutboxFull` if too much waits already. */
  send: (draft: string | Draft) => ChatMessage
  /** Sends a refused message again. */
  retry: (message: ChatMessage) => void
  /** Forgets a message that was not sent. */
  discard: (message: ChatMessage) => void
  /**
   * Takes back a stored message of this user, for both sides; contract `social` only. Rejects with `AskError` or
   * `RestError`, whose `retryAfterMs` says when it was too often.
   */
  remove: (message: ChatMessage) => Promise<void>
  loadOlder: () => Promise<void>
  markRead: () => void
  /** Messages of this partner that wait to be read. */
  unread: number
  isPartnerTyping: boolean
  setTyping: (isTyping: boolean) => void
}

export function usePrivateMessaging(
  partner: string,
  { autoRead = true, contract }: MessagingOptions = {},
): UsedMessaging {
  const messenger = messengerOf(useOutrigger(), contract)
  const conversation = messenger.conversation(partner)
  const state = useLive(conversation)
  const { byUser } = useLive(messenger.unread)
  const { isTyping: isPartnerTyping, setTyping } = useTyping(partner, { contract })
  const isVisible = useVisible()

  const { messages } = state
  useEffect(() => {
    if (autoRead && isVisible && messages.some((one) => one.direction === 'in' && one.delivery !== 'read')) {
      conversation.markRead()
    }
  }, [autoRead, isVisible, messages, conversation])

  const actions = useMemo(
    () => ({
      send: (draft: string | Draft) => {
        setTyping(false)
        return conversation.send(typeof draft === 'string' ? { text: draft } : draft)
      },
      retry: (message: ChatMessage) => conversation.retry(message.key),
      discard: (message: ChatMessage) => conversation.discard(message.key),
      remove: async (message: ChatMessage) => {
        if (message.id !== null) await conversation.remove(message.id)
        else conversation.discard(message.key)
      },
      loadOlder: () => conversation.loadOlder(),
      markRead: () => conversation.markRead(),
    }),
    [conversation, setTyping],
  )
  return { ...state, ...actions, unread: byUser[partner] ?? 0, isPartnerTyping, setTyping }
}

/** How many messages wait to be read, in all and from whom. */
export function useUnread({ contract }: InContract = {}): Unread {
  return useLive(messengerOf(useOutrigger(), contract).unread)
}

export interface UsedRoomChat extends RoomChatState {
  /** Rejects with `AskError` if the sidecar does not take it. */
  send: (message: string) => Promise<void>
}

interface Typed {
  /** Call at every key; `false` when the message was sent. Resting keys take it back by themselves. */
  setTyping: (isTyping: boolean) => void
}

/** A room of contract `quiz`. */
export interface UsedQuizRoom extends QuizRoomChatState, Typed, Pick<UsedRoomChat, 'send'> {}

/** The chat about a request for help, contract `contacts`. */
export interface UsedContactChat extends ContactChatState, Typed, Pick<UsedRoomChat, 'send'> {}

export interface RoomChatOptions {
  /** Whose chat it is: of `rooms`, a room of `quiz`, or the chat about a request of `contacts`. Default `rooms`. */
  contract?: 'rooms' | 'quiz' | 'contacts'
  /** For whoever made the request, contract `contacts`; admins and its user need none. */
  accessToken?: string
}

type Chat = LiveStore<object> & { send(message: string): Promise<void>; setTyping?(isTyping: boolean): void }

function chatOf(client: OutriggerClient, id: string, { contract, accessToken }: RoomChatOptions): Chat {
  switch (contract) {
    case 'quiz':
      return new QuizRoomChat(client, id)
    case 'contacts':
      return new ContactChat(client, id, accessToken ?? null)
    default:
      return new RoomChat(id, client)
  }
}

/** A chat with several people: what is said in it while this component is mounted. */
export function useRoomChat(chatId: string, options?: { contract?: 'rooms' }): UsedRoomChat
export function useRoomChat(roomId: string, options: { contract: 'quiz' }): UsedQuizRoom
export function useRoomChat(contactId: string, options: RoomChatOptions & { contract: 'contacts' }): UsedContactChat
export function useRoomChat(
  id: string,
  { contract, accessToken }: RoomChatOptions = {},
): UsedRoomChat | UsedQuizRoom | UsedContactChat {
  const client = useOutrigger()
  const chat = useMemo(
    () => chatOf(client, id, { ...(contract ? { contract } : {}), ...(accessToken ? { accessToken } : {}) }),
    [client, id, contract, accessToken],
  )
  const state = useLive(chat)
  const actions = useMemo(
    () => ({
      send: (message: string) => chat.send(message),
      ...(chat.setTyping ? { setTyping: (isTyping: boolean) => chat.setTyping?.(isTyping) } : {}),
    }),
    [chat],
  )
  // What the overloads say of each contract.
  return { ...state, ...actions } as UsedRoomChat | UsedQuizRoom | UsedContactChat
}
