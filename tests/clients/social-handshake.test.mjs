// Who is let in at the doors of the `social` contract, in whose name, and how a stay ends (`contracts/social.md` section 1).

import assert from 'node:assert/strict'
import { arrivals, disconnection, LEGACY, next, ROOMS, settled, silent, VERSIONS } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { shape } from './support/shape.mjs'
import { DOORS, ownSocial, ROOT, say, shown, socialClaims, socialSuite, titleOf } from './support/social.mjs'
import { claimsOf, sign, without } from './support/tokens.mjs'

const { test, world } = socialSuite(import.meta.url, { DEACTIVATION_GRACE_MS: '200' })

const NO_TOKEN = 'Authentication error: No token provided'
const EXPIRED = 'Authentication error: jwt expired'
const BAD_SIGNATURE = 'Authentication error: invalid signature'
const MALFORMED = 'Authentication error: jwt malformed'
const REVOKED = 'Authentication error: Token has been revoked'
const INVALID = 'Authentication error: Invalid token'
// Where the contract's table does not single out a fault, any of its words will do.
const ANY = /^Authentication error: (Invalid token|invalid signature|jwt malformed)$/

const secret = () => world.home.jwtSecret
const signed = (claims, options = {}) => sign(claims, { secret: secret(), ...options })

const BAD_TOKENS = [
  ['that has expired', EXPIRED, (who) => who.socialToken({ expiresIn: -60 })],
  ['signed with another secret', BAD_SIGNATURE, (who) => sign(socialClaims(who), { secret: 'x'.repeat(32) })],
  ['whose claims were changed', BAD_SIGNATURE, (who) => tampered(who)],
  ['that is no token', MALFORMED, () => 'garbage'],
  ['of four parts', MALFORMED, () => 'a.b.c.d'],
  ['that is three dots', MALFORMED, () => '...'],
  ['without its signature', MALFORMED, (who) => who.token.split('.').slice(0, 2).join('.')],
  ['whose parts are no JSON', MALFORMED, () => 'YWJj.YWJj.YWJj'],
  ['with alg none', ANY, (who) => sign(socialClaims(who), { alg: 'none' })],
  ['with HS512', ANY, (who) => signed(socialClaims(who), { alg: 'HS512' })],
  ['with RS256', ANY, (who) => sign(socialClaims(who), { alg: 'RS256' })],
  ['without an id', INVALID, (who) => signed(without(socialClaims(who), 'id'))],
  ['whose id is no text', INVALID, (who) => who.socialToken({ id: { $ne: null } })],
  ['whose id is empty', INVALID, (who) => who.socialToken({ id: '' })],
  ['without an end', INVALID, (who) => signed(without(socialClaims(who), 'exp'))],
  ['for another purpose', INVALID, (who) => who.socialToken({ purpose: 'password-reset' })],
]

function tampered(who) {
  const [header, , signature] = who.token.split('.')
  const claims = Buffer.from(JSON.stringify(socialClaims(who, { role: 'admin' }))).toString('base64url')
  return [header, claims, signature].join('.')
}

for (const [what, expected, make] of BAD_TOKENS) {
  test(`a token ${what} is refused at every door`, async ({ person, refused }) => {
    for (const door of DOORS) {
      const who = person()
      const error = await refused(who, { ...door, auth: { token: make(who) } })
      if (expected instanceof RegExp) assert.match(error.message, expected, titleOf(door))
      else assert.equal(error.message, expected, titleOf(door))
      assert.equal(error.data, undefined, 'a refusal carries no data')
    }
  })
}

test('without a token nobody is let in', async ({ person, refused }) => {
  for (const door of DOORS) {
    for (const auth of [undefined, {}, { token: '' }, { token: null }]) {
      const error = await refused(person(), { ...door, auth })
      assert.equal(error.message, NO_TOKEN, `${titleOf(door)} ${JSON.stringify(auth)}`)
    }
  }
})

test('a token in the URL is not read', async ({ person, refused }) => {
  const who = person()
  const error = await refused(who, { auth: undefined, query: { token: who.token, authorization: who.token } })
  assert.equal(error.message, NO_TOKEN)
})

test('a revoked token opens nothing, as token and by its id', async ({ person, refused, internal }) => {
  const [first, second] = [person(), person()]
  second.token = second.socialToken({ jti: second.tokenId })
  await internal.post('/internal/revoke', { token: first.token })
  await internal.post('/internal/revoke', { tokenId: second.tokenId })
  for (const door of DOORS) {
    for (const who of [first, second]) assert.equal((await refused(who, door)).message, REVOKED, titleOf(door))
  }
})

