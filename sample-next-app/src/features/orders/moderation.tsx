'use client'

import { names } from '@outrigger/client'
import { useSocket } from '@outrigger/client/react'
import { useRef, useState } from 'react'
import type { Product } from '@/server/market/products'
import styles from './orders.module.css'
import { faultText, money } from './words'

/** What waits for an admin. The decision goes to the app, which tells the seller. */
export function Moderation({ pending }: { pending: readonly Product[] }) {
  const { socket } = useSocket('commerce')
  const [fault, setFault] = useState<string | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  async function decide(productId: string, status: 'approved' | 'rejected', note: string) {
    setFault(null)
    // The button that has it goes when the app has decided.
    heading.current?.focus()
    try {
      await socket.ask(names.commerce.client['admin:moderate_product'], { productId, status, ...(note ? { note } : {}) })
    } catch (cause) {
      setFault(faultText(cause))
    }
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="moderation-title">
      <header className={styles.panelHead}>
        <h2 id="moderation-title" ref={heading} tabIndex={-1}>
          Moderation
        </h2>
        <p className="quiet" role="status">
          {pending.length === 0 ? 'Nothing waits' : pending.length === 1 ? '1 waits' : `${pending.length} wait`}
        </p>
      </header>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <ul className={styles.orders}>
        {pending.map((product) => (
          <Waiting key={product.id} product={product} onDecide={decide} />
        ))}
      </ul>
    </section>
  )
}

interface WaitingProps {
  readonly product: Product
  readonly onDecide: (productId: string, status: 'approved' | 'rejected', note: string) => Promise<void>
}

function Waiting({ product: { id, name, description, price, sellerName }, onDecide }: WaitingProps) {
  const [note, setNote] = useState('')
  return (
    <li data-testid="waiting">
      <p className={styles.orderHead}>
        <strong>{name}</strong>
        <span className={styles.price}>{money(price)}</span>
      </p>
      <p className="quiet">
        {sellerName}: {description}
      </p>
      <p className={styles.deeds}>
        <input
          className={styles.note}
          aria-label={`Note to the seller of ${name}`}
          placeholder="Note to the seller"
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="button" className="button small" onClick={() => void onDecide(id, 'approved', note)}>
          Approve<span className="visually-hidden">: {name}</span>
        </button>
        <button type="button" className="button small danger" onClick={() => void onDecide(id, 'rejected', note)}>
          Reject<span className="visually-hidden">: {name}</span>
        </button>
      </p>
    </li>
  )
}
