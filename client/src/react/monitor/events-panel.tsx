// What passed lately. What events carry is never shown: only how much, and under which names.

import { useId, useState, type ReactNode } from 'react'
import type { MonitorEvent } from '../../generated/contracts.js'
import { bytes, clock, Section } from './section.js'

/** Rows at once; what is older scrolls out. */
const MOST_SHOWN = 50

export function EventsPanel({ events, skipped }: { events: readonly MonitorEvent[]; skipped: number }): ReactNode {
  const filterId = useId()
  const [filter, setFilter] = useState('')
  /** The list as it was when it was paused. */
  const [paused, setPaused] = useState<readonly MonitorEvent[] | null>(null)
  const wanted = filter.trim().toLowerCase()
  const shown = (paused ?? events)
    .filter((event) => `${event.event} ${event.userId ?? ''} ${event.namespace}`.toLowerCase().includes(wanted))
    .slice(0, MOST_SHOWN)
  return (
    <Section title="Recent events" note={skipped > 0 ? `${skipped} not listed` : undefined} wide>
      <div className="og-actions">
        <label htmlFor={filterId}>Filter</label>
        <input
          id={filterId}
          className="og-input"
          type="search"
          value={filter}
          placeholder="event, user or namespace"
          onChange={(change) => setFilter(change.target.value)}
        />
        <button
          type="button"
          className="og-button"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? events : null)}
        >
          {paused === null ? 'Pause' : 'Go on'}
        </button>
      </div>
      <div className="og-scroll" tabIndex={0} role="group" aria-label="Recent events">
        <table className="og-table">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Way</th>
              <th scope="col">Event</th>
              <th scope="col">User</th>
              <th scope="col" className="og-number">
                Sockets
              </th>
              <th scope="col" className="og-number">
                Size
              </th>
              <th scope="col">Fields</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((event, index) => (
              <tr key={`${event.timestamp} ${event.event} ${index}`}>
                <td>{clock(event.timestamp)}</td>
                <td>{event.direction}</td>
                <th scope="row">
                  <code>{event.event}</code> <span className="og-quiet">{event.namespace}</span>
                </th>
                <td>{event.userId ?? '–'}</td>
                <td className="og-number">{event.sockets}</td>
                <td className="og-number">{bytes(event.bytes)}</td>
                <td>{event.fields.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="og-quiet">Nothing yet.</p>}
      </div>
    </Section>
  )
}
