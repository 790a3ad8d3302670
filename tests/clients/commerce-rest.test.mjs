// REST of the `commerce` contract (`contracts/commerce.md` section 4): at the root, and always under `/commerce`.

import assert from 'node:assert/strict'
import { disconnection, next, settled } from './support/client.mjs'
import {
  commerceClaims,
  commerceSuite,
  crew,
  does,
  DOORS,
  EVENT_ROLES,
  eventsOf,
  invalid,
  ms,
  newId,
  ownCommerce,
  unauthorized,
  unheard,
} from './support/commerce.mjs'
import { eventually } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { count, flag, iso, list, shape, text } from './support/shape.mjs'
import { sign } from './support/tokens.mjs'

const { test: story } = commerceSuite(import.meta.url)

const PREFIXES = ['', '/commerce']

/** A story for each place of the routes. */
function test(name, tell) {
  for (const prefix of PREFIXES) {
    story(`${name}: ${prefix || 'at the root'}`, (world) => tell({ ...world, prefix, api: world.apiAt(prefix) }))
  }
}

const done = ({ status, body }, more = {}) => {
  assert.equal(status, 200, JSON.stringify(body))
  return shape(body, { success: true, ...more })
}
const failed = ({ status, body }, wanted, message = text) => {
  assert.equal(status, wanted, JSON.stringify(body))
  shape(body, { success: false, message })
}

const USER_ROUTES = [
  ['get', '/api/notifications/updates?since=2020-01-01T00:00:00.000Z'],
  ['get', '/api/notifications/health'],
]
const ADMIN_ROUTES = [
  ['get', '/api/socket/stats'],
  ['get', '/api/socket/user/x'],
  ['post', '/api/socket/disconnect/x'],
  ['post', '/api/socket/broadcast'],
  ['get', '/api/socket/events'],
  ['get', '/api/socket/events/role/user'],
  ['post', '/api/socket/events/mapping'],
  ['remove', '/api/socket/events/mapping/x'],
  ['get', '/api/socket/debug/stats'],
  ['post', '/api/socket/debug/reset'],
  ['post', '/api/socket/debug/toggle'],
  ['get', '/api/socket/audit'],
  ['get', '/api/socket/users'],
]
const versioned = (path) => path.replace('/api/socket/', '/api/v1/socket/')
const ROUTES = [
  ...USER_ROUTES,
  ...ADMIN_ROUTES.flatMap(([method, path]) => [
    [method, path],
    [method, versioned(path)],
  ]),
]

test('without a good token every route says why', async ({ admin, person, api, app, internal, home, prefix, rest }) => {
  const revoked = await admin()
  await internal.post('/internal/revoke', { token: revoked.token })
  const expired = { token: (await admin()).commerceToken({ expiresIn: -60 }) }
  const early = { token: (await admin()).commerceToken({ nbf: Math.floor(Date.now() / 1000) + 3600 }) }
  const forged = { token: sign(commerceClaims(person({ role: 'admin' })), { secret: `${home.jwtSecret}x` }) }
  const away = await admin()
  await app.setUser(away, { active: false })
  for (const [method, path] of ROUTES) {
    for (const [who, code, error] of [
      [null, 'NO_TOKEN', 'Authentication token required'],
      [expired, 'TOKEN_EXPIRED', 'Authentication token expired'],
      [revoked, 'INVALID_TOKEN', 'Invalid authentication token'],
      [forged, 'INVALID_TOKEN', 'Invalid authentication token'],
      [{ token: 'garbage' }, 'INVALID_TOKEN', 'Invalid authentication token'],
      [early, 'AUTH_FAILED', 'Authentication failed'],
      [away, 'AUTH_FAILED', 'User account is inactive'],
    ]) {
      const { status, body } = await api[method](who, path)
      assert.equal(status, 401, `${method} ${path} ${code}: ${JSON.stringify(body)}`)
      shape(body, { success: false, error, code })
    }
    const byCookie = await rest[method](await admin(), prefix + path)
    assert.equal(byCookie.status, 401, `${path} reads no cookie`)
  }
})

