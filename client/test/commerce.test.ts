// A marketplace: carts over several pages, orders from placing to delivery, rooms, notices, what admins see, and refusals.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  AskError,
  Cart,
  CommerceChat,
  liveAdminOf,
  messengerOf,
  names,
  noticesOf,
  Orders,
  type KnownOrder,
  type OutriggerClient,
} from '@outrigger/client'
import { gateTo } from './support/gate.js'
import { pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })
const { server: told, client: said } = names.commerce

const newId = (what: string): string => `${what}-${randomUUID()}`

/** Someone with a role, and a page of theirs. */
async function someone(role: 'user' | 'seller' | 'admin' = 'user'): Promise<{ who: Person; client: OutriggerClient }> {
  const who = w.person()
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name: who.userId, role })
  return { who, client: await page(who) }
}

async function page(who: Person): Promise<OutriggerClient> {
  const client = w.client(who)
  client.commerce()
  // Who one is, and then what one may send: two events.
  await until('its standing', () => client.standing.state.value.events.length > 0)
  return client
}

const refusal = (question: Promise<unknown>): Promise<AskError> =>
  question.then(
    () => assert.fail('it was let through'),
    (error: unknown) => {
      assert.ok(error instanceof AskError)
      return error
    },
  )

test('the role is the record’s, not the token’s, and changes while the page is open', async () => {
  const { who, client } = await someone()
  const { state } = client.standing
  assert.equal(state.value.me?.userId, who.userId)
  assert.equal(state.value.role, 'user')
  assert.ok(state.value.events.includes(said['user:cart_update']))
  assert.ok(!state.value.events.includes(said['seller:product_create']))
  const product = { name: 'Oar', price: 40, description: 'Ash' }
  const denied = await refusal(client.commerce().ask(said['seller:product_create'], product))
  assert.equal(denied.message, 'Insufficient permissions for this event')
  await w.server.orThrow.upsertUser(who.userId, { role: 'seller' })
  await until('the new role', () => state.value.role === 'seller')
  assert.ok(state.value.events.includes(said['seller:product_create']))
  const wrong = await refusal(client.commerce().ask(said['seller:product_create'], { ...product, name: '' }))
  assert.equal(wrong.kind, 'refused')
  assert.equal(wrong.message, 'Missing required field: name')
})

test('a cart is the same on all pages, over an interruption too', async () => {
  const { who, client } = await someone()
  const gate = await gateTo(w.sidecar.port)
  const phone = w.client(who, { urls: gate.url })
  let stored: Record<string, number> = {}
  const load = async (): Promise<Record<string, number>> => stored
  const here = new Cart<Record<string, number>>(client, { initial: {} })
  const there = new Cart<Record<string, number>>(phone, { initial: {}, load })
  there.loadBy(load)
  here.retain()
  there.retain()
  await until('both', () => phone.peek('commerce').connected)
  assert.deepEqual(here.update({ oar: 1 }), { oar: 1 })
  assert.equal(here.value.isSynced, false, 'told in a moment')
  await until('it there', () => there.value.cart['oar'] === 1)
  await until('told', () => here.value.isSynced)
  for (let i = 2; i <= 30; i += 1) here.update({ oar: i })
  await until('the last', () => there.value.cart['oar'] === 30)
  gate.close()
  await until('away', () => !phone.peek('commerce').connected)
  stored = here.update({ oar: 7 })
  await until('told', () => here.value.isSynced)
  gate.open()
  await until('loaded', () => there.value.cart['oar'] === 7, 20_000)
  gate.close()
  await until('away', () => !phone.peek('commerce').connected)
  there.update({ oar: 8 })
  gate.open()
  await until('what was changed without a connection', () => here.value.cart['oar'] === 8, 20_000)
  gate.end()
})

test('an order from its placing to its delivery', async () => {
  const [{ who: ada, client: buyer }, { who: sam, client: seller }, { client: other }, { client: admin }] = [
    await someone(),
    await someone('seller'),
    await someone('seller'),
    await someone('admin'),
  ]
  const all = [buyer, seller, other, admin].map((client) => new Orders(client))
  for (const orders of all) orders.retain()
  const [bought, sold, others, seen] = all as [Orders, Orders, Orders, Orders]
  const orderNumber = newId('R')
  await bought.place({ orderNumber, items: [{ productId: 'oar', quantity: 2 }] })
  await until('the admin', () => seen.value.placed[0]?.userId === ada.userId)
  assert.deepEqual((seen.value.placed[0]?.order as { orderNumber?: string }).orderNumber, orderNumber)
  assert.equal(others.value.placed.length, 0)

  const orderId = newId('order')
  const registered = await w.server.orThrow.commerce.registerOrder({
    orderId,
    orderNumber,
    buyerId: ada.userId,
    sellers: [{ sellerId: sam.userId, productName: 'Oar' }],
    total: 80,
    message: 'Thank you',
  })
  assert.deepEqual([registered.buyerId, registered.sellerIds], [ada.userId, [sam.userId]])
  await until('the buyer', () => bought.value.orders[0]?.orderId === orderId)
  assert.equal(bought.value.orders[0]?.total, 80)
  await until('the seller', () => sold.value.orders[0]?.productName === 'Oar')
  const notTheirs = await refusal(others.setStatus(orderId, 'shipped'))
  assert.equal(notTheirs.kind, 'refused')
  const wrong = await refusal(sold.setStatus(orderId, 'refunded'))
  assert.equal(wrong.message, "Status 'refunded' not allowed for seller. Allowed: processing, shipped, delivered")
  for (const status of ['processing', 'shipped', 'delivered'] as const) {
    await sold.setStatus(orderId, status)
    await until(status, () => bought.value.orders[0]?.status === status && sold.value.orders[0]?.status === status)
  }
  assert.equal(bought.value.orders.length, 1, 'in its place')
  assert.equal(others.value.orders.length, 0, 'nobody else’s business')
})

