'use client'

import { useState, type FormEvent } from 'react'
import { call, faultOf } from '@/browser/call'
import styles from './campaign.module.css'

interface Props {
  readonly onStarted: (messageId: string) => void
}

/** Starts a campaign: the app registers it, and its pretended provider gets to work. */
export function StartForm({ onStarted }: Props) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<{ text: string; field: string | undefined } | null>(null)

  async function start(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setFault(null)
    const started = await call<{ messageId: string }>('/api/campaigns', 'POST', {
      content: form.get('content'),
      recipients: Number(form.get('recipients')),
      failing: Number(form.get('failing')),
    })
    setBusy(false)
    if (started.ok && started.body.messageId) onStarted(started.body.messageId)
    else setFault({ text: faultOf(started), field: started.body.field })
  }

  const field = (name: string) => ({
    id: `campaign-${name}`,
    name,
    required: true,
    'aria-invalid': fault?.field === name || undefined,
    'aria-describedby': fault?.field === name ? 'campaign-fault' : undefined,
  })

  return (
    <form className={`card ${styles.panel}`} aria-label="New campaign" onSubmit={(event) => void start(event)}>
      <div className="field">
        <label htmlFor="campaign-content">Message</label>
        <textarea {...field('content')} className={styles.text} rows={3} maxLength={1600} defaultValue="The regatta is moved to Sunday, 10:00." />
      </div>
      <div className={styles.numbers}>
        <div className="field">
          <label htmlFor="campaign-recipients">Recipients</label>
          <input {...field('recipients')} type="number" min={1} max={20000} defaultValue={500} />
        </div>
        <div className="field">
          <label htmlFor="campaign-failing">Failing, percent</label>
          <input {...field('failing')} type="number" min={0} max={100} defaultValue={6} />
        </div>
        <button type="submit" className="button primary" disabled={busy}>
          Send
        </button>
      </div>
      {fault && (
        <p className="fault" role="alert" id="campaign-fault">
          {fault.text}
        </p>
      )}
    </form>
  )
}
