// What clients of `commerce` leave to the app: committed before it is told and acknowledged, told in order, and refused
// where there is nobody to decide (`contracts/commerce.md` section 2).

import assert from 'node:assert/strict'
import { ask, next, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  fails,
  invalid,
  numbers,
  ownCommerce,
  published,
  succeeded,
  titleOf,
  unauthorized,
} from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { newReceiver } from './support/receiver.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const EVENTS = { OUTRIGGER_WEBHOOK_EVENTS: 'client.event' }

/** A crew whose sidecar reports to a receiver. */
async function hooked(t, settings = {}, receiving = {}) {
  const receiver = await newReceiver(t, receiving)
  const world = await ownCommerce(t, receiver.settings({ ...EVENTS, ...settings }))
  const { user, seller, admin, ...sockets } = await crew(world)
  return { ...world, receiver, people: { user, seller, admin }, ...sockets }
}
const eventsOf = (webhooks) => webhooks.map(({ data }) => data.event)

/** Only for the app to decide. */
const FORWARDED = [
  ['admin:moderate_product', 'admins', { productId: 'p-1', status: 'approved' }],
  ['admin:moderate_seller', 'admins', { applicationId: 'a-1', status: 'rejected' }],
  ['seller:product_delete', 'sellers', { productId: 'p-1' }],
  ['seller:inventory_update', 'sellers', { productId: 'p-1', stock: 3 }],
  ['seller:dashboard', 'sellers', { range: '7d' }],
]
/** With an effect of their own besides. */
const RELAYED = [
  ['user:profile_update', 'hers', { profile: { name: 'Ada' } }],
  ['user:wishlist_update', 'hers', { wishlist: ['p-1'] }],
  ['seller:product_create', 'sellers', { name: 'Vase', price: 1, description: 'd' }],
  ['seller:product_update', 'sellers', { productId: 'p-1', changes: ['price'] }],
  ['seller:order_status_update', 'sellers', { orderId: 'o-1', status: 'shipped' }],
  ['user:order_create', 'hers', { orderNumber: 'N-1', items: [] }],
]
const whose = { admins: 'admin', sellers: 'seller', hers: 'user' }

test('the app is told of what it decides, with all that was sent', async ({ t }) => {
  const world = await hooked(t)
  for (const [event, socket, argument] of [...FORWARDED, ...RELAYED]) {
    await does(world[socket], event, argument)
    const who = world.people[whose[socket]]
    const { data } = await world.receiver.attempt(
      (one) => one.userId === who.userId && one.data.event === event,
      event,
    )
    shape(data, { event, args: [argument], contract: 'commerce' })
  }
})

for (const door of DOORS) {
  test(`it is told in order, also of what was sent while it was away: ${titleOf(door)}`, async ({ t }) => {
    const world = await hooked(t)
    const socket = await world.connect(world.people.seller, door)
    await world.receiver.close()
    for (const n of numbers(20)) await does(socket, n % 2 ? 'seller:product_delete' : 'seller:dashboard', { n })
    world.sidecar().signal('SIGKILL')
    await world.sidecar().exited
    await world.receiver.open()
    await world.again()
    const told = await world.receiver.took('client.event', world.people.seller, 20, 10_000)
    assert.deepEqual(
      told.map(({ data }) => data.args[0].n),
      numbers(20),
    )
  })
}

test('it decides, and the client hears of it', async ({ t }) => {
  const world = await hooked(t)
  await does(world.admins, 'admin:moderate_product', { productId: 'p-1', sellerId: world.people.seller.userId })
  const [{ data }] = await world.receiver.took('client.event', world.people.admin)
  const { productId, sellerId } = data.args[0]
  const product = { id: productId, name: 'Vase' }
  await world.app.productModeration({ userId: sellerId, product, status: 'approved', moderator: 'Mo' })
  shape(await next(world.sellers, 'product:approved'), { productId })
})