test('an order that was told of while one was away is there afterwards, with what the app knows', async () => {
  const { who, client: _ } = await someone()
  const gate = await gateTo(w.sidecar.port)
  const client = w.client(who, { urls: gate.url })
  const known: (KnownOrder & { note: string })[] = []
  const orders = new Orders<KnownOrder & { note: string }>(client, { load: async () => known })
  orders.retain()
  await until('the socket', () => orders.value.isCurrent)
  gate.close()
  await until('away', () => !orders.value.isCurrent)
  const orderId = newId('order')
  await w.server.orThrow.commerce.registerOrder({ orderId, orderNumber: 'R1', buyerId: who.userId })
  known.push({ orderId, orderNumber: 'R1', note: 'of the app' })
  gate.open()
  await until('it', () => orders.value.orders[0]?.note === 'of the app', 20_000)
  assert.equal(orders.value.orders.length, 1)
  gate.end()
})

test('rooms: whoever is in one hears the others, and nobody joins what is not theirs', async () => {
  const [{ client: ada, who }, { client: ben, who: him }] = [await someone(), await someone()]
  const room = `product:${newId('oar')}`
  const [hers, his] = [new CommerceChat(ada, room), new CommerceChat(ben, room)]
  hers.retain()
  await until('in', () => hers.value.isJoined)
  const leave = his.retain()
  await until('both', () => his.value.isJoined && hers.value.newcomers.length === 1)
  assert.equal(hers.value.newcomers[0]?.userId, him.userId)
  await his.send('Is it of ash?')
  await until('heard', () => hers.value.messages.length === 1)
  assert.equal(hers.value.messages[0]?.message, 'Is it of ash?')
  assert.equal(hers.value.messages[0]?.fromId, him.userId)
  assert.equal(his.value.messages[0]?.direction, 'out')
  assert.equal(his.value.messages[0]?.messageId, hers.value.messages[0]?.messageId)
  leave()
  await until('gone', () => hers.value.newcomers.length === 0)
  const closed = new CommerceChat(ben, `user:${who.userId}`)
  closed.retain()
  await until('refused', () => closed.value.error !== null)
  assert.equal(closed.value.error, 'You cannot join this room')
  assert.equal(closed.value.isJoined, false)
})

test('messages of two are the same ones as in contract rooms', async () => {
  const [{ who: ada, client: hers }, ben] = [await someone(), await w.known()]
  const his = w.client(ben)
  const mine = messengerOf(hers, 'commerce').conversation(ben.userId)
  const theirs = messengerOf(his).conversation(ada.userId)
  mine.retain()
  theirs.retain()
  await until('both', () => mine.value.status === 'ready' && theirs.value.status === 'ready')
  theirs.send({ text: 'Is the oar still there?' })
  await until('heard', () => mine.value.messages.length === 1)
  mine.send({ text: 'It is' })
  await until('answered', () => theirs.value.messages.length === 2)
  assert.deepEqual(
    mine.value.messages.map(({ text, direction }) => [direction, text]),
    [
      ['in', 'Is the oar still there?'],
      ['out', 'It is'],
    ],
  )
  mine.markRead()
  await until('read', () => theirs.value.messages[0]?.delivery === 'read')
})

