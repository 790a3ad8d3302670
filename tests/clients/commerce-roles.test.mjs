// Who may send what on the sockets of `commerce`: every role against every event, and the map of events to roles as it is
// changed while the sidecar runs (`contracts/commerce.md` sections 2 and 4).

import assert from 'node:assert/strict'
import { ask, next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  EVENT_ROLES,
  eventsOf,
  fails,
  GUEST_EVENTS,
  newId,
  ownCommerce,
  published,
  ROOT,
  titleOf,
  told,
  unauthorized,
} from './support/commerce.mjs'
import { eventually } from './support/deadline.mjs'
import { newReceiver } from './support/receiver.mjs'
import { list, shape, text } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url, { COMMERCE_GUESTS: 'allow' })

const ROLES = ['guest', 'user', 'seller', 'admin']
const UNKNOWN = { code: 'UNKNOWN_EVENT', message: 'Unknown event' }

const visitor = (world, role, door) =>
  role === 'guest' ? world.connect(undefined, door) : world.member(role).then((who) => world.connect(who, door))

/** What came of asking without any argument that would do: whether the role was the reason that nothing came of it. */
async function wasAllowed(socket, event) {
  if (event === 'disconnect_request') {
    socket.emit(event)
    await next(socket, '@disconnect')
    return true
  }
  const reply = await ask(socket, event, {})
  return reply?.code !== 'UNAUTHORIZED'
}

for (const role of ROLES) {
  for (const door of role === 'user' ? DOORS : [ROOT]) {
    test(`every event of the map, sent by a ${role}: ${titleOf(door)}`, async (world) => {
      for (const [event, roles] of Object.entries(EVENT_ROLES)) {
        const socket = await visitor(world, role, door)
        const mayDo = role === 'guest' ? GUEST_EVENTS.includes(event) : roles.includes(role)
        if (mayDo) {
          assert.ok(await wasAllowed(socket, event), `${role} may send ${event}`)
          assert.deepEqual(told(socket, 'error:unauthorized'), [])
        } else {
          await unauthorized(socket, event, {}, role)
          await unauthorized(socket, event, undefined, role)
          assert.ok(socket.connected, 'to ask too much costs no connection')
        }
        socket.disconnect()
      }
    })
  }
}

test('the role is checked before what is sent', async (world) => {
  const { hers, sellers } = await crew(world)
  for (const argument of [undefined, null, 7, 'text', [], {}, { price: 'x' }]) {
    await unauthorized(hers, 'seller:product_create', argument, 'user')
    await unauthorized(sellers, 'admin:force_disconnect', argument, 'seller')
  }
})

test('without an acknowledgement the refusal comes as an event all the same', async (world) => {
  const { hers } = await crew(world)
  hers.emit('admin:stats', {})
  shape(await next(hers, 'error:unauthorized'), { event: 'admin:stats', requiredRoles: ['admin'], userRole: 'user' })
  hers.emit('user:cart_update', {})
  shape(await next(hers, 'error:validation'), { event: 'user:cart_update', message: 'Missing required field: cart' })
})

test('an event that is not in the map is denied under its prefixes, and ignored elsewhere', async (world) => {
  const { hers, admins } = await crew(world)
  for (const [socket, role] of [
    [hers, 'user'],
    [admins, 'admin'],
  ]) {
    for (const event of ['admin:nope', 'seller:nope', 'user:nope', 'chat:nope', 'notification:nope', 'admin:'])
      await unauthorized(socket, event, {}, role, [])
    for (const event of ['nope', 'order:nope', 'adminnope', 'administrator:stats', 'pong', 'auth_error', 'reconnect']) {
      assert.deepEqual(await ask(socket, event, {}), UNKNOWN, event)
      socket.emit(event, {})
    }
    for (const event of ['reconnect_attempt', 'connect_timeout', 'auth_error', 'order:created', 'force_disconnect'])
      socket.emit(event, { userId: 'x' })
    await settled(socket)
    for (const event of ['error:validation', 'error:internal']) assert.deepEqual(told(socket, event), [])
    await silent(socket, 'error:unauthorized')
    assert.ok(socket.connected)
  }
})

// --- the map changes ---------------------------------------------------------------------------------------

