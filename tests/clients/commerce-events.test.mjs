// What clients of `commerce` send beside chat: how each argument is checked, what comes of it, and for whom
// (`contracts/commerce.md` section 2).

import assert from 'node:assert/strict'
import { ask, next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  invalid,
  missing,
  ms,
  newId,
  published,
  SIDE_DOORS,
  titleOf,
  told,
  unheard,
} from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const PRODUCT = { name: 'Vase', price: 120.5, description: 'hand-made', tags: ['clay'], nested: { a: [1, null] } }

// --- signs of life --------------------------------------------------------------------------------------

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`ping is answered with pong: ${titleOf(door)}`, async ({ member, connect }) => {
    const [socket, other] = [await connect(await member(), door), await connect(await member(), door)]
    for (const args of [[], [{}], [null], ['text'], [{ timestamp: 'soon' }]]) {
      socket.emit('ping', ...args)
      const pong = shape(await next(socket, 'pong'), { timestamp: ms, socketId: socket.id, latency: null })
      assert.equal(pong.clientTimestamp, undefined, JSON.stringify(args))
    }
    const timestamp = Date.now() - 40
    socket.emit('ping', { timestamp })
    const pong = shape(await next(socket, 'pong'), { timestamp: ms, clientTimestamp: timestamp, socketId: socket.id })
    assert.ok(pong.latency >= 40 && pong.latency < 10_000, `${pong.latency}`)
    assert.notEqual(await ask(socket, 'ping', { timestamp }), null, 'an acknowledgement that is awaited comes')
    await silent(other, 'pong')
  })
}

// --- what is missing ----------------------------------------------------------------------------------------

/** Required fields in the order in which they are checked, with a value that would do. */
const REQUIRED = {
  'seller:product_create': { name: 'Vase', price: 1, description: 'd' },
  'seller:product_update': { productId: 'p-1', changes: ['price'] },
  'seller:order_status_update': { orderId: 'o-1', status: 'shipped' },
  'user:cart_update': { cart: [] },
  'user:wishlist_update': { wishlist: [] },
  'user:order_create': { orderNumber: 'N-1' },
  'chat:join_room': { roomId: 'lobby' },
  'chat:leave_room': { roomId: 'lobby' },
  'chat:typing': { recipientId: 'x', isTyping: true },
  'chat:read': { messageId: 'm-1' },
  'notification:read': { notificationId: 'n-1' },
  'notification:dismiss': { notificationId: 'n-1' },
  'admin:force_disconnect': { userId: 'x', reason: 'r' },
  'admin:disconnect_user': { userId: 'x', reason: 'r' },
  'admin:system_notification': { title: 't', message: 'm' },
}

for (const [event, whole] of Object.entries(REQUIRED)) {
  test(`${event} names the first field that is missing`, async (world) => {
    const { admins } = await crew(world)
    const fields = Object.entries(whole)
    const present = {}
    for (const [field, value] of fields) {
      await missing(admins, event, { ...present }, field)
      for (const nothing of [null, '']) await missing(admins, event, { ...present, [field]: nothing }, field)
      present[field] = value
    }
    const [first] = fields[0]
    for (const argument of [undefined, null]) await missing(admins, event, argument, first)
  })
}

test('chat:message needs words and somebody to hear them', async (world) => {
  const { hers, seller } = await crew(world)
  for (const argument of [undefined, null, {}, { message: '' }, { message: null, recipientId: seller.userId }])
    await missing(hers, 'chat:message', argument, 'message')
  await invalid(hers, 'chat:message', { message: 'x' }, /^Missing required field: /)
})

const WRONG = [
  ['seller:product_create', { ...PRODUCT, name: 7 }, 'name'],
  ['seller:product_create', { ...PRODUCT, price: '12' }, 'price'],
  ['seller:product_create', { ...PRODUCT, price: {} }, 'price'],
  ['seller:product_create', { ...PRODUCT, description: [] }, 'description'],
  ['seller:product_update', { productId: {}, changes: [] }, 'productId'],
  ['seller:order_status_update', { orderId: [], status: 'shipped' }, 'orderId'],
  ['seller:order_status_update', { orderId: 'o', status: 7 }, 'status'],
  ['chat:message', { message: 7, recipientId: 'x' }, 'message'],
  ['chat:message', { message: 'x', recipientId: {} }, 'recipientId'],
  ['chat:message', { message: 'x', roomId: 7 }, 'roomId'],
  ['chat:typing', { recipientId: 7, isTyping: true }, 'recipientId'],
  ['chat:typing', { recipientId: 'x', isTyping: 'yes' }, 'isTyping'],
  ['chat:join_room', { roomId: {} }, 'roomId'],
  ['chat:leave_room', { roomId: [] }, 'roomId'],
  ['chat:read', { messageId: 7 }, 'messageId'],
  ['notification:read', { notificationId: {} }, 'notificationId'],
  ['notification:dismiss', { notificationId: true }, 'notificationId'],
  ['admin:system_notification', { title: 7, message: 'm' }, 'title'],
  ['admin:system_notification', { title: 't', message: [] }, 'message'],
  ['admin:force_disconnect', { userId: 'x', reason: 7 }, 'reason'],
]