test('notices: each once, by role, in their order, fifty at most; while the socket is down they are asked for', async () => {
  const { who } = await someone('seller')
  const gate = await gateTo(w.sidecar.port)
  const client = w.client(who, { urls: gate.url, restUrl: w.sidecar.publicUrl })
  const notices = noticesOf(client)
  notices.retain()
  await until('the socket', () => notices.value.via === 'socket')
  const { notifications } = w.server.orThrow.commerce
  await notifications.notifyLowStock(who.userId, { id: 'oar', name: 'Oar', stock: 2 })
  await until('it', () => notices.value.notifications.length === 1)
  const [low] = notices.value.notifications
  assert.equal(low?.title, 'Low Stock Alert')
  assert.equal(low?.priority, 'high')
  assert.ok(low?.id, 'it is stored')
  await notifications.broadcastSystemNotification('Down at noon', 'high')
  await until('both', () => notices.value.notifications.length === 2)
  await notifications.sendToAdmins({ type: 'x', title: 'For admins', message: '' }).catch(() => undefined)
  assert.equal(notices.value.unreadCount, 2)
  await notices.markRead(low.key)
  assert.deepEqual([notices.value.unreadCount, notices.value.error], [1, null])

  gate.close()
  await until('polling', () => notices.value.via === 'polling', 20_000)
  await notifications.sendToUser(who.userId, { type: 'note', title: 'Meanwhile', message: 'You were away' })
  await until('what came meanwhile', () => notices.value.notifications[0]?.title === 'Meanwhile', 20_000)
  gate.open()
  await until('the socket', () => notices.value.via === 'socket', 30_000)
  await notifications.sendToUser(who.userId, { type: 'note', title: 'Back', message: 'Here' })
  await until('the next', () => notices.value.notifications[0]?.title === 'Back')
  const titles = notices.value.notifications.map(({ title }) => title)
  assert.deepEqual(titles, ['Back', 'Meanwhile', titles[2], 'Low Stock Alert'], 'each once')
  assert.equal(notices.value.notifications[3]?.read, true)
  for (let i = 0; i < 60; i += 1) {
    await notifications.sendToUser(who.userId, { type: 'note', title: `No. ${i}`, message: 'x' })
  }
  await until('the last', () => notices.value.notifications[0]?.title === 'No. 59')
  assert.equal(notices.value.notifications.length, 50)
  const [last] = notices.value.notifications
  assert.ok(last)
  await notices.dismiss(last.key)
  assert.equal(notices.value.notifications[0]?.title, 'No. 58')
  gate.end()
})

test('an admin sees who is there and what waits, and ends connections', async () => {
  const { client: admin } = await someone('admin')
  const live = liveAdminOf(admin)
  live.retain()
  await until('the first', () => live.value.isCurrent && live.value.stats !== null)
  const { who: ada, client: hers } = await someone()
  await until('her', () => live.value.users.some(({ userId }) => userId === ada.userId))
  const faults: string[] = []
  hers.update({ onLoggedOut: ({ message }) => faults.push(message) })
  await page(ada)
  await until('both of hers', () => live.value.users.find(({ userId }) => userId === ada.userId)?.connections === 2, 10_000)
  await live.disconnect(ada.userId, 'Please come back tomorrow')
  await until('told', () => faults.length === 1)
  assert.deepEqual(faults, ['Please come back tomorrow'])
  await until('gone', () => !live.value.users.some(({ userId }) => userId === ada.userId))
  assert.equal((await refusal(live.disconnect(ada.userId, 'Again'))).message, 'User is not currently connected')

  const { client: seller, who: sam } = await someone('seller')
  await seller.commerce().ask(said['seller:product_create'], { name: 'Oar', price: 40, description: 'Ash' })
  await until('the product', () => live.value.moderation[0]?.kind === 'product-offered')
  await w.server.orThrow.commerce.setDashboardStats({ sales: 12 })
  await until('figures', () => (live.value.dashboard as { sales?: number } | null)?.sales === 12)
  const heard: unknown[] = []
  seller.commerce().on(told['product:approved'], (product) => heard.push(product))
  const { notifications } = w.server.orThrow.commerce
  await notifications.notifyProductModeration(sam.userId, { id: 'p1', name: 'Oar' }, 'approved', null, { moderator: 'Root' })
  await until('the decision', () => live.value.moderation[0]?.kind === 'product-decided' && heard.length === 1)
  assert.deepEqual(heard, [{ productId: 'p1', productName: 'Oar', message: 'Your product has been approved' }])

  const nobody = liveAdminOf(seller)
  nobody.retain()
  await until('refused', () => nobody.value.error !== null)
  assert.equal(nobody.value.isCurrent, false)
  await pause(50)
  assert.equal(nobody.value.users.length, 0)
})

test('a token that does not hold, a user who is nobody, and one who is deactivated', async () => {
  const faults: [string, string][] = []
  const onError = ({ kind, message }: { kind: string; message: string }): void => void faults.push([kind, message])
  const nobody = w.client(null, { onError })
  nobody.commerce()
  await until('refused', () => nobody.status === 'refused')
  const bad = w.client(null, { getToken: () => 'nonsense', onError })
  bad.commerce()
  await until('refused', () => bad.status === 'refused')
  assert.deepEqual(faults, [
    ['token-missing', 'Authentication token required'],
    ['token-invalid', 'Invalid authentication token'],
  ])
  faults.length = 0
  const { who, client } = await someone()
  client.update({ onError })
  await w.server.orThrow.upsertUser(who.userId, { active: false })
  await until('closed', () => client.channelState('commerce').value.status === 'refused')
  assert.equal(client.channelState('commerce').value.fault?.message, 'User account is inactive')
})
