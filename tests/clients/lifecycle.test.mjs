// How connections end, and what survives: expiry, revocation, deactivation, logout, shutdown, a killed process.

import assert from 'node:assert/strict'
import {
  arrivals,
  ask,
  disconnection,
  forget,
  LEGACY,
  next,
  settled,
} from './support/client.mjs'
import { PROMPTLY_MS, within } from './support/deadline.mjs'
import { deviceId, newDevice } from './support/people.mjs'
import { accepted, iso, shape, text } from './support/shape.mjs'
import { newHome, startSidecar } from './support/sidecar.mjs'
import { ownProcess, suite } from './support/suite.mjs'

const GRACE_MS = 600
const EXPIRY_MS = 2_000
const INVALID = /^Authentication error: Invalid token/

const { test } = suite(import.meta.url, {
  DEACTIVATION_GRACE_MS: String(GRACE_MS),
  RATE_LIMITS: 'off',
})

const DOORS = [
  {},
  { path: LEGACY, namespace: '/auth' },
  { path: LEGACY, namespace: '/messenger' },
  { path: LEGACY, namespace: '/notifications' },
]

/** A person's options with another token in auth. */
const by = (token, more = {}) => ({ ...more, auth: { token } })

test('a token that runs out closes its socket, with the reason', async ({ person, connect }) => {
  const who = person()
  const token = who.anotherToken({ expiresIn: 2 })
  const socket = await connect(who, by(token))
  const auth = await connect(who, by(token, { path: LEGACY, namespace: '/auth' }))
  const end = JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp * 1000
  for (const one of [socket, auth]) {
    shape(await next(one, 'authError'), {
      message: 'Authentication error: Token expired',
      code: 'TOKEN_EXPIRED',
      timestamp: iso,
    })
    assert.equal(await disconnection(one), 'io server disconnect')
  }
  const late = Date.now() - end
  assert.ok(late >= -50 && late <= EXPIRY_MS + 500, `closed ${late} ms after the token ran out`)
})

test('a token that runs out closes every namespace', async ({ person, connect }) => {
  const who = person()
  const token = who.anotherToken({ expiresIn: 2 })
  const sockets = await Promise.all(DOORS.map((door) => connect(who, by(token, door))))
  for (const socket of sockets) assert.equal(await disconnection(socket), 'io server disconnect')
})

test('authenticate with a fresh token prolongs the stay', async ({ person, connect }) => {
  const who = person()
  const token = who.anotherToken({ expiresIn: 2 })
  const [stays, goes] = [await connect(who, by(token)), await connect(who, by(token))]
  accepted(await ask(stays, 'authenticate', { token: who.anotherToken() }))
  await next(stays, 'authenticated')
  assert.equal(await disconnection(goes), 'io server disconnect')
  await settled(stays)
  assert.ok(stays.connected && !arrivals(stays).includes('authError'))
})

test("authenticate with another user's token is refused", async ({ person, connect }) => {
  const [who, other] = [person(), person()]
  const socket = await connect(who)
  socket.emit('authenticate', { token: other.token })
  shape(await next(socket, 'authError'), { message: text, code: text, timestamp: iso })
  assert.equal(await disconnection(socket), 'io server disconnect')
  assert.ok(!arrivals(socket).includes('authenticated'))
})

test('a revoked token id closes its sockets and opens none', async ({ person, connect, refused, internal }) => {
  const who = person()
  const other = await connect(who, by(who.anotherToken()))
  const socket = await connect(who)
  assert.equal((await internal.post('/internal/revoke', { tokenId: who.tokenId })).status, 200)
  assert.equal(await disconnection(socket), 'io server disconnect')
  assert.match((await refused(who)).message, INVALID)
  await settled(other)
  assert.ok(other.connected, 'the other token of the user is as good as before')
})

test('a token itself can be revoked', async ({ person, connect, refused, internal, rest }) => {
  const who = person()
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/revoke', { token: who.token })
  for (const socket of sockets) assert.equal(await disconnection(socket), 'io server disconnect')
  assert.match((await refused(who)).message, INVALID)
  assert.equal((await rest.get(who, '/api/messages/chats')).status, 401, 'REST refuses it too')
})

test('all of a user can be revoked, and a later login works', async ({ person, connect, refused, internal }) => {
  const [who, other] = [person(), await connect(person())]
  const sockets = [await connect(who), await connect(who, by(who.anotherToken(), { device: newDevice() }))]
  await internal.post('/internal/revoke', { userId: who.userId })
  for (const socket of sockets) assert.equal(await disconnection(socket), 'io server disconnect')
  assert.match((await refused(who)).message, INVALID)
  await settled(other)
  const login = who.anotherToken({ iat: Math.floor(Date.now() / 1000) + 1 })
  await connect(who, by(login))
})

