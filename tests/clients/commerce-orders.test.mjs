// Orders: whose they are, who may say how they are, and who hears of it (`contracts/commerce.md` sections 2, 3 and 5).

import assert from 'node:assert/strict'
import { next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  invalid,
  ms,
  newId,
  ownCommerce,
  published,
  SIDE_DOORS,
  titleOf,
  told,
  unauthorized,
  unheard,
} from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const SELLERS = ['processing', 'shipped', 'delivered']
const ADMINS = [...SELLERS, 'pending', 'cancelled', 'refunded']
const update = (socket, orderId, status) => does(socket, 'seller:order_status_update', { orderId, status })

/** A crew and an order of the user, sold by the seller; the words for it are taken. */
async function shop(world, { door, ...call } = {}) {
  const given = await crew(world, door)
  const orderId = newId('o')
  await world.app.order({
    orderId,
    orderNumber: 'N-1',
    buyerId: given.user.userId,
    sellers: [{ sellerId: given.seller.userId, productName: 'Vase' }],
    tell: false,
    ...call,
  })
  return { ...given, orderId }
}

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`buyer and sender hear how an order is, and nobody else: ${titleOf(door)}`, async (world) => {
    const { user, seller, hers, sellers, admins, orderId } = await shop(world, { door })
    const device = await world.connect(user, { ...DOORS[2], device: newDevice() })
    const shelf = await world.connect(seller, { device: newDevice() })
    const other = await world.connect(await world.member())
    for (const status of SELLERS) {
      await update(sellers, orderId, status)
      for (const socket of [hers, device, sellers]) {
        const changed = shape(await next(socket, 'order:status:changed'), { orderId, newStatus: status, timestamp: ms })
        assert.deepEqual(Object.keys(changed).toSorted(), ['newStatus', 'orderId', 'timestamp'])
      }
    }
    await unheard(world, [admins, shelf, other], 'order:status:changed')
    for (const socket of [hers, device, sellers]) await silent(socket, 'order:status:changed')
  })
}

test('a seller says what sellers may say, an admin more', async (world) => {
  const { sellers, admins, orderId } = await shop(world)
  for (const status of SELLERS) await update(sellers, orderId, status)
  for (const status of ['pending', 'cancelled', 'refunded', 'lost', 'SHIPPED']) {
    const words = `Status '${status}' not allowed for seller. Allowed: ${SELLERS.join(', ')}`
    await invalid(sellers, 'seller:order_status_update', { orderId, status }, words)
  }
  for (const status of ADMINS) await update(admins, orderId, status)
  const { message } = await invalid(
    admins,
    'seller:order_status_update',
    { orderId, status: 'lost' },
    /^Status 'lost' not allowed for admin\. Allowed: /,
  )
  assert.deepEqual(message.split('Allowed: ')[1].split(', ').toSorted(), ADMINS.toSorted())
})

test("a seller speaks of nobody else's orders", async (world) => {
  const { hers, sellers, orderId } = await shop(world)
  const rival = await world.connect(await world.seller())
  await unauthorized(rival, 'seller:order_status_update', { orderId, status: 'shipped' }, 'seller', ['admin'])
  const unclaimed = newId('o')
  const buyer = await world.member()
  await world.app.order({ orderId: unclaimed, buyerId: buyer.userId, tell: false })
  await update(rival, unclaimed, 'shipped')
  await update(sellers, unclaimed, 'delivered')
  await unheard(world, [hers], 'order:status:changed')
})

test('of an order that nobody told of only the sender hears', async (world) => {
  const { hers, sellers, admins } = await crew(world)
  const orderId = newId('o')
  await update(sellers, orderId, 'shipped')
  shape(await next(sellers, 'order:status:changed'), { orderId, newStatus: 'shipped' })
  await unheard(world, [hers, admins], 'order:status:changed')
})

test('a client cannot say whose an order is', async (world) => {
  const { user, hers, sellers } = await crew(world)
  const orderId = newId('o')
  await does(hers, 'user:order_create', { orderNumber: 'N', orderId, buyerId: user.userId, sellers: [] })
  await does(sellers, 'seller:order_status_update', {
    orderId,
    status: 'shipped',
    buyerId: user.userId,
    userId: user.userId,
  })
  await unheard(world, [hers], 'order:status:changed')
})

// --- what the app says ------------------------------------------------------------------------------------

