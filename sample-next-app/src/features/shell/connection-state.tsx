'use client'

import type { ConnectionStatus } from '@outrigger/client'
import { useConnectionStatus } from '@outrigger/client/react'
import styles from './shell.module.css'

const WORDS: Record<ConnectionStatus, string> = {
  connected: 'Connected',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  refused: 'Not connected',
  offline: 'Offline',
}

/** The state of the connection in a word, with latency and transport for whoever points at it. */
export function ConnectionState() {
  const { status, latency, transport } = useConnectionStatus()
  const more = [transport, latency === null ? null : `${Math.round(latency)} ms`].filter(Boolean).join(', ')
  return (
    <span className={styles.status} title={more || undefined} data-testid="connection" data-status={status} data-transport={transport ?? ''}>
      <span className={styles.dot} data-status={status} />
      {WORDS[status]}
    </span>
  )
}
