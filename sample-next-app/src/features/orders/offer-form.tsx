'use client'

import { names } from '@outrigger/client'
import { useSocket } from '@outrigger/client/react'
import { useState, type FormEvent } from 'react'
import styles from './orders.module.css'
import { faultText } from './words'

/** Offers a product: admins are told, and the app has it wait for one of them. */
export function OfferForm({ onOffered }: { onOffered: () => void }) {
  const { socket } = useSocket('commerce')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function offer(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    setBusy(true)
    setFault(null)
    try {
      await socket.ask(names.commerce.client['seller:product_create'], {
        name: String(fields.get('name')).trim(),
        price: Number(fields.get('price')),
        description: String(fields.get('description')).trim(),
      })
      form.reset()
      onOffered()
    } catch (cause) {
      setFault(faultText(cause))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className={styles.form} aria-label="Offer a product" onSubmit={(event) => void offer(event)}>
      <div className="field">
        <label htmlFor="offer-name">Product</label>
        <input id="offer-name" name="name" required maxLength={80} />
      </div>
      <div className="field">
        <label htmlFor="offer-price">Price</label>
        <input id="offer-price" name="price" type="number" required min={0.01} step={0.01} />
      </div>
      <div className={`field ${styles.wide}`}>
        <label htmlFor="offer-description">Description</label>
        <input id="offer-description" name="description" required maxLength={500} />
      </div>
      <button type="submit" className="button primary" disabled={busy}>
        Offer
      </button>
      {fault && (
        <p className={`fault ${styles.wide}`} role="alert">
          {fault}
        </p>
      )}
    </form>
  )
}
