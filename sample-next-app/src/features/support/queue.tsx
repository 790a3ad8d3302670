'use client'

import type { UsedContactQueue } from '@outrigger/client/react'
import { useRef, useState } from 'react'
import { When } from '@/features/shell/when'
import styles from './support.module.css'
import { faultText, priorityWord } from './words'

interface Props {
  readonly queue: UsedContactQueue
  readonly openId: string | null
  readonly onOpen: (contactId: string) => void
}

/** What waits, what one looks after, and what others do. */
export function Queue({ queue, openId, onOpen }: Props) {
  const { pending, mine, taken, lostRaces } = queue
  const [busy, setBusy] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  async function claim(contactId: string) {
    setBusy(contactId)
    setFault(null)
    try {
      await queue.claim(contactId)
      onOpen(contactId)
    } catch (cause) {
      // A lost race stands below in words of its own.
      if (!/already claimed/.test(faultText(cause))) setFault(faultText(cause))
    } finally {
      setBusy(null)
      heading.current?.focus()
    }
  }

  return (
    <div className={styles.stack}>
      {lostRaces.map(({ contactId, error, assignedTo }) => (
        <p key={contactId} className={styles.race} role="alert" data-testid="lost-race">
          <span>{assignedTo ? `${assignedTo} was quicker.` : error}</span>
          <button type="button" className="button small" onClick={() => queue.dismissRace(contactId)}>
            Dismiss
          </button>
        </p>
      ))}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <section className={`card ${styles.panel}`} aria-labelledby="waiting-title">
        <h2 id="waiting-title" ref={heading} tabIndex={-1}>
          Waiting <span className="tag">{pending.length}</span>
        </h2>
        {pending.length === 0 && <p className="quiet">Nobody waits.</p>}
        <ul className={styles.list}>
          {pending.map(({ id, name, email, subject, priority, submittedAt }) => (
            <li key={id} data-testid="waiting" data-priority={priority}>
              <span className={styles.grow}>
                <strong>{subject || 'No subject'}</strong>
                <span className="quiet">
                  {name} · {email} · <When at={submittedAt} />
                </span>
              </span>
              <span className={styles.priority} data-priority={priority}>
                {priorityWord(priority)}
              </span>
              <button type="button" className="button small primary" disabled={busy !== null || !queue.isCurrent} onClick={() => void claim(id)}>
                Claim<span className="visually-hidden"> {subject || name}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {mine.length > 0 && (
        <section className={`card ${styles.panel}`} aria-labelledby="mine-title">
          <h2 id="mine-title">Yours</h2>
          <ul className={styles.list}>
            {mine.map(({ id, name, subject }) => (
              <li key={id} data-testid="mine">
                <button type="button" className={styles.open} aria-current={id === openId} onClick={() => onOpen(id)}>
                  <strong>{subject || 'No subject'}</strong>
                  <span className="quiet">{name}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {taken.length > 0 && (
        <section className={`card ${styles.panel}`} aria-labelledby="taken-title">
          <h2 id="taken-title">With others</h2>
          <ul className={styles.list}>
            {taken.map(({ contactId, adminName, isAdminLost }) => (
              <li key={contactId} data-testid="taken" data-lost={isAdminLost}>
                <span className={styles.grow}>
                  <strong>{adminName}</strong>
                  <span className="quiet">{isAdminLost ? 'is gone, and somebody waits' : 'looks after it'}</span>
                </span>
                {isAdminLost && (
                  <button type="button" className="button small primary" disabled={busy !== null} onClick={() => void claim(contactId)}>
                    Take over<span className="visually-hidden"> from {adminName}</span>
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
