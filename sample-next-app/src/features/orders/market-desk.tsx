'use client'

import type { Market } from '@/server/market/view'
import { Bought } from './bought'
import { CartPanel } from './cart-panel'
import { Incoming } from './incoming'
import { Live } from './live'
import { Moderation } from './moderation'
import { News } from './news'
import styles from './orders.module.css'
import { Products } from './products'
import { SellerSwitch } from './seller-switch'
import { Selling } from './selling'
import { useKeptCart } from './use-kept-cart'
import { useMarket } from './use-market'

interface Props {
  readonly first: Market
  /** Whether the app is told what users want: without it nothing can be decided. */
  readonly isSetUp: boolean
  readonly meId: string
}

/** Contract `commerce` on the app's one connection: buying, selling, and looking after both. */
export function MarketDesk({ first, isSetUp, meId }: Props) {
  const { market, orders: used } = useMarket(first)
  const cart = useKeptCart(first.cart)
  // What was told of a moment ago has nothing more than a number yet.
  const orders = used.orders.filter(({ lines }) => lines !== undefined)
  const { selling, admin } = market
  const products = new Map(market.products.map((product) => [product.id, product]))
  const add = (productId: string) =>
    cart.update((now) => ({ ...now, [productId]: Math.min(99, (now[productId] ?? 0) + 1) }))

  return (
    <div className={styles.desk}>
      <header className={styles.head}>
        <div>
          <h1>Orders</h1>
          <p className="quiet">A small market: what one does here, others see at once.</p>
        </div>
        <SellerSwitch sells={selling !== null} onChanged={() => void used.refresh()} />
      </header>
      {!isSetUp && (
        <p className="fault" role="alert">
          The app is told nothing, so that nothing can be ordered: OUTRIGGER_WEBHOOK_SECRET is not set.
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.stack}>
          {admin && <Moderation pending={admin.pending} />}
          {admin && <Incoming orders={orders} placed={used.placed} onStatus={used.setStatus} />}
          {selling && (
            <Selling
              products={selling.products}
              orders={orders.filter(({ lines }) => lines.some(({ sellerId }) => sellerId === meId))}
              onStatus={used.setStatus}
              onOffered={() => void used.refresh()}
            />
          )}
          <Products products={market.products} cart={cart.cart} meId={meId} onAdd={add} />
          <Bought orders={orders.filter(({ buyerId }) => buyerId === meId)} />
        </div>
        <div className={styles.stack}>
          <CartPanel used={cart} products={products} onPlace={used.place} />
          <News />
          {admin && <Live meId={meId} />}
        </div>
      </div>
    </div>
  )
}
