'use client'

import { useNotificationPreferences } from '@outrigger/client/react'
import { useState, type FormEvent } from 'react'
import styles from './social.module.css'
import { faultOf } from './words'

const CHOICES: readonly (readonly [type: string, label: string])[] = [
  ['new_message', 'Messages'],
  ['new_follow', 'New followers'],
  ['mention', 'Mentions'],
  ['push', 'In this browser, while I am away'],
]

/** What the user wants to be notified of; kept by the sidecar, for all of their devices. */
export function Preferences() {
  const { preferences, status, error, update } = useNotificationPreferences()
  const [changed, setChanged] = useState<Readonly<Record<string, boolean>>>({})
  const [said, setSaid] = useState<string | null>(null)
  const isWanted = (type: string) => changed[type] ?? preferences[type] !== false

  async function submit(event: FormEvent) {
    event.preventDefault()
    try {
      await update(changed)
      setChanged({})
      setSaid('Saved.')
    } catch (cause) {
      setSaid(faultOf(cause))
    }
  }

  return (
    <form className={styles.preferences} onSubmit={submit}>
      <fieldset disabled={status === 'loading'}>
        <legend className="visually-hidden">Notify me of</legend>
        {CHOICES.map(([type, label]) => (
          <label key={type} className={styles.choice}>
            <input
              type="checkbox"
              checked={isWanted(type)}
              onChange={({ target }) => {
                setSaid(null)
                setChanged((all) => ({ ...all, [type]: target.checked }))
              }}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <div className={styles.actions}>
        <button type="submit" className="button small" disabled={Object.keys(changed).length === 0}>
          Save
        </button>
        <p className="quiet" role="status">
          {said ?? (status === 'failed' ? error : null)}
        </p>
      </div>
    </form>
  )
}
