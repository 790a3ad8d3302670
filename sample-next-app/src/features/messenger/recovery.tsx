'use client'

import { useConnectionStatus } from '@outrigger/client/react'
import { useEffect, useRef, useState } from 'react'
import styles from './messenger.module.css'

/** Long enough to be read, in milliseconds. */
const SHOWN_MS = 6000

const WORDS = {
  all: 'Connected again. Nothing was missed.',
  anew: 'Connected again. Messages were loaded anew.',
}

/** Says after a lost connection whether all that was missed has come, and leaves again. */
export function Recovery() {
  const { status, recovered } = useConnectionStatus()
  const [shown, setShown] = useState<keyof typeof WORDS | null>(null)
  const wasAway = useRef(false)

  useEffect(() => {
    if (status === 'reconnecting') {
      wasAway.current = true
      setShown(null)
    }
    // Nobody can say yet, or it is the page's first connection.
    if (!wasAway.current || recovered === null) return
    wasAway.current = false
    setShown(recovered ? 'all' : 'anew')
  }, [status, recovered])

  useEffect(() => {
    if (!shown) return
    const timer = setTimeout(() => setShown(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown])

  // There from the beginning, so that screen readers say what comes into it.
  return (
    <div className={styles.recovery} role="status" data-testid="recovery">
      {shown && <p>{WORDS[shown]}</p>}
    </div>
  )
}
