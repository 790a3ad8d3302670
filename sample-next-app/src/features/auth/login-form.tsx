'use client'

import { useState, type FormEvent } from 'react'
import { call, faultOf } from '@/browser/call'
import { useHere } from '@/browser/use-here'
import styles from './auth.module.css'

/** Logs in with a password. The whole page is loaded behind it, so that nothing of another user stays in memory. */
export function LoginForm({ fault: first }: { fault: string | null }) {
  const [fault, setFault] = useState(first)
  const [busy, setBusy] = useState(false)
  const here = useHere()

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    const answer = await call('/api/auth/login', 'POST', Object.fromEntries(new FormData(event.currentTarget)))
    if (answer.ok) return window.location.assign('/')
    setFault(faultOf(answer))
    setBusy(false)
  }

  return (
    <form className={styles.form} method="post" action="/api/auth/login" onSubmit={submit}>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="field">
        <label htmlFor="email">Email</label>
        <input id="email" name="email" type="email" autoComplete="username" required />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input id="password" name="password" type="password" autoComplete="current-password" required />
      </div>
      <button className="button primary" type="submit" disabled={busy || !here}>
        {busy ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  )
}
