// What a user sees of the market, each according to what they are.
import 'server-only'
import type { User } from '../users'
import { cartOf, type Cart } from './carts'
import { latestOrders, ordersOf, ordersTo, type Order } from './orders'
import { approvedProducts, pendingProducts, productsOf, type Product } from './products'
import { isSeller } from './sellers'

export interface Market {
  readonly products: readonly Product[]
  readonly cart: Cart
  readonly bought: readonly Order[]
  /** `null`: the user sells nothing. */
  readonly selling: { readonly products: readonly Product[]; readonly orders: readonly Order[] } | null
  /** `null`: the user is no admin. */
  readonly admin: { readonly pending: readonly Product[]; readonly orders: readonly Order[] } | null
}

export async function marketOf({ userId, isAdmin }: User): Promise<Market> {
  const [products, cart, bought, sells] = await Promise.all([approvedProducts(), cartOf(userId), ordersOf(userId), isSeller(userId)])
  return {
    products,
    cart,
    bought,
    selling: sells ? { products: await productsOf(userId), orders: await ordersTo(userId) } : null,
    admin: isAdmin ? { pending: await pendingProducts(), orders: await latestOrders() } : null,
  }
}
