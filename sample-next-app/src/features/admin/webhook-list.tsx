'use client'

import { useSocket, useSocketEvent } from '@outrigger/client/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call } from '@/browser/call'
import { When } from '@/features/shell/when'
import type { KeptWebhook } from '@/server/webhooks'
import styles from './webhooks.module.css'

declare module '@outrigger/client' {
  interface CustomEvents {
    /** The app was told something; sent to admins by `src/server/webhooks.ts`. */
    webhooksChanged: null
  }
}

interface Props {
  readonly first: readonly KeptWebhook[]
  /** Whether the app can be told anything. */
  readonly isSetUp: boolean
}

/** The app decides about these: someone has to be reached in another way. */
const isMissed = (type: string) => type.endsWith('.missed')

/** What the app was told, newest first; it follows by itself. */
export function WebhookList({ first, isSetUp }: Props) {
  const [webhooks, setWebhooks] = useState(first)
  const { connected } = useSocket()
  const asked = useRef(0)

  const load = useCallback(async () => {
    asked.current += 1
    const question = asked.current
    const { ok, body } = await call<KeptWebhook[]>('/api/outrigger/webhooks')
    // An answer that was overtaken shows what was.
    if (ok && Array.isArray(body) && question === asked.current) setWebhooks(body as KeptWebhook[])
  }, [])

  useSocketEvent('webhooksChanged', () => void load())
  // That there was news is not kept for those who are away.
  useEffect(() => {
    if (connected) void load()
  }, [connected, load])

  if (webhooks.length === 0) {
    return (
      <p className="card empty">
        {isSetUp
          ? 'Nothing yet. Write to someone who is offline, and look here a little later.'
          : 'The app is told nothing: OUTRIGGER_WEBHOOK_SECRET is not set.'}
      </p>
    )
  }
  return (
    // Reached with the keyboard, so that it can be scrolled with it: nothing in it can be.
    <ol className="card" aria-label="Webhooks" tabIndex={0}>
      {webhooks.map(({ id, type, user, detail, at }) => (
        <li key={id} className={styles.webhook}>
          <span className={`tag ${isMissed(type) ? 'bad' : ''}`}>{type}</span>
          <span className={styles.what}>
            <span className={styles.user}>{user}</span>
            {detail && <span className="quiet"> · {detail}</span>}
          </span>
          <span className={`quiet ${styles.when}`}>
            <When at={at} />
          </span>
        </li>
      ))}
    </ol>
  )
}
