// Who is let in, and with which words the others are turned away (`contracts/rooms.md` section 1).

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ask, LEGACY, next, refusal, ROOMS } from './support/client.mjs'
import { shape, text } from './support/shape.mjs'
import { BINARY } from './support/sidecar.mjs'
import { ownProcess, suite } from './support/suite.mjs'
import { claimsOf, sign, without } from './support/tokens.mjs'

const { test, world } = suite(import.meta.url)

const NO_TOKEN = 'Authentication error: No token provided'
const BAD_DATA = 'Authentication error: Invalid token data'
const EXPIRED = 'Authentication error: Token expired'
const BAD_SIGNATURE = 'Authentication error: Invalid token signature'
// For what the contract's table does not single out, any of its "Invalid token" texts will do.
const INVALID = /^Authentication error: Invalid token( data| signature)?$/

const secret = () => world.home.jwtSecret

const BAD_TOKENS = [
  ['that has expired', EXPIRED, (who) => who.anotherToken({ expiresIn: -60 })],
  ['signed with another secret', BAD_SIGNATURE, (who) => sign(claimsOf(who), { secret: 'x'.repeat(32) })],
  ['with alg none', BAD_SIGNATURE, (who) => sign(claimsOf(who), { alg: 'none' })],
  ['with HS512', BAD_SIGNATURE, (who) => sign(claimsOf(who), { alg: 'HS512', secret: secret() })],
  ['with RS256', BAD_SIGNATURE, (who) => sign(claimsOf(who), { alg: 'RS256' })],
  [
    'whose header claims none over an HS256 signature',
    BAD_SIGNATURE,
    (who) => sign(claimsOf(who), { secret: secret(), header: { alg: 'none' } }),
  ],
  ['whose claims were changed', BAD_SIGNATURE, (who) => tampered(who)],
  ['without its signature', BAD_SIGNATURE, (who) => who.token.split('.').slice(0, 2).join('.')],
  ['that is no token', BAD_SIGNATURE, () => 'garbage'],
  ['that is three dots', BAD_SIGNATURE, () => '...'],
  ['without userId', BAD_DATA, (who) => sign(without(claimsOf(who), 'userId'), { secret: secret() })],
  ['without email', BAD_DATA, (who) => sign(without(claimsOf(who), 'email'), { secret: secret() })],
  ['without exp', INVALID, (who) => sign(without(claimsOf(who), 'exp'), { secret: secret() })],
  ['whose userId is empty', INVALID, (who) => who.anotherToken({ userId: '' })],
  ['whose userId is no text', INVALID, (who) => who.anotherToken({ userId: { $ne: null } })],
  ['for another purpose', INVALID, (who) => who.anotherToken({ purpose: 'password-reset' })],
]

function tampered(who) {
  const [header, , signature] = who.token.split('.')
  const claims = Buffer.from(JSON.stringify({ ...claimsOf(who), isAdmin: true })).toString('base64url')
  return [header, claims, signature].join('.')
}

const DOORS = [
  { path: ROOMS, namespace: '/' },
  { path: LEGACY, namespace: '/auth' },
  { path: LEGACY, namespace: '/messenger' },
  { path: LEGACY, namespace: '/notifications' },
]

for (const [what, expected, make] of BAD_TOKENS) {
  test(`a token ${what} is refused at every door`, async ({ person, refused }) => {
    for (const door of DOORS) {
      const who = person()
      const error = await refused(who, { ...door, auth: { token: make(who) } })
      const shown = `${door.path} ${door.namespace}`
      if (expected instanceof RegExp) assert.match(error.message, expected, shown)
      else assert.equal(error.message, expected, shown)
      assert.equal(error.data, undefined, 'a refusal carries no data')
    }
  })
}

test('a bad token in the cookie is refused like one in auth', async ({ person, refused }) => {
  const who = person()
  const headers = { cookie: `authToken=${who.anotherToken({ expiresIn: -60 })}` }
  assert.equal((await refused(who, { auth: {}, headers })).message, EXPIRED)
})