test("one device's token can be revoked", async ({ person, connect, internal }) => {
  const who = person()
  const stays = newDevice()
  const [here, there] = [
    await connect(who),
    await connect(who, by(who.anotherToken(), { device: stays })),
  ]
  await internal.post('/internal/revoke', { userId: who.userId, deviceId: deviceId(who.device) })
  assert.equal(await disconnection(here), 'io server disconnect')
  await settled(there)
  assert.ok(there.connected)
})

test('a deactivated account is told, and closed after the grace', async ({ person, connect, internal }) => {
  const who = person()
  const [main, other] = [await connect(who), await connect(person())]
  const auth = await connect(who, { path: LEGACY, namespace: '/auth' })
  const messenger = await connect(who, { over: auth, namespace: '/messenger' })
  await internal.post('/internal/emit-user-status-change', { userId: who.userId, status: false })
  const start = performance.now()
  for (const socket of [main, auth]) {
    shape(await next(socket, 'userStatusChanged'), {
      status: false,
      reason: 'Account deactivated by admin',
      timestamp: iso,
    })
  }
  for (const socket of [main, auth]) shape(await next(socket, 'force_logout'), { reason: text, timestamp: iso })
  assert.ok(performance.now() - start > GRACE_MS - 100, 'the client has its time to say goodbye')
  for (const socket of [main, auth, messenger]) {
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  await settled(other)
})

test('force logout flushes its reason and keeps the client away', async ({ person, connect, refused, internal }) => {
  const who = person()
  const sockets = []
  for (const [transports, device] of [
    [['websocket'], who.device],
    [['polling'], newDevice()],
    [['polling', 'websocket'], newDevice()],
  ]) {
    sockets.push(await connect(who, { transports, device, reconnection: true }))
  }
  const { status } = await internal.post('/internal/force-logout', { userId: who.userId })
  assert.equal(status, 200)
  for (const socket of sockets) {
    shape(await next(socket, 'force_logout'), { reason: 'User logged out', timestamp: iso })
    assert.equal(await disconnection(socket), 'io server disconnect')
    assert.equal(socket.active, false, 'a stock client does not come back by itself')
  }
  assert.match((await refused(who)).message, INVALID, 'the tokens are revoked with it')
})

test('force logout without revocation lets the same token in again', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  await internal.post('/internal/force-logout', { userId: who.userId, revoke: false, reason: 'Just now' })
  shape(await next(socket, 'force_logout'), { reason: 'Just now' })
  assert.equal(await disconnection(socket), 'io server disconnect')
  await connect(who)
})

