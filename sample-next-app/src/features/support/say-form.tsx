'use client'

import { useId, useRef, useState, type FormEvent } from 'react'
import styles from './support.module.css'
import { faultText } from './words'

interface Props {
  readonly label: string
  /** `false`: there is no connection, or one is not in the chat yet. */
  readonly isOpen: boolean
  readonly onSend: (message: string) => Promise<void>
  readonly onTyping: (isTyping: boolean) => void
}

/** Says something; what could not be sent stays in the field. */
export function SayForm({ label, isOpen, onSend, onTyping }: Props) {
  const id = useId()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)

  async function send(event: FormEvent) {
    event.preventDefault()
    const said = text.trim()
    if (said === '' || busy) return
    setBusy(true)
    setFault(null)
    try {
      await onSend(said)
      // What was typed meanwhile is not sent yet.
      setText((now) => (now.trim() === said ? '' : now))
    } catch (cause) {
      setFault(faultText(cause))
    } finally {
      setBusy(false)
      field.current?.focus()
    }
  }

  return (
    <form className={styles.say} onSubmit={(event) => void send(event)}>
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <input
        id={id}
        ref={field}
        value={text}
        maxLength={5000}
        autoComplete="off"
        placeholder={label}
        onChange={(event) => {
          setText(event.target.value)
          onTyping(event.target.value !== '')
        }}
        onBlur={() => onTyping(false)}
      />
      <button type="submit" className="button primary" disabled={!isOpen || busy || text.trim() === ''}>
        Send
      </button>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  )
}
