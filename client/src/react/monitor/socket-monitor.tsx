// `<SocketMonitor/>`: everything about the connection in one place, for those who look after it.

import type { ReactNode } from 'react'
import { ConnectionPanel, words } from './connection-panel.js'
import { DiagnosisPanel } from './diagnosis-panel.js'
import { EventsPanel } from './events-panel.js'
import { Badge, Section } from './section.js'
import { RatesPanel, ServerPanel } from './server-panel.js'
import { monitorStyles } from './styles.js'
import { TestPanel } from './test-panel.js'
import { useMonitor, type UsedMonitor } from './use-monitor.js'
import { useSocket } from '../use-socket.js'
import { UsersPanel } from './users-panel.js'

export interface SocketMonitorProps {
  /** Follows the system unless told. */
  theme?: 'auto' | 'light' | 'dark'
  /** For a Content-Security-Policy with nonces. */
  nonce?: string
  className?: string
  /** Default `Socket monitor`. */
  title?: string
}

export function SocketMonitor({ theme = 'auto', nonce, className, title }: SocketMonitorProps): ReactNode {
  useSocket()
  const monitor = useMonitor()
  const { picture, events, skipped } = monitor
  return (
    <div className={className ? `og-monitor ${className}` : 'og-monitor'} data-theme={theme}>
      {/* Set raw: as text the server would write its quotation marks as entities, which style sheets do not know. */}
      <style nonce={nonce} dangerouslySetInnerHTML={{ __html: monitorStyles }} />
      <h2 className="og-title">{title ?? 'Socket monitor'}</h2>
      <div className="og-grid">
        <ConnectionPanel />
        <DiagnosisPanel />
        {picture ? (
          <>
            <ServerPanel picture={picture} />
            <RatesPanel rates={picture.rates} />
          </>
        ) : (
          <NoPicture monitor={monitor} />
        )}
        <UsersPanel monitor={monitor} />
        <TestPanel />
        {picture && <EventsPanel events={events} skipped={skipped} />}
      </div>
    </div>
  )
}

function NoPicture({ monitor }: { monitor: UsedMonitor }): ReactNode {
  const isRefused = monitor.status === 'refused'
  return (
    <Section title="Sidecar" wide>
      <p role="status">
        <Badge tone={isRefused ? 'warning' : 'idle'}>{isRefused ? 'No live state' : 'Waiting for live state'}</Badge>
      </p>
      {monitor.fault && <p className="og-quiet">{words(monitor.fault)}</p>}
      {monitor.fault?.kind === 'admin-only' && (
        <p>Live state is for admins: log in with a token that has isAdmin: true.</p>
      )}
    </Section>
  )
}