test('what is for admins is for nobody else, whatever a token says', async ({ member, seller, api }) => {
  const who = await member()
  const pretender = { token: who.commerceToken({ role: 'admin' }) }
  for (const [method, path] of ROUTES) {
    if (path.startsWith('/api/notifications')) continue
    for (const by of [who, await seller(), pretender]) {
      const { status, body } = await api[method](by, path)
      assert.equal(status, 403, `${method} ${path}: ${JSON.stringify(body)}`)
      shape(body, { success: false, error: 'Insufficient permissions', code: 'ROLE_AUTHORIZATION_FAILED' })
    }
  }
  for (const [method, path] of USER_ROUTES) done(await api[method](who, path))
})

test('the routes are there under /api/v1/socket as well, and an unknown one is not', async ({ admin, api }) => {
  const who = await admin()
  for (const path of ['stats', 'events', 'events/role/seller', 'debug/stats', 'user/x', 'health', 'audit', 'users'])
    for (const base of ['/api/socket/', '/api/v1/socket/']) done(await api.get(who, base + path))
  for (const [method, path] of [
    ['get', '/api/v1/socket/nope'],
    ['get', '/api/socket/nope'],
    ['post', '/api/socket/nope'],
    ['get', '/api/notifications/nope'],
  ]) {
    const { status } = await api[method](who, path)
    assert.equal(status, 404, `${method} ${path}`)
  }
})

story('GET /stats and /health count, and health tells nobody who', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, admin, hers } = await crew(world)
  await world.connect(user, { ...DOORS[3], device: newDevice() })
  for (const prefix of PREFIXES) {
    const api = world.apiAt(prefix)
    const { data } = done(await api.get(admin, '/api/socket/stats'))
    shape(data, {
      totalUsers: 3,
      totalConnections: 4,
      averageConnectionsPerUser: '1.33',
      multipleConnectionUsers: [{ userId: user.userId, connectionCount: 2 }],
      timestamp: iso,
    })
    for (const path of ['/api/socket/health', '/api/v1/socket/health']) {
      const answer = done(await api.get(null, path))
      const health = answer.data ?? answer
      shape(health, { status: 'healthy', socketServerRunning: true, totalUsers: 3, totalConnections: 4 })
      assert.ok(!JSON.stringify(answer).includes(user.userId))
    }
  }
  hers.disconnect()
})

story('nobody connected is an average of 0', async ({ t }) => {
  const world = await ownCommerce(t)
  const { data } = done(await world.api.get(await world.admin(), '/api/socket/stats'))
  shape(data, { totalUsers: 0, totalConnections: 0, averageConnectionsPerUser: 0, multipleConnectionUsers: [] })
})

story('before it ends the sidecar is not healthy any more', async ({ t }) => {
  const world = await ownCommerce(t, { SHUTDOWN_NOTICE_MS: '2000' })
  await world.connect(await world.member())
  world.sidecar().signal('SIGTERM')
  const answer = await eventually(
    () => world.api.get(null, '/api/socket/health'),
    ({ status }) => status === 503,
    'health to say so',
    1_800,
  )
  assert.equal(answer.body.success, false)
})

test('GET /user/:userId says whether a user is there', async (world) => {
  const { user, admin, hers } = await crew(world)
  await world.connect(user, { ...DOORS[2], device: newDevice() })
  const { data } = done(await world.api.get(admin, `/api/socket/user/${user.userId}`))
  shape(data, { userId: user.userId, isConnected: true, connectionCount: 2, socketIds: list })
  assert.equal(new Set(data.socketIds).size, 2)
  assert.ok(!JSON.stringify(data).includes(hers.id))
  for (const id of ['nobody', (await world.member()).userId])
    assert.deepEqual(done(await world.api.get(admin, `/api/socket/user/${id}`)).data, {
      userId: id,
      isConnected: false,
      connectionCount: 0,
      socketIds: [],
    })
})

