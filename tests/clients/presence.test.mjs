// Who is online: devices, connections and namespaces (`contracts/rooms.md` section 3, `contracts/legacy.md` section 5).

import assert from 'node:assert/strict'
import { ask, disconnection, forget, LEGACY, next, silent } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import { deviceId, newDevice } from './support/people.mjs'
import { iso, shape } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url)

const about = (who) => ({ userId }) => userId === who.userId
const MERGE_MS = 200

async function connections(internal, who) {
  return (await internal.get(`/internal/users/${who.userId}/connections`)).body
}

test('a second device is no news, and the user goes offline only with the last', async ({ person, connect, internal }) => {
  const who = person()
  const observer = await connect(person())
  const first = await connect(who)
  shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: true, timestamp: iso })
  const second = await connect(who, { device: newDevice() })
  first.disconnect()
  await eventually(() => connections(internal, who), (seen) => seen.connections === 1, 'one connection left')
  // A change that comes later marks that nothing else was merged in between.
  const marker = person()
  await connect(marker)
  await next(observer, 'userOnlineStatus', about(marker))
  await silent(observer, 'userOnlineStatus', about(who))
  assert.deepEqual(await ask(observer, 'checkUserOnline', { userId: who.userId }), { isOnline: true })
  second.disconnect()
  shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: false, timestamp: iso })
  await next(observer, 'getOnlineUsers', (ids) => !ids.includes(who.userId))
})

test('two devices of a user are two, two tabs of a device are one', async ({ person, connect, internal }) => {
  const who = person()
  const other = newDevice('Another-Agent/2.0')
  await connect(who)
  await connect(who)
  await connect(who, { device: other })
  const seen = await connections(internal, who)
  shape(seen, { userId: who.userId, connections: 3 })
  assert.equal(seen.devices.length, 2)
  const text = JSON.stringify(seen.devices)
  for (const device of [who.device, other]) {
    assert.ok(text.includes(deviceId(device)), 'a device is named by the hash of its agent and address')
  }
})

test('the address of a device is the first forwarded one, else the real one', async ({ person, connect, internal }) => {
  const who = person()
  const userAgent = 'Addressed/1.0'
  const [first, real] = [newDevice(userAgent), newDevice(userAgent)]
  const nobody = { ...who, device: undefined }
  await connect(nobody, { headers: { 'User-Agent': userAgent, 'X-Forwarded-For': `${first.ip}, 10.99.0.1` } })
  await connect(nobody, { headers: { 'User-Agent': userAgent, 'X-Real-IP': real.ip } })
  const { devices } = await connections(internal, who)
  const text = JSON.stringify(devices)
  for (const device of [first, real]) assert.ok(text.includes(deviceId(device)), `${device.ip} in ${text}`)
})

test('three namespaces on one connection are one device and one person online', async ({ person, connect, internal }) => {
  const who = person()
  const observer = await connect(person())
  const auth = await connect(who, { path: LEGACY, namespace: '/auth' })
  const messenger = await connect(who, { over: auth, namespace: '/messenger' })
  const notifications = await connect(who, { over: auth, namespace: '/notifications' })
  assert.equal((await connections(internal, who)).devices.length, 1)
  await next(observer, 'userOnlineStatus', about(who))
  const ids = await next(observer, 'getOnlineUsers', (list) => list.includes(who.userId))
  assert.equal(ids.filter((id) => id === who.userId).length, 1)
  await forget(observer)
  for (const socket of [auth, messenger]) {
    socket.disconnect()
    const { isOnline } = await ask(observer, 'checkUserOnline', { userId: who.userId })
    assert.equal(isOnline, true, 'online as long as one namespace is')
  }
  await silent(observer, 'userOnlineStatus', about(who))
  notifications.disconnect()
  shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: false })
})

