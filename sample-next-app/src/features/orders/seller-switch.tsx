'use client'

import { useCommerce } from '@outrigger/client/react'
import { useState } from 'react'
import { call, faultOf } from '@/browser/call'
import styles from './orders.module.css'

const ROLES: Readonly<Record<string, string>> = { admin: 'an admin', seller: 'a seller', user: 'a buyer', guest: 'a guest' }

/** What the sidecar takes one for at this moment, and the way to become something else without a reload. */
export function SellerSwitch({ sells, onChanged }: { sells: boolean; onChanged: () => void }) {
  const { role, events } = useCommerce()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function change() {
    setBusy(true)
    const answer = await call('/api/market/seller', sells ? 'DELETE' : 'POST')
    setBusy(false)
    setFault(answer.ok ? null : faultOf(answer))
    onChanged()
  }

  return (
    <div className={styles.role}>
      <p className="quiet" role="status" data-testid="role" data-role={role ?? ''}>
        {role ? `You are ${ROLES[role] ?? role} here, with ${events.length} events to send` : 'Connecting…'}
      </p>
      <button type="button" className="button small" disabled={busy} onClick={() => void change()}>
        {sells ? 'Stop selling' : 'Start selling'}
      </button>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}
