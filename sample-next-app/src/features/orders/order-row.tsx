'use client'

import type { OrderStatus } from '@outrigger/client'
import type { UsedOrders } from '@outrigger/client/react'
import { useState } from 'react'
import type { Order } from '@/server/market/orders'
import { When } from '@/features/shell/when'
import styles from './orders.module.css'
import { faultText, money, statusWord, type Deed } from './words'

interface Props {
  readonly order: Order
  readonly testId: string
  /** What can be done with it. */
  readonly deeds: readonly Deed[]
  readonly onStatus: UsedOrders<Order>['setStatus']
}

/** Someone's order, for those who look after it. */
export function OrderRow({ order, testId, deeds, onStatus }: Props) {
  const { orderId, orderNumber, buyerName, lines, total, status, createdAt } = order
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function say(next: OrderStatus) {
    setBusy(true)
    setFault(null)
    try {
      await onStatus(orderId, next)
    } catch (cause) {
      setFault(faultText(cause))
    } finally {
      setBusy(false)
    }
  }

  return (
    <li data-testid={testId} data-status={status}>
      <p className={styles.orderHead}>
        <strong>{orderNumber}</strong>
        <span className={`tag ${status === 'delivered' ? 'good' : status === 'cancelled' ? 'bad' : ''}`}>{statusWord(status)}</span>
        <span className={styles.price}>{money(total)}</span>
      </p>
      <p className="quiet">
        {buyerName}: {lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')} · <When at={createdAt} />
      </p>
      {deeds.length > 0 && (
        <p className={styles.deeds}>
          {deeds.map(({ status: next, deed }) => (
            <button key={next} type="button" className="button small" disabled={busy} onClick={() => void say(next)}>
              {deed}
              <span className="visually-hidden">: {orderNumber}</span>
            </button>
          ))}
        </p>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </li>
  )
}