test('POST /disconnect/:userId closes the sockets of a user', async (world) => {
  const { user, admin } = await crew(world)
  const path = `/api/socket/disconnect/${user.userId}`
  for (const [body, reason] of [
    [{ reason: 'spam' }, 'spam'],
    [{}, 'Disconnected by admin'],
    [undefined, 'Disconnected by admin'],
  ]) {
    const socket = await world.connect(user)
    done(await world.api.post(admin, path, body), {
      message: 'User disconnected successfully',
      data: { userId: user.userId, reason },
    })
    shape(await next(socket, 'force_disconnect'), {
      reason,
      message: 'You have been disconnected by the server',
      timestamp: ms,
    })
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  const gone = 'User is not currently connected'
  failed(await world.api.post(admin, path, {}), 404, gone)
  failed(await world.api.post(admin, '/api/socket/disconnect/nobody', {}), 404, gone)
})

test('POST /broadcast tells everyone, or a room', async (world) => {
  const { admin, hers, sellers, admins } = await crew(world)
  const post = (body) => world.api.post(admin, '/api/socket/broadcast', body)
  const said = { message: 'Message broadcasted successfully' }
  for (const data of [{ a: [1] }, 'text', null]) {
    const answer = done(await post({ event: 'shop:news', data }), said)
    shape(answer.data, { event: 'shop:news', room: 'all', timestamp: ms })
    for (const socket of [hers, sellers, admins]) assert.deepEqual(await next(socket, 'shop:news'), data)
  }
  const room = `product:${newId('p')}`
  await does(hers, 'chat:join_room', { roomId: room })
  for (const [name, socket] of [
    [room, hers],
    ['role:seller', sellers],
  ]) {
    shape(done(await post({ event: 'room:news', data: { name }, room: name }), said).data, { event: 'room:news', room: name })
    assert.deepEqual(await next(socket, 'room:news'), { name })
  }
  await unheard(world, [admins], 'room:news')
  for (const body of [{}, undefined, { data: 1 }, { event: '' }, { event: null }])
    failed(await post(body), 400, 'Event name is required')
  for (const event of ['disconnect', 'connect', 'x'.repeat(129), 7]) failed(await post({ event, data: 1 }), 400)
  failed(await post({ event: 'e', room: 'product:' }), 400)
})

test('GET /events and /events/role/:role show the map', async ({ admin, api }) => {
  const who = await admin()
  const { data } = done(await api.get(who, '/api/socket/events'))
  const known = Object.fromEntries(Object.entries(data.mappings).map(([event, roles]) => [event, roles.toSorted()]))
  for (const [event, roles] of Object.entries(EVENT_ROLES)) assert.deepEqual(known[event], roles.toSorted(), event)
  assert.equal(data.totalEvents, Object.keys(data.mappings).length)
  for (const role of ['admin', 'seller', 'user']) {
    const answer = done(await api.get(who, `/api/socket/events/role/${role}`)).data
    assert.equal(answer.role, role)
    assert.equal(answer.count, answer.events.length)
    for (const event of eventsOf(role)) assert.ok(answer.events.includes(event), event)
  }
  for (const role of ['guest', 'king', 'super_admin', 'ADMIN'])
    failed(await api.get(who, `/api/socket/events/role/${role}`), 400, 'Invalid role. Must be: admin, seller, or user')
})

test('the map is changed and the change undone', async (world) => {
  const { admin, hers } = await crew(world)
  const eventName = newId('shop:event')
  const answer = done(await world.api.post(admin, '/api/socket/events/mapping', { eventName, roles: ['user', 'seller'] }))
  shape(answer.data, { eventName, roles: (roles) => roles.toSorted().join() === 'seller,user' })
  shape(await next(hers, 'events:available'), { events: (events) => events.includes(eventName) })
  done(await world.api.remove(admin, `/api/socket/events/mapping/${encodeURIComponent(eventName)}`), { data: { eventName } })
  shape(await next(hers, 'events:available'), { events: (events) => !events.includes(eventName) })
  failed(await world.api.remove(admin, `/api/socket/events/mapping/${encodeURIComponent(eventName)}`), 404)
})

story('the counters count events and errors, begin anew and can be made to log', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admin, hers } = await crew(world)
  const stats = async () => done(await world.api.get(admin, '/api/socket/debug/stats')).data
  done(await world.api.post(admin, '/api/socket/debug/reset'))
  shape(await stats(), {
    uptime: (value) => typeof value === 'number',
    totalEvents: 0,
    eventsPerMinute: (value) => Number(value) === 0,
    eventCounts: {},
    errorCounts: {},
    topEvents: [],
    debugEnabled: flag,
  })
  for (let n = 0; n < 5; n += 1) await does(hers, 'user:cart_update', { cart: n })
  for (let n = 0; n < 3; n += 1) hers.emit('ping')
  await unauthorized(hers, 'admin:stats', {}, 'user')
  await invalid(hers, 'chat:join_room', {}, 'Missing required field: roomId')
  for (let n = 0; n < 50; n += 1) hers.emit(newId('made-up'))
  await settled(hers)
  const seen = await stats()
  assert.equal(seen.eventCounts['user:cart_update'], 5)
  assert.equal(seen.eventCounts.ping, 3)
  shape(seen.errorCounts, { UNAUTHORIZED: 1, VALIDATION_ERROR: 1 })
  assert.ok(seen.totalEvents >= 10)
  assert.ok(Object.keys(seen.eventCounts).length < 15, 'names that clients make up are not kept')
  assert.ok(seen.topEvents.length <= 10 && JSON.stringify(seen.topEvents).includes('user:cart_update'))
  for (const enabled of [true, false]) {
    done(await world.api.post(admin, '/api/socket/debug/toggle', { enabled }))
    assert.equal((await stats()).debugEnabled, enabled)
  }
  for (const body of [{}, { enabled: 'yes' }, { enabled: 1 }])
    failed(await world.api.post(admin, '/api/socket/debug/toggle', body), 400)
  done(await world.api.post(admin, '/api/socket/debug/reset'))
  shape(await stats(), { totalEvents: 0, eventCounts: {}, errorCounts: {} })
})