test('what is refused is told nobody', async ({ t }) => {
  const world = await hooked(t)
  await unauthorized(world.hers, 'seller:product_delete', { productId: 'p' }, 'user')
  await invalid(world.sellers, 'seller:product_create', { name: 'n' }, 'Missing required field: price')
  await invalid(world.sellers, 'seller:dashboard', { large: 'x'.repeat(64 * 1024) }, 'Payload too large')
  await does(world.sellers, 'seller:dashboard', { n: 'marker' })
  const told = await world.receiver.took('client.event', world.people.seller)
  assert.deepEqual(eventsOf(told), ['seller:dashboard'])
  assert.deepEqual(world.receiver.about(world.people.user), [])
})

test('what is no matter of the app is not told', async ({ t }) => {
  const world = await hooked(t)
  await does(world.hers, 'user:cart_update', { cart: [] })
  await does(world.hers, 'chat:join_room', { roomId: 'lobby' })
  await does(world.hers, 'chat:message', { roomId: 'lobby', message: 'x' })
  await ask(world.hers, 'ping', {})
  await does(world.hers, 'user:profile_update', { profile: {} })
  assert.deepEqual(eventsOf(await world.receiver.took('client.event', world.people.user)), ['user:profile_update'])
})

test('names that the app claims do not hide those of the contract', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_ACTIONS: 'user:cart_update,shop:visit' }).catch((error) => error)
  if (world instanceof Error) {
    assert.match(world.message, /OUTRIGGER_WEBHOOK_ACTIONS/, 'refused at the start is as good')
    return
  }
  const device = await world.connect(world.people.user, { device: newDevice() })
  await does(world.hers, 'user:cart_update', { cart: [1] })
  shape(await next(device, 'cart:synced'), { cart: [1] })
})

// --- without anybody to decide ------------------------------------------------------------------------------

for (const [what, settings] of [
  ['without a webhook', async () => ({})],
  [
    'where the app wants no such webhooks',
    async (t) => (await newReceiver(t)).settings({ OUTRIGGER_WEBHOOK_EVENTS: 'message.stored' }),
  ],
]) {
  test(`${what} nobody decides, and what has an effect of its own has it`, async ({ t }) => {
    const own = await ownCommerce(t, await settings(t))
    const { hers, sellers, admins } = await crew(own)
    const world = { hers, sellers, admins }
    for (const [event, socket, argument] of FORWARDED) await fails(world[socket], event, argument)
    for (const [event, socket, argument] of RELAYED) await does(world[socket], event, argument)
    shape(await next(world.admins, 'seller:product:new'), { product: { name: 'Vase', price: 1, description: 'd' } })
    shape(await next(world.admins, 'order:new'), { order: { orderNumber: 'N-1', items: [] } })
    shape(await next(world.sellers, 'order:status:changed'), { orderId: 'o-1' })
  })
}

test('when too many wait it is refused, and told nobody', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_QUEUE: '5' })
  await world.receiver.close()
  for (const n of numbers(5)) succeeded(await ask(world.sellers, 'seller:dashboard', { n }))
  await fails(world.sellers, 'seller:dashboard', { n: 5 })
  await fails(world.sellers, 'seller:product_create', { name: 'Vase', price: 1, description: 'd' })
  await published(world)
  await silent(world.admins, 'seller:product:new')
  await world.receiver.open()
  await world.receiver.took('client.event', world.people.seller, 5, 10_000)
  await does(world.sellers, 'seller:dashboard', { n: 6 })
})

test('profiles are the same on all sockets of a user', async (world) => {
  const { user, hers } = await crew(world)
  const [device, other] = [
    await world.connect(user, { ...DOORS[3], device: newDevice() }),
    await world.connect(await world.member()),
  ]
  await does(hers, 'user:profile_update', { profile: { name: 'Ada', n: [1] } })
  const synced = shape(await next(device, 'profile:synced'), { timestamp: Number.isInteger })
  assert.deepEqual(synced.profile, { name: 'Ada', n: [1] })
  await published(world)
  for (const socket of [hers, other]) await silent(socket, 'profile:synced')
})
