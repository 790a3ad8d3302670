'use client'

import { useMessageTracker } from '@outrigger/client/react'
import { Chart } from './chart'
import styles from './campaign.module.css'
import { useSamples } from './use-samples'
import { MESSAGE_WORDS, RECIPIENT_WORDS } from './words'

/** Recipients that are listed: those that changed last. */
const LISTED = 12

/** What becomes of one campaign. */
export function Progress({ messageId }: { messageId: string | null }) {
  const campaign = useMessageTracker(messageId)
  const { phase, status, successCount, failedCount, totalRecipients, cost, progress, recipients, isCurrent, error } = campaign
  const samples = useSamples(successCount, failedCount)
  const percent = Math.floor(progress * 100)
  const latest = [...recipients.values()].slice(-LISTED).reverse()

  if (messageId === null) return <p className="card empty">Start a campaign, or pick one of the latest.</p>
  if (phase === 'refused') {
    return (
      <p className="fault" role="alert">
        {error}
      </p>
    )
  }
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="progress-title" data-testid="campaign" data-status={status ?? ''}>
      <header className={styles.panelHead}>
        <h2 id="progress-title">Progress</h2>
        <p className={`tag ${status === 'FAILED' ? 'bad' : status === 'SENT' ? 'good' : ''}`} role="status">
          {status ? MESSAGE_WORDS[status] : 'Loading…'}
          {!isCurrent && status && ' (as last known)'}
        </p>
      </header>
      <div className={styles.bar}>
        <progress aria-label="Recipients about whom it is decided" max={1} value={progress} data-status={status ?? ''} />
        <span className={styles.percent}>{percent} %</span>
      </div>
      <dl className={styles.counts}>
        <Count name="Recipients" value={totalRecipients} />
        <Count name="Sent or delivered" value={successCount ?? 0} />
        <Count name="Failed" value={failedCount ?? 0} />
        <Count name="Cost" value={cost === null ? '–' : `$${cost.toFixed(2)}`} />
      </dl>
      <Chart samples={samples} total={totalRecipients} />
      {error && <p className="quiet">{error}</p>}
      <h3>Latest</h3>
      <ul className={styles.recipients} tabIndex={0} aria-label="Recipients that changed last">
        {latest.map(({ recipientId, phone, status: state, errorMessage }) => (
          <li key={recipientId}>
            <span>{phone}</span>
            <span className={`tag ${state === 'DELIVERED' ? 'good' : ['FAILED', 'BOUNCED'].includes(state) ? 'bad' : ''}`}>
              {RECIPIENT_WORDS[state]}
            </span>
            {errorMessage && <span className="quiet">{errorMessage}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Count({ name, value }: { name: string; value: number | string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{typeof value === 'number' ? value.toLocaleString('en') : value}</dd>
    </div>
  )
}