// --- audit -----------------------------------------------------------------------------------------------

/** Entries of the audit log that are asked for so, once there are any. */
async function audited(world, admin, query, total = 1) {
  const ask = async () => done(await world.api.get(admin, `/api/socket/audit?${query}`), { data: list }).data
  const entries = await eventually(ask, (those) => those.length >= total, `${total} of ${query}`)
  for (const one of entries)
    shape(one, { timestamp: iso, kind: text, severity: (word) => ['low', 'medium', 'high'].includes(word) })
  return entries
}

story('the audit log knows who came, went, was refused and was sent away', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admin, admins } = await crew(world)
  const who = await world.member()
  const of = (kind) => `kind=${encodeURIComponent(`socket:${kind}`)}&user=${who.userId}`
  const socket = await world.connect(who)
  shape((await audited(world, admin, of('connected')))[0], { userId: who.userId, severity: 'low' })
  await unauthorized(socket, 'admin:stats', {}, 'user')
  shape((await audited(world, admin, of('unauthorized_event')))[0], { details: (one) => one.event === 'admin:stats' })
  await does(admins, 'admin:force_disconnect', { userId: who.userId, reason: 'spam' })
  shape((await audited(world, admin, of('force_disconnect')))[0], { severity: 'high', details: (one) => one.reason === 'spam' })
  shape((await audited(world, admin, of('disconnected')))[0], { severity: 'low' })
  await world.refused(undefined, { auth: { token: 'garbage' } })
  const [refused] = await audited(world, admin, 'kind=socket:auth_failed')
  shape(refused, { severity: 'medium', userId: null })
  const all = await audited(world, admin, 'limit=500', 5)
  const times = all.map(({ timestamp }) => timestamp)
  assert.deepEqual(times, times.toSorted().reverse(), 'newest first')
  assert.ok(!JSON.stringify(all).includes(who.token) && !JSON.stringify(all).includes('garbage'))
  assert.equal((await audited(world, admin, 'limit=2')).length, 2)
  for (const { severity } of await audited(world, admin, 'severity=high')) assert.equal(severity, 'high')
  for (const one of await audited(world, admin, `before=${times[1]}`)) assert.ok(one.timestamp < times[1])
  for (const query of ['kind=nope', 'severity=nope', 'limit=0', 'limit=501', 'limit=x', 'before=x'])
    failed(await world.api.get(admin, `/api/socket/audit?${query}`), 400)
  const { status, body } = await world.internal.get(`/internal/commerce/audit?${of('connected')}`)
  assert.equal(status, 200)
  assert.ok(JSON.stringify(body).includes(who.userId))
})

