'use client'

import type { ReactNode } from 'react'
import type { Transport } from '@/server/settings'
import type { UserDocument } from '@/server/user-document'
import { Account } from './account'
import { ConnectionBanner } from './connection-banner'
import { Navigation } from './navigation'
import { Realtime } from './realtime'
import styles from './shell.module.css'

interface Props {
  readonly me: UserDocument
  readonly transports: readonly Transport[]
  readonly children: ReactNode
}

/** What surrounds every page of a logged-in user: one realtime client, the ways about, and the state of things. */
export function AppShell({ me, transports, children }: Props) {
  return (
    <Realtime userId={me.userId} transports={transports}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className={styles.frame}>
        <aside className={styles.side}>
          <Navigation isAdmin={me.isAdmin} />
          <Account me={me} />
        </aside>
        <div className={styles.main}>
          <ConnectionBanner />
          <main id="content" className={styles.content} tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
    </Realtime>
  )
}
