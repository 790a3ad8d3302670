// Who is let in at the doors of the `tracking` contract, how they are greeted, and how a stay ends
// (`contracts/tracking.md` section 1).

import assert from 'node:assert/strict'
import { ask, disconnection, heard, next, settled, silent, VERSIONS } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape } from './support/shape.mjs'
import { claimsOf, sign, without } from './support/tokens.mjs'
import {
  DOORS,
  isWarning,
  isWelcome,
  knowsNothing,
  newMessageId,
  notification,
  ownTracking,
  rooms,
  ROOT,
  titleOf,
  told,
  trackingClaims,
  trackingSuite,
} from './support/tracking.mjs'

const { test, world } = trackingSuite(import.meta.url, {
  DEACTIVATION_GRACE_MS: '200',
  ALLOWED_ORIGINS: undefined,
  FRONTEND_URL: 'http://front.example:3000',
})

const NO_TOKEN = 'Authentication token required'
const INVALID = 'Invalid authentication token'

const secret = () => world.home.jwtSecret
const signed = (claims, options = {}) => sign(claims, { secret: secret(), ...options })

function tampered(who) {
  const [header, , signature] = who.token.split('.')
  const claims = Buffer.from(JSON.stringify(trackingClaims(who, { role: 'admin' }))).toString('base64url')
  return [header, claims, signature].join('.')
}

const BAD_TOKENS = [
  ['that has expired', (who) => who.trackingToken({ expiresIn: -60 })],
  ['signed with another secret', (who) => sign(trackingClaims(who), { secret: 'x'.repeat(32) })],
  ['whose claims were changed', (who) => tampered(who)],
  ['that is no token', () => 'garbage'],
  ['of four parts', () => 'a.b.c.d'],
  ['without its signature', (who) => who.token.split('.').slice(0, 2).join('.')],
  ['with alg none', (who) => sign(trackingClaims(who), { alg: 'none' })],
  ['with HS512', (who) => signed(trackingClaims(who), { alg: 'HS512' })],
  ['with RS256', (who) => sign(trackingClaims(who), { alg: 'RS256' })],
  ['without an id', (who) => signed(without(trackingClaims(who), 'userId'))],
  ['whose id is no text', (who) => who.trackingToken({ userId: { $ne: null } })],
  ['whose id is empty', (who) => who.trackingToken({ userId: '' })],
  ['without an end', (who) => signed(without(trackingClaims(who), 'exp'))],
  ['for another purpose', (who) => who.trackingToken({ purpose: 'password-reset' })],
]

for (const [what, make] of BAD_TOKENS) {
  test(`a token ${what} is refused at every door, in the one text there is`, async ({ person, refused }) => {
    for (const door of DOORS) {
      const who = person()
      const error = await refused(who, { ...door, auth: { token: make(who) } })
      assert.equal(error.message, INVALID, titleOf(door))
      assert.equal(error.data, undefined, 'a refusal carries no data')
    }
  })
}

test('a token that is no text, or of a revoked login, or of a deactivated account, is refused', async (given) => {
  const revoked = given.person()
  await given.internal.post('/internal/revoke', { token: revoked.token })
  const away = given.person()
  await given.internal.put(`/internal/users/${away.userId}`, { active: false })
  for (const door of DOORS) {
    for (const who of [revoked, away]) assert.equal((await given.refused(who, door)).message, INVALID, titleOf(door))
    for (const token of [7, true, { a: 1 }, ['x']]) {
      const { message } = await given.refused(undefined, { ...door, auth: { token } })
      assert.ok([INVALID, NO_TOKEN].includes(message), `${JSON.stringify(token)}: ${message}`)
    }
  }
})

test('without a token nobody is let in', async ({ person, refused }) => {
  for (const door of DOORS) {
    for (const auth of [undefined, {}, { token: '' }, { token: null }]) {
      const error = await refused(person(), { ...door, auth })
      assert.equal(error.message, NO_TOKEN, `${titleOf(door)} ${JSON.stringify(auth)}`)
      assert.equal(error.data, undefined)
    }
  }
})

