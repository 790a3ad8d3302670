// How this page is connected.

import type { ReactNode } from 'react'
import type { Fault } from '../../connection/faults.js'
import type { ConnectionStatus } from '../../connection/snapshot.js'
import { useOutrigger } from '../provider.js'
import { useConnectionStatus } from '../use-socket.js'
import { Badge, Figure, Section, type Tone } from './section.js'

const WORDS: Readonly<Record<ConnectionStatus, { word: string; tone: Tone }>> = {
  connected: { word: 'Connected', tone: 'ok' },
  connecting: { word: 'Connecting', tone: 'warning' },
  reconnecting: { word: 'Reconnecting', tone: 'warning' },
  refused: { word: 'Refused', tone: 'error' },
  offline: { word: 'Not in use', tone: 'idle' },
}

export function ConnectionPanel(): ReactNode {
  const client = useOutrigger()
  const { status, latency, transport, url, attempts, fault } = useConnectionStatus()
  const { word, tone } = WORDS[status]
  return (
    <Section title="Connection">
      <p className="og-status" role="status">
        <Badge tone={tone}>{word}</Badge>
        {fault && status !== 'connected' ? <span className="og-fault"> {words(fault)}</span> : null}
      </p>
      <dl className="og-figures">
        <Figure label="Transport">{transport ?? '–'}</Figure>
        <Figure label="Latency">{latency === null ? '–' : `${Math.round(latency)} ms`}</Figure>
        {attempts > 0 && <Figure label="Tries in vain">{attempts}</Figure>}
        <Figure label="Server" long>
          {url || '–'}
        </Figure>
      </dl>
      <div className="og-actions">
        <button type="button" className="og-button" onClick={() => client.reconnect()}>
          Reconnect
        </button>
      </div>
    </Section>
  )
}

/** The network's own words (`xhr poll error`) say little without these. */
export function words({ kind, message }: Fault): string {
  return kind === 'unreachable' ? `no answer (${message})` : message
}
