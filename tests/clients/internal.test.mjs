// What the app calls: the internal listener, its legacy names, and the admin's socket test.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ask, disconnection, LEGACY, next, settled, silent } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { count, flag, iso, list, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const POSTS = [
  '/internal/emit-token-update',
  '/internal/emit-user-status-change',
  '/internal/emit-designations-update',
  '/internal/emit-online-users',
  '/internal/force-logout',
  '/internal/send-to-user',
  '/internal/send-to-users',
  '/internal/send-to-role',
  '/internal/send-to-room',
  '/internal/send-to-all',
  '/internal/notify',
  '/internal/notify-many',
  '/internal/push',
  '/internal/notify-new-message',
  '/internal/typing',
  '/internal/messages',
  '/internal/messages/x/read',
  '/internal/online-status',
  '/internal/rooms/chat_x/grant',
  '/internal/rooms/chat_x/revoke',
  '/internal/revoke',
  '/internal/batch',
]
const LEGACY_POSTS = [
  '/emit-message',
  '/emit-token-update',
  '/emit-user-status-change',
  '/emit-designations-update',
  '/disconnect-user',
]
const GETS = [
  '/internal/online',
  '/internal/users/x/online',
  '/internal/users/x/connections',
  '/internal/users/x',
  '/internal/users/x/followers',
  '/internal/connections',
  '/internal/status',
  '/internal/rooms/chat_x/members',
]

const delivered = (answer, sockets, devices) => {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  shape(answer.body, { success: true, reached: { sockets, devices } })
}

test('without the right secret nothing is done', async ({ person, connect, internal, home }) => {
  const who = person()
  const socket = await connect(who)
  const body = { userId: who.userId, event: 'stolen', data: {}, newToken: who.token, status: false, reason: 'x' }
  const wrong = [
    { authorization: '' },
    { authorization: 'Bearer wrong' },
    { authorization: `Bearer ${home.internalSecret}x` },
    { authorization: `Bearer ${home.internalSecret.slice(0, -1)}` },
    { authorization: home.internalSecret },
    { authorization: `Bearer ${who.token}` },
    { authorization: `Bearer ${home.jwtSecret}` },
  ]
  for (const headers of wrong) {
    const { status, body: answer } = await internal.post('/internal/send-to-user', body, headers)
    assert.equal(status, 401, headers.authorization)
    shape(answer, { error: text })
  }
  for (const path of [...POSTS, ...LEGACY_POSTS]) {
    assert.equal((await internal.post(path, body, wrong[1])).status, 401, path)
  }
  for (const path of GETS) assert.equal((await internal.get(path, wrong[1])).status, 401, path)
  for (const [path, change] of [
    ['', { role: 'admin' }],
    ['/followers', { followers: [] }],
    ['/status', { status: 'x' }],
  ]) {
    assert.equal((await internal.put(`/internal/users/${who.userId}${path}`, change, wrong[1])).status, 401, path)
  }
  assert.equal((await internal.remove('/internal/messages/x', wrong[1], { senderId: who.userId })).status, 401)
  await silent(socket, 'stolen')
  assert.ok(socket.connected)
})

test('the public listener knows none of these routes', async ({ rest, person, home }) => {
  const headers = { authorization: `Bearer ${home.internalSecret}` }
  for (const path of [...POSTS, ...LEGACY_POSTS]) {
    const { status } = await rest.post(person(), path, {}, headers)
    assert.ok([401, 403, 404, 405].includes(status), `${path} answered ${status}`)
  }
  for (const path of [...GETS, '/metrics', '/internal/openapi.json']) {
    const { status } = await rest.get(person(), path, headers)
    assert.ok([401, 403, 404, 405].includes(status), `${path} answered ${status}`)
  }
})

test('any event reaches every socket of a user, and the figures say how many', async ({ person, connect, internal }) => {
  const who = person()
  const sockets = [
    await connect(who),
    await connect(who),
    await connect(who, { device: newDevice() }),
  ]
  const data = { n: 1, deep: { list: [1, 'two', null] } }
  delivered(
    await internal.post('/internal/send-to-user', { userId: who.userId, event: 'custom', data }),
    3,
    2,
  )
  for (const socket of sockets) {
    assert.deepEqual(await next(socket, 'custom'), data)
    await silent(socket, 'custom')
  }
})

test('an array as data stays one argument', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  await internal.post('/internal/send-to-user', { userId: who.userId, event: 'list', data: ['a', 'b'] })
  assert.deepEqual(await next(socket, 'list'), ['a', 'b'])
})

