'use client'

import { canPush, isSubscribedToPush, PushError, subscribeToPush, unsubscribeFromPush } from '@outrigger/client'
import { useOutrigger } from '@outrigger/client/react'
import { useEffect, useState } from 'react'
import { useHere } from '@/browser/use-here'
import styles from './social.module.css'
import { faultOf } from './words'

const WORDS: Record<PushError['kind'], string> = {
  unsupported: 'This browser has no web push.',
  denied: 'This browser does not allow notifications from this page.',
  'not-configured': 'The sidecar has no key for web push (VAPID_PRIVATE_KEY).',
  failed: 'The browser’s push service cannot be reached.',
}

/** Lets the sidecar reach this browser while no page is open. */
export function PushSwitch() {
  const client = useOutrigger()
  const isHere = useHere()
  const [subscribed, setSubscribed] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  useEffect(() => {
    let isGone = false
    isSubscribedToPush().then(
      (is) => {
        if (!isGone) setSubscribed(is)
      },
      // A browser that cannot say has none.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [])

  async function change() {
    setBusy(true)
    setFault(null)
    try {
      await (subscribed ? unsubscribeFromPush(client) : subscribeToPush(client))
      setSubscribed(!subscribed)
    } catch (error) {
      setFault(error instanceof PushError ? WORDS[error.kind] : faultOf(error))
    } finally {
      setBusy(false)
    }
  }

  if (!isHere || !canPush()) return null
  return (
    <div className={styles.actions}>
      <button type="button" className="button small" aria-pressed={subscribed} onClick={() => void change()} disabled={busy}>
        {subscribed ? 'Pushed to this browser' : 'Push to this browser'}
      </button>
      <p className="quiet" role="status">
        {fault}
      </p>
    </div>
  )
}
