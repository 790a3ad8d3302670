// A function that stays the same and does what the last render's did: listeners need not be taken off and put
// on again at every render. React 19.2 has `useEffectEvent` for it; this works from React 18 on.

import { useCallback, useInsertionEffect, useRef } from 'react'

export function useLatest<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(callback)
  useInsertionEffect(() => {
    latest.current = callback
  })
  return useCallback((...args: Args) => latest.current(...args), [])
}
