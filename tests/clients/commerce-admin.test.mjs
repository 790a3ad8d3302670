// What admins of `commerce` do over their sockets (`contracts/commerce.md` section 2): tell everybody, count, list.

import assert from 'node:assert/strict'
import { ask, next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  invalid,
  newId,
  numbers,
  ownCommerce,
  published,
  SIDE_DOORS,
  told,
  unheard,
} from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { count, iso, list, shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

test('admin:broadcast reaches everyone of this contract, on every door', async (world) => {
  const { hers, sellers, admins } = await crew(world)
  const elsewhere = await Promise.all([...DOORS, ...SIDE_DOORS].map(async (door) => world.connect(await world.member(), door)))
  for (const payload of [{ a: [1, null] }, 'text', 7, false, null]) {
    await does(admins, 'admin:broadcast', { event: 'shop:news', payload })
    for (const socket of [hers, sellers, admins, ...elsewhere]) assert.deepEqual(await next(socket, 'shop:news'), payload)
  }
})

test('admin:broadcast to a room reaches those in it', async (world) => {
  const { user, hers, sellers, admins } = await crew(world)
  const [lobby, product] = [newId('lobby'), `product:${newId('p')}`]
  for (const roomId of [lobby, product]) await does(hers, 'chat:join_room', { roomId })
  for (const room of [lobby, product, `user:${user.userId}`, 'role:user']) {
    await does(admins, 'admin:broadcast', { event: 'room:news', payload: { room }, room })
    assert.deepEqual(await next(hers, 'room:news'), { room })
  }
  await does(admins, 'admin:broadcast', { event: 'role:news', payload: 1, room: 'role:seller' })
  assert.equal(await next(sellers, 'role:news'), 1)
  await unheard(world, [sellers, admins], 'room:news')
  await unheard(world, [hers, admins], 'role:news')
  const reply = await ask(admins, 'admin:broadcast', { event: 'e', payload: 1, room: 'product:' })
  assert.equal(reply.code, 'VALIDATION_ERROR', JSON.stringify(reply))
})

test('a broadcast stays in this contract', async (world) => {
  const { user, hers, admins } = await crew(world)
  const elsewhere = await world.connectElsewhere(user)
  await does(admins, 'admin:broadcast', { event: 'shop:news', payload: 1 })
  await next(hers, 'shop:news')
  await published(world)
  await silent(elsewhere, 'shop:news')
})

test('a broadcast needs a name that clients may hear', async (world) => {
  const { hers, admins } = await crew(world)
  for (const argument of [undefined, {}, { payload: 1 }, { event: '' }, { event: null, payload: 1 }])
    assert.deepEqual(await ask(admins, 'admin:broadcast', argument), { error: 'Event name required' })
  for (const event of ['connect', 'disconnect', 'connect_error', 'newListener', 'x'.repeat(129)]) {
    const reply = await ask(admins, 'admin:broadcast', { event, payload: 1 })
    assert.equal(reply.code, 'VALIDATION_ERROR', `${event.slice(0, 20)}: ${JSON.stringify(reply)}`)
  }
  const reply = await ask(admins, 'admin:broadcast', { event: 7, payload: 1 })
  assert.notEqual(reply.success, true)
  await settled(hers)
  assert.ok(hers.connected)
})

test('admin:stats counts users and sockets', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, seller, admin, admins } = await crew(world)
  const stats = async (wanted) => {
    const { data } = await does(admins, 'admin:stats', {})
    return shape(data, { timestamp: iso, ...wanted })
  }
  await stats({ totalUsers: 3, totalConnections: 3, averageConnectionsPerUser: '1.00', multipleConnectionUsers: [] })
  for (const door of DOORS.slice(1)) await world.connect(user, { ...door, device: newDevice() })
  const last = await world.connect(seller)
  await stats({
    totalUsers: 3,
    totalConnections: 7,
    averageConnectionsPerUser: '2.33',
    multipleConnectionUsers: [
      { userId: user.userId, connectionCount: 4 },
      { userId: seller.userId, connectionCount: 2 },
    ],
  })
  last.disconnect()
  await world.connectElsewhere(admin)
  await published(world)
  await stats({ totalUsers: 3, totalConnections: 6 })
})

test('admin:user_list shows who is there', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, seller, admin, admins } = await crew(world)
  await world.connect(user, { device: newDevice() })
  const gone = await world.connect(await world.member())
  gone.disconnect()
  await world.connectElsewhere(await world.member())
  await next(admins, 'user:disconnected')
  const { data } = await does(admins, 'admin:user_list', {})
  const byId = new Map(data.map((one) => [one.userId, one]))
  assert.equal(byId.size, 3)
  for (const [who, userRole, connections] of [
    [user, 'user', 2],
    [seller, 'seller', 1],
    [admin, 'admin', 1],
  ])
    shape(byId.get(who.userId), { userName: who.name, userEmail: who.email, userRole, connections })
  assert.ok(!JSON.stringify(data).includes(gone.id))
})

test('ids of the sockets of others are shown to nobody', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, admin, hers, sellers, admins } = await crew(world)
  const another = await world.connect(await world.member())
  const shown = [
    await does(admins, 'admin:user_list', {}),
    await does(admins, 'admin:stats', {}),
    (await world.api.get(admin, `/api/socket/user/${user.userId}`)).body,
    (await world.api.get(admin, '/api/socket/users')).body,
    (await world.api.get(admin, '/api/socket/audit')).body,
    (await world.api.get(admin, '/api/socket/debug/stats')).body,
    (await world.internal.get(`/internal/users/${user.userId}/connections`)).body,
    ...told(admins, 'user:connected'),
  ]
  for (const socket of [hers, sellers, another])
    assert.ok(!JSON.stringify(shown).includes(socket.id), `${socket.id} is shown`)
  another.disconnect()
  await next(admins, 'user:disconnected')
  assert.ok(!JSON.stringify(told(admins, 'user:disconnected')).includes(another.id))
})

test('a thousand broadcasts come in order', async (world) => {
  const { hers, admins } = await crew(world)
  for (const n of numbers(1_000)) {
    const said = { event: 'shop:count', payload: n }
    // No client may have more than a few hundred packets waiting.
    if (n % 100 === 99) await does(admins, 'admin:broadcast', said)
    else admins.emit('admin:broadcast', said)
  }
  await next(hers, 'shop:count', (n) => n === 999)
  assert.deepEqual(told(hers, 'shop:count'), numbers(1_000))
  await invalid(admins, 'admin:force_disconnect', {}, 'Missing required field: userId')
})
