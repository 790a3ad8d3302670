'use client'

import type { Cart } from '@/server/market/carts'
import type { Product } from '@/server/market/products'
import styles from './orders.module.css'
import { money } from './words'

interface Props {
  readonly products: readonly Product[]
  readonly cart: Cart
  readonly meId: string
  readonly onAdd: (productId: string) => void
}

/** What can be bought. */
export function Products({ products, cart, meId, onAdd }: Props) {
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="products-title">
      <header className={styles.panelHead}>
        <h2 id="products-title">Products</h2>
        <p className="quiet">{products.length === 1 ? '1 on sale' : `${products.length} on sale`}</p>
      </header>
      {products.length === 0 ? (
        <p className="quiet">Nothing is on sale yet. Start selling, offer something, and have an admin let it in.</p>
      ) : (
        <ul className={styles.products}>
          {products.map(({ id, name, description, price, sellerId, sellerName }) => (
            <li key={id}>
              <h3>{name}</h3>
              {description && <p className={styles.description}>{description}</p>}
              <p className="quiet">from {sellerId === meId ? 'you' : sellerName}</p>
              <p className={styles.buy}>
                <strong className={styles.price}>{money(price)}</strong>
                <button type="button" className="button small" onClick={() => onAdd(id)}>
                  Add to cart<span className="visually-hidden">: {name}</span>
                  {cart[id] !== undefined && <span className={styles.amount}>{cart[id]}</span>}
                </button>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
