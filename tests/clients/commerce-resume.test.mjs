// Missing nothing on the sockets of `commerce`, across a broken connection and a killed process (`docs/RESUME.md`).

import assert from 'node:assert/strict'
import { heard, next, settled } from './support/client.mjs'
import {
  commerceSuite,
  does,
  DOORS,
  ms,
  newId,
  numbers,
  ownCommerce,
  ROOT,
  SIDE_DOORS,
  titleOf,
  told,
} from './support/commerce.mjs'
import { pause } from './support/deadline.mjs'
import { assertRising, cut, follower, isMarked, markOf, payloads } from './support/feed.mjs'
import { shape, text } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const names = (events) => events.map(({ event }) => event)

/** A buyer whose device keeps its position, and a seller with a socket. */
async function shop(world, door = ROOT) {
  const [buyer, seller] = [await world.member(), await world.seller()]
  const orderId = newId('o')
  const order = (more = {}) =>
    world.app.order({
      orderId,
      orderNumber: 'N-1',
      buyerId: buyer.userId,
      sellers: [{ sellerId: seller.userId, productName: 'Vase' }],
      ...more,
    })
  return { buyer, seller, orderId, order, sellers: await world.connect(seller, door), device: follower(world, buyer, { ...door, companions: ['notification:new'] }) }
}

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`what happened meanwhile comes once and in order, before what is new: ${titleOf(door)}`, async (world) => {
    const { buyer, orderId, order, sellers, device } = await shop(world, door)
    shape(await device.come(), { recovered: false, missed: 0 })
    await device.leave()
    await order({ total: 5 })
    await world.app.emitToUser(buyer, 'order:note', { n: 1 }, { durable: true })
    await world.app.emitToUser(buyer, 'order:whisper', { n: 2 })
    await does(sellers, 'chat:message', { recipientId: buyer.userId, message: 'on its way' })
    await world.app.notify({ userId: buyer.userId, notification: { type: 't', title: 'T', message: 'M' } })
    const { replayed } = shape(await device.come(), { recovered: true })
    assert.deepEqual(payloads(replayed, 'order:created'), [{ orderId, orderNumber: 'N-1', total: 5 }])
    assert.deepEqual(payloads(replayed, 'order:note'), [{ n: 1 }])
    assert.deepEqual(
      payloads(replayed, 'chat:message:new').map(({ message }) => message),
      ['on its way'],
    )
    assert.deepEqual(payloads(replayed, 'order:whisper'), [], 'what is not durable is gone')
    shape(payloads(replayed, 'notification')[0], { title: 'T', message: 'M' })
    shape(told(device.socket, 'notification:new').at(-1), { title: 'T', message: 'M' })
    assertRising(replayed)
    await does(sellers, 'chat:message', { recipientId: buyer.userId, message: 'new' })
    assert.deepEqual(names(await device.live()), ['chat:message:new'])
    assertRising(device.all)
  })
}

test('both events of a notification come again to who missed it', async (world) => {
  const { buyer, device } = await shop(world)
  await device.come()
  await device.leave()
  await world.app.notify({ userId: buyer.userId, notification: { type: 't', title: 'T', message: 'M', priority: 'high' } })
  await device.come()
  for (const event of ['notification:new', 'notification']) {
    const [one] = told(device.socket, event)
    shape(one, { type: 't', title: 'T', message: 'M', priority: 'high' })
    assert.equal(told(device.socket, event).length, 1)
  }
})

test('who comes back is told so beside the rest, in the order of the contract', async (world) => {
  const { buyer, device } = await shop(world)
  await device.come()
  await device.leave()
  await device.come()
  const { socket } = device
  await settled(socket)
  const events = names(heard(socket)).filter((event) => !event.startsWith('@'))
  assert.equal(events[0], 'connection:success')
  assert.ok(events.includes('events:available'))
  shape(await next(socket, 'connection:reconnected'), {
    socketId: socket.id,
    message: text,
    userId: buyer.userId,
    userName: buyer.name,
    timestamp: ms,
  })
  assert.equal(told(socket, 'connection:reconnected').length, 1)
})

test('a stock client that says nothing sees nothing of the feed', async (world) => {
  const { buyer, orderId, order, sellers } = await shop(world)
  const socket = await world.connect(buyer)
  await order()
  await next(socket, 'order:created')
  await does(sellers, 'chat:message', { recipientId: buyer.userId, message: 'x' })
  await next(socket, 'chat:message:new')
  await does(sellers, 'seller:order_status_update', { orderId, status: 'shipped' })
  await world.app.orderStatus({ orderId, status: 'delivered' })
  await next(socket, 'notification')
  for (const one of [socket, sellers]) {
    await settled(one)
    for (const { event, args } of heard(one).filter((each) => !each.event.startsWith('@'))) {
      assert.equal(args.length, 1, `${event} has one argument`)
      assert.ok(!['resume', 'reset', 'outrigger:position', 'connection:reconnected'].includes(event), event)
    }
  }
})

test('events of state carry no mark', async (world) => {
  const { buyer, sellers, device } = await shop(world)
  await device.come()
  const twin = await world.connect(buyer)
  await does(twin, 'user:cart_update', { cart: [] })
  await does(sellers, 'chat:typing', { recipientId: buyer.userId, isTyping: true })
  await world.app.announce({ title: 'T', message: 'M' })
  await next(device.socket, 'cart:synced')
  await next(device.socket, 'chat:typing:status')
  await next(device.socket, 'system:announcement')
  await settled(device.socket)
  const state = ['cart:synced', 'chat:typing:status', 'system:announcement', 'connection:success', 'events:available']
  for (const one of heard(device.socket).filter(({ event }) => state.includes(event)))
    assert.equal(markOf(one), undefined, one.event)
})

test('a device that is cut off again and again misses nothing', async (world) => {
  const { buyer, sellers, device } = await shop(world)
  await device.come()
  const lines = []
  for (const round of numbers(6)) {
    for (const n of numbers(4)) {
      lines.push(`${round}.${n}`)
      await does(sellers, 'chat:message', { recipientId: buyer.userId, message: lines.at(-1) })
      if (n === 1) cut(device.socket)
    }
    await pause(50)
    await device.come()
  }
  await device.live()
  assert.deepEqual(
    payloads(device.all, 'chat:message:new').map(({ message }) => message),
    lines,
  )
  assertRising(device.all.filter(isMarked))
})

test('what was acknowledged survives kill -9, and is told to who comes back', async ({ t }) => {
  const world = await ownCommerce(t)
  const { buyer, orderId, order, sellers, device } = await shop(world)
  await device.come()
  await device.leave()
  await order({ tell: true })
  const lines = numbers(20).map((n) => `kept ${n}`)
  for (const message of lines) await does(sellers, 'chat:message', { recipientId: buyer.userId, message })
  await world.app.orderStatus({ orderId, status: 'delivered' })
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const { replayed } = shape(await device.come(), { recovered: true })
  assert.deepEqual(
    payloads(replayed, 'chat:message:new').map(({ message }) => message),
    lines,
  )
  assert.equal(payloads(replayed, 'order:created').length, 1)
  assert.ok(JSON.stringify(replayed).includes('is now delivered'), 'the notification of the status')
  assertRising(replayed)
})
