// Who is let in at the doors of the `contacts` contract, as whom, and how a stay ends (`contracts/contacts.md` section 1).

import assert from 'node:assert/strict'
import { ask, disconnection, heard, next, settled, VERSIONS } from './support/client.mjs'
import { contactsClaims, contactsSuite, CONTACTS, does, DOORS, published, quietly, told } from './support/contacts.mjs'
import { shape, text } from './support/shape.mjs'
import { claimsOf, sign, without } from './support/tokens.mjs'

const { test, world } = contactsSuite(import.meta.url, { DEACTIVATION_GRACE_MS: '200' })

const INVALID = 'Invalid authentication token'
const EXPIRED = 'Authentication token expired'

const secret = () => world.home.jwtSecret
const signed = (claims, options = {}) => sign(claims, { secret: secret(), ...options })

function tampered(who) {
  const [header, , signature] = who.token.split('.')
  const claims = Buffer.from(JSON.stringify(contactsClaims(who, { role: 'Admin' }))).toString('base64url')
  return [header, claims, signature].join('.')
}

const BAD_TOKENS = [
  ['signed with another secret', (who) => sign(contactsClaims(who), { secret: 'x'.repeat(32) })],
  ['whose claims were changed', (who) => tampered(who)],
  ['that is no token', () => 'garbage'],
  ['without its signature', (who) => who.token.split('.').slice(0, 2).join('.')],
  ['with alg none', (who) => sign(contactsClaims(who), { alg: 'none' })],
  ['with HS512', (who) => signed(contactsClaims(who), { alg: 'HS512' })],
  ['with RS256', (who) => sign(contactsClaims(who), { alg: 'RS256' })],
  ['without an id', (who) => signed(without(contactsClaims(who), 'id'))],
  ['without an end', (who) => signed(without(contactsClaims(who), 'exp'))],
  ['for another purpose', (who) => who.contactsToken({ purpose: 'password-reset' })],
]

for (const [what, make] of BAD_TOKENS) {
  test(`a token ${what} makes nobody a guest: it is refused`, async ({ person, refused }) => {
    for (const door of DOORS) {
      const who = person()
      const error = await refused(who, { ...door, auth: { token: make(who) } })
      assert.equal(error.message, INVALID, door.path)
      assert.equal(error.data, undefined, 'a refusal carries no data')
    }
  })
}

test('a token that has expired is refused, in words of its own', async ({ person, refused }) => {
  for (const door of DOORS) {
    const who = person()
    const error = await refused(who, { ...door, auth: { token: who.contactsToken({ expiresIn: -60 }) } })
    assert.equal(error.message, EXPIRED, door.path)
  }
})

test('a token that is no text, of a revoked login, or of a deactivated account, is refused', async (given) => {
  const revoked = given.person()
  await given.internal.post('/internal/revoke', { token: revoked.token })
  const away = given.person()
  await given.app.setUser(away, { active: false })
  for (const who of [revoked, away]) assert.equal((await given.refused(who)).message, INVALID)
  for (const token of [7, true, { a: 1 }, ['x']])
    assert.equal((await given.refused(undefined, { auth: { token } })).message, INVALID, JSON.stringify(token))
})

/** Whether an event for that user arrives at this socket. */
async function isUser(given, socket, who) {
  await given.app.sendToUser(who, 'are-you-it', {})
  await published(given)
  await settled(socket)
  return told(socket, 'are-you-it').length > 0
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`guests and users are let in at every door, over ${transports}`, async (given) => {
    for (const door of DOORS) {
      const who = given.person()
      const socket = await given.connect(who, { ...door, transports })
      assert.ok(await isUser(given, socket, who), door.path)
      for (const auth of [undefined, {}, { token: null }, { token: '' }]) {
        const guest = await given.connect(undefined, { ...door, transports, auth })
        await quietly(guest, 'getPendingContacts')
      }
    }
  })
}

for (const version of Object.keys(VERSIONS)) {
  test(`a client of version ${version} is let in, as a guest and as an admin`, async ({ admin, connect }) => {
    await does(await connect(admin(), { version }), 'getPendingContacts')
    await quietly(await connect(undefined, { version }), 'getPendingContacts')
  })
}

test('a token is read nowhere but in auth.token: who shows it elsewhere is a guest', async (given) => {
  const { token } = given.admin()
  for (const elsewhere of [
    { headers: { authorization: `Bearer ${token}` } },
    { headers: { 'x-auth-token': token } },
    { headers: { cookie: `authToken=${token}; token=${token}` } },
    { query: { token, authorization: token } },
    { auth: { accessToken: token, authorization: `Bearer ${token}` } },
  ]) {
    const socket = await given.connect(undefined, elsewhere)
    await quietly(socket, 'getPendingContacts')
  }
})

test('a bad token is not saved by a good one in the header', async (given) => {
  const headers = { authorization: `Bearer ${given.person().token}` }
  assert.equal((await given.refused(undefined, { auth: { token: 'garbage' }, headers })).message, INVALID)
})

test('the id may be under either name, and an id alone is enough', async (given) => {
  const [one, other, third] = [given.person(), given.person(), given.person()]
  const claims = without(contactsClaims(other), 'id')
  for (const [who, token] of [
    [one, signed({ id: one.userId, exp: contactsClaims(one).exp })],
    [other, signed({ ...claims, _id: other.userId })],
    [third, signed(claimsOf(third))],
  ]) {
    const socket = await given.connect(who, { auth: { token } })
    assert.ok(await isUser(given, socket, who))
  }
})

