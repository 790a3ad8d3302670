'use client'

import type { ContactForm } from '@outrigger/client'
import { useState, type FormEvent } from 'react'
import styles from './support.module.css'
import { faultText, PRIORITIES } from './words'

interface Props {
  readonly known: { readonly name: string; readonly email: string } | null
  readonly isBusy: boolean
  readonly onSubmit: (form: ContactForm) => Promise<void>
}

/** What somebody asks, as the sidecar takes it in. */
export function RequestForm({ known, isBusy, onSubmit }: Props) {
  const [fault, setFault] = useState<string | null>(null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    setFault(null)
    try {
      await onSubmit({
        name: text('name'),
        email: text('email'),
        message: text('message'),
        priority: text('priority') as NonNullable<ContactForm['priority']>,
        ...(text('subject') ? { subject: text('subject') } : {}),
      })
    } catch (cause) {
      setFault(faultText(cause))
    }
  }

  return (
    <form className={`card ${styles.form}`} aria-label="Ask for help" onSubmit={(event) => void submit(event)}>
      <div className="field">
        <label htmlFor="ask-name">Name</label>
        <input id="ask-name" name="name" required maxLength={100} autoComplete="name" defaultValue={known?.name} />
      </div>
      <div className="field">
        <label htmlFor="ask-email">Email</label>
        <input id="ask-email" name="email" type="email" required autoComplete="email" defaultValue={known?.email} />
      </div>
      <div className="field">
        <label htmlFor="ask-subject">
          Subject <span className="quiet">(optional)</span>
        </label>
        <input id="ask-subject" name="subject" maxLength={200} />
      </div>
      <div className="field">
        <label htmlFor="ask-priority">How urgent is it?</label>
        <select id="ask-priority" name="priority" defaultValue="normal">
          {PRIORITIES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div className={`field ${styles.wide}`}>
        <label htmlFor="ask-message">Message</label>
        <textarea id="ask-message" name="message" required rows={5} maxLength={5000} />
      </div>
      {fault && (
        <p className={`fault ${styles.wide}`} role="alert">
          {fault}
        </p>
      )}
      <button type="submit" className="button primary" disabled={isBusy}>
        {isBusy ? 'Sending…' : 'Send'}
      </button>
    </form>
  )
}