test('one device is logged out, the others stay', async ({ person, connect, internal }) => {
  const who = person()
  const stays = newDevice()
  const here = await connect(who)
  const notifications = await connect(who, { path: LEGACY, namespace: '/notifications' })
  const there = await connect(who, by(who.anotherToken(), { device: stays }))
  await internal.post('/internal/force-logout', { userId: who.userId, deviceId: deviceId(who.device) })
  for (const socket of [here, notifications]) {
    shape(await next(socket, 'force_logout'), { reason: text, timestamp: iso })
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  await settled(there)
  assert.ok(there.connected && !arrivals(there).includes('force_logout'))
})

test('the sockets of one token are logged out, the others stay', async ({ person, connect, internal }) => {
  const who = person()
  const here = await connect(who)
  const there = await connect(who, by(who.anotherToken()))
  await internal.post('/internal/force-logout', { userId: who.userId, tokenId: who.tokenId })
  await next(here, 'force_logout')
  assert.equal(await disconnection(here), 'io server disconnect')
  await settled(there)
  assert.ok(there.connected)
})

// The stories from here on end processes or start them in another way: each has its own.

test('SIGTERM announces, closes, ends with 0; clients come back to the next process', async ({ t }) => {
  const { person, connect, sidecar, again } = await ownProcess(t)
  const who = person()
  const stay = { reconnection: true }
  const main = await connect(who, stay)
  const polling = await connect(person(), { ...stay, transports: ['polling'] })
  const auth = await connect(who, { ...stay, path: LEGACY, namespace: '/auth' })
  const messenger = await connect(who, { over: auth, namespace: '/messenger' })
  const notifications = await connect(who, { over: auth, namespace: '/notifications' })
  const all = [main, polling, auth, messenger, notifications]
  for (const socket of all) await forget(socket)
  sidecar().signal('SIGTERM')
  for (const socket of all) {
    shape(await next(socket, 'server_shutdown'), { message: 'Server is shutting down', timestamp: iso })
    assert.notEqual(await disconnection(socket, PROMPTLY_MS), 'io server disconnect', 'else clients would stay away')
  }
  assert.deepEqual(await within(sidecar().exited, 'the process to end', 10_000), { code: 0, signal: null })
  const back = all.map((socket) => backAgain(socket))
  await again()
  await within(Promise.all(back), `everyone back; they saw ${JSON.stringify(all.map(arrivals))}`, 10_000)
  await settled(main)
})

function backAgain(socket) {
  return new Promise((done) => socket.once('connect', done))
}

test('what was acknowledged survives kill -9', async ({ t }) => {
  const { known, rest, internal, connect, sidecar, again } = await ownProcess(t)
  const [a, b] = [await known(), await known()]
  const texts = Array.from({ length: 20 }, (_, index) => `kept ${index}`)
  for (const line of texts) {
    const { status } = await rest.post(a, `/api/messages/send/${b.userId}`, { text: line })
    assert.equal(status, 201)
  }
  await internal.post('/internal/notify', { userId: b.userId, type: 't', title: 'kept', message: 'm' })
  await internal.post('/internal/revoke', { tokenId: a.tokenId })
  sidecar().signal('SIGKILL')
  await within(sidecar().exited, 'the killed process to be gone')
  await again()
  const { body: history } = await rest.get(b, `/api/messages/${a.userId}`)
  assert.deepEqual(
    history.map((one) => one.text),
    texts,
  )
  const notifications = await connect(b, { path: LEGACY, namespace: '/notifications' })
  shape(await next(notifications, 'unreadCount'), { count: 1 })
  assert.equal((await rest.get(a, '/api/messages/chats')).status, 401, 'a revocation survives too')
})

test('a client that was cut off by a kill comes back by itself', async ({ t }) => {
  const { person, connect, sidecar, again } = await ownProcess(t)
  const socket = await connect(person(), { reconnection: true })
  const back = backAgain(socket)
  sidecar().signal('SIGKILL')
  assert.match(await disconnection(socket), /transport/)
  await again()
  await within(back, 'the client to be back', 10_000)
  await settled(socket)
})

test('serve refuses to start without its secrets', async ({ t }) => {
  for (const [name, value] of [
    ['JWT_SECRET', ''],
    ['JWT_SECRET', 'short'],
    ['INTERNAL_SECRET', ''],
    ['INTERNAL_SECRET', 'short'],
  ]) {
    const home = newHome()
    t.after(home.remove)
    await assert.rejects(startSidecar(home, { [name]: value }), (error) => {
      assert.match(error.message, /ended before it was ready/)
      assert.ok(error.message.includes(name), `the error names ${name}: ${error.message}`)
      return true
    })
  }
})

test('a token may be waited for where the app allows it', async ({ t }) => {
  const { person, connect } = await ownProcess(t, { PENDING_AUTH_MS: '700' })
  const who = person()
  const [patient, idle] = [await connect(who, { auth: {} }), await connect(person(), { auth: {} })]
  shape(await ask(patient, 'typing', { receiverId: who.userId, isTyping: true }), { ok: false })
  accepted(await ask(patient, 'authenticate', { token: who.token }))
  shape(await next(patient, 'authenticated'), { userId: who.userId })
  await next(idle, 'authError')
  assert.equal(await disconnection(idle), 'io server disconnect')
  await settled(patient)
})

test('by default a socket waits ten seconds at /auth', async ({ t }) => {
  const { person, connect } = await ownProcess(t)
  const start = performance.now()
  const socket = await connect(person(), { path: LEGACY, namespace: '/auth', auth: {} })
  shape(await next(socket, 'authError', undefined, 14_000), { message: 'Authentication timeout' })
  assert.equal(await disconnection(socket), 'io server disconnect')
  const waited = performance.now() - start
  assert.ok(waited > 9_500 && waited < 13_000, `it was sent away after ${waited.toFixed()} ms`)
})

test('an address in a header counts only from a trusted proxy', async ({ t }) => {
  const { person, connect, internal } = await ownProcess(t, { TRUSTED_PROXIES: '192.0.2.1' })
  const who = person()
  await connect(who, { device: newDevice() })
  await connect(who, { device: newDevice() })
  const { body } = await internal.get(`/internal/users/${who.userId}/connections`)
  assert.equal(body.devices.length, 1, 'one agent at one address, whatever the headers say')
})
