'use client'

import type { UsedCart, UsedOrders } from '@outrigger/client/react'
import { useRef, useState } from 'react'
import type { Cart } from '@/server/market/carts'
import type { Order } from '@/server/market/orders'
import type { Product } from '@/server/market/products'
import styles from './orders.module.css'
import { faultText, money } from './words'

interface Props {
  readonly used: UsedCart<Cart>
  readonly products: ReadonlyMap<string, Product>
  readonly onPlace: UsedOrders<Order>['place']
}

const newNumber = () => `R-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 6)}`.toUpperCase()

/** What is about to be bought, the same on all of the user's pages. */
export function CartPanel({ used, products, onPlace }: Props) {
  const { cart, isSynced, error, update } = used
  const [placed, setPlaced] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  /** Kept until it is taken: handed over again it is the same order. */
  const number = useRef<string | null>(null)
  const lines = Object.entries(cart).flatMap(([id, quantity]) => {
    const product = products.get(id)
    return product ? [{ product, quantity }] : []
  })
  const total = lines.reduce((sum, { product, quantity }) => sum + Math.round(product.price * 100) * quantity, 0) / 100

  function change(productId: string, by: number) {
    const left = Math.min(99, (cart[productId] ?? 0) + by)
    // The button that has it goes.
    if (left <= 0) heading.current?.focus()
    update((now) => {
      const { [productId]: _, ...others } = now
      return left > 0 ? { ...now, [productId]: left } : others
    })
  }

  async function place() {
    setBusy(true)
    setFault(null)
    number.current ??= newNumber()
    try {
      const items = lines.map(({ product, quantity }) => ({ productId: product.id, quantity }))
      await onPlace({ orderNumber: number.current, items, total })
      setPlaced(number.current)
      number.current = null
      heading.current?.focus()
      update({})
    } catch (cause) {
      setFault(faultText(cause))
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="cart-title" data-testid="cart" data-synced={isSynced}>
      <header className={styles.panelHead}>
        <h2 id="cart-title" ref={heading} tabIndex={-1}>
          Cart
        </h2>
        <p className="quiet" role="status">
          {placed && lines.length === 0 ? `Order ${placed} is placed` : !isSynced ? 'Telling your other pages…' : ''}
        </p>
      </header>
      {lines.length === 0 ? (
        <p className="quiet">It is empty. What you put in here is on all of your pages.</p>
      ) : (
        <>
          <ul className={styles.lines}>
            {lines.map(({ product: { id, name, price }, quantity }) => (
              <li key={id}>
                <span className={styles.lineName}>{name}</span>
                <span className={styles.stepper}>
                  <button type="button" onClick={() => change(id, -1)} aria-label={`One ${name} less`}>
                    −
                  </button>
                  <span aria-label={`${quantity} of ${name}`} role="img">
                    {quantity}
                  </span>
                  <button type="button" onClick={() => change(id, 1)} aria-label={`One ${name} more`}>
                    +
                  </button>
                </span>
                <span className={styles.price}>{money((Math.round(price * 100) * quantity) / 100)}</span>
              </li>
            ))}
          </ul>
          <p className={styles.total}>
            <span>Total</span>
            <strong className={styles.price}>{money(total)}</strong>
          </p>
          <button type="button" className="button primary" disabled={busy} onClick={() => void place()}>
            Place order
          </button>
        </>
      )}
      {(fault ?? error) && (
        <p className="fault" role="alert">
          {fault ?? error}
        </p>
      )}
    </section>
  )
}
