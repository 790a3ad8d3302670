'use client'

import { useAnalytics } from '@outrigger/client/react'
import { When } from '@/features/shell/when'
import styles from './campaign.module.css'

interface Props {
  readonly chosenId: string | null
  readonly onChoose: (messageId: string) => void
}

/** The user's figures, as the sidecar works them out while campaigns run, and the latest of them to pick from. */
export function Figures({ chosenId, onChoose }: Props) {
  const { data, isCurrent, error } = useAnalytics('dashboard_stats')
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="figures-title">
      <header className={styles.panelHead}>
        <h2 id="figures-title">In all</h2>
        {!isCurrent && <p className="quiet">{error ?? (data ? 'As last known' : 'Loading…')}</p>}
      </header>
      {data && (
        <>
          <dl className={styles.counts}>
            <Figure name="Campaigns" value={data.totalMessages.toLocaleString('en')} />
            <Figure name="Contacts" value={data.totalContacts.toLocaleString('en')} />
            <Figure name="Delivery rate" value={`${data.deliveryRate.toFixed(1)} %`} />
            <Figure name="Cost" value={`$${data.totalCost.toFixed(2)}`} />
          </dl>
          <ul className={styles.latest} aria-label="Latest campaigns">
            {data.recentMessages.map((one) => (
              <li key={one.id}>
                <button type="button" aria-current={one.id === chosenId} onClick={() => onChoose(one.id)}>
                  <span className={styles.content}>{one.content || one.id}</span>
                  <span className="quiet">
                    {one.totalRecipients.toLocaleString('en')} recipients · <When at={one.createdAt} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