test('without a token nobody is let in, except to wait at /auth', async ({ person, refused, connect }) => {
  for (const door of DOORS.filter(({ namespace }) => namespace !== '/auth')) {
    for (const auth of [undefined, {}, { token: '' }, { token: null }]) {
      const error = await refused(person(), { ...door, auth })
      assert.equal(error.message, NO_TOKEN, `${door.path} ${door.namespace} ${JSON.stringify(auth)}`)
    }
  }
  await connect(person(), { path: LEGACY, namespace: '/auth', auth: {} })
})

test('a token in the URL is not read', async ({ person, refused }) => {
  const who = person()
  const error = await refused(who, { auth: undefined, query: { token: who.token, authToken: who.token } })
  assert.equal(error.message, NO_TOKEN)
})

for (const name of ['authToken', '__Host-authToken', '__Secure-authToken']) {
  for (const transport of ['websocket', 'polling']) {
    test(`the cookie ${name} is enough, over ${transport}`, async ({ person, connect }) => {
      const who = person()
      const headers = { cookie: `theme=dark; ${name}=${who.token}; lang=en` }
      const socket = await connect(who, { auth: undefined, headers, transports: [transport] })
      socket.emit('test', {})
      shape(await next(socket, 'testResponse'), { userId: who.userId })
    })
  }
}

test('auth.token comes before the cookie', async ({ person, connect, refused }) => {
  const [who, other] = [person(), person()]
  const headers = { cookie: `authToken=${other.token}` }
  const socket = await connect(who, { headers })
  socket.emit('test', {})
  shape(await next(socket, 'testResponse'), { userId: who.userId })
  const error = await refused(who, { headers, auth: { token: 'garbage' } })
  assert.equal(error.message, BAD_SIGNATURE, 'a good cookie does not save a bad auth.token')
})

test('auth.userId and auth.email are ignored', async ({ person, connect }) => {
  const [who, victim] = [person(), person()]
  const auth = { token: who.token, userId: victim.userId, email: victim.email, isAdmin: true }
  const socket = await connect(who, { auth })
  socket.emit('authenticate', { token: who.token })
  shape(await next(socket, 'authenticated'), { userId: who.userId, email: who.email, isAdmin: false })
})

test('the isAdmin claim may be missing', async ({ person, connect }) => {
  const who = person()
  const token = sign(without(claimsOf(who), 'isAdmin'), { secret: secret() })
  const socket = await connect(who, { auth: { token } })
  socket.emit('authenticate', { token })
  shape(await next(socket, 'authenticated'), { userId: who.userId, isAdmin: false })
})

test('the token without jti of an ordinary app is accepted', async ({ person, connect }) => {
  const who = person()
  await connect(who, { auth: { token: sign(without(claimsOf(who), 'jti'), { secret: secret() }) } })
})

test('a socket token opens a socket', async ({ person, connect }) => {
  const who = person()
  await connect(who, { auth: { token: who.anotherToken({ purpose: 'socket-auth' }) } })
})

test('the root path of stock clients carries the root contract', async ({ person, connect }) => {
  const who = person()
  const socket = await connect(who, { path: '/socket.io' })
  socket.emit('authenticate', { token: who.token })
  shape(await next(socket, 'authenticated'), { userId: who.userId })
})

test('a token printed by the command opens a socket', async ({ person, connect }) => {
  const who = person()
  const options = ['--user', who.userId, '--email', who.email, '--admin', '--ttl', '1h']
  const env = { PATH: process.env.PATH, JWT_SECRET: secret() }
  const token = execFileSync(BINARY, ['token', ...options], { encoding: 'utf8', env, timeout: 10_000 }).trim()
  const socket = await connect(who, { auth: { token } })
  socket.emit('authenticate', { token })
  shape(await next(socket, 'authenticated'), { userId: who.userId, email: who.email, isAdmin: true })
})

