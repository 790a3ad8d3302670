// `/monitor`: what admins see of what goes on, and what they do not see.

import assert from 'node:assert/strict'
import { ask, connected, disconnection, LEGACY, next, openSocket, ROOMS, settled, silent, untaken } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { chatOf, deviceId, newDevice } from './support/people.mjs'
import { accepted, count, iso, list, rejected, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const NAMESPACE = '/monitor'
const ADMINS_ONLY = 'Authentication error: Admin access required'
const ROUND_MS = 500

const monitorOf = (connect, admin, options) => connect(admin, { namespace: NAMESPACE, ...options })
const listed = (state, who) => state.users.items.find(({ userId }) => userId === who.userId)

async function seen(monitor, satisfies, what) {
  return eventually(() => ask(monitor, 'monitor:snapshot'), satisfies, what)
}

for (const path of [ROOMS, LEGACY, '/socket.io']) {
  test(`an admin watches at ${path}, and a stranger does not`, async ({ person, connect, refused }) => {
    const admin = person({ admin: true })
    const monitor = await monitorOf(connect, admin, { path })
    shape(await next(monitor, 'monitor:state'), {
      timestamp: iso,
      seq: count,
      server: ({ version, startedAt, uptimeSeconds }) => text(version) && iso(startedAt) && count(uptimeSeconds),
      limits: ({ connections, payloadBytes }) => count(connections) && count(payloadBytes),
      store: ({ status }) => ['unknown', 'ok'].includes(status),
      totals: ({ users, devices, connections, sockets, rooms }) => [users, devices, connections, sockets, rooms].every(count),
      users: ({ items, truncated }) => list(items) && truncated === 0,
      rooms: ({ items, truncated }) => list(items) && truncated === 0,
      rates: list,
    })
    const refusal = await refused(person(), { path, namespace: NAMESPACE })
    assert.equal(refusal.message, ADMINS_ONLY)
    const nobody = await refused(null, { path, namespace: NAMESPACE, auth: {} })
    assert.equal(nobody.message, 'Authentication error: No token provided')
    const expired = await refused(admin, { path, namespace: NAMESPACE, auth: { token: admin.anotherToken({ expiresIn: -60 }) } })
    assert.equal(expired.message, 'Authentication error: Token expired')
  })
}

test('one connection carries the app and the monitor', async ({ person, connect }) => {
  const admin = person({ admin: true })
  const app = await connect(admin)
  const monitor = await connect(admin, { over: app, namespace: NAMESPACE })
  await next(monitor, 'monitor:state')
  app.disconnect()
  await settled(monitor)
  assert.ok(monitor.connected)
})

test('users are listed with their devices, and nothing that is a credential', async ({ person, connect }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const other = newDevice('Another-Agent/2.0')
  const first = await connect(who)
  await connect(who, { path: LEGACY, namespace: '/messenger' })
  await connect(who, { device: other, transports: ['polling'] })
  const monitor = await monitorOf(connect, admin)
  const state = await seen(monitor, (one) => listed(one, who)?.devices.length === 2, 'both devices')
  const user = shape(listed(state, who), { email: who.email, isAdmin: false, truncated: 0 })
  const [here] = user.devices.filter((one) => one.deviceId === deviceId(who.device))
  shape(here, { sockets: 2, userAgent: who.device.userAgent, ipAddress: who.device.ip })
  assert.deepEqual(here.places, [
    { path: ROOMS, namespace: '/', transport: 'websocket', sockets: 1 },
    { path: LEGACY, namespace: '/messenger', transport: 'websocket', sockets: 1 },
  ])
  const [there] = user.devices.filter((one) => one.deviceId === deviceId(other))
  assert.equal(there.places[0].transport, 'polling')
  assert.ok(state.totals.polling >= 1)
  const words = JSON.stringify(state)
  for (const secret of [who.token, who.tokenId, admin.token, first.id, monitor.id]) assert.ok(!words.includes(secret))
})

test('whoever only watches is not online', async ({ person, connect, internal }) => {
  const admin = person({ admin: true })
  const observer = await connect(person())
  const monitor = await monitorOf(connect, admin)
  const state = await next(monitor, 'monitor:state')
  assert.equal(listed(state, admin), undefined)
  const { body } = await internal.get(`/internal/users/${admin.userId}/online`)
  assert.equal(body.isOnline, false)
  await silent(observer, 'userOnlineStatus', ({ userId }) => userId === admin.userId)
})

test('who comes, changes and goes is told, at most twice a second', async ({ person, connect }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const monitor = await monitorOf(connect, admin)
  let { seq } = await next(monitor, 'monitor:state')
  const about = async (satisfies) => {
    for (;;) {
      const update = await next(monitor, 'monitor:update')
      assert.equal(update.seq, (seq += 1), 'no update is left out')
      if (satisfies(update)) return update
    }
  }
  const first = await connect(who)
  const came = await about(({ users }) => users.upserted.some(({ userId }) => userId === who.userId))
  shape(came, { timestamp: iso, totals: ({ users }) => users >= 1, rates: list })
  const second = await connect(who, { device: newDevice() })
  await about(({ users }) => users.upserted.some((one) => one.userId === who.userId && one.devices.length === 2))
  first.disconnect()
  second.disconnect()
  await about(({ users }) => users.gone.includes(who.userId))

  const before = untaken(monitor, 'monitor:update').length
  const crowd = await Promise.all(Array.from({ length: 30 }, () => connect(person())))
  await pause(3 * ROUND_MS)
  const told = untaken(monitor, 'monitor:update').length - before
  assert.ok(told > 0 && told <= 8, `${told} updates for ${crowd.length} people`)
})

test('chats are listed with how many sockets are in them', async ({ person, connect }) => {
  const [a, b, admin] = [person(), person(), person({ admin: true })]
  const chatId = chatOf(a, b)
  for (const who of [a, b]) accepted(await ask(await connect(who), 'joinChatRoom', { chatId }))
  const monitor = await monitorOf(connect, admin)
  const inChat = ({ rooms }) => rooms.items.find((room) => room.chatId === chatId)
  const state = await seen(monitor, (one) => inChat(one)?.sockets === 2, 'both in the chat')
  assert.ok(state.totals.rooms >= 1)
})

test('rates say what passes either way', async ({ person, connect, internal }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const socket = await connect(who)
  const monitor = await monitorOf(connect, admin)
  await next(monitor, 'monitor:state')
  for (let n = 0; n < 10; n += 1) await ask(socket, 'messageRead', { messageId: 'none', senderId: who.userId })
  await ask(socket, '<b>made up</b>', { secret: 1 })
  await internal.post('/internal/send-to-user', { userId: who.userId, event: 'orderShipped', data: { order: 7 } })
  const of = (rates, direction, event) => rates.find((one) => one.direction === direction && one.event === event)
  const { rates } = await next(
    monitor,
    'monitor:update',
    (one) => of(one.rates, 'in', 'messageRead') && of(one.rates, 'out', 'orderShipped') && of(one.rates, 'in', '(unknown)'),
  )
  shape(of(rates, 'in', 'messageRead'), {
    contract: 'rooms',
    perSecond: (n) => n > 1,
    bytesPerSecond: (n) => n > 10,
  })
  assert.equal(of(rates, 'in', '<b>made up</b>'), undefined)
})

test('single events are shown without what they carry, to those who ask', async ({ person, connect, rest, internal }) => {
  const [who, other, admin] = [person(), person(), person({ admin: true })]
  const [socket] = [await connect(who), await connect(other)]
  const [monitor, quiet] = [await monitorOf(connect, admin), await monitorOf(connect, admin)]
  accepted(await ask(monitor, 'monitor:subscribe', { events: true }))
  shape(await next(monitor, 'monitor:events'), { replayed: true, events: list })
  socket.emit('typing', { receiverId: other.userId, isTyping: true, note: 'hush-hush' })
  assert.equal((await rest.post(who, `/api/messages/send/${other.userId}`, { text: 'hush-hush' })).status, 201)
  await internal.post('/internal/send-to-user', { userId: who.userId, event: 'custom', data: { 'ann@example.com': 1 } })

  const found = []
  const named = (event) => found.find((one) => one.event === event)
  while (!(named('typing') && named('newMessage') && named('custom'))) {
    const batch = await next(monitor, 'monitor:events')
    assert.equal(batch.replayed, false)
    found.push(...batch.events)
  }
  shape(named('typing'), {
    timestamp: iso,
    direction: 'in',
    contract: 'rooms',
    namespace: '/',
    userId: who.userId,
    sockets: 1,
    bytes: count,
    fields: ['receiverId', 'isTyping', 'note'],
  })
  shape(named('newMessage'), { direction: 'out', userId: other.userId, fields: (names) => names.includes('text') })
  assert.deepEqual(named('custom').fields, ['…'], 'a key that is data is not shown')
  assert.ok(!JSON.stringify(found).includes('hush-hush'))
  await silent(quiet, 'monitor:events')

  accepted(await ask(monitor, 'monitor:subscribe', { events: false }))
  await ask(socket, 'messageRead', { messageId: 'none', senderId: who.userId })
  await pause(2 * ROUND_MS)
  accepted(await ask(quiet, 'monitor:subscribe'))
  const { events } = await next(quiet, 'monitor:events', ({ replayed }) => replayed)
  assert.ok(events.length <= 200)
  assert.ok(!events.some(({ event }) => event === 'messageRead'), 'nothing is noted while nobody asks')
})

test('the store is asked for signs of life', async ({ person, connect }) => {
  const monitor = await monitorOf(connect, person({ admin: true }))
  const { store } = await seen(monitor, (one) => one.store.status === 'ok', 'the store')
  shape(store, { checkedAt: iso, latencyMs: (ms) => ms >= 0 })
})

test('an admin disconnects a device, then the user', async ({ person, connect, rest }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const away = newDevice()
  const here = await connect(who)
  const there = await connect(who, { device: away, auth: { token: who.anotherToken() } })
  const monitor = await monitorOf(connect, admin)
  const reply = await ask(monitor, 'monitor:disconnect', { userId: who.userId, deviceId: deviceId(away), reason: 'Enough' })
  shape(reply, { ok: true, sessions: 1, sockets: 1, devices: 1 })
  shape(await next(there, 'force_logout'), { reason: 'Enough', timestamp: iso })
  assert.equal(await disconnection(there), 'io server disconnect')
  await settled(here)
  shape(await ask(monitor, 'monitor:disconnect', { userId: who.userId }), { ok: true, sockets: 1, devices: 1 })
  shape(await next(here, 'force_logout'), { reason: text })
  assert.equal(await disconnection(here), 'io server disconnect')
  assert.equal((await rest.get(who, '/api/notifications')).status, 401, 'the token no longer holds')
  for (const wrong of [{}, { userId: 7 }, { userId: 'a b' }, { userId: 'x', reason: 'x'.repeat(500) }]) {
    rejected(await ask(monitor, 'monitor:disconnect', wrong))
  }
})

test('a monitor whose admin is none any more is closed', async ({ person, connect, internal }) => {
  const admin = person({ admin: true })
  const [app, monitor] = [await connect(admin), await monitorOf(connect, admin)]
  const newToken = admin.anotherToken({ isAdmin: false })
  assert.equal((await internal.post('/internal/emit-token-update', { userId: admin.userId, newToken })).status, 200)
  shape(await next(monitor, 'authError'), { message: ADMINS_ONLY, code: 'ADMIN_REQUIRED', timestamp: iso })
  assert.equal(await disconnection(monitor), 'io server disconnect')
  await next(app, 'tokenUpdated')
  await settled(app)
  assert.ok(app.connected, 'the app goes on')
})

test('a monitor is closed when its token ends', async ({ person, connect, internal }) => {
  const admin = person({ admin: true })
  const short = await monitorOf(connect, admin, { auth: { token: admin.anotherToken({ expiresIn: 2 }) } })
  const long = await monitorOf(connect, admin)
  shape(await next(short, 'authError'), { code: 'TOKEN_EXPIRED' })
  assert.equal(await disconnection(short), 'io server disconnect')
  await internal.post('/internal/force-logout', { userId: admin.userId, reason: 'Bye' })
  shape(await next(long, 'force_logout'), { reason: 'Bye' })
  assert.equal(await disconnection(long), 'io server disconnect')
})

test('what no monitor may ask is answered', async ({ person, connect, sidecar }) => {
  const admin = person({ admin: true })
  const monitor = await monitorOf(connect, admin)
  rejected(await ask(monitor, 'typing', { receiverId: 'x', isTyping: true }))
  rejected(await ask(monitor, 'monitor:subscribe', { events: 'yes' }))
  accepted(await ask(monitor, 'ping'))
  const second = await connected(openSocket(sidecar().publicUrl, { namespace: NAMESPACE, auth: { token: admin.token } }))
  shape(await next(second, 'monitor:state'), { totals: ({ watchers }) => watchers >= 2 })
})
