'use client'

import { usePresence } from '@outrigger/client/react'
import { useCallback } from 'react'

/** Whether someone is online; undefined while nobody can say: what was known last may be wrong by now. */
export function useOnline(): (userId: string) => boolean | undefined {
  const { isOnline, isCurrent } = usePresence()
  return useCallback((userId) => (isCurrent ? isOnline(userId) : undefined), [isOnline, isCurrent])
}

export function wordFor(online: boolean | undefined): string {
  if (online === undefined) return ''
  return online ? 'Online' : 'Offline'
}
