// Who is let in at the doors of the `commerce` contract, in which role, and how they are greeted
// (`contracts/commerce.md` section 1).

import assert from 'node:assert/strict'
import { heard, next, settled, silent, VERSIONS } from './support/client.mjs'
import {
  ADMIN,
  commerceClaims,
  commerceSuite,
  does,
  DOORS,
  eventsOf,
  ms,
  ownCommerce,
  published,
  ROOT,
  SIDE_DOORS,
  titleOf,
  told,
  unheard,
} from './support/commerce.mjs'
import { newLookup } from './support/lookup.mjs'
import { newDevice } from './support/people.mjs'
import { count, shape, text } from './support/shape.mjs'
import { sign, without } from './support/tokens.mjs'

const { test: story, world } = commerceSuite(import.meta.url, {
  ALLOWED_ORIGINS: undefined,
  CORS_ORIGIN: 'http://front.example:3000',
})

const NO_TOKEN = 'Authentication token required'
const INVALID = 'Invalid authentication token'
const EXPIRED = 'Authentication token expired'
const INACTIVE = 'User account is inactive'
const UNKNOWN = 'User not found'
const UNDECIDED = 'Authentication failed'
const NO_ADMIN = 'Insufficient permissions'
const ALL_DOORS = [...DOORS, ...SIDE_DOORS, ADMIN]

/** A story in which everybody is refused at an address of their own: too many refusals at one are a matter of their own. */
const test = (name, tell) =>
  story(name, (given) =>
    tell({ ...given, refused: (who, options) => given.refused(who, { device: newDevice(), ...options }) }),
  )

const secret = () => world.home.jwtSecret
const signed = (claims, options = {}) => sign(claims, { secret: secret(), ...options })
const soon = (seconds) => Math.floor(Date.now() / 1000) + seconds

function tampered(who) {
  const [header, , signature] = who.token.split('.')
  const claims = Buffer.from(JSON.stringify(commerceClaims(who, { id: 'somebody-else' }))).toString('base64url')
  return [header, claims, signature].join('.')
}

const BAD_TOKENS = [
  ['that has expired', EXPIRED, (who) => who.commerceToken({ expiresIn: -60 })],
  ['that does not hold yet', UNDECIDED, (who) => who.commerceToken({ nbf: soon(3600) })],
  ['signed with another secret', INVALID, (who) => sign(commerceClaims(who), { secret: 'x'.repeat(32) })],
  ['expired and signed with another secret', INVALID, (who) =>
    sign(commerceClaims(who, { expiresIn: -60 }), { secret: 'x'.repeat(32) })],
  ['whose claims were changed', INVALID, (who) => tampered(who)],
  ['that is no token', INVALID, () => 'garbage'],
  ['of four parts', INVALID, () => 'a.b.c.d'],
  ['without its signature', INVALID, (who) => who.token.split('.').slice(0, 2).join('.')],
  ['with alg none', INVALID, (who) => sign(commerceClaims(who), { alg: 'none' })],
  ['with HS512', INVALID, (who) => signed(commerceClaims(who), { alg: 'HS512' })],
  ['with RS256', INVALID, (who) => sign(commerceClaims(who), { alg: 'RS256' })],
  ['without an id', INVALID, (who) => signed(without(commerceClaims(who), 'id'))],
  ['whose id is no text', INVALID, (who) => who.commerceToken({ id: { $ne: null } })],
  ['whose id is empty', INVALID, (who) => who.commerceToken({ id: '' })],
  ['without an end', INVALID, (who) => signed(without(commerceClaims(who), 'exp'))],
  ['for another purpose', INVALID, (who) => who.commerceToken({ purpose: 'password-reset' })],
]

for (const [what, words, make] of BAD_TOKENS) {
  test(`a token ${what} is refused at every door: ${words}`, async ({ person, refused }) => {
    for (const door of ALL_DOORS) {
      const error = await refused(undefined, { ...door, auth: { token: make(person({ role: 'admin' })) } })
      assert.equal(error.message, words, titleOf(door))
      assert.equal(error.data, undefined, 'a refusal carries no data')
    }
  })
}

