'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** Whether this runs in a browser and the page has been taken over by it; false on the server. */
export function useHere(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