for (const role of ['admin', 'Admin', 'ADMIN', 'superadmin', 'SuperAdmin', 'SUPERADMIN']) {
  test(`whoever has the role ${role} is an admin`, async ({ person, connect, app }) => {
    const socket = await connect(person({ role }))
    await does(socket, 'getPendingContacts')
    await app.notifyAdmins('to-all-admins', { n: 1 })
    assert.deepEqual(await next(socket, 'to-all-admins'), { n: 1 })
  })
}

for (const role of ['Visitor', 'Creator', 'user', 'administrator', 'adm in', '', undefined, 7, ['Admin']]) {
  test(`whoever has the role ${JSON.stringify(role)} is none`, async (given) => {
    const who = given.person()
    const socket = await given.connect(who, { auth: { token: who.contactsToken({ role }) } })
    await quietly(socket, 'getPendingContacts', 'pendingContacts')
    await quietly(socket, 'getContactStats', 'contactStats')
    await given.app.notifyAdmins('to-all-admins', {})
    await published(given)
    await settled(socket)
    assert.deepEqual(told(socket, 'to-all-admins'), [])
  })
}

test('nothing is said to who comes', async (given) => {
  const guests = await given.connect()
  await given.app.create()
  for (const socket of [guests, await given.connect(given.person()), await given.connect()]) {
    await published(given)
    await settled(socket)
    assert.deepEqual(
      heard(socket).map(({ event }) => event),
      ['@connect'],
    )
  }
})

test('nothing is said to an admin who comes but figures, which change by that', async (given) => {
  const socket = await given.connect(given.admin())
  await published(given)
  await settled(socket)
  const events = heard(socket).map(({ event }) => event)
  assert.deepEqual(
    events.filter((event) => !['@connect', 'contactStats'].includes(event)),
    [],
  )
})

test('several namespaces share a connection', async (given) => {
  const admin = given.admin()
  const main = await given.connectElsewhere(admin, { path: '/socket.io' })
  const socket = await given.connect(admin, { over: main, auth: { token: admin.token } })
  await does(socket, 'getPendingContacts')
  assert.ok(main.connected)
})

test('an event that the contract does not have is acknowledged as unknown, and changes nothing', async ({
  connect,
}) => {
  const socket = await connect()
  shape(await ask(socket, 'nonsense', {}), { success: false, error: text })
  shape(await ask(socket, 'sendMessage', { receiverId: 'x' }), { success: false, error: text })
  assert.ok(socket.connected)
})

// --- ends ---------------------------------------------------------------------------------------------------

test('a socket ends when its token does', async (given) => {
  const who = given.person()
  const socket = await given.connect(who, { auth: { token: who.contactsToken({ expiresIn: 2 }) } })
  const guest = await given.connect()
  shape(await next(socket, 'messageError', undefined, 45_000), { error: EXPIRED })
  assert.equal(await disconnection(socket), 'io server disconnect')
  await settled(guest)
  assert.ok(guest.connected)
})

test('a socket ends when its login is revoked, and when the account is deactivated', async (given) => {
  const [revoked, away, stays] = [given.person(), given.admin(), given.person()]
  const sockets = [await given.connect(revoked), await given.connect(away)]
  const other = await given.connect(stays)
  await given.internal.post('/internal/revoke', { token: revoked.token })
  shape(await next(sockets[0], 'messageError'), { error: text })
  await given.app.setUser(away, { active: false })
  shape(await next(sockets[1], 'messageError'), { error: text })
  for (const socket of sockets) assert.equal(await disconnection(socket), 'io server disconnect')
  await settled(other)
  assert.ok(other.connected)
})

test('a logout by force ends the sockets of that user only', async (given) => {
  const [who, other] = [given.admin(), given.admin()]
  const [here, there] = [await given.connect(who), await given.connect(other)]
  await given.internal.post('/internal/force-logout', { userId: who.userId, reason: 'Enough' })
  shape(await next(here, 'messageError'), { error: text })
  assert.equal(await disconnection(here), 'io server disconnect')
  await settled(there)
  assert.ok(there.connected)
})

test('whose token is replaced by one with another role is that at once', async (given) => {
  const who = given.person()
  const socket = await given.connect(who)
  const replace = async (role) => {
    const newToken = who.contactsToken({ role, jti: `token of ${role}` })
    const { status } = await given.internal.post('/internal/emit-token-update', { userId: who.userId, newToken })
    assert.equal(status, 200)
    await published(given)
  }
  await quietly(socket, 'getPendingContacts')
  await replace('Admin')
  await does(socket, 'getPendingContacts')
  await given.app.notifyAdmins('to-all-admins', { n: 1 })
  await next(socket, 'to-all-admins')
  await replace('Visitor')
  await quietly(socket, 'getPendingContacts')
  await given.app.notifyAdmins('to-all-admins', { n: 2 })
  await published(given)
  await settled(socket)
  assert.equal(told(socket, 'to-all-admins').length, 1)
})

test('the role is the one that the token names, not what the app told of the user', async (given) => {
  const who = given.person()
  await given.app.setUser(who, { role: 'Admin' })
  await quietly(await given.connect(who), 'getPendingContacts')
})

test('only pages of the app may connect', async ({ sidecar }) => {
  const ask = (origin) =>
    fetch(`${sidecar().publicUrl}${CONTACTS.path}/?EIO=4&transport=polling`, { headers: { origin } })
  const [ours, others] = [await ask('http://localhost:3000'), await ask('https://elsewhere.example')]
  assert.equal(ours.headers.get('access-control-allow-origin'), 'http://localhost:3000')
  assert.equal(others.headers.get('access-control-allow-origin'), null)
})
