// What sellers offer. An admin looks at each before anyone can buy it.
import 'server-only'
import type { Row } from '@libsql/client'
import { database } from '../database'
import { nameOf } from '../users'
import { unitsOf } from './money'

export type ProductStatus = 'pending' | 'approved' | 'rejected'

export interface Product {
  readonly id: string
  readonly sellerId: string
  readonly sellerName: string
  readonly name: string
  readonly description: string
  readonly price: number
  readonly status: ProductStatus
  /** Why it was decided so. */
  readonly note: string | null
}

export interface NewProduct {
  /** The same however often it is offered. */
  readonly id: string
  readonly sellerId: string
  readonly name: string
  readonly description: string
  readonly cents: number
}

/** Shown in lists at most. */
const MOST = 200
const COLUMNS = `SELECT products.*, email, first_name, last_name FROM products JOIN users ON users.id = seller_id`

function fromRow(row: Row): Product {
  return {
    id: String(row.id),
    sellerId: String(row.seller_id),
    sellerName: nameOf({ firstName: String(row.first_name), lastName: String(row.last_name), email: String(row.email) }),
    name: String(row.name),
    description: String(row.description),
    price: unitsOf(Number(row.cents)),
    status: String(row.status) as ProductStatus,
    note: row.note === null ? null : String(row.note),
  }
}

async function list(where: string, args: string[]): Promise<Product[]> {
  const sql = `${COLUMNS} WHERE ${where} ORDER BY products.created_at DESC, products.id LIMIT ${MOST}`
  return (await (await database()).execute({ sql, args })).rows.map(fromRow)
}

/** What can be bought. */
export const approvedProducts = () => list(`status = 'approved'`, [])
/** What waits for an admin. */
export const pendingProducts = () => list(`status = 'pending'`, [])
export const productsOf = (sellerId: string) => list('seller_id = ?', [sellerId])

export async function findProduct(id: string): Promise<Product | null> {
  return (await list('products.id = ?', [id]))[0] ?? null
}

export async function addProduct({ id, sellerId, name, description, cents }: NewProduct): Promise<void> {
  await (await database()).execute({
    sql: `INSERT INTO products (id, seller_id, name, description, cents, created_at)
          VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    args: [id, sellerId, name, description, cents, new Date().toISOString()],
  })
}

/** Decides about a product; null if there is none. */
export async function decideProduct(id: string, status: ProductStatus, note: string | null): Promise<Product | null> {
  await (await database()).execute({ sql: 'UPDATE products SET status = ?, note = ? WHERE id = ?', args: [status, note, id] })
  return findProduct(id)
}
