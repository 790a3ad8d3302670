'use client'

import { useState } from 'react'
import type { Contact } from '@/server/user-document'
import { Notices } from './notices'
import { OwnStatus } from './own-status'
import { Partners } from './partners'
import { Preferences } from './preferences'
import { PushSwitch } from './push-switch'
import styles from './social.module.css'
import { Talk } from './talk'

interface Props {
  readonly contacts: readonly Contact[]
  /** Ids of those whom this user follows. */
  readonly followed: readonly string[]
}

/** Contract `social` beside the app's other one, on the same connection: talk on one side, notifications on the other. */
export function Social({ contacts, followed }: Props) {
  const [partnerId, setPartnerId] = useState<string | null>(null)
  const partner = contacts.find(({ _id }) => _id === partnerId) ?? null

  return (
    <div className={styles.social}>
      <header className={styles.head}>
        <h1>Social</h1>
        <OwnStatus />
      </header>
      <div className={styles.columns}>
        <div className={`card ${styles.talk}`} data-open={partner !== null}>
          <Partners contacts={contacts} chosenId={partnerId} onChoose={setPartnerId} />
          {partner ? (
            <Talk
              key={partner._id}
              partner={partner}
              isFollowed={followed.includes(partner._id)}
              onBack={() => setPartnerId(null)}
            />
          ) : (
            <p className={`empty ${styles.nobody}`}>Pick someone to write to.</p>
          )}
        </div>
        <div className={styles.side}>
          <Notices />
          <section className={`card ${styles.panel}`} aria-labelledby="preferences-title">
            <h2 id="preferences-title">What you want to hear of</h2>
            <Preferences />
            <PushSwitch />
          </section>
        </div>
      </div>
    </div>
  )
}
