// Conversations of two, chats of several, and what waits to be read.

import { useCallback, useEffect, useMemo } from 'react'
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

/** A chat with several people: what is said in it while this component is mounted. */
export function useRoomChat(chatId: string): UsedRoomChat {
  const client = useOutrigger()
  const chat = useMemo(() => new RoomChat(chatId, client), [client, chatId])
  const state = useLive(chat)
  const send = useCallback((message: string) => chat.send(message), [chat])
  return { ...state, send }
}