test('without a token nobody is let in', async ({ refused }) => {
  for (const door of ALL_DOORS) {
    for (const auth of [undefined, {}, { token: '' }, { token: null }]) {
      const error = await refused(undefined, { ...door, auth })
      assert.equal(error.message, NO_TOKEN, `${titleOf(door)} ${JSON.stringify(auth)}`)
      assert.equal(error.data, undefined)
    }
    for (const token of [7, true, { a: 1 }, ['x']]) {
      const { message } = await refused(undefined, { ...door, auth: { token } })
      assert.ok([INVALID, NO_TOKEN].includes(message), `${JSON.stringify(token)}: ${message}`)
    }
  }
})

test('a revoked login and a deactivated account are refused, each in its words', async (given) => {
  const [revoked, away] = [await given.admin(), await given.admin()]
  await given.internal.post('/internal/revoke', { token: revoked.token })
  await given.app.setUser(away, { active: false })
  for (const door of ALL_DOORS) {
    assert.equal((await given.refused(revoked, door)).message, INVALID, titleOf(door))
    assert.equal((await given.refused(away, door)).message, INACTIVE, titleOf(door))
  }
  await given.app.setUser(away, { active: true })
  await given.connect(away)
})

test('an expired token is told to be that, even if the account is inactive', async ({ member, app, refused }) => {
  const who = await member()
  await app.setUser(who, { active: false })
  const { message } = await refused(who, { auth: { token: who.commerceToken({ expiresIn: -60 }) } })
  assert.equal(message, EXPIRED)
})

for (const [place, options] of [
  ['the URL', (token) => ({ query: { token, authorization: token } })],
  ['a cookie', (token) => ({ headers: { cookie: `authToken=${token}; token=${token}` } })],
]) {
  test(`a token in ${place} is not read`, async ({ person, refused }) => {
    const who = person({ role: 'admin' })
    for (const door of ALL_DOORS) {
      const error = await refused(undefined, { ...door, ...options(who.token) })
      assert.equal(error.message, NO_TOKEN, titleOf(door))
    }
  })
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`the token may be in auth or in the header, over ${transports}`, async ({ admin, open }) => {
    for (const door of ALL_DOORS) {
      const who = await admin()
      for (const options of [
        { auth: { token: who.token } },
        { auth: undefined, headers: { authorization: `Bearer ${who.token}` } },
        { auth: {}, headers: { authorization: `Bearer ${who.token}` } },
      ]) {
        const socket = open(undefined, { ...door, transports, ...options })
        shape(await next(socket, 'connection:success'), { userId: who.userId, userRole: 'admin' })
      }
    }
  })
}

test('auth.token comes before the header, and a bad one is not saved by it', async ({ member, open, refused }) => {
  const [who, other] = [await member(), await member()]
  const headers = { authorization: `Bearer ${other.token}` }
  const socket = open(undefined, { auth: { token: who.token }, headers })
  shape(await next(socket, 'connection:success'), { userId: who.userId })
  assert.equal((await refused(undefined, { auth: { token: 'garbage' }, headers })).message, INVALID)
})

// --- roles ---------------------------------------------------------------------------------------------

/** The role in which this token is let in. */
async function roleOf({ open }, token, door = ROOT) {
  const socket = open(undefined, { ...door, auth: { token } })
  const { userRole } = await next(socket, 'connection:success')
  const { role, events } = await next(socket, 'events:available')
  assert.equal(role, userRole)
  assert.deepEqual(events.toSorted(), eventsOf(role))
  return role
}

test('the role of a token counts while the app has said nothing', async (given) => {
  for (const [said, role] of [
    ['user', 'user'],
    ['seller', 'seller'],
    ['admin', 'admin'],
    ['super_admin', 'admin'],
    [undefined, 'user'],
  ])
    assert.equal(await roleOf(given, given.person({ role: said }).token), role, `${said}`)
})

test("the app's word counts more than the token's, both ways, at every door", async (given) => {
  for (const door of DOORS) {
    for (const [said, told] of [
      ['user', 'admin'],
      ['admin', 'user'],
      ['admin', 'seller'],
      ['super_admin', 'user'],
      [undefined, 'seller'],
    ]) {
      const who = given.person()
      await given.app.setUser(who, { role: told })
      assert.equal(await roleOf(given, who.commerceToken({ role: said }), door), told, `${said}, but ${told}`)
    }
  }
})

test('what a token says is nothing that the app said', async (given) => {
  const who = given.person()
  assert.equal(await roleOf(given, who.commerceToken({ role: 'admin' })), 'admin')
  assert.equal(await roleOf(given, who.commerceToken({ role: undefined })), 'user')
})

