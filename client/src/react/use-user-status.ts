// How others are, and how this user says to be; contract `social`.

import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { statusesOf, type UserState } from '../presence/user-statuses.js'
import { useOutrigger } from './provider.js'

export interface UsedStatus {
  /** `null`: not known. */
  state: UserState | null
  /** `false` without a connection: the state is the last that was known. */
  isCurrent: boolean
}

/** How a user is, followed while the component is mounted. */
export function useUserStatus(userId: string): UsedStatus {
  const statuses = statusesOf(useOutrigger())
  useEffect(() => statuses.watch(userId), [statuses, userId])
  const { byUser, isCurrent } = useSyncExternalStore(
    statuses.subscribe,
    () => statuses.value,
    () => statuses.initial,
  )
  return { state: byUser[userId] ?? null, isCurrent }
}

export interface UsedOwnStatus {
  /** A word of 1 to 50 characters; `invisible` hides. Rejects with `AskError` or `RestError` (`retryAfterMs`). */
  setStatus: (status: string) => Promise<void>
  /** A second line of their own beside it. */
  setCustomStatus: (customStatus: string) => Promise<void>
}

export function useOwnStatus(): UsedOwnStatus {
  const statuses = statusesOf(useOutrigger())
  const setStatus = useCallback((status: string) => statuses.set(status), [statuses])
  const setCustomStatus = useCallback((customStatus: string) => statuses.setCustom(customStatus), [statuses])
  return { setStatus, setCustomStatus }
}