test('a user who is away is reached zero times, without an error', async ({ person, internal }) => {
  const { userId } = person()
  for (const [path, body] of [
    ['send-to-user', { event: 'x', data: {} }],
    ['emit-designations-update', { designations: [] }],
    ['notify-new-message', { data: { from: 'a', content: 'b' } }],
  ]) {
    delivered(await internal.post(`/internal/${path}`, { userId, ...body }), 0, 0)
  }
})

test('several users are reached, each socket once', async ({ person, connect, internal }) => {
  const [a, b, c] = [person(), person(), person()]
  const [first, second, third] = [await connect(a), await connect(b), await connect(c)]
  const userIds = [a.userId, b.userId, a.userId]
  delivered(await internal.post('/internal/send-to-users', { userIds, event: 'both', data: {} }), 2, 2)
  for (const socket of [first, second]) {
    await next(socket, 'both')
    await silent(socket, 'both')
  }
  await silent(third, 'both')
})

test('a role is reached: admins by their claim', async ({ person, connect, internal }) => {
  const [boss, worker] = [await connect(person({ admin: true })), await connect(person())]
  const { status, body } = await internal.post('/internal/send-to-role', {
    role: 'admin',
    event: 'forAdmins',
    data: { n: 1 },
  })
  assert.equal(status, 200)
  assert.ok(body.reached.sockets >= 1)
  shape(await next(boss, 'forAdmins'), { n: 1 })
  await silent(worker, 'forAdmins')
})

test('everyone is reached but those left out', async ({ person, connect, internal }) => {
  const [a, b] = [person(), person()]
  const [first, second] = [await connect(a), await connect(b)]
  const messenger = await connect(person(), { path: LEGACY, namespace: '/messenger' })
  const { status } = await internal.post('/internal/send-to-all', {
    event: 'newMessage',
    data: { all: true },
    except: [b.userId],
  })
  assert.equal(status, 200)
  for (const socket of [first, messenger]) shape(await next(socket, 'newMessage'), { all: true })
  await silent(second, 'newMessage')
})

test('typing is told for the app', async ({ person, connect, internal }) => {
  const [a, b] = [person(), person()]
  const socket = await connect(b)
  delivered(await internal.post('/internal/typing', { from: a.userId, to: b.userId, isTyping: true }), 1, 1)
  shape(await next(socket, 'userTyping'), { userId: a.userId, isTyping: true, timestamp: iso })
})

test('the app sends a message for a user, once for one client id', async ({ known, connect, internal, rest }) => {
  const [a, b] = [await known(), await known()]
  const [sender, receiver] = [await connect(a), await connect(b)]
  const message = { senderId: a.userId, receiverId: b.userId, text: 'by the app', clientMessageId: randomUUID() }
  const first = await internal.post('/internal/messages', message)
  assert.ok([200, 201].includes(first.status), `${first.status}`)
  const { _id } = await next(receiver, 'newMessage')
  shape(await next(sender, 'messageSent'), { _id, text: 'by the app' })
  assert.ok(JSON.stringify(first.body).includes(_id))
  const again = await internal.post('/internal/messages', message)
  assert.ok(JSON.stringify(again.body).includes(_id), 'the same message is answered')
  await silent(receiver, 'newMessage')
  const { body: history } = await rest.get(a, `/api/messages/${b.userId}`)
  assert.equal(history.length, 1)
})

test('an idempotency key makes a repeated call one call', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who, { path: LEGACY, namespace: '/notifications' })
  const body = { userId: who.userId, type: 't', title: 'once', message: 'm' }
  const headers = { 'idempotency-key': randomUUID() }
  const first = await internal.post('/internal/notify', body, headers)
  const again = await internal.post('/internal/notify', body, headers)
  assert.deepEqual([again.status, again.body], [first.status, first.body])
  await next(socket, 'notification')
  await silent(socket, 'notification')
  await internal.post('/internal/notify', body, { 'idempotency-key': randomUUID() })
  await next(socket, 'notification')
})

test('a batch answers each call in its order', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  const event = (n) => ({ userId: who.userId, event: 'batched', data: { n } })
  const { status, body } = await internal.post('/internal/batch', {
    calls: [
      { path: '/internal/send-to-user', body: event(1) },
      { path: '/internal/send-to-user', body: { nonsense: true } },
      { path: '/internal/no-such-call', body: {} },
      { path: '/internal/send-to-user', body: event(2) },
    ],
  })
  assert.equal(status, 200)
  assert.equal(body.results.length, 4)
  delivered(body.results[0], 1, 1)
  delivered(body.results[3], 1, 1)
  for (const index of [1, 2]) {
    assert.ok(body.results[index].status >= 400 && body.results[index].status < 500)
  }
  shape(await next(socket, 'batched'), { n: 1 })
  shape(await next(socket, 'batched'), { n: 2 })
})

