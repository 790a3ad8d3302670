// What someone is about to buy, so that it is there tomorrow, too.
import 'server-only'
import { database } from '../database'

/** How many of each product, by its id. */
export type Cart = Readonly<Record<string, number>>

/** Products in a cart, and of each, at most. */
const MOST_PRODUCTS = 50
const MOST_OF_ONE = 99

/** A cart as a page wrote it; null if it is none. */
export function readCart(value: unknown): Cart | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const entries = Object.entries(value as Record<string, unknown>)
  const isGood = ([, quantity]: [string, unknown]) =>
    Number.isInteger(quantity) && (quantity as number) >= 1 && (quantity as number) <= MOST_OF_ONE
  return entries.length <= MOST_PRODUCTS && entries.every(isGood) ? (Object.fromEntries(entries) as Cart) : null
}

export async function cartOf(userId: string): Promise<Cart> {
  const { rows } = await (await database()).execute({ sql: 'SELECT body FROM carts WHERE user_id = ?', args: [userId] })
  return rows[0] ? (readCart(JSON.parse(String(rows[0].body))) ?? {}) : {}
}

export async function keepCart(userId: string, cart: Cart): Promise<void> {
  await (await database()).execute({
    sql: 'INSERT INTO carts (user_id, body) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET body = excluded.body',
    args: [userId, JSON.stringify(cart)],
  })
}
