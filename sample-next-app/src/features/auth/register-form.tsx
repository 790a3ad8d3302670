'use client'

import { useState, type FormEvent } from 'react'
import { call, faultOf } from '@/browser/call'
import { useHere } from '@/browser/use-here'
import styles from './auth.module.css'

interface Fault {
  readonly text: string
  readonly field: string | undefined
}

/** Makes an account and logs in. */
export function RegisterForm({ shortestPassword }: { shortestPassword: number }) {
  const [fault, setFault] = useState<Fault | null>(null)
  const [busy, setBusy] = useState(false)
  const here = useHere()

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    const answer = await call('/api/users', 'POST', Object.fromEntries(new FormData(event.currentTarget)))
    if (answer.ok) return window.location.assign('/')
    setFault({ text: faultOf(answer), field: answer.body.field })
    setBusy(false)
  }

  const wrong = (field: string) => ({ 'aria-invalid': fault?.field === field })
  return (
    <form className={styles.form} method="post" action="/api/users" onSubmit={submit}>
      {fault && (
        <p className="fault" role="alert">
          {fault.text}
        </p>
      )}
      <div className={styles.pair}>
        <div className="field">
          <label htmlFor="firstName">First name</label>
          <input id="firstName" name="firstName" autoComplete="given-name" maxLength={80} required {...wrong('firstName')} />
        </div>
        <div className="field">
          <label htmlFor="lastName">Last name</label>
          <input id="lastName" name="lastName" autoComplete="family-name" maxLength={80} />
        </div>
      </div>
      <div className="field">
        <label htmlFor="email">Email</label>
        <input id="email" name="email" type="email" autoComplete="username" required {...wrong('email')} />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={shortestPassword}
          aria-describedby="password-hint"
          required
          {...wrong('password')}
        />
        <span id="password-hint" className={styles.hint}>
          At least {shortestPassword} characters.
        </span>
      </div>
      <button className="button primary" type="submit" disabled={busy || !here}>
        {busy ? 'Making your account…' : 'Create account'}
      </button>
    </form>
  )
}
