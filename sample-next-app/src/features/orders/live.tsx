'use client'

import { useLiveAdmin } from '@outrigger/client/react'
import { useRef, useState, type FormEvent } from 'react'
import styles from './orders.module.css'
import { faultText } from './words'

/** Who is there, for admins, and the way to end somebody's connections; what is said to everyone. */
export function Live({ meId }: { meId: string }) {
  const { users, stats, isCurrent, error, disconnect, announce } = useLiveAdmin()
  const [reason, setReason] = useState('Please log in again.')
  const [fault, setFault] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const heading = useRef<HTMLHeadingElement>(null)

  async function end(userId: string) {
    setFault(null)
    heading.current?.focus()
    try {
      await disconnect(userId, reason)
    } catch (cause) {
      setFault(faultText(cause))
    }
  }

  async function tell(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    setFault(null)
    try {
      await announce('From the market', String(fields.get('announcement')), fields.get('urgent') ? 'high' : 'normal')
      form.reset()
      setSaid('Everyone was told.')
    } catch (cause) {
      setFault(faultText(cause))
    }
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="live-title">
      <header className={styles.panelHead}>
        <h2 id="live-title" ref={heading} tabIndex={-1}>
          Who is here
        </h2>
        {!isCurrent && <p className="quiet">{error ?? 'As last known'}</p>}
      </header>
      {stats && (
        <dl className={styles.counts}>
          <div>
            <dt>Users</dt>
            <dd>{stats.totalUsers}</dd>
          </div>
          <div>
            <dt>Connections</dt>
            <dd>{stats.totalConnections}</dd>
          </div>
          <div>
            <dt>Each</dt>
            <dd>{stats.averageConnectionsPerUser}</dd>
          </div>
        </dl>
      )}
      <div className="field">
        <label htmlFor="live-reason">What the one who is disconnected is told</label>
        <input id="live-reason" value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
      </div>
      <ul className={styles.people} tabIndex={0} aria-label="Users who are here">
        {users.map(({ userId, userName, userEmail, userRole, connections }) => (
          <li key={userId} data-testid="here">
            <span className={styles.person}>
              <strong>{userName}</strong>
              <span className="quiet">
                {userEmail} · {userRole}
                {connections > 1 && ` · ${connections} connections`}
              </span>
            </span>
            {userId !== meId && (
              <button type="button" className="button small danger" onClick={() => void end(userId)} disabled={reason.trim() === ''}>
                Disconnect<span className="visually-hidden"> {userName}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <form className={styles.announce} onSubmit={(event) => void tell(event)}>
        <div className="field">
          <label htmlFor="live-announcement">Tell everyone</label>
          <input id="live-announcement" name="announcement" required maxLength={300} />
        </div>
        <label className={styles.check}>
          <input type="checkbox" name="urgent" /> It matters
        </label>
        <button type="submit" className="button small">
          Announce
        </button>
        <p className="quiet" role="status">
          {said}
        </p>
      </form>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  )
}