/** `POST` and `DELETE /api/socket/events/mapping` by an admin, and the app's own way to it. */
const WAYS = [
  [
    'an admin over REST',
    (world, admin) => ({
      set: async (eventName, roles) => {
        const { status, body } = await world.api.post(admin, '/api/socket/events/mapping', { eventName, roles })
        assert.equal(status, 200, JSON.stringify(body))
        shape(body, { success: true, data: { eventName, roles } })
      },
      remove: async (eventName) => {
        const path = `/api/socket/events/mapping/${encodeURIComponent(eventName)}`
        const { status, body } = await world.api.remove(admin, path)
        assert.equal(status, 200, JSON.stringify(body))
        shape(body, { success: true, data: { eventName } })
      },
    }),
  ],
  [
    'the app',
    (world) => ({
      set: (eventName, roles) => world.app.map(eventName, roles),
      remove: async (eventName) => {
        const path = `/internal/commerce/event-mappings/${encodeURIComponent(eventName)}`
        const { status, body } = await world.internal.remove(path)
        assert.equal(status, 200, JSON.stringify(body))
        shape(body, { success: true })
      },
    }),
  ],
]

for (const [who, wayOf] of WAYS) {
  test(`${who} changes the map, and the next event is judged by it`, async ({ t }) => {
    const world = await ownCommerce(t)
    const { admin, hers, sellers, admins } = await crew(world)
    const { set, remove } = wayOf(world, admin)
    const elsewhere = await world.connect(await world.member(), DOORS[3])
    const sockets = [hers, sellers, admins, elsewhere]
    const roles = ['user', 'seller', 'admin', 'user']
    /** Everyone is told what they may send now. */
    const eachKnows = async (change) => {
      for (const [n, socket] of sockets.entries()) {
        const { events, role } = await next(socket, 'events:available')
        assert.equal(role, roles[n])
        assert.deepEqual(events.toSorted(), change(eventsOf(roles[n]), roles[n]).toSorted())
      }
    }
    await unauthorized(hers, 'admin:stats', {}, 'user')
    await set('admin:stats', ['admin', 'user'])
    await eachKnows((events, role) => (role === 'user' ? [...events, 'admin:stats'] : events))
    await does(hers, 'admin:stats', {})
    await unauthorized(sellers, 'admin:stats', {}, 'seller', ['admin', 'user'])

    await set('admin:stats', ['seller'])
    await eachKnows((events, role) => {
      if (role === 'seller') return [...events, 'admin:stats']
      return events.filter((event) => event !== 'admin:stats')
    })
    await unauthorized(admins, 'admin:stats', {}, 'admin', ['seller'])
    await does(sellers, 'admin:stats', {})

    await remove('admin:stats')
    await eachKnows((events) => events.filter((event) => event !== 'admin:stats'))
    for (const [n, socket] of sockets.entries()) await unauthorized(socket, 'admin:stats', {}, roles[n], [])
    await set('admin:stats', ['admin'])
    await eachKnows((events) => events)
    await does(admins, 'admin:stats', {})
  })
}

test('an event that is removed without a prefix is denied too, not ignored', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admin, hers } = await crew(world)
  assert.equal((await world.api.remove(admin, '/api/socket/events/mapping/ping')).status, 200)
  await unauthorized(hers, 'ping', {}, 'user', [])
  await published(world)
  assert.deepEqual(told(hers, 'pong'), [])
})

test('what was changed is so after a restart, and what was removed stays removed', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admin, user, seller } = await crew(world)
  await world.api.post(admin, '/api/socket/events/mapping', { eventName: 'shop:visit', roles: ['user'] })
  await world.api.post(admin, '/api/socket/events/mapping', { eventName: 'chat:typing', roles: ['seller', 'admin'] })
  await world.api.remove(admin, '/api/socket/events/mapping/chat%3Amessage')
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const socket = world.open(user)
  const { events } = await next(socket, 'events:available')
  const expected = eventsOf('user').filter((event) => !['chat:typing', 'chat:message'].includes(event))
  assert.deepEqual(events.toSorted(), [...expected, 'shop:visit'].toSorted())
  await unauthorized(socket, 'chat:message', { message: 'x' }, 'user', [])
  await unauthorized(socket, 'chat:typing', {}, 'user', ['admin', 'seller'])
  const { body } = await world.api.get(admin, '/api/socket/events')
  assert.deepEqual(body.data.mappings['shop:visit'], ['user'])
  assert.equal(body.data.mappings['chat:message'], undefined)
  await world.connect(seller)
})

