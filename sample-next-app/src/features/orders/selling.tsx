'use client'

import type { UsedOrders } from '@outrigger/client/react'
import type { Order } from '@/server/market/orders'
import type { Product } from '@/server/market/products'
import { OfferForm } from './offer-form'
import { OrderRow } from './order-row'
import styles from './orders.module.css'
import { money, nextStep, PRODUCT_WORDS } from './words'

interface Props {
  readonly products: readonly Product[]
  readonly orders: readonly Order[]
  readonly onStatus: UsedOrders<Order>['setStatus']
  readonly onOffered: () => void
}

/** A seller's part: what was bought of them, what they offer, and something new. */
export function Selling({ products, orders, onStatus, onOffered }: Props) {
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="selling-title">
      <h2 id="selling-title">What you sell</h2>
      <h3>Orders to you</h3>
      {orders.length === 0 ? (
        <p className="quiet">Nobody has ordered anything of yours yet.</p>
      ) : (
        <ul className={styles.orders}>
          {orders.map((order) => {
            const next = nextStep(order.status)
            return (
              <OrderRow key={order.orderId} order={order} testId="sold" deeds={next ? [next] : []} onStatus={onStatus} />
            )
          })}
        </ul>
      )}
      <h3>Your products</h3>
      <ul className={styles.offers}>
        {products.map(({ id, name, price, status, note }) => (
          <li key={id} data-testid="offer" data-status={status}>
            <span className={styles.lineName}>{name}</span>
            <span className={styles.price}>{money(price)}</span>
            <span className={`tag ${status === 'approved' ? 'good' : status === 'rejected' ? 'bad' : ''}`}>{PRODUCT_WORDS[status]}</span>
            {note && <span className="quiet">{note}</span>}
          </li>
        ))}
      </ul>
      <OfferForm onOffered={onOffered} />
    </section>
  )
}
