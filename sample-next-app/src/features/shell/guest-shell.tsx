'use client'

import { OutriggerProvider } from '@outrigger/client/react'
import Link from 'next/link'
import { useMemo, type ReactNode } from 'react'
import type { Transport } from '@/server/settings'
import { ConnectionBanner } from './connection-banner'
import { Mark } from './icons'
import styles from './guest-shell.module.css'

interface Props {
  readonly transports: readonly Transport[]
  readonly children: ReactNode
}

/** What surrounds a page for somebody who is not logged in: the sidecar takes them for a guest. */
export function GuestShell({ transports, children }: Props) {
  // A name of its own: nobody who logs in later in this tab finds what a guest left.
  const options = useMemo(() => ({ transports, userId: 'guest', getToken: () => null }), [transports])
  return (
    <OutriggerProvider options={options}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className={styles.head}>
        <span className={styles.brand}>
          <Mark />
          Outrigger sample
        </span>
        <Link className="button small" href="/login">
          Log in
        </Link>
      </header>
      <ConnectionBanner />
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
    </OutriggerProvider>
  )
}
