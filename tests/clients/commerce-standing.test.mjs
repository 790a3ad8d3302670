// How a stay on the sockets of `commerce` changes and ends: another role, an account that is closed, a token that runs
// out, an admin who has had enough (`contracts/commerce.md` sections 1, 3 and 7).

import assert from 'node:assert/strict'
import { ask, disconnection, heard, next, settled, silent } from './support/client.mjs'
import {
  ADMIN,
  commerceSuite,
  crew,
  does,
  DOORS,
  eventsOf,
  invalid,
  missing,
  ms,
  ownCommerce,
  published,
  SIDE_DOORS,
  told,
  unauthorized,
} from './support/commerce.mjs'
import { eventually } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url, { DEACTIVATION_GRACE_MS: '60000' })

const FAR_MS = 6_000
const everywhere = [...DOORS, ...SIDE_DOORS]

/** This socket is told once in that event, then closed by the server; a stock client does not come back by itself. */
async function ended(socket, event, wanted, ms_) {
  const payload = shape(await next(socket, event, undefined, ms_), wanted)
  assert.equal(await disconnection(socket), 'io server disconnect')
  assert.equal(socket.active, false)
  assert.equal(told(socket, event).length, 1)
  return payload
}

// --- another role ---------------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`another role holds at once on open sockets: ${door.path} ${door.namespace}`, async (world) => {
    const { app } = world
    const who = await world.member()
    const [one, two] = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
    const other = await world.connect(await world.member(), door)
    await unauthorized(one, 'admin:stats', {}, 'user')
    for (const role of ['admin', 'seller', 'user']) {
      await app.setUser(who, { role })
      for (const socket of [one, two]) {
        const available = shape(await next(socket, 'events:available'), { role })
        assert.deepEqual(available.events.toSorted(), eventsOf(role))
        if (role === 'admin') await does(socket, 'admin:stats', {})
        else await unauthorized(socket, 'admin:stats', {}, role)
        if (role === 'user') await unauthorized(socket, 'seller:dashboard', {}, role)
      }
      for (const to of ['admin', 'seller', 'user']) await app.emitToRole(to, 'who:is', { to })
      for (const socket of [one, two]) assert.deepEqual(await next(socket, 'who:is'), { to: role })
      for (const socket of [one, two]) await silent(socket, 'who:is')
    }
    assert.ok(one.connected && two.connected)
    await silent(other, 'events:available')
  })
}

test('a role that is told again, or a name, changes nothing', async ({ seller, connect, app, ...world }) => {
  const who = await seller()
  const socket = await connect(who)
  await app.setUser(who, { role: 'seller' })
  await app.setUser(who, { name: 'Another' })
  await published(world)
  await silent(socket, 'events:available')
})

test('a demoted admin is told nothing for admins any more', async (world) => {
  const { app } = world
  const { admin, admins } = await crew(world)
  await app.setUser(admin, { role: 'user' })
  await next(admins, 'events:available')
  const before = heard(admins).length
  const who = await world.member()
  await does(await world.connect(who), 'user:order_create', { orderNumber: 'N' })
  await app.dashboard({ n: 1 })
  await app.emitToRole('admin', 'for:admins', {})
  await published(world)
  await settled(admins)
  assert.deepEqual(heard(admins).slice(before), [])
})

test('a demoted admin does not stay in the namespace of admins', async ({ admin, connect, app, refused, ...world }) => {
  const who = await admin()
  const socket = await connect(who, ADMIN)
  await app.setUser(who, { role: 'user' })
  await published(world)
  if (socket.connected) await unauthorized(socket, 'admin:stats', {}, 'user')
  assert.equal((await refused(who, ADMIN)).message, 'Insufficient permissions')
})

test('a replaced token moves nobody whose role the app told', async ({ seller, connect, internal, ...world }) => {
  const who = await seller()
  const socket = await connect(who)
  const newToken = who.commerceToken({ role: 'admin', jti: 'next' })
  const { status } = await internal.post('/internal/emit-token-update', { userId: who.userId, newToken })
  assert.equal(status, 200)
  await published({ internal, ...world })
  await unauthorized(socket, 'admin:stats', {}, 'seller')
  await does(socket, 'seller:product_create', { name: 'n', price: 1, description: 'd' })
})

// --- the end --------------------------------------------------------------------------------------------

test('a deactivated account is closed at once at every door', async ({ member, connect, app, internal, refused }) => {
  for (const deactivate of [
    (who) => app.setUser(who, { active: false }),
    (who) => internal.post('/internal/emit-user-status-change', { userId: who.userId, status: false, reason: 'r' }),
  ]) {
    const [who, other] = [await member(), await connect(await member())]
    const sockets = await Promise.all(everywhere.map((door) => connect(who, door)))
    await deactivate(who)
    for (const socket of sockets)
      await ended(socket, 'auth:error', { message: 'User account is inactive', code: 'AUTH_ERROR', timestamp: ms })
    await silent(other, 'auth:error')
    assert.ok(other.connected)
    assert.equal((await refused(who)).message, 'User account is inactive')
  }
})

test('a token that runs out closes its sockets, and says so', async ({ member, connect }) => {
  const who = await member()
  const auth = { token: who.commerceToken({ expiresIn: 3 }) }
  const sockets = await Promise.all(everywhere.map((door) => connect(who, { ...door, auth })))
  for (const socket of sockets)
    await ended(
      socket,
      'auth:error',
      { message: 'Authentication token expired', code: 'AUTH_ERROR', timestamp: ms },
      FAR_MS,
    )
})

