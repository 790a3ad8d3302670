'use client'

import { useEffect, useRef, type RefObject } from 'react'

/** So near to the end counts as being there, in pixels. */
const NEAR = 80

/** A list that stays at its end when something is added there, unless its reader has scrolled up. */
export function useStickToEnd(lastKey: string | undefined): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)

  useEffect(() => {
    const element = list.current
    if (!element) return
    const toEnd = () => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight
    }
    const onScroll = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    // Images grow when they have been loaded. `load` does not bubble, but it can be captured.
    element.addEventListener('load', toEnd, true)
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('load', toEnd, true)
    }
  }, [])

  useEffect(() => {
    const element = list.current
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight
  }, [lastKey])

  return list
}
