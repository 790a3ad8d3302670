// People without a token (`contracts/commerce.md` section 1, "Guest mode"), where the sidecar lets them in.

import assert from 'node:assert/strict'
import { ask, disconnection, heard, next, settled, silent } from './support/client.mjs'
import {
  ADMIN,
  commerceSuite,
  does,
  DOORS,
  GUEST_EVENTS,
  ms,
  ownCommerce,
  published,
  ROOT,
  SIDE_DOORS,
  titleOf,
  told,
  unauthorized,
  unheard,
} from './support/commerce.mjs'
import { newReceiver } from './support/receiver.mjs'
import { count, shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url, { COMMERCE_GUESTS: 'allow' })

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`who shows no token is a guest: ${titleOf(door)}`, async (world) => {
    for (const auth of [undefined, {}, { token: '' }, { token: null }]) {
      const socket = world.open(undefined, { ...door, auth })
      shape(await next(socket, 'connection:success'), {
        socketId: socket.id,
        userId: null,
        userName: 'Guest',
        userRole: 'guest',
        isAuthenticated: false,
        timestamp: ms,
        activeConnections: count,
      })
      const { events, role } = await next(socket, 'events:available')
      assert.equal(role, 'guest')
      assert.deepEqual(events.toSorted(), GUEST_EVENTS)
    }
    const socket = world.open(await world.member(), door)
    shape(await next(socket, 'connection:success'), { isAuthenticated: true })
  })
}

test('a wrong token makes no guest, nor is one an admin', async ({ person, refused }) => {
  for (const door of DOORS) {
    assert.equal((await refused(undefined, { ...door, auth: { token: 'garbage' } })).message, 'Invalid authentication token')
    const expired = person().commerceToken({ expiresIn: -60 })
    assert.equal((await refused(undefined, { ...door, auth: { token: expired } })).message, 'Authentication token expired')
  }
  const nobody = person().commerceToken({ id: 'outrigger:guest-1' })
  assert.equal((await refused(undefined, { auth: { token: nobody } })).message, 'Invalid authentication token')
  const { message } = await refused(undefined, ADMIN)
  assert.ok(['Insufficient permissions', 'Authentication token required'].includes(message), message)
})

test('a guest may ask for a sign of life and leave, and nothing else', async ({ connect }) => {
  const socket = await connect()
  socket.emit('ping', { timestamp: Date.now() })
  shape(await next(socket, 'pong'), { socketId: socket.id, timestamp: ms })
  for (const event of ['chat:message', 'chat:join_room', 'user:cart_update', 'notification:read'])
    await unauthorized(socket, event, {}, 'guest')
  await unauthorized(socket, 'user:nope', {}, 'guest', [])
  const own = await ask(socket, 'join_room', 'null')
  assert.notEqual(own?.success, true)
  socket.emit('disconnect_request')
  assert.equal(await disconnection(socket), 'io server disconnect')
})

test('a guest hears what is for everyone and for guests, and nothing of users', async (world) => {
  const { app } = world
  const [guest, another] = [await world.connect(), await world.connect(undefined, DOORS[2])]
  const [who, admins] = [await world.member(), await world.connect(await world.admin())]
  const hers = await world.connect(who)
  await app.announce({ title: 'Sale', message: 'today' })
  await app.emitToAll('shop:opened', { n: 1 })
  await app.emitToRole('guest', 'for:guests', { n: 2 })
  for (const socket of [guest, another]) {
    shape(await next(socket, 'system:announcement'), { title: 'Sale', message: 'today' })
    shape(await next(socket, 'notification'), { title: 'Sale' })
    assert.deepEqual(await next(socket, 'shop:opened'), { n: 1 })
    assert.deepEqual(await next(socket, 'for:guests'), { n: 2 })
  }
  const before = heard(guest).length
  await does(hers, 'user:order_create', { orderNumber: 'N' })
  await app.emitToRole('user', 'for:users', {})
  await app.notify({ role: 'user', notification: { type: 't', title: 'T', message: 'M' } })
  await app.emitToRoom('user:null', 'for:nobody', {})
  await published(world)
  await settled(guest)
  assert.deepEqual(heard(guest).slice(before), [])
  await silent(hers, 'for:guests')
  await unheard(world, [hers, admins], 'for:guests')
})

test('a guest is a connection and no user', async ({ t }) => {
  const receiver = await newReceiver(t)
  const world = await ownCommerce(t, {
    COMMERCE_GUESTS: 'allow',
    ...receiver.settings({ OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected' }),
  })
  const admin = await world.admin()
  const admins = await world.connect(admin)
  const guests = [await world.connect(), await world.connect()]
  const { data } = await does(admins, 'admin:stats', {})
  shape(data, { totalUsers: 1, totalConnections: 3, multipleConnectionUsers: [] })
  const users = await does(admins, 'admin:user_list', {})
  assert.deepEqual(
    users.data.map(({ userId }) => userId),
    [admin.userId],
  )
  const { body } = await world.internal.get('/internal/rooms/role:guest/count')
  assert.deepEqual(body, { room: 'role:guest', count: 2, users: 0 })
  const online = await world.internal.get('/internal/connections')
  assert.equal(online.body.connectedUsers, 1)
  for (const guest of guests) guest.disconnect()
  const marker = await world.member()
  await world.connect(marker)
  await receiver.took('user.connected', marker)
  await published(world)
  await settled(admins)
  for (const event of ['user:connected', 'user:disconnected'])
    assert.ok(!JSON.stringify(told(admins, event)).includes('guest'), event)
  assert.ok(!JSON.stringify(receiver.attempts.map(({ userId }) => userId)).includes('guest'))
})

test('guests are connections that are limited, too', async ({ t }) => {
  const world = await ownCommerce(t, { COMMERCE_GUESTS: 'allow', RATE_LIMITS: 'on' })
  const socket = await world.connect()
  for (let n = 0; n < 200; n += 1) socket.emit('chat:message', { message: 'x' })
  await settled(socket)
  assert.ok(socket.connected)
  assert.equal(told(socket, 'error:unauthorized').length + told(socket, 'error:validation').length, 200)
})

test('nobody is a guest unless that was wanted', async ({ t }) => {
  const world = await ownCommerce(t, { COMMERCE_GUESTS: 'refuse' })
  assert.equal((await world.refused(undefined, ROOT)).message, 'Authentication token required')
  await assert.rejects(ownCommerce(t, { COMMERCE_GUESTS: 'perhaps' }), /COMMERCE_GUESTS/)
})