test('a field of another kind is told to be that', async (world) => {
  const { admins } = await crew(world)
  for (const [event, argument, field] of WRONG) await invalid(admins, event, argument, `Invalid field: ${field}`)
})

test('arguments of any kind are answered, and cost no connection', async (world) => {
  const { admins, hers } = await crew(world)
  const ugly = [7, 'text', true, [], [[]], { __proto__: null, constructor: 1 }, { data: 'x'.repeat(1_000) }]
  for (const [event, whole] of Object.entries(REQUIRED)) {
    for (const argument of ugly) {
      const reply = await ask(admins, event, argument)
      assert.equal(reply.code, 'VALIDATION_ERROR', `${event} ${JSON.stringify(argument).slice(0, 40)}`)
    }
    const reply = await ask(admins, event, whole, 'one', { more: 'arguments' })
    assert.notEqual(reply?.code, 'INTERNAL_ERROR', `${event} with more arguments: ${JSON.stringify(reply)}`)
  }
  for (const event of ['admin:stats', 'admin:user_list']) {
    for (const argument of [undefined, null, {}, 7, [], 'x']) await does(admins, event, argument)
  }
  await settled(hers)
  assert.ok(admins.connected)
})

test('more than 64 KiB is too much to hand on', async (world) => {
  const { admin, hers } = await crew(world)
  const device = await world.connect(admin, { device: newDevice() })
  const large = 'x'.repeat(64 * 1024)
  await invalid(hers, 'user:wishlist_update', { wishlist: large }, 'Payload too large')
  await invalid(hers, 'user:order_create', { orderNumber: 'N', large }, 'Payload too large')
  await does(hers, 'user:wishlist_update', { wishlist: 'x'.repeat(60 * 1024) })
  await unheard(world, [device], 'order:new')
})

// --- products ----------------------------------------------------------------------------------------------

test('a new product is shown to admins, but not on the socket that sent it', async (world) => {
  const { user, seller, admin, hers, sellers, admins } = await crew(world)
  const device = await world.connect(admin, { ...DOORS[2], device: newDevice() })
  const done = { message: 'Product creation initiated' }
  await does(sellers, 'seller:product_create', PRODUCT, done)
  for (const socket of [admins, device])
    shape(await next(socket, 'seller:product:new'), {
      sellerId: seller.userId,
      sellerName: seller.name,
      product: PRODUCT,
      timestamp: ms,
    })
  await does(admins, 'seller:product_create', { ...PRODUCT, price: 10_001 }, done)
  shape(await next(device, 'seller:product:new'), { sellerId: admin.userId, product: { ...PRODUCT, price: 10_001 } })
  await published(world)
  await silent(admins, 'seller:product:new')
  await unheard(world, [hers, sellers], 'seller:product:new')
  assert.ok(user)
})

test('a seller asks at most 10000, an admin what they like', async (world) => {
  const { sellers, admins } = await crew(world)
  const most = 'Price exceeds maximum allowed for seller: 10000'
  for (const price of [10_000.01, 10_001, 1e12])
    await invalid(sellers, 'seller:product_create', { ...PRODUCT, price }, most)
  for (const price of [10_000, 1, 0.01]) await does(sellers, 'seller:product_create', { ...PRODUCT, price })
  await does(admins, 'seller:product_create', { ...PRODUCT, price: 1e12 })
})