for (const [place, options] of [
  ['the URL', (token) => ({ query: { token, authorization: token } })],
  ['a cookie', (token) => ({ headers: { cookie: `authToken=${token}; token=${token}` } })],
]) {
  test(`a token in ${place} is not read`, async ({ person, refused }) => {
    const who = person()
    for (const door of DOORS) {
      const error = await refused(who, { ...door, auth: undefined, ...options(who.token) })
      assert.equal(error.message, NO_TOKEN, titleOf(door))
    }
  })
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`the token may be in auth or in the header, over ${transports}`, async ({ person, connect }) => {
    for (const door of DOORS) {
      const who = person()
      for (const options of [
        { auth: { token: who.token } },
        { auth: undefined, headers: { authorization: `Bearer ${who.token}` } },
        { auth: {}, headers: { authorization: `Bearer ${who.token}` } },
      ]) {
        const socket = await connect(undefined, { ...door, transports, ...options })
        assert.deepEqual(await rooms(socket), [`user_${who.userId}`], titleOf(door))
      }
    }
  })
}

test('auth.token comes before the header, and a bad one is not saved by it', async ({ person, connect, refused }) => {
  const [who, other] = [person(), person()]
  const headers = { authorization: `Bearer ${other.token}` }
  const socket = await connect(undefined, { auth: { token: who.token }, headers })
  assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
  assert.equal((await refused(who, { auth: { token: 'garbage' }, headers })).message, INVALID)
})

test('the claims of the login route are enough, and so is an id alone', async ({ person, connect }) => {
  const who = person()
  for (const door of DOORS) {
    await connect(who, { ...door, auth: { token: signed(trackingClaims(who)) } })
    await connect(who, { ...door, auth: { token: signed(without(trackingClaims(who), 'email')) } })
    await connect(who, { ...door, auth: { token: signed(claimsOf(who)) } })
  }
})

test('a token lives its seven days', async ({ person, connect }) => {
  const who = person()
  await connect(who, { auth: { token: who.trackingToken({ expiresIn: 7 * 24 * 3600 }) } })
})

for (const version of Object.keys(VERSIONS)) {
  test(`socket.io-client ${version} is served at every door`, async ({ person, connect, app }) => {
    for (const door of DOORS) {
      for (const transports of [['websocket'], ['polling']]) {
        const [who, messageId] = [person(), newMessageId()]
        const socket = await connect(who, { ...door, version, transports })
        await app.update(who, messageId, 'SENDING')
        shape(await next(socket, 'message_update'), { messageId, status: 'SENDING' })
      }
    }
  })
}

test('an unknown namespace is refused in the words of the protocol', async ({ person, refused }) => {
  assert.equal((await refused(person(), { ...ROOT, namespace: '/nope' })).message, 'Invalid namespace')
})

test('a page of the frontend may call from its origin, with credentials, and others may not', async (given) => {
  const ask = (origin) =>
    fetch(`${given.sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`, { headers: { origin } })
  const ours = await ask('http://front.example:3000')
  assert.equal(ours.status, 200)
  assert.equal(ours.headers.get('access-control-allow-origin'), 'http://front.example:3000')
  assert.equal(ours.headers.get('access-control-allow-credentials'), 'true')
  const others = await ask('http://evil.example')
  assert.notEqual(others.headers.get('access-control-allow-origin'), 'http://evil.example')
  assert.notEqual(others.headers.get('access-control-allow-origin'), '*')
})

test('the engine has its ordinary options', async ({ sidecar }) => {
  const response = await fetch(`${sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`)
  shape(JSON.parse((await response.text()).slice(1)), { pingInterval: 25_000, pingTimeout: 20_000 })
})

// --- the welcome ----------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`who comes is greeted, on the new socket only: ${titleOf(door)}`, async ({ person, connect, open }) => {
    const who = person()
    const [first, stranger] = [await connect(who, door), await connect(person(), door)]
    const second = open(who, { ...door, device: newDevice() })
    const welcome = await next(second, 'notification')
    notification(welcome, {
      id: 'welcome_',
      type: 'system',
      title: 'Connected',
      message: 'Real-time updates are now active',
      read: false,
    })
    assert.ok(Math.abs(Date.now() - Date.parse(welcome.timestamp)) < 10_000, welcome.timestamp)
    await settled(second)
    assert.equal(told(second, 'notification').length, 1, 'once')
    for (const socket of [first, stranger]) await silent(socket, 'notification')
    assert.deepEqual(
      heard(second)
        .map(({ event }) => event)
        .filter((event) => !event.startsWith('@')),
      ['notification'],
      'and nothing else is sent on connecting',
    )
  })
}