test('an account that is not active is refused', async ({ member, refused, internal }) => {
  const who = await member()
  await internal.put(`/internal/users/${who.userId}`, { active: false })
  for (const door of DOORS) assert.match((await refused(who, door)).message, /^Authentication error: /, titleOf(door))
})

/** Connects with that and sends; who it was is told by what the receiver gets. */
async function whoSpoke({ connect, member }, options) {
  const bob = await member()
  const receiver = await connect(bob)
  await say(await connect(undefined, options), bob, 'it is me')
  return (await next(receiver, 'receive_message')).sender
}

const withHeader = (authorization) => ({ auth: undefined, headers: { authorization } })

for (const transports of [['websocket'], ['polling']]) {
  test(`the token may be in auth or in the header, with Bearer or without, over ${transports}`, async (given) => {
    for (const door of DOORS) {
      const who = given.person()
      for (const options of [
        { auth: { token: who.token } },
        { auth: { token: `Bearer ${who.token}` } },
        withHeader(`Bearer ${who.token}`),
        withHeader(who.token),
      ]) {
        const { _id } = await whoSpoke(given, { ...door, transports, ...options })
        assert.equal(_id, who.userId, `${titleOf(door)} ${JSON.stringify(Object.keys(options))}`)
      }
    }
  })
}

test('auth.token comes before the header, and a bad one is not saved by it', async (given) => {
  const [who, other] = [given.person(), given.person()]
  const headers = { authorization: `Bearer ${other.token}` }
  assert.equal((await whoSpoke(given, { auth: { token: who.token }, headers }))._id, who.userId)
  assert.equal((await given.refused(who, { auth: { token: 'garbage' }, headers })).message, MALFORMED)
})

test('the cookie of the app is enough as well', async (given) => {
  const who = given.person()
  const headers = { cookie: `authToken=${who.token}` }
  assert.equal((await whoSpoke(given, { auth: undefined, headers }))._id, who.userId)
})

for (const [names, expected] of [
  [['_id'], '_id'],
  [['id'], 'id'],
  [['sub'], 'sub'],
  [['userId'], 'userId'],
  [['_id', 'id', 'sub'], '_id'],
  [['id', 'sub'], 'id'],
]) {
  test(`of the claims ${names.join(', ')} it is ${expected} that names the user`, async (given) => {
    const ids = Object.fromEntries(names.map((name) => [name, given.person().userId]))
    const token = signed({ ...without(socialClaims({}), 'id'), ...ids })
    assert.equal((await whoSpoke(given, { auth: { token } }))._id, ids[expected])
  })
}

test('role and address are not needed', async (given) => {
  const who = given.person()
  for (const role of ['user', 'moderator', 'admin', 'something else']) {
    assert.equal((await whoSpoke(given, { auth: { token: who.socialToken({ role }) } }))._id, who.userId, role)
  }
  const token = signed(without(socialClaims(who), 'role'))
  assert.equal((await whoSpoke(given, { auth: { token } }))._id, who.userId)
})

test('a name is that of the record, and of the token only where the record has none', async (given) => {
  const known = await given.member()
  const claims = { username: 'of the token', profileImage: 'https://token.example/p.png' }
  assert.deepEqual(await whoSpoke(given, { auth: { token: known.socialToken(claims) } }), shown(known))
  const unknown = given.person()
  assert.deepEqual(await whoSpoke(given, { auth: { token: unknown.socialToken(claims) } }), {
    _id: unknown.userId,
    username: claims.username,
    profileImage: claims.profileImage,
  })
})

test('the token of an app with addresses is as good here', async (given) => {
  const who = given.person()
  assert.equal((await whoSpoke(given, { auth: { token: who.appToken } }))._id, who.userId)
})

test('a token without an address still opens neither rooms nor legacy', async ({ person, refused, rest }) => {
  const who = person()
  for (const door of [
    { path: ROOMS, namespace: '/' },
    { path: LEGACY, namespace: '/messenger' },
    { path: LEGACY, namespace: '/notifications' },
  ]) {
    assert.equal((await refused(who, door)).message, 'Authentication error: Invalid token data', titleOf(door))
  }
  assert.equal((await rest.get(who, '/api/messages/chats')).status, 401)
})

