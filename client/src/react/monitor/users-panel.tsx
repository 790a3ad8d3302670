// Who is online, with what: users, their devices and where each is connected. Without an admin's token only the
// ids that every client sees.

import { useState, type ReactNode } from 'react'
import type { MonitorDevice, MonitorUser } from '../../generated/contracts.js'
import type { MonitorStore } from '../../monitor/monitor-store.js'
import { usePresence } from '../use-presence.js'
import { Section } from './section.js'
import type { UsedMonitor } from './use-monitor.js'

export function UsersPanel({ monitor }: { monitor: UsedMonitor }): ReactNode {
  const { onlineUsers } = usePresence()
  const users = monitor.picture?.users
  const count = monitor.picture?.totals.users ?? onlineUsers.length
  return (
    <Section title="Online users" note={`(${count})`} wide>
      {users ? <UserList users={users.items} truncated={users.truncated} store={monitor.store} /> : null}
      {!users && <PlainList ids={onlineUsers} />}
    </Section>
  )
}

function PlainList({ ids }: { ids: readonly string[] }): ReactNode {
  if (ids.length === 0) return <p className="og-quiet">Nobody, as far as this page knows.</p>
  return (
    <ul className="og-list og-ids">
      {ids.map((id) => (
        <li key={id}>
          <code>{id}</code>
        </li>
      ))}
    </ul>
  )
}

function UserList(props: { users: readonly MonitorUser[]; truncated: number; store: MonitorStore }): ReactNode {
  const { users, truncated, store } = props
  const [said, setSaid] = useState('')
  const logOut = (userId: string, deviceId?: string): void => {
    store.disconnect({ userId, ...(deviceId === undefined ? {} : { deviceId }) }).then(
      (sockets) => setSaid(`${userId}: ${sockets} sockets closed.`),
      (cause: unknown) => setSaid(`${userId} was not logged out: ${cause instanceof Error ? cause.message : ''}`),
    )
  }
  return (
    <>
      <ul className="og-list">
        {users.map((user) => (
          <User key={user.userId} user={user} logOut={logOut} />
        ))}
      </ul>
      {users.length === 0 && <p className="og-quiet">Nobody.</p>}
      {truncated > 0 && <p className="og-quiet">{truncated} more are not listed.</p>}
      <p role="status" className="og-quiet">
        {said}
      </p>
    </>
  )
}

function User(props: { user: MonitorUser; logOut: (userId: string, deviceId?: string) => void }): ReactNode {
  const { user, logOut } = props
  return (
    <li className="og-user">
      <p className="og-row">
        <span>
          <strong>{user.email}</strong>
          {user.isAdmin && <span className="og-tag">admin</span>} <code>{user.userId}</code>
        </span>
        <LogOut what={`${user.email} everywhere`} act={() => logOut(user.userId)} />
      </p>
      <ul className="og-list og-devices">
        {user.devices.map((device) => (
          <Device key={device.deviceId} device={device} act={() => logOut(user.userId, device.deviceId)} />
        ))}
      </ul>
      {user.truncated > 0 && <p className="og-quiet">{user.truncated} more devices are not listed.</p>}
    </li>
  )
}

function Device({ device, act }: { device: MonitorDevice; act: () => void }): ReactNode {
  const places = device.places.map(
    ({ path, namespace, transport, sockets }) => `${path} ${namespace} · ${transport}${sockets > 1 ? ` × ${sockets}` : ''}`,
  )
  return (
    <li className="og-row">
      <span>
        <code>{device.deviceId}</code> {device.ipAddress}
        <span className="og-quiet og-block">{device.userAgent || 'unknown program'}</span>
        <span className="og-quiet og-block">{places.join(', ')}</span>
      </span>
      <LogOut what={`device ${device.deviceId}`} act={act} />
    </li>
  )
}

/** Asks once more, in its own place: a dialog would take the focus away from the list. */
function LogOut({ what, act }: { what: string; act: () => void }): ReactNode {
  const [isAsked, setAsked] = useState(false)
  if (!isAsked) {
    return (
      <button type="button" className="og-button og-small" aria-label={`Log out ${what}`} onClick={() => setAsked(true)}>
        Log out
      </button>
    )
  }
  return (
    <span className="og-actions">
      <button
        type="button"
        className="og-button og-small og-danger"
        aria-label={`Yes, log out ${what}`}
        autoFocus
        onClick={() => {
          setAsked(false)
          act()
        }}
      >
        Really
      </button>
      <button type="button" className="og-button og-small" onClick={() => setAsked(false)}>
        Cancel
      </button>
    </span>
  )
}