test('a call without what it needs is refused with a reason', async ({ internal }) => {
  for (const [path, body] of [
    ['/internal/send-to-user', { event: 'x' }],
    ['/internal/send-to-user', { userId: 'x' }],
    ['/internal/send-to-user', { userId: 7, event: 'x', data: {} }],
    ['/internal/emit-token-update', { userId: 'x' }],
    ['/internal/emit-user-status-change', { userId: 'x', status: 'off' }],
    ['/internal/emit-designations-update', { userId: 'x', designations: 'Lead' }],
    ['/internal/notify', { userId: 'x' }],
    ['/internal/force-logout', {}],
    ['/internal/revoke', {}],
    ['/internal/typing', { from: 'x' }],
    ['/internal/send-to-users', { event: 'x', data: {} }],
    ['/internal/batch', { calls: 'all' }],
    ['/internal/online-status', { userIds: 'x' }],
  ]) {
    const { status, body: answer } = await internal.post(path, body)
    assert.ok(status >= 400 && status < 500, `${path} ${JSON.stringify(body)} was answered ${status}`)
    shape(answer, { error: text })
  }
})

test('names that would break a client are not sent', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  for (const event of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener', '']) {
    const { status } = await internal.post('/internal/send-to-user', { userId: who.userId, event, data: {} })
    assert.ok(status >= 400 && status < 500, `"${event}" was answered ${status}`)
  }
  await settled(socket)
  assert.ok(socket.connected)
})

test('users are stored, changed and shown', async ({ person, internal }) => {
  const who = person()
  const profile = { email: who.email, firstName: 'Ada', lastName: 'Byron', designations: ['Lead'] }
  assert.ok((await internal.put(`/internal/users/${who.userId}`, profile)).status < 300)
  await internal.put(`/internal/users/${who.userId}`, { role: 'admin' })
  const { status, body } = await internal.get(`/internal/users/${who.userId}`)
  assert.equal(status, 200)
  const user = body.user ?? body
  shape(user, { email: who.email, firstName: 'Ada', lastName: 'Byron', designations: ['Lead'], role: 'admin' })
  assert.equal((await internal.get('/internal/users/nobody-of-this-name')).status, 404)
})

test('rooms name their members', async ({ person, internal }) => {
  const [a, b] = [person(), person()]
  const room = `chat_members-${a.userId}`
  const members = async () => JSON.stringify((await internal.get(`/internal/rooms/${room}/members`)).body)
  await internal.post(`/internal/rooms/${room}/grant`, { userIds: [a.userId, b.userId] })
  assert.ok((await members()).includes(b.userId))
  await internal.post(`/internal/rooms/${room}/revoke`, { userIds: [b.userId] })
  const left = await members()
  assert.ok(left.replaceAll(room, '').includes(a.userId) && !left.includes(b.userId))
})

test('the state of the server is told in figures', async ({ person, connect, internal }) => {
  const who = person()
  await connect(who)
  const { body: status } = await internal.get('/internal/status')
  shape(status, {
    isInitialized: true,
    isListening: true,
    hasHttpServer: true,
    connectedUsers: count,
    totalConnections: count,
    lastError: null,
  })
  assert.ok(status.connectedUsers >= 1)
  const { body: connections } = await internal.get('/internal/connections')
  shape(connections, { connectedUsers: count, totalConnections: count })
})

test('OpenAPI names every route, metrics count', async ({ internal, person, connect }) => {
  await connect(person())
  const { status, body: document } = await internal.get('/internal/openapi.json')
  assert.equal(status, 200)
  assert.match(document.openapi, /^3\./)
  const paths = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'))
  const wanted = [...POSTS, ...LEGACY_POSTS, ...GETS].map((path) => path.replace(/\/(x|chat_x)(?=\/|$)/, '/{}'))
  assert.deepEqual(
    wanted.filter((path) => !paths.includes(path)),
    [],
    'routes the document does not know',
  )
  const metrics = await internal.get('/metrics')
  assert.equal(metrics.status, 200)
  assert.match(String(metrics.body), /^outrigger_\w+/m)
})