test('a token without an address does not wipe the one that is known', async ({ person, connect, internal }) => {
  const who = person()
  await internal.put(`/internal/users/${who.userId}`, { email: who.email })
  await connect(who)
  shape((await internal.get(`/internal/users/${who.userId}`)).body, { email: who.email })
})

test('nothing is sent on connecting to who is alone', async ({ person, connect }) => {
  const socket = await connect(person())
  await settled(socket)
  assert.deepEqual(
    arrivals(socket).filter((event) => !event.startsWith('@')),
    [],
  )
})

for (const version of Object.keys(VERSIONS)) {
  test(`socket.io-client ${version} is served at every door`, async ({ member, connect }) => {
    for (const door of DOORS) {
      for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
        const [ada, bob] = [await member(), await member()]
        const [from, to] = [
          await connect(ada, { ...door, version, transports }),
          await connect(bob, { ...door, version, transports }),
        ]
        await say(from, bob, 'hello')
        shape(await next(to, 'receive_message'), { type: 'new_message', sender: shown(ada) })
      }
    }
  })
}

test('one connection carries rooms and social', async ({ person, connectElsewhere, member, open, connect }) => {
  const [who, bob] = [person(), await member()]
  const main = await connectElsewhere(who)
  const social = open(who, { over: main, namespace: '/social' })
  const other = await connect(bob)
  await say(social, bob, 'over one connection')
  await next(other, 'receive_message')
  await next(main, 'messageSent')
  assert.equal(social.io, main.io)
})

test('an unknown namespace is refused in the words of the protocol', async ({ person, refused }) => {
  assert.equal((await refused(person(), { ...ROOT, namespace: '/nope' })).message, 'Invalid namespace')
})

// --- how a stay ends ----------------------------------------------------------------------------

/** The sockets are told why and then closed by the server. */
async function ended(sockets, message, code) {
  for (const socket of sockets) {
    const told = await next(socket, 'error')
    if (message instanceof RegExp) assert.match(told.message, message)
    else assert.equal(told.message, message)
    shape(told, { event: 'connection', code })
    assert.equal(await disconnection(socket), 'io server disconnect')
    assert.equal(socket.active, false, 'a stock client does not come back by itself')
  }
}

test('a token that runs out closes its sockets, with the reason', async ({ person, connect }) => {
  const who = person()
  const token = who.socialToken({ expiresIn: 2 })
  const sockets = await Promise.all(DOORS.map((door) => connect(who, { ...door, auth: { token } })))
  await ended(sockets, EXPIRED, 'TOKEN_EXPIRED')
})

test('a token that is revoked closes its sockets, and no others', async ({ person, connect, internal }) => {
  const who = person()
  const stays = await connect(who, { auth: { token: who.socialToken({ jti: 'another' }) } })
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/revoke', { token: who.token })
  await ended(sockets, REVOKED, 'TOKEN_REVOKED')
  await silent(stays, 'error')
})

test('a forced logout closes every socket of the user, with the reason', async ({ person, connect, internal }) => {
  const [who, other] = [person(), await connect(person())]
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/force-logout', { userId: who.userId, reason: 'enough' })
  await ended(sockets, /enough/, 'FORCE_LOGOUT')
  await silent(other, 'error')
})

test('a deactivated account is closed after the grace', async ({ member, connect, internal }) => {
  const who = await member()
  const sockets = await Promise.all(DOORS.map((door) => connect(who, door)))
  await internal.post('/internal/emit-user-status-change', {
    userId: who.userId,
    status: false,
    reason: 'broke the rules',
  })
  await ended(sockets, /broke the rules/, 'FORCE_LOGOUT')
})

test('there is neither a heartbeat of the app nor a farewell', async ({ t }) => {
  const own = await ownSocial(t, { APP_PING_INTERVAL_MS: '100' })
  const sockets = await Promise.all(DOORS.map((door) => own.connect(own.person(), door)))
  await pause(500)
  own.sidecar().signal('SIGTERM')
  for (const socket of sockets) {
    await disconnection(socket)
    const others = arrivals(socket).filter((event) => !event.startsWith('@') && event !== 'user_status_change')
    assert.deepEqual(others, [])
  }
})

test('an app token with every claim of rooms works at every door', async ({ person, connect }) => {
  const who = person()
  for (const door of DOORS) await connect(who, { ...door, auth: { token: signed(claimsOf(who)) } })
})
