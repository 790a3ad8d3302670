'use client'

import type { Order } from '@/server/market/orders'
import { When } from '@/features/shell/when'
import styles from './orders.module.css'
import { money, statusWord, stepOf, STEPS } from './words'

/** The user's own orders, and how far each is. */
export function Bought({ orders }: { orders: readonly Order[] }) {
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="bought-title">
      <h2 id="bought-title">Your orders</h2>
      {orders.length === 0 ? (
        <p className="quiet">You have ordered nothing yet.</p>
      ) : (
        <ul className={styles.orders}>
          {orders.map(({ orderId, orderNumber, lines, total, status, createdAt }) => (
            <li key={orderId} data-testid="bought" data-status={status}>
              <p className={styles.orderHead}>
                <strong>{orderNumber}</strong>
                <span className={`tag ${status === 'delivered' ? 'good' : status === 'cancelled' ? 'bad' : ''}`}>{statusWord(status)}</span>
                <span className={styles.price}>{money(total)}</span>
              </p>
              <p className="quiet">
                {lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')} · <When at={createdAt} />
              </p>
              <Steps status={status} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** How far an order is, as a line with four stations; what is called off is on none of them. */
function Steps({ status }: { status: string }) {
  const reached = stepOf(status)
  if (reached === -1) return null
  return (
    <ol className={styles.steps} aria-label="How far it is">
      {STEPS.map((step, index) => (
        <li key={step} data-reached={index <= reached} aria-current={index === reached ? 'step' : undefined}>
          {statusWord(step)}
        </li>
      ))}
    </ol>
  )
}
