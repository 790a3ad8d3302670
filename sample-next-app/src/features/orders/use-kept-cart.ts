'use client'

import { useCart, type UsedCart } from '@outrigger/client/react'
import { useCallback, useRef } from 'react'
import { call } from '@/browser/call'
import type { Cart } from '@/server/market/carts'

const PATH = '/api/market/cart'

/** The cart on all of the user's pages at once, and kept by the app for tomorrow. */
export function useKeptCart(initial: Cart): UsedCart<Cart> {
  const load = useCallback(async () => {
    const { ok, body } = await call<{ cart: Cart }>(PATH)
    if (!ok || !body.cart) throw new Error('The cart could not be loaded')
    return body.cart
  }, [])
  const used = useCart<Cart>({ initial, load })
  const { update } = used
  // One call after another, so that the last change is the one that stays.
  const keeping = useRef<Promise<unknown>>(Promise.resolve())
  const change = useCallback(
    (next: Cart | ((cart: Cart) => Cart)) => {
      const cart = update(next)
      keeping.current = keeping.current.then(() => call(PATH, 'PUT', { cart }))
      return cart
    },
    [update],
  )
  return { ...used, update: change }
}