test('an order that the app tells of is told to buyer and sellers', async (world) => {
  const { user, seller, hers, sellers, admins } = await crew(world)
  const [another, orderId] = [await world.seller(), newId('o')]
  const device = await world.connect(user, { ...DOORS[3], device: newDevice() })
  const anothers = await world.connect(another, DOORS[1])
  const body = await world.app.order({
    orderId,
    orderNumber: 'N-7',
    buyerId: user.userId,
    sellers: [
      { sellerId: seller.userId, productName: 'Vase' },
      { sellerId: another.userId, productName: 'Bowl' },
    ],
    status: 'pending',
    total: 99.5,
    message: 'Your order has been placed successfully',
  })
  shape(body.order, { orderId, orderNumber: 'N-7', buyerId: user.userId, status: 'pending' })
  assert.deepEqual(body.order.sellerIds.toSorted(), [seller.userId, another.userId].toSorted())
  for (const socket of [hers, device])
    assert.deepEqual(await next(socket, 'order:created'), {
      orderId,
      orderNumber: 'N-7',
      total: 99.5,
      message: 'Your order has been placed successfully',
    })
  assert.deepEqual(await next(sellers, 'order:received'), { orderId, productName: 'Vase' })
  assert.deepEqual(await next(anothers, 'order:received'), { orderId, productName: 'Bowl' })
  await unheard(world, [hers, device, admins], 'order:received')
  await unheard(world, [sellers, anothers, admins], 'order:created')
})

test('what the app does not want told is not told, and what it leaves out stays', async (world) => {
  const { user, hers, sellers, orderId } = await shop(world)
  const stranger = await world.member()
  const { order } = await world.app.order({ orderId, status: 'processing', buyerId: stranger.userId, tell: false })
  shape(order, { orderId, orderNumber: 'N-1', buyerId: user.userId, status: 'processing' })
  await unheard(world, [hers], 'order:created')
  await unheard(world, [sellers], 'order:received')
  const { status, body } = await world.internal.post('/internal/commerce/orders', { orderId: newId('o') })
  assert.equal(status, 400, 'a new order needs its buyer')
  assert.ok(body.error)
})

test('the app says how an order is: the buyer hears it and has it in writing', async (world) => {
  const { user, hers, sellers, orderId } = await shop(world)
  await world.app.orderStatus({ orderId, status: 'refunded' })
  shape(await next(hers, 'order:status:changed'), { orderId, newStatus: 'refunded', timestamp: ms })
  const notice = { type: 'order_status', title: 'Order Update', message: 'Order N-1 is now refunded' }
  shape(await next(hers, 'notification:new'), { ...notice, data: { orderId, status: 'refunded' } })
  shape(await next(hers, 'notification'), notice)
  await unheard(world, [sellers], 'order:status:changed', 'notification')
  const unknown = newId('o')
  const refused = await world.internal.post('/internal/commerce/order-status', { orderId: unknown, status: 'shipped' })
  assert.equal(refused.status, 404)
  assert.deepEqual(refused.body.error, 'Order not found')
  await world.app.orderStatus({ orderId: unknown, status: 'shipped', userId: user.userId })
  shape(await next(hers, 'order:status:changed'), { orderId: unknown, newStatus: 'shipped' })
  shape(await next(hers, 'notification:new'), { message: `Order ${unknown} is now shipped` })
})

test('whose an order is, is known after a crash', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, seller, orderId } = await shop(world)
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const [hers, sellers] = [await world.connect(user), await world.connect(seller)]
  await update(sellers, orderId, 'shipped')
  shape(await next(hers, 'order:status:changed'), { orderId, newStatus: 'shipped' })
  const rival = await world.connect(await world.seller())
  await unauthorized(rival, 'seller:order_status_update', { orderId, status: 'shipped' }, 'seller', ['admin'])
})

test('a seller who buys from another hears it once', async (world) => {
  const seller = await world.seller()
  const orderId = newId('o')
  await world.app.order({
    orderId,
    buyerId: seller.userId,
    sellers: [{ sellerId: seller.userId, productName: 'Own' }],
    tell: false,
  })
  const socket = await world.connect(seller)
  await update(socket, orderId, 'shipped')
  await next(socket, 'order:status:changed')
  await published(world)
  await settled(socket)
  assert.equal(told(socket, 'order:status:changed').length, 1)
})