test('a token that is revoked closes its sockets, and no others', async ({ member, connect, internal }) => {
  const who = await member()
  const stays = await connect(who, { auth: { token: who.commerceToken({ jti: 'another' }) } })
  const sockets = await Promise.all(everywhere.map((door) => connect(who, door)))
  await internal.post('/internal/revoke', { token: who.token })
  for (const socket of sockets) await ended(socket, 'auth:error', { code: 'AUTH_ERROR', timestamp: ms })
  await silent(stays, 'auth:error')
  assert.ok(stays.connected)
})

test('a forced logout is a forced disconnection here', async ({ member, connect, internal, refused }) => {
  const who = await member()
  const sockets = await Promise.all(everywhere.map((door) => connect(who, door)))
  await internal.post('/internal/force-logout', { userId: who.userId, reason: 'enough' })
  for (const socket of sockets) await ended(socket, 'force_disconnect', FORCED('enough'))
  assert.equal((await refused(who)).message, 'Invalid authentication token', 'the token is gone as well')
})

const FORCED = (reason) => ({ reason, message: 'You have been disconnected by the server', timestamp: ms })

for (const event of ['admin:force_disconnect', 'admin:disconnect_user']) {
  test(`${event} closes all sockets of a user, who may come back`, async (world) => {
    const { admin, admins } = await crew(world)
    const [who, other] = [await world.member(), await world.connect(await world.member())]
    const sockets = await Promise.all(everywhere.map((door) => world.connect(who, door)))
    await missing(admins, event, {}, 'userId')
    await missing(admins, event, { userId: '' }, 'userId')
    await missing(admins, event, { userId: who.userId }, 'reason')
    await missing(admins, event, { userId: who.userId, reason: null }, 'reason')
    await invalid(admins, event, { userId: 7, reason: 'r' }, 'Invalid field: userId')
    await invalid(admins, event, { userId: admin.userId, reason: 'r' }, 'Cannot disconnect yourself')
    await does(admins, event, { userId: who.userId, reason: 'spam' })
    for (const socket of sockets) await ended(socket, 'force_disconnect', FORCED('spam'))
    shape(await next(admins, 'user:disconnected', ({ userId }) => userId === who.userId), { userRole: 'user' })
    await invalid(admins, event, { userId: who.userId, reason: 'r' }, 'User is not currently connected')
    await invalid(admins, event, { userId: 'nobody', reason: 'r' }, 'User is not currently connected')
    await silent(other, 'force_disconnect')
    await silent(admins, 'force_disconnect')
    await world.connect(who)
  })
}

test('the app disconnects a user as an admin does', async ({ member, connect, app }) => {
  const who = await member()
  for (const [call, reason] of [
    [{ reason: 'Account has been suspended' }, 'Account has been suspended'],
    [{}, 'User disconnected by admin'],
  ]) {
    const sockets = [await connect(who), await connect(who, { ...DOORS[2], device: newDevice() })]
    shape(await app.disconnect({ userId: who.userId, ...call }), { sockets: 2 })
    for (const socket of sockets) await ended(socket, 'force_disconnect', FORCED(reason))
  }
  shape(await app.disconnect({ userId: who.userId }), { sockets: 0 })
})

test('sockets of other contracts are closed as well', async ({ member, connect, connectElsewhere, app }) => {
  const who = await member()
  const [socket, elsewhere] = [await connect(who), await connectElsewhere(who)]
  await app.disconnect({ userId: who.userId, reason: 'spam' })
  await ended(socket, 'force_disconnect', FORCED('spam'))
  assert.equal(await disconnection(elsewhere), 'io server disconnect')
})

test('disconnect_request closes the connection, not only the socket', async ({ member, connect, connectElsewhere, open }) => {
  for (const door of everywhere) {
    const socket = await connect(await member(), door)
    socket.emit('disconnect_request')
    assert.equal(await disconnection(socket), 'io server disconnect')
    await eventually(
      () => socket.io.engine?.readyState,
      (state) => state === undefined || state === 'closed',
      'the connection to be closed',
    )
  }
  const who = await member()
  const main = await connectElsewhere(who)
  const market = open(who, { over: main, namespace: '/commerce' })
  await next(market, 'events:available')
  market.emit('disconnect_request')
  await disconnection(market)
  await disconnection(main)
})

test('a restart closes without a word of this contract, so that clients come back', async ({ t }) => {
  const own = await ownCommerce(t)
  const who = await own.member()
  const sockets = await Promise.all(DOORS.map((door) => own.connect(who, door)))
  own.sidecar().signal('SIGTERM')
  for (const socket of sockets) {
    assert.notEqual(await disconnection(socket), 'io server disconnect')
    for (const event of ['force_disconnect', 'auth:error', 'connection:error'])
      assert.deepEqual(told(socket, event), [])
  }
  await own.sidecar().exited
})

test('a packet with binary attachments is none of this contract', async ({ member, connect }) => {
  const socket = await connect(await member())
  const reply = await ask(socket, 'user:cart_update', { cart: Buffer.from('bytes') })
  assert.deepEqual(reply, { code: 'INTERNAL_ERROR', message: 'An error occurred' })
  shape(await next(socket, 'connection:error'), {
    message: 'A socket error occurred',
    code: 'SOCKET_ERROR',
    timestamp: ms,
  })
  shape(await next(socket, 'error:message'), { message: 'An error occurred', code: 'SOCKET_ERROR' })
  await does(socket, 'user:cart_update', { cart: [] })
})
