// How often is too often on the sockets of `commerce` and over its REST (`contracts/commerce.md` section 6).

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import { commerceSuite, does, DOORS, newId, numbers, ownCommerce, told } from './support/commerce.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url, { RATE_LIMITS: 'on' })

const MINUTE_S = 60
const seconds = (most) => (value) => Number.isInteger(value) && value >= 1 && value <= most

/** The same object as acknowledgement and as event. */
async function tooOften(socket, event, argument, most) {
  const reply = await ask(socket, event, argument)
  shape(reply, { code: 'RATE_LIMITED', message: 'Rate limit exceeded', event, retryAfter: seconds(most) })
  assert.deepEqual(await next(socket, 'error:validation', ({ code }) => code === 'RATE_LIMITED'), reply)
}

const chat = (n) => ({ roomId: 'lobby', message: `${n}` })
const typing = () => ({ recipientId: 'x', isTyping: true })
const cart = (n) => ({ cart: n })

for (const [event, times, windowS, argument, role] of [
  ['chat:message', 30, MINUTE_S, chat, 'user'],
  ['chat:typing', 30, 10, typing, 'user'],
  ['user:cart_update', 60, MINUTE_S, cart, 'user'],
  ['admin:stats', 60, MINUTE_S, () => ({}), 'admin'],
  ['chat:join_room', 120, MINUTE_S, () => ({ roomId: 'lobby' }), 'user'],
]) {
  test(`${event}: ${times} in ${windowS} s of a user, over all sockets`, async (world) => {
    const who = await world.member(role)
    const sockets = [await world.connect(who), await world.connect(who, { ...DOORS[3], device: newDevice() })]
    const other = await world.connect(await world.member(role))
    let counted = 0
    if (event === 'chat:message') for (const socket of sockets) await does(socket, 'chat:join_room', { roomId: 'lobby' })
    for (; counted < times; counted += 1) {
      const reply = await ask(sockets[counted % 2], event, argument(counted))
      assert.notEqual(reply?.code, 'RATE_LIMITED', `the ${counted + 1}th`)
    }
    for (const socket of sockets) await tooOften(socket, event, argument(0), windowS)
    assert.notEqual((await ask(other, event, argument(0)))?.code, 'RATE_LIMITED', 'others are not held up')
    for (const socket of sockets) assert.ok(socket.connected, 'to come too often costs no connection')
  })
}

test('all events of admins share a window, and so do the ordinary ones', async (world) => {
  const admin = await world.connect(await world.admin())
  const events = ['admin:stats', 'admin:user_list', 'admin:broadcast', 'admin:force_disconnect']
  for (const n of numbers(60)) assert.notEqual((await ask(admin, events[n % 4], {})).code, 'RATE_LIMITED')
  for (const event of events) await tooOften(admin, event, {}, MINUTE_S)
  await does(admin, 'chat:join_room', { roomId: 'lobby' })
})

test('an event that is refused for its role counts for nothing; one with faults counts', async (world) => {
  const socket = await world.connect(await world.member())
  for (const _ of numbers(130)) assert.equal((await ask(socket, 'admin:stats', {})).code, 'UNAUTHORIZED')
  for (const _ of numbers(30)) assert.equal((await ask(socket, 'chat:message', {})).code, 'VALIDATION_ERROR')
  await tooOften(socket, 'chat:message', {}, MINUTE_S)
})

test('signs of life are not limited, nor a goodbye', async (world) => {
  const socket = await world.connect(await world.member())
  for (const _ of numbers(3)) {
    for (const _ of numbers(100)) socket.emit('ping', {})
    await settled(socket)
  }
  assert.equal(told(socket, 'pong').length, 300)
  socket.emit('disconnect_request')
  await next(socket, '@disconnect')
})

test('a window ends', async ({ t }) => {
  const world = await ownCommerce(t, { RATE_LIMITS: 'commerce:cart=3/1' })
  const socket = await world.connect(await world.member())
  for (const _ of numbers(2)) {
    for (const n of numbers(3)) await does(socket, 'user:cart_update', { cart: n })
    await tooOften(socket, 'user:cart_update', { cart: 3 }, 1)
    await pause(1_100)
  }
})

test('what the app sends is not limited', async (world) => {
  const who = await world.member()
  const socket = await world.connect(who)
  for (const n of numbers(200)) await world.app.order({ orderId: newId('o'), buyerId: who.userId, orderNumber: `${n}` })
  await next(socket, 'order:created', ({ orderNumber }) => orderNumber === '199')
  assert.equal(told(socket, 'order:created').length, 200)
})

// --- REST ---------------------------------------------------------------------------------------------------

async function limited(request) {
  const { status, headers, body } = await request
  assert.equal(status, 429, JSON.stringify(body))
  shape(body, { success: false })
  assert.ok(seconds(MINUTE_S)(Number(headers.get('retry-after'))), headers.get('retry-after'))
}

test('REST: 300 looks and 60 changes a minute, each counted for itself', async (world) => {
  const admin = await world.admin()
  const look = (n) => world.api.get(admin, ['/api/socket/stats', '/api/socket/events', '/api/socket/users'][n % 3])
  const change = () => world.api.post(admin, '/api/socket/debug/toggle', { enabled: false })
  for (const n of numbers(300)) assert.equal((await look(n)).status, 200, `the ${n + 1}th`)
  await limited(look(0))
  for (const n of numbers(60)) assert.equal((await change()).status, 200, `the ${n + 1}th`)
  await limited(change())
  assert.equal((await world.api.get(await world.admin(), '/api/socket/stats')).status, 200)
})

test('polling for news every 15 s is far from too often', async (world) => {
  const who = await world.member()
  const since = encodeURIComponent(new Date().toISOString())
  for (const _ of numbers(60))
    assert.equal((await world.api.get(who, `/api/notifications/updates?since=${since}`)).status, 200)
})