test('a welcome is not stored', async ({ person, connect, api }) => {
  const who = person()
  await connect(who)
  const { status, body } = await api.get(who, '/api/socket/notifications')
  assert.equal(status, 200)
  assert.deepEqual(body.notifications, [])
})

test('one connection carries rooms and tracking', async ({ person, connectElsewhere, open, app }) => {
  const [who, messageId] = [person(), newMessageId()]
  const main = await connectElsewhere(who)
  const tracking = open(who, { over: main, namespace: '/tracking' })
  await next(tracking, 'notification', isWelcome)
  await app.update(who, messageId, 'SENDING')
  shape(await next(tracking, 'message_update'), { messageId })
  await silent(main, 'message_update')
  await silent(main, 'notification')
  assert.equal(tracking.io, main.io)
})

// --- how a stay ends ------------------------------------------------------------------------------

/** The sockets are told why, as a warning, and then closed by the server. */
async function ended(sockets, words) {
  for (const socket of sockets) {
    const warning = await next(socket, 'notification', isWarning)
    notification(warning, { id: 'warning_' })
    if (words) assert.match(warning.message, words)
    assert.equal(await disconnection(socket), 'io server disconnect')
    assert.equal(socket.active, false, 'a stock client does not come back by itself')
  }
}

test('a token that runs out closes its sockets, with the reason', async ({ person, connect }) => {
  const who = person()
  const auth = { token: who.trackingToken({ expiresIn: 2 }) }
  const sockets = await Promise.all(DOORS.map((door) => connect(who, { ...door, auth })))
  await ended(sockets)
})

test('a token that is revoked closes its sockets, and no others', async ({ person, connect, internal }) => {
  const who = person()
  const stays = await connect(who, { auth: { token: who.trackingToken({ jti: 'another' }) } })
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/revoke', { token: who.token })
  await ended(sockets)
  await silent(stays, 'notification')
  assert.ok(stays.connected)
})

test('a forced logout closes every socket of the user, with the reason', async ({ person, connect, internal }) => {
  const [who, other] = [person(), await connect(person())]
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/force-logout', { userId: who.userId, reason: 'enough' })
  await ended(sockets, /enough/)
  await knowsNothing(other)
})

test('a deactivated account is closed after the grace', async ({ person, connect, internal }) => {
  const who = person()
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/emit-user-status-change', {
    userId: who.userId,
    status: false,
    reason: 'broke the rules',
  })
  await ended(sockets, /broke the rules/)
})

test('before a restart every socket is told', async ({ t }) => {
  const own = await ownTracking(t, { APP_PING_INTERVAL_MS: '100' })
  const sockets = await Promise.all(DOORS.map((door) => own.connect(own.person(), door)))
  own.sidecar().signal('SIGTERM')
  for (const socket of sockets) {
    const warning = await next(socket, 'notification', isWarning)
    notification(warning, { title: 'Server restarting', message: 'Server is shutting down' })
    await disconnection(socket)
    assert.deepEqual(told(socket, 'ping'), [], 'no heartbeat of the app')
  }
})

test('after the last socket is gone the user is away', async ({ person, connect, api }) => {
  const [who, asking] = [person(), person()]
  const online = async () => {
    const { status, body } = await api.get(asking, `/api/socket/user/${who.userId}/online`)
    assert.equal(status, 200)
    return shape(body, { userId: who.userId, timestamp: iso }).isOnline
  }
  assert.equal(await online(), false)
  const [one, two] = [await connect(who), await connect(who, { ...DOORS[3], device: newDevice() })]
  assert.equal(await online(), true)
  one.disconnect()
  await ask(two, 'get_rooms')
  assert.equal(await online(), true)
})