story('what was noted is still there after the process ended', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, admin } = await crew(world)
  world.sidecar().signal('SIGTERM')
  await world.sidecar().exited
  await world.again()
  for (const kind of ['connected', 'disconnected'])
    shape((await audited(world, admin, `kind=socket:${kind}&user=${user.userId}`))[0], { userId: user.userId })
})

story('a socket that takes up where it was is noted as such', async (world) => {
  const { user, admin } = await crew(world)
  const resume = { seq: 0 }
  const socket = world.open(user, { auth: { token: user.token, resume } })
  await next(socket, 'events:available')
  await audited(world, admin, `kind=socket:reconnected&user=${user.userId}`)
})

story('GET /users shows admins who is there', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, admin, hers } = await crew(world)
  const users = async () => done(await world.api.get(admin, '/api/socket/users')).data
  const all = await users()
  assert.equal(all.length, 3)
  shape(
    all.find(({ userId }) => userId === user.userId),
    { userName: user.name, userEmail: user.email, userRole: 'user', connections: count },
  )
  hers.disconnect()
  await eventually(users, (those) => those.length === 2, 'one to be gone')
})

story('ids and bodies of any shape are answered', async ({ admin, api, sidecar }) => {
  const who = await admin()
  const ids = ['%00', '%20', '..%2f..', '%F0%9F%9A%A3', '%ff%fe', '__proto__', '%22%20OR%201', 'x'.repeat(3_000)]
  for (const id of ids) {
    for (const [method, path] of [
      ['get', '/api/socket/user/'],
      ['post', '/api/socket/disconnect/'],
      ['get', '/api/socket/events/role/'],
      ['remove', '/api/socket/events/mapping/'],
      ['get', '/api/socket/audit?user='],
      ['get', '/api/notifications/updates?since='],
    ]) {
      const { status } = await api[method](who, path + id)
      assert.ok(status >= 400 ? status < 500 : status === 200, `${method} ${path} with ${id.slice(0, 20)}: ${status}`)
    }
  }
  for (const path of ['/api/socket/broadcast', '/api/socket/events/mapping', '/api/socket/debug/toggle']) {
    for (const body of ['{', '[]', '"text"', 'null', '7', '\u0000']) {
      const response = await fetch(`${sidecar().publicUrl}/commerce${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
        body,
      })
      assert.equal(response.status, 400, `${path} ${body}`)
      shape(await response.json(), { success: false })
    }
  }
})

story('where another contract is at the root, its routes stay its own', async ({ t }) => {
  const world = await ownCommerce(t, { ROOT_CONTRACT: 'tracking' })
  const admin = await world.admin()
  const { body } = await world.apiAt('').get(admin, '/api/socket/stats')
  assert.equal(body.success, undefined, 'that of tracking')
  done(await world.api.get(admin, '/api/socket/stats'))
  const bare = await world.apiAt('').get(admin, '/api/notifications/health')
  assert.notEqual(bare.status, 200, JSON.stringify(bare.body))
  done(await world.api.get(admin, '/api/notifications/health'))
})
