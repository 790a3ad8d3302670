'use client'

import { useState } from 'react'
import { call, faultOf } from '@/browser/call'
import { Avatar } from '@/features/shell/avatar'
import { useOnline, wordFor } from '@/features/shell/use-online'
import type { UserDocument } from '@/server/user-document'
import styles from './users.module.css'

interface Props {
  readonly users: readonly UserDocument[]
  readonly meId: string
}

type Right = 'isAdmin' | 'status'

/** Everyone, with what an admin may change. */
export function UserTable({ users: first, meId }: Props) {
  const [users, setUsers] = useState(first)
  const [busy, setBusy] = useState<string | null>(null)
  const [said, setSaid] = useState<{ text: string; isFault: boolean } | null>(null)
  const isOnline = useOnline()

  async function change(user: UserDocument, field: Right, value: boolean) {
    setBusy(user.userId)
    const answer = await call<UserDocument>(`/api/users?id=${encodeURIComponent(user.userId)}`, 'PATCH', { field, value })
    setBusy(null)
    if (!answer.ok) return setSaid({ text: faultOf(answer), isFault: true })
    setUsers((all) => all.map((one) => (one.userId === user.userId ? { ...one, [field]: value } : one)))
    setSaid({ text: `${user.name} ${describe(field, value)}.`, isFault: false })
  }

  return (
    <>
      <p role="status" className={said ? (said.isFault ? 'fault' : styles.done) : 'visually-hidden'}>
        {said?.text}
      </p>
      {/* Scrolls sideways on narrow screens, also by keyboard. */}
      <div className={`card ${styles.scroll}`} tabIndex={0} role="region" aria-label="Users">
        {/* Roles are spelled out: on a phone the rows are laid out as cards, and must stay rows. */}
        <table className={styles.table} role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">Name</th>
              <th scope="col" role="columnheader">
                Email
              </th>
              <th scope="col" role="columnheader">Account</th>
              <th scope="col" role="columnheader">
                <span className="visually-hidden">Change</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {users.map((user) => (
              <tr key={user.userId} role="row">
                <th scope="row" role="rowheader">
                  <span className={styles.who}>
                    <Avatar id={user.userId} name={user.name} image={user.profileImage} online={isOnline(user.userId)} />
                    {user.name}
                    <span className="visually-hidden">{`, ${wordFor(isOnline(user.userId))}`}</span>
                  </span>
                </th>
                <td role="cell" className={styles.email}>
                  {user.email}
                </td>
                <td role="cell">
                  <span className={styles.tags}>
                    {user.isAdmin && <span className="tag good">Admin</span>}
                    {!user.status && <span className="tag bad">Deactivated</span>}
                    {user.status && !user.isAdmin && <span className="tag">Active</span>}
                  </span>
                </td>
                <td role="cell">
                  {user.userId === meId ? (
                    <span className={`quiet ${styles.rights}`}>That is you</span>
                  ) : (
                    <Rights user={user} disabled={busy === user.userId} onChange={change} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

interface RightsProps {
  readonly user: UserDocument
  readonly disabled: boolean
  readonly onChange: (user: UserDocument, field: Right, value: boolean) => Promise<void>
}

function Rights({ user, disabled, onChange }: RightsProps) {
  const whom = <span className="visually-hidden"> {user.name}</span>
  return (
    <span className={styles.rights}>
      <button type="button" className="button small" disabled={disabled} onClick={() => onChange(user, 'isAdmin', !user.isAdmin)}>
        {user.isAdmin ? 'Take admin' : 'Make admin'}
        {whom}
      </button>
      <button
        type="button"
        className={`button small ${user.status ? 'danger' : ''}`}
        disabled={disabled}
        onClick={() => onChange(user, 'status', !user.status)}
      >
        {user.status ? 'Deactivate' : 'Activate'}
        {whom}
      </button>
    </span>
  )
}

function describe(field: Right, value: boolean): string {
  if (field === 'isAdmin') return value ? 'is an admin now' : 'is no admin any more'
  return value ? 'may log in again' : 'was deactivated; their pages close in a few seconds'
}
