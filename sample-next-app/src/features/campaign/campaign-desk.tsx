'use client'

import { useState } from 'react'
import styles from './campaign.module.css'
import { Figures } from './figures'
import { News } from './news'
import { Progress } from './progress'
import { StartForm } from './start-form'

interface Props {
  /** The campaign that the address names: a reload goes on with it. */
  readonly initialId: string | null
}

/** Contract `tracking` on the app's one connection: a message to many, what becomes of it, and figures. */
export function CampaignDesk({ initialId }: Props) {
  const [messageId, setMessageId] = useState(initialId)

  function choose(id: string) {
    setMessageId(id)
    window.history.replaceState(null, '', `?id=${encodeURIComponent(id)}`)
  }

  return (
    <div className={styles.desk}>
      <header>
        <h1>Campaign</h1>
        <p className="quiet">A message to many at a pretended provider, and what becomes of it, as it happens.</p>
      </header>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <StartForm onStarted={choose} />
          <Progress key={messageId} messageId={messageId} />
        </div>
        <div className={styles.stack}>
          <Figures chosenId={messageId} onChoose={choose} />
          <News />
        </div>
      </div>
    </div>
  )
}