for (const namespace of ['/auth', '/messenger', '/notifications']) {
  test(`a user who is only on ${namespace} is online for all`, async ({ person, connect }) => {
    const who = person()
    const main = await connect(person())
    const messenger = await connect(person(), { path: LEGACY, namespace: '/messenger' })
    const socket = await connect(who, { path: LEGACY, namespace })
    for (const observer of [main, messenger]) {
      shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: true, timestamp: iso })
      await next(observer, 'getOnlineUsers', (ids) => ids.includes(who.userId))
    }
    socket.disconnect()
    for (const observer of [main, messenger]) {
      shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: false, timestamp: iso })
      await next(observer, 'getOnlineUsers', (ids) => !ids.includes(who.userId))
    }
  })
}

test('a socket that waits at /auth makes nobody online', async ({ person, connect, internal }) => {
  const usersOnline = async () => (await internal.get('/internal/connections')).body.connectedUsers
  await eventually(usersOnline, (users) => users === 0, 'everyone of the stories before to be gone')
  const socket = await connect(person(), { path: LEGACY, namespace: '/auth', auth: {} })
  assert.equal(await usersOnline(), 0)
  assert.ok(socket.connected)
})

test('both servers share one list', async ({ person, connect }) => {
  const [a, b] = [person(), person()]
  const main = await connect(a)
  const messenger = await connect(b, { path: LEGACY, namespace: '/messenger' })
  for (const socket of [main, messenger]) {
    const ids = await next(socket, 'getOnlineUsers', (list) => list.includes(a.userId) && list.includes(b.userId))
    assert.ok(Array.isArray(ids))
  }
})

test('the first change goes out at once', async ({ person, connect }) => {
  const [observer, who] = [await connect(person()), person()]
  await next(observer, 'getOnlineUsers')
  const start = performance.now()
  await connect(who)
  await next(observer, 'getOnlineUsers', (ids) => ids.includes(who.userId))
  const took = performance.now() - start
  assert.ok(took < MERGE_MS + 800, `the list came after ${took.toFixed()} ms`)
})

test('a crowd that comes at once costs far fewer lists than people', async ({ person, connect }) => {
  const observer = await connect(person())
  await next(observer, 'getOnlineUsers')
  await forget(observer)
  const crowd = Array.from({ length: 60 }, () => person())
  await Promise.all(crowd.map((who) => connect(who)))
  const everybody = (ids) => crowd.every(({ userId }) => ids.includes(userId))
  let lists = 0
  await next(observer, 'getOnlineUsers', (ids) => {
    lists += 1
    return everybody(ids)
  })
  assert.ok(lists < crowd.length / 2, `${lists} lists for ${crowd.length} people`)
  for (const who of crowd) await next(observer, 'userOnlineStatus', about(who))
})

test('what the app is told agrees with what clients are told', async ({ person, connect, internal }) => {
  const [who, absent] = [person(), person()]
  const socket = await connect(who)
  const { body: online } = await internal.get('/internal/online')
  assert.ok(JSON.stringify(online).includes(who.userId))
  assert.deepEqual((await internal.get(`/internal/users/${who.userId}/online`)).body, {
    userId: who.userId,
    isOnline: true,
  })
  const userIds = [who.userId, absent.userId]
  assert.deepEqual((await internal.post('/internal/online-status', { userIds })).body.statuses, {
    [who.userId]: true,
    [absent.userId]: false,
  })
  socket.disconnect()
  assert.equal(await disconnection(socket), 'io client disconnect')
  const { body } = await eventually(
    () => internal.get(`/internal/users/${who.userId}/online`),
    ({ body: seen }) => seen.isOnline === false,
    'the user to be offline',
  )
  assert.equal(body.userId, who.userId)
})

test('a client that vanishes without a word goes offline as well', async ({ person, connect }) => {
  const [observer, who] = [await connect(person()), person()]
  const socket = await connect(who)
  await next(observer, 'userOnlineStatus', about(who))
  socket.io.engine.transport.ws.terminate()
  shape(await next(observer, 'userOnlineStatus', about(who)), { isOnline: false })
})