for (const door of DOORS) {
  test(`who watches a product hears that it changed: ${titleOf(door)}`, async (world) => {
    const { hers, sellers, admins } = await crew(world, door)
    const productId = newId('p')
    await does(hers, 'chat:join_room', { roomId: `product:${productId}` })
    await does(sellers, 'chat:join_room', { roomId: `product:${productId}` })
    for (const changes of [['price', 'stock'], { price: 7, stock: null }]) {
      await does(sellers, 'seller:product_update', { productId, changes })
      const updated = shape(await next(hers, 'product:updated'), { productId, changes, timestamp: ms })
      assert.deepEqual(Object.keys(updated).toSorted(), ['changes', 'productId', 'timestamp'])
    }
    await does(admins, 'seller:product_update', { productId, changes: ['name'] })
    for (const socket of [hers, sellers]) shape(await next(socket, 'product:updated'), { changes: ['name'] })
    await unheard(world, [admins], 'product:updated')
    await does(hers, 'chat:leave_room', { roomId: `product:${productId}` })
    await does(admins, 'seller:product_update', { productId, changes: ['name'] })
    await published(world)
    await silent(hers, 'product:updated')
  })
}

// --- the same on all devices ------------------------------------------------------------------------------

const SYNCED = [
  ['user:cart_update', 'cart:synced', 'cart'],
  ['user:wishlist_update', 'wishlist:synced', 'wishlist'],
]

for (const [event, synced, field] of SYNCED) {
  test(`${event} reaches the user's other sockets, and nobody else's`, async (world) => {
    const [who, other] = [await world.member(), await world.connect(await world.member())]
    const sockets = [
      await world.connect(who),
      await world.connect(who, { device: newDevice() }),
      await world.connect(who, { ...DOORS[3], transports: ['polling'] }),
    ]
    const values = [[{ productId: 'p', quantity: 2 }], { items: [], total: 0 }, 'text', 0, false, []]
    for (const [n, value] of values.entries()) {
      const from = sockets[n % sockets.length]
      await does(from, event, { [field]: value })
      for (const socket of sockets.filter((one) => one !== from))
        assert.deepEqual(shape(await next(socket, synced), { timestamp: ms })[field], value)
      await silent(from, synced)
    }
    await unheard(world, [other], synced)
  })
}

test('carts come in the order in which they were sent', async (world) => {
  const who = await world.member()
  const [one, two] = [await world.connect(who), await world.connect(who, { device: newDevice() })]
  for (let n = 0; n < 200; n += 1) one.emit('user:cart_update', { cart: n })
  await does(one, 'user:cart_update', { cart: 200 })
  await next(two, 'cart:synced', ({ cart }) => cart === 200)
  assert.deepEqual(
    told(two, 'cart:synced').map(({ cart }) => cart),
    Array.from({ length: 201 }, (_, n) => n),
  )
})

// --- orders placed -------------------------------------------------------------------------------------------

test('an order that is placed is shown to admins, but not on the socket that sent it', async (world) => {
  const { user, admin, hers, sellers, admins } = await crew(world)
  const order = { orderNumber: 'N-1', items: [{ id: 'p', n: 2 }], total: 12.5, note: 'Grüße 👩‍👩‍👧' }
  const done = { message: 'Order created successfully' }
  await does(hers, 'user:order_create', order, done)
  shape(await next(admins, 'order:new'), { userId: user.userId, userName: user.name, order, timestamp: ms })
  const device = await world.connect(admin, { device: newDevice() })
  await does(admins, 'user:order_create', { orderNumber: 'N-2' }, done)
  shape(await next(device, 'order:new'), { userId: admin.userId, order: { orderNumber: 'N-2' } })
  await published(world)
  await silent(admins, 'order:new')
  await unheard(world, [hers, sellers], 'order:new')
})

// --- join_room ------------------------------------------------------------------------------------------------

test('join_room is for the own id only, and does nothing', async (world) => {
  const { user, seller, hers } = await crew(world)
  await does(hers, 'join_room', user.userId)
  for (const argument of [seller.userId, `user:${seller.userId}`, 'role:admin', undefined, {}, 7]) {
    const reply = await ask(hers, 'join_room', argument)
    assert.notEqual(reply?.success, true, `${JSON.stringify(argument)}: ${JSON.stringify(reply)}`)
    hers.emit('join_room', argument)
  }
  await settled(hers)
  await world.app.emitToUser(seller, 'for:seller', {})
  await world.app.emitToRole('admin', 'for:admins', {})
  await unheard(world, [hers], 'for:seller', 'for:admins', 'error:validation', 'error:internal', 'error:unauthorized')
})
