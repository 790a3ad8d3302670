'use client'

import { useState } from 'react'
import { call } from '@/browser/call'
import { leave } from '@/browser/leave'
import type { UserDocument } from '@/server/user-document'
import { Avatar } from './avatar'
import { ConnectionState } from './connection-state'
import { LeaveIcon } from './icons'
import styles from './shell.module.css'

/** Who is logged in, how they are connected, and the way out. */
export function Account({ me }: { me: UserDocument }) {
  const [leaving, setLeaving] = useState(false)

  async function logOut() {
    setLeaving(true)
    await call('/api/auth/logout', 'POST')
    leave()
  }

  return (
    <div className={styles.account}>
      <div className={styles.me}>
        <Avatar id={me.userId} name={me.name} image={me.profileImage} />
        <div className={styles.names}>
          <span>{me.name}</span>
          <ConnectionState />
        </div>
      </div>
      <button type="button" className="button small" onClick={logOut} disabled={leaving}>
        <LeaveIcon />
        <span className={styles.label}>Log out</span>
      </button>
    </div>
  )
}