test('the cookie may have another name', async ({ t }) => {
  const { person, connect, refused } = await ownProcess(t, { AUTH_COOKIE: 'session' })
  const who = person()
  const cookie = (name) => ({ auth: undefined, headers: { cookie: `${name}=${who.token}` } })
  await connect(who, cookie('session'))
  assert.equal((await refused(who, cookie('authToken'))).message, NO_TOKEN)
})

test('an unknown namespace is refused in the words of the protocol', async ({ person, refused }) => {
  for (const path of [ROOMS, LEGACY]) {
    assert.equal((await refused(person(), { path, namespace: '/nope' })).message, 'Invalid namespace')
  }
})

test('one refused namespace leaves the others of the connection alone', async ({ person, connect, open }) => {
  const who = person()
  const socket = await connect(who)
  const other = open(who, { over: socket, namespace: '/nope' })
  assert.equal((await refusal(other)).message, 'Invalid namespace')
  assert.deepEqual(await ask(socket, 'checkUserOnline', { userId: who.userId }), { isOnline: true })
})

test('the path may end in a slash or not', async ({ sidecar }) => {
  for (const path of ['/api/socket', '/api/socket/', '/api/socket-namespaces', '/api/socket-namespaces/']) {
    const response = await fetch(`${sidecar().publicUrl}${path}?EIO=4&transport=polling`)
    assert.equal(response.status, 200, path)
    assert.match(await response.text(), /^0\{"sid":/, path)
  }
})

test('only the exact path is Socket.IO', async ({ sidecar, rest }) => {
  const response = await fetch(`${sidecar().publicUrl}/api/socketry/?EIO=4&transport=polling`)
  assert.equal(response.status, 404)
  const hello = await rest.get(null, '/api/socket')
  assert.equal(hello.status, 200)
  assert.match(hello.body.message, /^Socket\.IO server (is initialized and reachable|initialized)$/)
  const namespaces = await rest.get(null, '/api/socket-namespaces')
  assert.equal(namespaces.status, 200)
  shape(namespaces.body, { message: text, namespaces: ['/auth', '/messenger', '/notifications'] })
})

test('the root says what runs here, and health and readiness answer', async ({ rest }) => {
  const root = await rest.get(null, '/')
  assert.equal(root.status, 200)
  assert.equal(root.body, 'Socket.IO server running')
  for (const path of ['/health', '/ready']) assert.equal((await rest.get(null, path)).status, 200, path)
})

const hello = (sidecar, headers, method = 'GET') =>
  fetch(`${sidecar().publicUrl}/api/socket/?EIO=4&transport=polling`, { method, headers })

test('an allowed origin gets CORS headers with credentials', async ({ sidecar }) => {
  const origin = 'http://localhost:3000'
  const response = await hello(sidecar, { origin })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('access-control-allow-origin'), origin)
  assert.equal(response.headers.get('access-control-allow-credentials'), 'true')
  const preflight = await hello(sidecar, { origin, 'access-control-request-method': 'POST' }, 'OPTIONS')
  assert.ok(preflight.ok, `preflight answered ${preflight.status}`)
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/)
})

test('another origin is refused over polling and websocket', async ({ sidecar, person, refused }) => {
  for (const origin of ['http://evil.example', 'null', 'http://localhost:3001', 'https://localhost:3000']) {
    const response = await hello(sidecar, { origin })
    assert.equal(response.status, 403, origin)
    assert.equal(response.headers.get('access-control-allow-origin'), null, origin)
    for (const transports of [['websocket'], ['polling']]) {
      const error = await refused(person(), { transports, headers: { origin } })
      assert.match(error.message, /websocket error|xhr poll error/, origin)
    }
  }
})

test('the own origin is allowed, also as the proxy names it', async ({ sidecar, person, connect }) => {
  await connect(person(), { headers: { origin: sidecar().publicUrl } })
  await connect(person(), { headers: { origin: 'https://app.example', 'x-forwarded-host': 'app.example' } })
})

test('eleven tabs of one user are all let in', async ({ person, connect }) => {
  const who = person()
  const sockets = await Promise.all(Array.from({ length: 11 }, () => connect(who)))
  assert.equal(new Set(sockets.map((socket) => socket.id)).size, 11)
})