test('the stand-alone names of old still emit', async ({ person, connect, internal }) => {
  const who = person()
  const { userId } = who
  const socket = await connect(who)
  const emitted = await internal.post('/emit-message', { userId, event: 'custom', data: { n: 1 } })
  assert.equal(emitted.status, 200)
  shape(emitted.body, { success: true, delivered: 1 })
  shape(await next(socket, 'custom'), { n: 1 })
  const timestamp = new Date().toISOString()
  const newToken = who.anotherToken()
  await internal.post('/emit-token-update', { userId, newToken, timestamp, reason: 'Admin status updated' })
  shape(await next(socket, 'tokenUpdated'), { newToken, reason: 'Admin status updated', timestamp: iso })
  await internal.post('/emit-user-status-change', { userId, status: true, timestamp, reason: 'User account enabled' })
  shape(await next(socket, 'userStatusChanged'), { status: true, reason: 'User account enabled' })
  await internal.post('/emit-designations-update', { userId, designations: ['x'], timestamp, reason: 'r' })
  shape(await next(socket, 'designationsUpdated'), { designations: ['x'], reason: 'r' })
  const gone = await internal.post('/disconnect-user', { userId, reason: 'Goodbye' })
  assert.equal(gone.status, 200)
  shape(gone.body, { message: text })
  shape(await next(socket, 'force_logout'), { reason: 'Goodbye', timestamp: iso })
  assert.equal(await disconnection(socket), 'io server disconnect')
})

test('the socket test runs its five checks for an admin', async ({ person, connect, rest }) => {
  const admin = person({ admin: true })
  await connect(admin)
  const { status, body } = await rest.get(admin, '/api/socket-test')
  assert.equal(status, 200)
  shape(body, { success: true, timestamp: iso, onlineUsers: list, serverStatus: (value) => value !== undefined })
  const names = ['socketServer', 'connectionTracking', 'messaging', 'broadcast', 'apiIntegration']
  assert.deepEqual(Object.keys(body.tests).sort(), names.toSorted())
  for (const name of names) {
    shape(body.tests[name], { message: text })
    assert.ok(['pass', 'fail', 'warn'].includes(body.tests[name].status), name)
  }
  const tally = (wanted) => names.filter((name) => body.tests[name].status === wanted).length
  assert.deepEqual(body.summary, {
    total: 5,
    passed: tally('pass'),
    failed: tally('fail'),
    warnings: tally('warn'),
  })
  assert.ok(body.onlineUsers.includes(admin.userId))
})

test('an admin sends test messages to one or to all', async ({ person, connect, rest }) => {
  const [admin, a, b] = [person({ admin: true }), person(), person()]
  const [first, second] = [await connect(a), await connect(b)]
  const act = (body) => rest.post(admin, '/api/socket-test', body)
  const one = await act({ action: 'sendToUser', targetUserId: a.userId, message: 'ping?' })
  assert.equal(one.status, 200)
  shape(one.body, { success: true, action: 'sendToUser', message: text, timestamp: iso })
  shape(await next(first, 'testMessage'), { message: 'ping?', timestamp: iso, from: text })
  await silent(second, 'testMessage')
  const all = await act({ action: 'broadcast', message: 'everyone' })
  shape(all.body, { success: true, action: 'broadcast' })
  for (const socket of [first, second]) shape(await next(socket, 'testMessage'), { message: 'everyone' })
  const online = await act({ action: 'emitOnlineUsers' })
  shape(online.body, { success: true, action: 'emitOnlineUsers' })
  await next(first, 'getOnlineUsers', (ids) => ids.includes(b.userId))
})

test('the socket test refuses what it does not know and whom it does not trust', async ({ person, rest }) => {
  const admin = person({ admin: true })
  for (const body of [{ action: 'explode' }, { action: 'sendToUser', message: 'x' }, {}]) {
    const { status, body: answer } = await rest.post(admin, '/api/socket-test', body)
    assert.equal(status, 400, JSON.stringify(body))
    shape(answer, { success: false, error: text })
  }
  const user = person()
  assert.equal((await rest.get(user, '/api/socket-test')).status, 403)
  assert.equal((await rest.post(user, '/api/socket-test', { action: 'broadcast' })).status, 403)
  assert.equal((await rest.get(null, '/api/socket-test')).status, 401)
  assert.equal((await rest.post(null, '/api/socket-test', { action: 'broadcast' })).status, 401)
})

test('the answers of the online routes have their kinds', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  shape((await internal.get(`/internal/users/${who.userId}/online`)).body, { userId: who.userId, isOnline: flag })
  const { body } = await internal.get(`/internal/users/${who.userId}/connections`)
  shape(body, { userId: who.userId, connections: 1, devices: list })
  assert.deepEqual(await ask(socket, 'checkUserOnline', { userId: who.userId }), { isOnline: true })
})
