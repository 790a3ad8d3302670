// What users of the market want, as the sidecar hands it over: here it is decided, and the sidecar told what came of it. It may
// be handed over again, so that each step may be done twice. If the sidecar cannot be told, it hands it over again later.
import 'server-only'
import type { Result, WebhookOf } from '@outrigger/client/server'
import { outrigger } from '../sidecar/outrigger'
import { findUser, nameOf } from '../users'
import { keepCart } from './carts'
import { centsOf } from './money'
import { addOrder, orderById, setOrderStatus, type Wanted } from './orders'
import { addProduct, decideProduct, findProduct } from './products'
import { isSeller } from './sellers'

type Said = WebhookOf<'client.event'>
type Fields = Readonly<Record<string, unknown>>

/** Tells open pages to look again. */
const CHANGED = 'market:changed'
const LONGEST_NAME = 80
const LONGEST_TEXT = 500
const LONGEST_NUMBER = 40
const MOST_CENTS = 1_000_000
const MOST_LINES = 50
const MOST_OF_ONE = 99

/** Whether somebody may say it was looked at by the sidecar; whether it can be done is looked at here. */
const DECISIONS: Readonly<Record<string, (said: Said, fields: Fields) => Promise<void>>> = {
  'seller:product_create': offered,
  'admin:moderate_product': moderated,
  'user:order_create': ordered,
  'seller:order_status_update': moved,
}

export async function decide(webhook: Said): Promise<void> {
  const { contract, event, args } = webhook.data
  const decision = contract === 'commerce' && Object.hasOwn(DECISIONS, event) ? DECISIONS[event] : undefined
  const [fields] = args
  if (decision && typeof fields === 'object' && fields !== null) await decision(webhook, fields as Fields)
}

const text = (value: unknown, longest: number): string => (typeof value === 'string' ? value.trim().slice(0, longest) : '')

/** A product waits for an admin. */
async function offered({ id, userId }: Said, fields: Fields): Promise<void> {
  const name = text(fields.name, LONGEST_NAME)
  const cents = centsOf(typeof fields.price === 'number' ? fields.price : 0)
  if (name === '' || cents < 1 || cents > MOST_CENTS || !((await isSeller(userId)) || (await isAdmin(userId)))) return
  await addProduct({ id: `p-${id}`, sellerId: userId, name, description: text(fields.description, LONGEST_TEXT), cents })
  await tellChanged('admins', userId)
}

/** An admin lets a product in, or not; its seller is told why. */
async function moderated({ userId }: Said, fields: Fields): Promise<void> {
  const { productId, status } = fields
  if (typeof productId !== 'string' || (status !== 'approved' && status !== 'rejected') || !(await isAdmin(userId))) return
  const note = text(fields.note, LONGEST_TEXT) || null
  const product = await decideProduct(productId, status, note)
  const moderator = await findUser(userId)
  if (!product || !moderator) return
  const { notifications } = outrigger().commerce
  await told(notifications.notifyProductModeration(product.sellerId, product, status, note, { moderator: nameOf(moderator) }))
  await tellChanged('everyone')
}

/** An order with the prices of now; buyer and sellers are told. */
async function ordered({ id, userId }: Said, fields: Fields): Promise<void> {
  const number = text(fields.orderNumber, LONGEST_NUMBER)
  const wanted = await wantedOf(fields.items)
  if (number === '' || wanted.length === 0) return
  const order = await addOrder(`o-${id}`, userId, number, wanted)
  if (!order) return
  await keepCart(userId, {})
  const { orderId, orderNumber, total, status, lines } = order
  const sellers = lines.map(({ sellerId, name }) => ({ sellerId, productName: name }))
  const message = 'Thank you. The sellers have been told.'
  await told(
    outrigger().commerce.registerOrder(
      { orderId, orderNumber, buyerId: userId, sellers, total, status, message },
      { idempotencyKey: `order-${orderId}` },
    ),
  )
  await tellChanged('admins')
}

async function wantedOf(items: unknown): Promise<Wanted[]> {
  if (!Array.isArray(items) || items.length > MOST_LINES) return []
  const wanted: Wanted[] = []
  for (const item of items as unknown[]) {
    const { productId, quantity } = (item ?? {}) as { productId?: unknown; quantity?: unknown }
    const product = typeof productId === 'string' ? await findProduct(productId) : null
    const isWhole = Number.isInteger(quantity) && (quantity as number) >= 1 && (quantity as number) <= MOST_OF_ONE
    if (product?.status === 'approved' && isWhole) wanted.push({ product, quantity: quantity as number })
  }
  return wanted
}

/** An order is further. The sidecar has told its buyer; here it is noted. */
async function moved({ userId }: Said, fields: Fields): Promise<void> {
  const { orderId, status } = fields
  const order = typeof orderId === 'string' ? await orderById(orderId) : null
  if (!order || typeof status !== 'string') return
  const sellers = [...new Set(order.lines.map(({ sellerId }) => sellerId))]
  if (!sellers.includes(userId) && !(await isAdmin(userId))) return
  await setOrderStatus(order.orderId, text(status, LONGEST_NUMBER))
  await tellChanged('admins', order.buyerId, ...sellers)
}

async function isAdmin(userId: string): Promise<boolean> {
  const user = await findUser(userId)
  return user?.active === true && user.isAdmin
}

/** Has open pages look again at what the sidecar does not tell of. */
async function tellChanged(whom: 'everyone' | 'admins', ...besides: readonly string[]): Promise<void> {
  const { emitToAll, emitToAdmins, emitToUser } = outrigger().commerce
  await told(whom === 'everyone' ? emitToAll(CHANGED) : emitToAdmins(CHANGED))
  for (const userId of besides) await told(emitToUser(userId, CHANGED))
}

/** Throws if the sidecar could not be told: it hands the webhook over again. */
async function told(call: Promise<Result<unknown>>): Promise<void> {
  const result = await call
  if (!result.ok) throw result.error
}
