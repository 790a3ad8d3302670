// REST of the `tracking` contract (`contracts/tracking.md` section 4): at the root, and always under `/tracking`.

import assert from 'node:assert/strict'
import { next, silent } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { count, flag, iso, list, shape, text } from './support/shape.mjs'
import { sign } from './support/tokens.mjs'
import {
  DOORS,
  newMessageId,
  notification,
  numbers,
  ownTracking,
  published,
  recipient,
  recipients,
  trackingClaims,
  trackingSuite,
} from './support/tracking.mjs'

const { test: story } = trackingSuite(import.meta.url)

const PREFIXES = ['', '/tracking']

/** A story for each place of the routes. */
function test(name, tell) {
  for (const prefix of PREFIXES) {
    story(`${name}: ${prefix || 'at the root'}`, (world) => tell({ ...world, prefix, api: world.apiAt(prefix) }))
  }
}

const done = ({ status, body }) => {
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const failed = ({ status, body }, wanted, error) => {
  assert.equal(status, wanted, JSON.stringify(body))
  if (error) assert.deepEqual(body, { error })
  else shape(body, { error: text })
}

const ROUTES = [
  ['get', '/api/socket/stats'],
  ['get', '/api/socket/user/x/online'],
  ['get', '/api/socket/online-count'],
  ['post', '/api/socket/notify/x'],
  ['post', '/api/socket/broadcast'],
  ['post', '/api/socket/ping'],
  ['get', '/api/socket/notifications'],
  ['get', '/api/socket/messages'],
  ['get', '/api/socket/messages/x'],
  ['get', '/api/socket/messages/x/recipients'],
  ['get', '/api/socket/analytics/dashboard_stats'],
]

test('without a good token every route says why', async ({ person, api, internal, home, prefix, rest }) => {
  const revoked = person()
  await internal.post('/internal/revoke', { token: revoked.token })
  const expired = { ...person() }
  expired.token = person().trackingToken({ expiresIn: -60 })
  const forged = person()
  forged.token = sign(trackingClaims(forged), { secret: `${home.jwtSecret}x` })
  const garbage = { token: 'garbage' }
  const away = person()
  await internal.put(`/internal/users/${away.userId}`, { active: false })
  for (const [method, path] of ROUTES) {
    for (const [who, words] of [
      [null, 'Access denied. No token provided.'],
      [expired, 'Invalid or expired token'],
      [revoked, 'Invalid or expired token'],
      [forged, 'Invalid or expired token'],
      [garbage, 'Invalid or expired token'],
      [away, 'Invalid token. User not found.'],
    ]) {
      failed(await api[method](who, path, method === 'get' ? undefined : {}), 401, words)
    }
    const byCookie = await rest[method](person(), prefix + path, method === 'get' ? undefined : {})
    assert.equal(byCookie.status, 401, `${path} reads no cookie`)
  }
})

test('GET /stats counts connections, and shows only admins whose they are', async ({ person, connect, api }) => {
  const [who, other, admin] = [person(), person(), person({ admin: true })]
  const door = DOORS[0]
  await connect(who, door)
  await connect(who, { ...DOORS[2], device: newDevice() })
  await connect(other)
  const seen = shape(done(await api.get(who, '/api/socket/stats')), {
    totalConnections: count,
    uniqueUsers: 2,
    userConnections: list,
  })
  assert.ok(seen.totalConnections >= 3)
  assert.deepEqual(
    seen.userConnections.filter(({ userId }) => userId === who.userId),
    [{ userId: who.userId, socketCount: 2 }],
  )
  const all = done(await api.get(admin, '/api/socket/stats')).userConnections
  const counts = Object.fromEntries(all.map(({ userId, socketCount }) => [userId, socketCount]))
  assert.deepEqual(counts, { [who.userId]: 2, [other.userId]: 1 })
})

test('GET /user/:userId/online and /online-count say who is there', async ({ person, connect, api }) => {
  const [who, asking] = [person(), person()]
  const online = async () => done(await api.get(asking, `/api/socket/user/${who.userId}/online`))
  const users = async () =>
    shape(done(await api.get(asking, '/api/socket/online-count')), { onlineUsers: count, timestamp: iso })
  shape(await online(), { userId: who.userId, isOnline: false, timestamp: iso })
  assert.equal((await users()).onlineUsers, 0)
  await connect(who)
  await connect(who, { ...DOORS[1], device: newDevice() })
  shape(await online(), { userId: who.userId, isOnline: true, timestamp: iso })
  assert.equal((await users()).onlineUsers, 1)
  await connect(asking)
  assert.equal((await users()).onlineUsers, 2)
})

test('POST /notify/:userId is for oneself, and by admins for anyone', async ({ person, connect, api }) => {
  const [who, other, admin] = [person(), person(), person({ admin: true })]
  const [socket, device, hers] = [
    await connect(who),
    await connect(who, { ...DOORS[3], device: newDevice() }),
    await connect(other),
  ]
  const post = (by, to, body) => api.post(by, `/api/socket/notify/${to.userId}`, body)
  const words = { title: 'Hello', message: 'there' }
  assert.deepEqual(done(await post(who, who, words)), { message: 'Notification sent successfully' })
  assert.deepEqual(done(await post(admin, who, { ...words, type: 'warning' })), {
    message: 'Notification sent successfully',
  })
  assert.deepEqual(done(await post(who, who, { ...words, type: 'nonsense' })), {
    message: 'Notification sent successfully',
  })
  const kinds = ['system', 'warning', 'system']
  const ids = []
  for (const type of kinds) {
    const one = notification(await next(socket, 'notification'), { id: 'manual_', type, ...words, read: false })
    assert.deepEqual(await next(device, 'notification'), one)
    ids.push(one.id)
  }
  assert.equal(new Set(ids).size, 3)
  const { notifications } = done(await api.get(who, '/api/socket/notifications'))
  assert.deepEqual(
    notifications.map(({ id }) => id),
    ids.toReversed(),
    'stored',
  )
  const own = 'You can only send notifications to yourself'
  failed(await post(who, other, words), 403, own)
  failed(await post(who, { userId: 'nobody' }, words), 403, own)
  await silent(hers, 'notification')
  const required = 'Title and message are required'
  for (const body of [
    {},
    { title: 'x' },
    { message: 'x' },
    { title: '', message: 'x' },
    { title: 'x', message: '' },
    { title: 7, message: {} },
  ])
    failed(await post(who, who, body), 400, required)
  await silent(socket, 'notification')
})

test('POST /broadcast is for admins', async ({ person, connect, api, rest }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const byRole = person()
  byRole.token = byRole.trackingToken({ role: 'admin' })
  const sockets = [await connect(who), await connect(person(), DOORS[3])]
  const words = { title: 'Maintenance', message: 'tonight' }
  const post = (by, body) => api.post(by, '/api/socket/broadcast', body)
  failed(await post(who, words), 403)
  failed(await post(who, {}), 403)
  for (const by of [admin, byRole]) {
    assert.deepEqual(done(await post(by, words)), { message: 'System notification broadcasted successfully' })
    for (const socket of sockets)
      notification(await next(socket, 'notification'), { id: 'system_', type: 'system', ...words, read: false })
  }
  done(await post(admin, { ...words, type: 'warning' }))
  for (const socket of sockets) shape(await next(socket, 'notification'), { type: 'warning' })
  for (const body of [{}, { title: 'x' }, { message: 'x' }])
    failed(await post(admin, body), 400, 'Title and message are required')
  for (const socket of sockets) await silent(socket, 'notification')
  assert.deepEqual(done(await api.get(who, '/api/socket/notifications')).notifications, [])
  assert.ok(rest)
})

test('POST /ping is for admins', async ({ person, connect, api }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const sockets = [await connect(who), await connect(admin, DOORS[2])]
  failed(await api.post(who, '/api/socket/ping'), 403)
  await silent(sockets[0], 'ping')
  for (const body of [undefined, {}]) {
    shape(done(await api.post(admin, '/api/socket/ping', body)), {
      message: 'Ping sent to all clients',
      timestamp: iso,
    })
    for (const socket of sockets) {
      shape(await next(socket, 'ping'), { timestamp: iso })
      await silent(socket, 'ping')
    }
  }
})

test('admins by the record are admins here', async ({ person, api, internal }) => {
  const who = person()
  failed(await api.post(who, '/api/socket/ping'), 403)
  assert.equal((await internal.put(`/internal/users/${who.userId}`, { role: 'admin' })).status, 200)
  done(await api.post(who, '/api/socket/ping'))
})

test('an unknown route is told so', async ({ person, api }) => {
  const who = person()
  for (const [method, path] of [
    ['get', '/api/socket/nope'],
    ['get', '/api/socket/user/x'],
    ['post', '/api/socket/stats'],
    ['get', '/api/socket/ping'],
    ['post', '/api/socket/nope'],
  ]) {
    const { status, body } = await api[method](who, path)
    assert.equal(status, 404, `${method} ${path}: ${JSON.stringify(body)}`)
    shape(body, { error: 'Route not found', message: text })
  }
})

// --- messages ------------------------------------------------------------------------------------------

const STATUSES = ['DELIVERED', 'FAILED', 'SENT', 'PENDING']

/** A message of that owner with twelve recipients, three of each of four statuses. */
async function campaign({ app }, owner) {
  const messageId = newMessageId()
  await app.register(owner, messageId, {
    content: 'hello',
    subject: 'about',
    messageType: 'SMS',
    templateId: 't-1',
    totalRecipients: 20,
  })
  await app.update(owner, messageId, 'SENDING')
  const updates = recipients(12, (n) => STATUSES[n % 4]).map((one) =>
    one.status === 'FAILED' ? { ...one, errorMessage: 'no route' } : one,
  )
  await app.recipients(owner, messageId, [
    ...updates.slice(1),
    { ...updates[0], email: 'a@example.test', name: 'Ada', cost: 0.1 },
  ])
  return messageId
}

test("GET /messages and /messages/:id show a user's own", async (world) => {
  const [who, other] = [world.person(), world.person()]
  const ids = []
  for (const _ of numbers(3)) ids.unshift(await campaign(world, who))
  const foreign = await campaign(world, other)
  const whole = done(await world.api.get(who, '/api/socket/messages'))
  assert.deepEqual(
    whole.messages.map(({ id }) => id),
    ids,
  )
  shape(whole.pagination, { page: 1, total: 3, totalPages: 1 })
  const part = done(await world.api.get(who, '/api/socket/messages?page=2&limit=2'))
  assert.deepEqual(
    part.messages.map(({ id }) => id),
    ids.slice(2),
  )
  shape(part.pagination, { page: 2, limit: 2, total: 3, totalPages: 2 })
  const document = {
    id: ids[0],
    userId: who.userId,
    subject: 'about',
    content: 'hello',
    messageType: 'SMS',
    status: 'SENDING',
    totalRecipients: 20,
    successCount: 6,
    failedCount: 3,
    templateId: 't-1',
    createdAt: iso,
    updatedAt: iso,
  }
  shape(whole.messages[0], document)
  shape(done(await world.api.get(who, `/api/socket/messages/${ids[0]}`)), document)
  await world.app.update(who, ids[0], 'SENT', { cost: 2.5 })
  shape(done(await world.api.get(who, `/api/socket/messages/${ids[0]}`)), { status: 'SENT', cost: 2.5, sentAt: iso })
  const admin = world.person({ admin: true })
  for (const by of [who, admin])
    for (const id of [foreign, newMessageId()])
      for (const path of [`/api/socket/messages/${id}`, `/api/socket/messages/${id}/recipients`])
        failed(await world.api.get(by, path), 404)
  for (const query of ['?limit=0', '?page=0', '?limit=x', '?limit=99999'])
    failed(await world.api.get(who, `/api/socket/messages${query}`), 400)
})

test('GET /messages/:id/recipients shows all of them, in pages and by status', async (world) => {
  const who = world.person()
  const id = await campaign(world, who)
  const get = (query = '') => world.api.get(who, `/api/socket/messages/${id}/recipients${query}`)
  const whole = done(await get())
  assert.deepEqual(
    whole.recipients.map((one) => one.id),
    numbers(12).map((n) => recipient(n).recipientId),
  )
  shape(whole.pagination, { page: 1, total: 12 })
  shape(whole.recipients[0], {
    id: recipient(0).recipientId,
    messageId: id,
    phone: recipient(0).phone,
    email: 'a@example.test',
    name: 'Ada',
    status: 'DELIVERED',
    deliveredAt: iso,
    cost: 0.1,
  })
  shape(whole.recipients[1], { status: 'FAILED', errorMessage: 'no route' })
  shape(whole.recipients[2], { status: 'SENT', sentAt: iso })
  for (const [n, status] of STATUSES.entries()) {
    const { recipients: those, pagination } = done(await get(`?status=${status}&limit=2`))
    assert.deepEqual(
      those.map((one) => one.id),
      [n, n + 4].map((m) => recipient(m).recipientId),
    )
    shape(pagination, { total: 3, limit: 2, totalPages: 2 })
  }
  const paged = []
  for (const page of [1, 2, 3]) paged.push(...done(await get(`?limit=5&page=${page}`)).recipients)
  assert.deepEqual(paged, whole.recipients)
  assert.deepEqual(done(await get('?page=9')).recipients, [])
  assert.deepEqual(done(await get('?status=BOUNCED')).recipients, [])
  done(await get('?limit=500'))
  for (const query of ['?limit=501', '?limit=0', '?page=0', '?status=NOPE', '?status=delivered'])
    failed(await get(query), 400)
})

test('GET /analytics/:type gives what subscribers get', async (world) => {
  const who = world.person()
  await campaign(world, who)
  const get = (type) => world.api.get(who, `/api/socket/analytics/${type}`)
  shape(done(await get('message_stats')), {
    type: 'message_stats',
    data: { totalMessages: 1, totalRecipients: 20, totalSuccess: 6, totalFailed: 3, totalCost: 0.1 },
  })
  shape(done(await get('dashboard_stats')).data, {
    totalContacts: 12,
    totalMessages: 1,
    deliveryRate: 33.33,
    recentMessages: list,
  })
  shape(done(await get('usage_stats')).data, { topTemplates: list, monthlyMessages: count, monthlyContacts: 12 })
  failed(await get('nope'), 404)
})

test('ids and bodies of any shape are answered', async ({ person, api, sidecar, prefix }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const ids = ['%00', '%20', '..%2f..', '%F0%9F%9A%A3', '%ff%fe', '__proto__', '%22%20OR%201', 'x'.repeat(3_000)]
  for (const id of ids) {
    for (const [method, path] of ROUTES.filter(([, one]) => one.includes('/x'))) {
      const { status } = await api[method](
        admin,
        path.replace('/x', `/${id}`),
        method === 'post' ? { title: 't', message: 'm' } : undefined,
      )
      assert.ok(status < 500, `${method} ${path} with ${id.slice(0, 20)} was answered ${status}`)
    }
  }
  for (const body of ['{', '[]', '"text"', 'null', '7', '\u0000']) {
    const response = await fetch(`${sidecar().publicUrl}${prefix}/api/socket/notify/${who.userId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
      body,
    })
    assert.equal(response.status, 400, body)
    shape(await response.json(), { error: text })
  }
})

// --- the rest stays where it is -----------------------------------------------------------------------------

story('the socket of rooms stays where it is', async (world) => {
  const who = world.person()
  const socket = await world.connectElsewhere(who, { path: '/api/socket' })
  assert.ok(socket.connected)
  const { status } = await world.rest.get(null, '/api/messages/chats', { authorization: `Bearer ${who.appToken}` })
  assert.equal(status, 200)
  assert.equal((await fetch(`${world.sidecar().publicUrl}/api/socket/`)).status < 500, true)
  await published(world)
})

story('one number of those online for all contracts', async ({ person, connectElsewhere, api }) => {
  const who = person()
  await connectElsewhere(who, { path: '/api/socket' })
  shape(done(await api.get(person(), `/api/socket/user/${who.userId}/online`)), { isOnline: flag })
})

story('where another contract has the root, these routes are only under /tracking', async ({ t }) => {
  const { person, sidecar } = await ownTracking(t, { ROOT_CONTRACT: 'rooms' })
  const headers = { authorization: `Bearer ${person().token}` }
  const get = async (path) => (await fetch(sidecar().publicUrl + path, { headers })).status
  assert.equal(await get('/tracking/api/socket/stats'), 200)
  assert.equal(await get('/api/socket/stats'), 404)
})
