// Ties a component to a value that lives outside of React.

import { useEffect, useSyncExternalStore } from 'react'
import type { LiveStore } from '../live-store.js'

/** The store's value; it is kept up to date for as long as the component is mounted. */
export function useLive<T extends object>(store: LiveStore<T>): T {
  useEffect(() => store.retain(), [store])
  return useSyncExternalStore(
    store.subscribe,
    () => store.value,
    () => store.initial,
  )
}
