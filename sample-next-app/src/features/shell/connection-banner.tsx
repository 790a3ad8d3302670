'use client'

import { useConnectionStatus, useOutrigger } from '@outrigger/client/react'
import { useEffect, useState } from 'react'
import { useDeactivated } from './realtime'
import styles from './shell.module.css'

/** A moment without a connection is no news. */
const PATIENCE_MS = 1500

/** Says when something is wrong with the connection, and what that means for the user. */
export function ConnectionBanner() {
  const client = useOutrigger()
  const { status, fault } = useConnectionStatus()
  const deactivated = useDeactivated()
  const isAway = useLasting(status === 'connecting' || status === 'reconnecting')
  const isRefused = status === 'refused'

  if (deactivated) {
    return (
      <div className={`${styles.banner} ${styles.bad}`} role="alert">
        An admin deactivated your account. You will be logged out in a moment.
      </div>
    )
  }
  // There from the beginning, so that screen readers say what comes into it.
  return (
    <div role="status">
      {(isAway || isRefused) && (
        <div className={styles.banner}>
          <span>
            {isRefused
              ? `Live updates are off: ${fault?.message ?? 'the connection was refused'}.`
              : 'Reconnecting… What you write is kept, and delivered as soon as the connection is back.'}
          </span>
          <button type="button" className="button small" onClick={() => client.reconnect()}>
            Try now
          </button>
        </div>
      )}
    </div>
  )
}

/** True once it has been true for a while. */
function useLasting(value: boolean): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!value) return
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [value])
  return value && lasting
}
