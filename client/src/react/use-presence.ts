// Who is online, and who is typing.

import { useCallback, useEffect, useMemo } from 'react'
import { presenceOf } from '../presence/presence.js'
import { typingOf } from '../presence/typing.js'
import type { InContract } from './in-contract.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'

export interface UsedPresence {
  /** Ids, sorted. */
  onlineUsers: readonly string[]
  isOnline: (userId: string) => boolean
  /** `false` without a connection: the list is the last that was known. */
  isCurrent: boolean
  refresh: () => void
}

export function usePresence(): UsedPresence {
  const presence = presenceOf(useOutrigger())
  const { onlineUsers, isCurrent } = useLive(presence)
  const online = useMemo(() => new Set(onlineUsers), [onlineUsers])
  const isOnline = useCallback((userId: string) => online.has(userId), [online])
  const refresh = useCallback(() => presence.refresh(), [presence])
  return { onlineUsers, isOnline, isCurrent, refresh }
}

export interface UsedTyping {
  /** Ids of those who are typing to this user. */
  typingUsers: readonly string[]
  /** Whether the partner named in the call is. */
  isTyping: boolean
  /** Call at every key; `false` when the message was sent. Resting keys take it back by themselves. */
  setTyping: (isTyping: boolean) => void
}

/** With a partner: whether they type, and telling them that this user does. */
export function useTyping(partner?: string, { contract }: InContract = {}): UsedTyping {
  const typing = typingOf(useOutrigger(), contract)
  const { typingUsers } = useLive(typing)
  const setTyping = useCallback(
    (isTyping: boolean) => {
      if (partner !== undefined) typing.tell(partner, isTyping)
    },
    [typing, partner],
  )
  // Leaving the conversation is the end of typing in it.
  useEffect(() => () => setTyping(false), [setTyping])
  return { typingUsers, isTyping: partner !== undefined && typingUsers.includes(partner), setTyping }
}
