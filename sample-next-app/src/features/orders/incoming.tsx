'use client'

import type { PlacedOrder } from '@outrigger/client'
import type { UsedOrders } from '@outrigger/client/react'
import type { Order } from '@/server/market/orders'
import { OrderRow } from './order-row'
import styles from './orders.module.css'
import { nextStep, type Deed } from './words'

interface Props {
  readonly orders: readonly Order[]
  readonly placed: readonly PlacedOrder[]
  readonly onStatus: UsedOrders<Order>['setStatus']
}

/** Listed at most. */
const LISTED = 8

/** Everyone's orders, for admins: as they are placed, and then as the app has them. */
export function Incoming({ orders, placed, onStatus }: Props) {
  const noted = new Set(orders.map(({ orderNumber }) => orderNumber))
  const fresh = placed.filter(({ order }) => !noted.has(numberOf(order)))
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="incoming-title">
      <header className={styles.panelHead}>
        <h2 id="incoming-title">All orders</h2>
        <p className="quiet" role="status">
          {placed.length === 0 ? 'None since you are here' : `${placed.length} since you are here`}
        </p>
      </header>
      {orders.length + fresh.length === 0 && <p className="quiet">Nobody has ordered anything yet.</p>}
      <ul className={styles.orders}>
        {fresh.map(({ userName, order, timestamp }) => (
          <li key={`${numberOf(order)} ${timestamp}`} data-testid="fresh">
            <p className={styles.orderHead}>
              <strong>{numberOf(order)}</strong>
              <span className="tag">New</span>
            </p>
            <p className="quiet">{userName}</p>
          </li>
        ))}
        {orders.slice(0, LISTED).map((order) => {
          const next = nextStep(order.status)
          const off: Deed[] = ['pending', 'processing'].includes(order.status) ? [{ status: 'cancelled', deed: 'Call off' }] : []
          return (
            <OrderRow key={order.orderId} order={order} testId="incoming" deeds={[...(next ? [next] : []), ...off]} onStatus={onStatus} />
          )
        })}
      </ul>
    </section>
  )
}

/** The buyer's page wrote it: nobody has looked at it. */
function numberOf(order: unknown): string {
  const { orderNumber } = (order ?? {}) as { orderNumber?: unknown }
  return typeof orderNumber === 'string' ? orderNumber.slice(0, 40) : 'without a number'
}
