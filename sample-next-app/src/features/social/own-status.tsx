'use client'

import { useOwnStatus } from '@outrigger/client/react'
import { useState, type FormEvent } from 'react'
import styles from './social.module.css'
import { faultOf } from './words'

const LONGEST = 50

/** What the user says of themselves; those who follow them, or have written with them, see it at once. */
export function OwnStatus() {
  const { setStatus } = useOwnStatus()
  const [text, setText] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    const status = text.trim()
    if (!status) return
    try {
      await setStatus(status)
      setSaid(status === 'invisible' ? 'Nobody sees that you are here.' : `Others see: ${status}`)
      setFault(null)
      setText('')
    } catch (error) {
      setFault(faultOf(error))
    }
  }

  return (
    <form className={styles.ownStatus} onSubmit={submit}>
      <label htmlFor="own-status">Your status</label>
      <input
        id="own-status"
        className={styles.input}
        list="own-status-words"
        maxLength={LONGEST}
        placeholder="busy, invisible …"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id="own-status-words">
        {['online', 'busy', 'away', 'invisible'].map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <button type="submit" className="button" disabled={text.trim() === ''}>
        Set status
      </button>
      <p className={styles.said} role="status">
        {fault ?? said}
      </p>
    </form>
  )
}
