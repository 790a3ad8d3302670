// The sidecar in figures: what is open, how much passes, how its store is.

import type { ReactNode } from 'react'
import type { MonitorRate, MonitorState } from '../../generated/contracts.js'
import { Badge, bytes, duration, Figure, Section, type Tone } from './section.js'

const STORE: Readonly<Record<MonitorState['store']['status'], { tone: Tone; word: string }>> = {
  ok: { tone: 'ok', word: 'answers' },
  failing: { tone: 'error', word: 'does not answer' },
  unknown: { tone: 'idle', word: 'not asked yet' },
}

export function ServerPanel({ picture }: { picture: MonitorState }): ReactNode {
  const { totals, server, store, limits } = picture
  const { tone, word } = STORE[store.status]
  const trip = store.latencyMs === undefined ? '' : ` in ${store.latencyMs.toFixed(1)} ms`
  return (
    <Section title="Sidecar" note={server.version}>
      <dl className="og-figures">
        <Figure label="Users">{totals.users}</Figure>
        <Figure label="Devices">{totals.devices}</Figure>
        <Figure label="Connections">
          {totals.connections} <span className="og-quiet">of {limits.connections}</span>
        </Figure>
        <Figure label="Sockets">{totals.sockets}</Figure>
        <Figure label="On polling">{totals.polling}</Figure>
        <Figure label="Chats joined">{totals.rooms}</Figure>
        <Figure label="Up for">{duration(server.uptimeSeconds)}</Figure>
        <Figure label="Store">
          <Badge tone={tone}>
            {word}
            {trip}
          </Badge>
        </Figure>
        {store.webhooks ? (
          <Figure label="Webhooks">
            {store.webhooks.waiting} waiting{' '}
            {store.webhooks.dead > 0 ? <Badge tone="error">{store.webhooks.dead} dead</Badge> : null}
          </Figure>
        ) : null}
      </dl>
    </Section>
  )
}

export function RatesPanel({ rates }: { rates: readonly MonitorRate[] }): ReactNode {
  const busiest = [...rates].sort((a, b) => b.perSecond - a.perSecond)
  const sum = (direction: MonitorRate['direction']): string =>
    rates
      .filter((rate) => rate.direction === direction)
      .reduce((total, rate) => total + rate.perSecond, 0)
      .toFixed(1)
  return (
    <Section title="Events a second" note={`in ${sum('in')} · out ${sum('out')}`}>
      {busiest.length === 0 ? (
        <p className="og-quiet">Nothing passes.</p>
      ) : (
        <div className="og-scroll" tabIndex={0} role="group" aria-label="Events a second, by name">
          <table className="og-table">
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">Way</th>
                <th scope="col" className="og-number">
                  per s
                </th>
                <th scope="col" className="og-number">
                  bytes/s
                </th>
              </tr>
            </thead>
            <tbody>
              {busiest.map((rate) => (
                <tr key={`${rate.direction} ${rate.contract} ${rate.event}`}>
                  <th scope="row">
                    <code>{rate.event}</code> <span className="og-quiet">{rate.contract}</span>
                  </th>
                  <td>{rate.direction}</td>
                  <td className="og-number">{rate.perSecond.toFixed(1)}</td>
                  <td className="og-number">{bytes(rate.bytesPerSecond)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
