'use client'

import { useCommerce, useOrders, useSocketEvent, type UsedOrders } from '@outrigger/client/react'
import { useCallback, useEffect, useState } from 'react'
import { call, faultOf } from '@/browser/call'
import type { Order } from '@/server/market/orders'
import type { Market } from '@/server/market/view'

declare module '@outrigger/client' {
  interface CustomEvents {
    /** Products or orders changed; sent by `src/server/market/decide.ts` to whom it concerns. */
    'market:changed': null
  }
}

export interface UsedMarket {
  /** As the app says. */
  readonly market: Market
  /** The same orders, and what was told of them since. */
  readonly orders: UsedOrders<Order>
}

/** Each once: an admin may buy and sell, too. */
function ordersIn({ bought, selling, admin }: Market): readonly Order[] {
  const all = [...bought, ...(selling?.orders ?? []), ...(admin?.orders ?? [])]
  return [...new Map(all.map((order) => [order.orderId, order])).values()]
}

/** The market as the app has it and the sidecar tells of it; asked for again when this user's role is another. */
export function useMarket(first: Market): UsedMarket {
  const [market, setMarket] = useState(first)
  const { role } = useCommerce()
  const load = useCallback(async () => {
    const answer = await call<Market>('/api/market')
    if (!answer.ok) throw new Error(faultOf(answer))
    const loaded = answer.body as Market
    setMarket(loaded)
    return ordersIn(loaded)
  }, [])
  const orders = useOrders<Order>({ initial: ordersIn(first), load })
  const { refresh } = orders
  useSocketEvent('market:changed', () => void refresh(), 'commerce')
  // Also after an interruption: that there was news is not kept for those who are away.
  useEffect(() => {
    if (role !== null) void refresh()
  }, [role, refresh])
  return { market, orders }
}