test('an event of the app is its own to decide, as soon as it is in the map', async ({ t }) => {
  const receiver = await newReceiver(t)
  const world = await ownCommerce(t, receiver.settings({ OUTRIGGER_WEBHOOK_EVENTS: 'client.event' }))
  const { user, hers, sellers } = await crew(world)
  assert.deepEqual(await ask(hers, 'shop:visit', { n: 0 }), UNKNOWN)
  await world.app.map('shop:visit', ['user', 'admin'])
  await unauthorized(sellers, 'shop:visit', {}, 'seller', ['admin', 'user'])
  await does(hers, 'shop:visit', { n: 1 })
  const [{ data }] = await receiver.took('client.event', user)
  shape(data, { event: 'shop:visit', args: [{ n: 1 }], contract: 'commerce' })
  await unauthorized(hers, 'shop:leave', {}, 'user', [])
})

test('an event of the app that nobody can decide about fails', async ({ t }) => {
  const world = await ownCommerce(t)
  const { hers } = await crew(world)
  await world.app.map('shop:visit', ['user'])
  await fails(hers, 'shop:visit', {})
})

test('only real changes are possible', async (world) => {
  const { admin, hers } = await crew(world)
  const path = '/api/socket/events/mapping'
  const required = { success: false, message: 'Event name and roles are required' }
  for (const body of [{}, { eventName: 'x:y' }, { roles: ['user'] }, { eventName: '', roles: ['user'] }]) {
    const answer = await world.api.post(admin, path, body)
    assert.equal(answer.status, 400, JSON.stringify(answer.body))
    shape(answer.body, required)
  }
  for (const body of [
    { eventName: 'x:y', roles: ['user', 'king'] },
    { eventName: 'x:y', roles: 'user' },
    { eventName: 'x:y', roles: [7] },
    { eventName: 7, roles: ['user'] },
    { eventName: 'x'.repeat(129), roles: ['user'] },
    { eventName: 'connect', roles: ['user'] },
    { eventName: 'disconnect', roles: ['user'] },
  ]) {
    const answer = await world.api.post(admin, path, body)
    assert.equal(answer.status, 400, `${JSON.stringify(body).slice(0, 80)}: ${JSON.stringify(answer.body)}`)
    shape(answer.body, { success: false })
  }
  const king = await world.api.post(admin, path, { eventName: 'x:y', roles: ['king'] })
  assert.match(JSON.stringify(king.body), /Invalid roles: king/)
  const unknown = await world.api.remove(admin, `${path}/${newId('nope')}`)
  assert.equal(unknown.status, 404)
  shape(unknown.body, { success: false, message: 'Event mapping not found' })
  await published(world)
  await silent(hers, 'events:available')
  await unauthorized(hers, 'admin:stats', {}, 'user')
})

test('changes of the map and refused events are in the audit log', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admin, user, hers } = await crew(world)
  await world.api.post(admin, '/api/socket/events/mapping', { eventName: 'shop:visit', roles: ['user'] })
  await unauthorized(hers, 'admin:stats', {}, 'user')
  const entries = async (query) => {
    const { status, body } = await world.api.get(admin, `/api/socket/audit?${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    return shape(body, { success: true, data: list }).data
  }
  const [changed] = await entries('kind=socket:mapping_changed')
  shape(changed, { kind: 'socket:mapping_changed', severity: 'high', userId: admin.userId })
  assert.ok(JSON.stringify(changed).includes('shop:visit'))
  const [refused] = await eventually(
    () => entries(`kind=socket:unauthorized_event&user=${user.userId}`),
    (those) => those.length > 0,
    'the refusal',
  )
  shape(refused, { kind: 'socket:unauthorized_event', severity: 'medium', userId: user.userId })
  shape(refused.details, { event: 'admin:stats', requiredRoles: ['admin'], role: text })
})
