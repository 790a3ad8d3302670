// What was bought.
import 'server-only'
import type { Row } from '@libsql/client'
import { database } from '../database'
import { nameOf } from '../users'
import { centsOf, unitsOf } from './money'
import type { Product } from './products'

export interface OrderLine {
  readonly productId: string
  readonly name: string
  readonly price: number
  readonly quantity: number
  readonly sellerId: string
}

export interface Order {
  readonly orderId: string
  readonly orderNumber: string
  readonly buyerId: string
  readonly buyerName: string
  readonly lines: readonly OrderLine[]
  readonly total: number
  readonly status: string
  readonly createdAt: string
}

/** Shown in lists at most. */
const MOST = 100
const COLUMNS = `SELECT orders.*, email, first_name, last_name FROM orders JOIN users ON users.id = buyer_id`

function fromRow(row: Row): Order {
  return {
    orderId: String(row.id),
    orderNumber: String(row.number),
    buyerId: String(row.buyer_id),
    buyerName: nameOf({ firstName: String(row.first_name), lastName: String(row.last_name), email: String(row.email) }),
    lines: JSON.parse(String(row.lines)) as OrderLine[],
    total: unitsOf(Number(row.cents)),
    status: String(row.status),
    createdAt: String(row.created_at),
  }
}

async function list(where: string, args: string[]): Promise<Order[]> {
  const sql = `${COLUMNS} WHERE ${where} ORDER BY orders.created_at DESC, orders.id LIMIT ${MOST}`
  return (await (await database()).execute({ sql, args })).rows.map(fromRow)
}

export const ordersOf = (buyerId: string) => list('buyer_id = ?', [buyerId])
export const ordersTo = (sellerId: string) =>
  list('orders.id IN (SELECT order_id FROM order_sellers WHERE seller_id = ?)', [sellerId])
export const latestOrders = () => list('1 = 1', [])

async function findOrder(where: string, args: string[]): Promise<Order | null> {
  return (await list(where, args))[0] ?? null
}

export const orderById = (orderId: string) => findOrder('orders.id = ?', [orderId])

/** How many of which products. */
export interface Wanted {
  readonly product: Product
  readonly quantity: number
}

/** Notes an order, with the prices of now; one that is noted already stays as it is. */
export async function addOrder(orderId: string, buyerId: string, number: string, wanted: readonly Wanted[]): Promise<Order | null> {
  const lines: OrderLine[] = wanted.map(({ product, quantity }) => ({
    productId: product.id,
    name: product.name,
    price: product.price,
    quantity,
    sellerId: product.sellerId,
  }))
  const cents = lines.reduce((sum, { price, quantity }) => sum + centsOf(price) * quantity, 0)
  const sellers = [...new Set(lines.map(({ sellerId }) => sellerId))]
  await (await database()).batch(
    [
      {
        sql: `INSERT INTO orders (id, number, buyer_id, lines, cents, status, created_at)
              VALUES (?, ?, ?, ?, ?, 'pending', ?) ON CONFLICT DO NOTHING`,
        args: [orderId, number, buyerId, JSON.stringify(lines), cents, new Date().toISOString()],
      },
      ...sellers.map((sellerId) => ({
        sql: `INSERT INTO order_sellers (order_id, seller_id)
              SELECT id, ? FROM orders WHERE id = ? ON CONFLICT DO NOTHING`,
        args: [sellerId, orderId],
      })),
    ],
    'write',
  )
  return findOrder('buyer_id = ? AND number = ?', [buyerId, number])
}

export async function setOrderStatus(orderId: string, status: string): Promise<void> {
  await (await database()).execute({ sql: 'UPDATE orders SET status = ? WHERE id = ?', args: [status, orderId] })
}