test("the name is the app's, and so is the address that admins see", async ({ person, admin, app, connect, open }) => {
  const [who, admins] = [person(), await connect(await admin())]
  await app.setUser(who, { name: 'Ada of the app', email: 'ada@shop.example' })
  const socket = open(undefined, { auth: { token: who.commerceToken({ name: 'Forged', email: who.email }) } })
  shape(await next(socket, 'connection:success'), { userName: 'Ada of the app' })
  shape(
    await next(admins, 'user:connected', ({ userId }) => userId === who.userId),
    { userName: 'Ada of the app', userEmail: 'ada@shop.example' },
  )
})

test('the namespace /admin is for admins, whatever a token says', async ({ admin, member, seller, connect, ...given }) => {
  await connect(await admin(), ADMIN)
  const demoted = await member()
  for (const who of [await member(), await seller(), demoted]) {
    const auth = { token: who.commerceToken(who === demoted && { role: 'admin' }) }
    const error = await given.refused(undefined, { ...ADMIN, auth })
    assert.equal(error.message, NO_ADMIN)
    assert.equal(error.data, undefined)
  }
})

test('/chat and /notifications are the same contract', async ({ member, connect, app }) => {
  const [ada, bob] = [await member(), await member()]
  const hers = await connect(ada)
  for (const door of SIDE_DOORS) {
    const his = await connect(bob, door)
    await does(hers, 'chat:message', { recipientId: bob.userId, message: 'hi' })
    shape(await next(his, 'chat:message:new'), { message: 'hi', fromId: ada.userId })
    await app.notify({ userId: bob.userId, notification: { type: 't', title: 'T', message: 'M' } })
    shape(await next(his, 'notification'), { title: 'T' })
    await does(his, 'user:cart_update', { cart: [] })
    shape(await next(his, 'notification:new'), { title: 'T' })
  }
})

test('the three namespaces are only where the contract is at the root', async ({ t }) => {
  const own = await ownCommerce(t, { ROOT_CONTRACT: 'social' })
  const who = await own.admin()
  for (const namespace of ['/admin', '/chat', '/notifications'])
    assert.equal((await own.refused(who, { namespace })).message, 'Invalid namespace', namespace)
  for (const door of DOORS.slice(1)) await own.connect(who, door)
})

// --- users of whom only the app knows -------------------------------------------------------------------

test('where the app can be asked, whom it does not know is not found', async ({ t }) => {
  const lookup = await newLookup(t)
  const own = await ownCommerce(t, lookup.settings())
  for (const door of DOORS) {
    const who = own.person({ role: 'admin' })
    assert.equal((await own.refused(who, door)).message, UNKNOWN, titleOf(door))
    assert.ok(lookup.asked.includes(who.userId))
  }
  const told = await own.member()
  await own.connect(told)
  assert.ok(!lookup.asked.includes(told.userId), 'whom it told of it is not asked for')
})

test('the answer of the app gives name and role', async ({ t }) => {
  const lookup = await newLookup(t)
  const own = await ownCommerce(t, lookup.settings())
  const who = own.person({ role: 'admin' })
  lookup.users.set(who.userId, { email: 'x@shop.example', name: 'Ada of the app', role: 'seller' })
  const socket = own.open(who)
  shape(await next(socket, 'connection:success'), { userName: 'Ada of the app', userRole: 'seller' })
  await own.connect(who, DOORS[2])
  assert.deepEqual(lookup.asked, [who.userId], 'once')
})

test('an app that does not answer decides nothing', async ({ t }) => {
  const lookup = await newLookup(t, { answer: () => ({ status: 500, body: {} }) })
  const own = await ownCommerce(t, lookup.settings())
  const who = own.person()
  assert.equal((await own.refused(who)).message, UNDECIDED)
  const forged = { auth: { token: sign(commerceClaims(who), { secret: 'x'.repeat(32) }) } }
  assert.equal((await own.refused(who, forged)).message, INVALID)
  await own.connect(await own.member())
})

// --- the greeting --------------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`who comes is greeted in this order, and admins hear of it: ${titleOf(door)}`, async (given) => {
    const [who, stranger] = [await given.member(), await given.connect(await given.member(), door)]
    const admins = await given.connect(await given.admin(), door)
    const socket = given.open(who, door)
    const greeting = shape(await next(socket, 'connection:success'), {
      socketId: socket.id,
      message: 'Successfully connected to server',
      userId: who.userId,
      userName: who.name,
      userRole: 'user',
      timestamp: ms,
      activeConnections: count,
    })
    assert.ok(greeting.activeConnections >= 1)
    const available = shape(await next(socket, 'events:available'), { role: 'user' })
    assert.deepEqual(available.events.toSorted(), eventsOf('user'))
    const seen = shape(await next(admins, 'user:connected', ({ userId }) => userId === who.userId), {
      userId: who.userId,
      userName: who.name,
      userEmail: who.email,
      userRole: 'user',
      socketId: text,
      timestamp: ms,
    })
    assert.ok(!JSON.stringify(seen).includes(socket.id), 'the id of a socket is a credential')
    await settled(socket)
    assert.deepEqual(
      heard(socket)
        .map(({ event }) => event)
        .filter((event) => !event.startsWith('@')),
      ['connection:success', 'events:available'],
      'in this order, and nothing else',
    )
    await unheard(given, [socket, stranger], 'user:connected')
    for (const { args } of heard(socket).filter(({ event }) => !event.startsWith('@'))) assert.equal(args.length, 1)
  })
}

test('of admins nobody is told that they come', async ({ admin, person, connect, ...given }) => {
  const admins = await connect(await admin())
  await connect(await admin(), { device: newDevice() })
  await connect(person({ role: 'admin' }), DOORS[2])
  await published({ ...given, person })
  await silent(admins, 'user:connected')
})

test('every socket of a user is told of, and only the last one that goes', async ({ seller, admin, connect, ...given }) => {
  const [who, admins] = [await seller(), await connect(await admin())]
  const mine = ({ userId }) => userId === who.userId
  const one = await connect(who)
  const first = await next(admins, 'user:connected', mine)
  const two = await connect(who, { ...DOORS[3], device: newDevice() })
  const second = shape(await next(admins, 'user:connected', mine), { userRole: 'seller' })
  assert.notEqual(first.socketId, second.socketId)
  one.disconnect()
  await settled(two)
  await published(given)
  await silent(admins, 'user:disconnected', mine)
  two.disconnect()
  shape(await next(admins, 'user:disconnected', mine), {
    userId: who.userId,
    userName: who.name,
    userEmail: who.email,
    userRole: 'seller',
    reason: 'client namespace disconnect',
    timestamp: ms,
  })
  await published(given)
  assert.equal(told(admins, 'user:disconnected').filter(mine).length, 1)
})

for (const version of Object.keys(VERSIONS)) {
  test(`socket.io-client ${version} is served at every door`, async ({ member, connect, app }) => {
    for (const door of [...DOORS, ...SIDE_DOORS]) {
      for (const transports of [['websocket'], ['polling']]) {
        const who = await member()
        const socket = await connect(who, { ...door, version, transports })
        await app.emitToUser(who, 'order:created', { orderId: 'o-1', orderNumber: 'N-1' })
        assert.deepEqual(await next(socket, 'order:created'), { orderId: 'o-1', orderNumber: 'N-1' })
        await does(socket, 'user:cart_update', { cart: {} })
      }
    }
  })
}

test('a page of CORS_ORIGIN may call, with credentials, and others may not', async ({ sidecar }) => {
  const ask = (origin) => fetch(`${sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`, { headers: { origin } })
  const ours = await ask('http://front.example:3000')
  assert.equal(ours.status, 200)
  assert.equal(ours.headers.get('access-control-allow-origin'), 'http://front.example:3000')
  assert.equal(ours.headers.get('access-control-allow-credentials'), 'true')
  const others = await ask('http://evil.example')
  assert.ok(!['http://evil.example', '*'].includes(others.headers.get('access-control-allow-origin')))
})

test('the engine has the options of the contract', async ({ sidecar }) => {
  const response = await fetch(`${sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`)
  shape(JSON.parse((await response.text()).slice(1)), { pingInterval: 25_000, pingTimeout: 60_000 })
})

test('one connection carries rooms and commerce', async ({ member, connectElsewhere, open }) => {
  const [who, other] = [await member(), await member()]
  const main = await connectElsewhere(who)
  const market = open(who, { over: main, namespace: '/commerce' })
  await next(market, 'events:available')
  assert.equal(market.io, main.io)
  const hers = await connectElsewhere(other)
  await settled(hers)
  await does(market, 'user:cart_update', { cart: [1] })
  await silent(main, 'cart:synced')
})
