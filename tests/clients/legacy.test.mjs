// Every event of the `legacy` contract: three namespaces over one connection (`contracts/legacy.md`).

import assert from 'node:assert/strict'
import { ask, disconnection, forget, LEGACY, next, ROOMS, settled, silent } from './support/client.mjs'
import { PROMPTLY_MS } from './support/deadline.mjs'
import { chatOf, newDevice } from './support/people.mjs'
import { accepted, count, flag, iso, list, rejected, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, {
  APP_PING_INTERVAL_MS: '900',
  LEGACY_AUTH_TIMEOUT_MS: '1000',
  RATE_LIMITS: 'off',
})

const now = () => new Date().toISOString()
const NAMESPACES = ['/auth', '/messenger', '/notifications']

/** The three handles of one client, over one connection. */
async function handles({ connect }, who, options = {}) {
  const auth = await connect(who, { ...options, path: LEGACY, namespace: '/auth' })
  const messenger = await connect(who, { over: auth, namespace: '/messenger' })
  const notifications = await connect(who, { over: auth, namespace: '/notifications' })
  return { auth, messenger, notifications }
}

test('three namespaces share one connection', async (world) => {
  const who = world.person()
  const { auth, messenger, notifications } = await handles(world, who)
  assert.equal(auth.io.engine, messenger.io.engine)
  assert.equal(auth.io.engine, notifications.io.engine)
})

test('the root namespace of this path offers ping and pong only', async (world) => {
  const socket = await world.connect(world.person(), { path: LEGACY, namespace: '/' })
  socket.emit('ping', { timestamp: now() })
  shape(await next(socket, 'pong'), { timestamp: iso })
  rejected(await ask(socket, 'typing', { receiverId: 'x', isTyping: true }))
})

test('/auth confirms authenticate', async (world) => {
  const who = world.person({ admin: true })
  const { auth } = await handles(world, who)
  accepted(await ask(auth, 'authenticate', { token: who.token }))
  shape(await next(auth, 'authenticated'), {
    userId: who.userId,
    email: who.email,
    isAdmin: true,
    socketId: auth.id,
    timestamp: iso,
  })
})

test('a socket without a token waits at /auth and may only authenticate', async (world) => {
  const who = world.person()
  const socket = await world.connect(who, { path: LEGACY, namespace: '/auth', auth: {} })
  rejected(await ask(socket, 'typing', { receiverId: 'x', isTyping: true }))
  rejected(await ask(socket, 'getOnlineUsers'))
  rejected(await ask(socket, 'tokenUpdateReceived', { timestamp: now(), reason: 'x' }))
  accepted(await ask(socket, 'authenticate', { token: who.token }))
  shape(await next(socket, 'authenticated'), { userId: who.userId, email: who.email })
  const designations = ['Lead']
  await world.internal.post('/internal/emit-designations-update', { userId: who.userId, designations })
  shape(await next(socket, 'designationsUpdated'), { designations })
})

test('who waits too long at /auth is sent away', async (world) => {
  const socket = await world.connect(world.person(), { path: LEGACY, namespace: '/auth', auth: {} })
  shape(await next(socket, 'authError', undefined, PROMPTLY_MS), { message: 'Authentication timeout' })
  assert.equal(await disconnection(socket), 'io server disconnect')
})

test('who has authenticated at /auth in time is not sent away', async (world) => {
  const who = world.person()
  const late = await world.connect(world.person(), { path: LEGACY, namespace: '/auth', auth: {} })
  const socket = await world.connect(who, { path: LEGACY, namespace: '/auth', auth: {} })
  accepted(await ask(socket, 'authenticate', { token: who.token }))
  const third = await world.connect(world.person(), { path: LEGACY, namespace: '/auth', auth: {} })
  for (const waiting of [late, third]) await next(waiting, 'authError', undefined, PROMPTLY_MS)
  await silent(socket, 'authError')
  assert.ok(socket.connected)
})

test('authenticate with a bad token ends a waiting socket', async (world) => {
  const socket = await world.connect(world.person(), { path: LEGACY, namespace: '/auth', auth: {} })
  socket.emit('authenticate', { token: 'garbage' })
  shape(await next(socket, 'authError'), { message: text, code: text, timestamp: iso })
  assert.equal(await disconnection(socket), 'io server disconnect')
})

test('authenticate on /messenger only confirms', async (world) => {
  const who = world.person()
  const { messenger } = await handles(world, who)
  accepted(await ask(messenger, 'authenticate', { token: who.token }))
  assert.ok(messenger.connected)
})

test('acknowledgements of updates are taken at /auth', async (world) => {
  const { auth } = await handles(world, world.person())
  accepted(await ask(auth, 'tokenUpdateReceived', { timestamp: now(), reason: 'why' }))
  accepted(await ask(auth, 'statusUpdateReceived', { status: false, timestamp: now() }))
  rejected(await ask(auth, 'statusUpdateReceived', { timestamp: now() }))
})

test('every namespace is pinged and takes pong', async (world) => {
  const all = await handles(world, world.person())
  for (const socket of Object.values(all)) {
    shape(await next(socket, 'ping'), { timestamp: iso })
    accepted(await ask(socket, 'pong', { timestamp: now() }))
  }
})

test('logout ends the sockets of this device and of no other', async (world) => {
  const who = world.person()
  const here = await handles(world, who)
  const main = await world.connect(who, { path: ROOMS })
  const elsewhere = await world.connect(who, { path: ROOMS, device: newDevice() })
  here.auth.emit('logout')
  for (const socket of [...Object.values(here), main]) {
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  await settled(elsewhere)
  assert.ok(elsewhere.connected)
  await world.connect(who, { device: who.device })
})

test('account events come on /auth and on the main server, once each', async (world) => {
  const who = world.person()
  const { auth, messenger, notifications } = await handles(world, who)
  const main = await world.connect(who)
  const stranger = await handles(world, world.person())
  const newToken = who.anotherToken()
  const { userId } = who
  for (const [path, body, event, expected] of [
    ['emit-token-update', { newToken }, 'tokenUpdated', { newToken, reason: 'User data updated by admin' }],
    [
      'emit-user-status-change',
      { status: true },
      'userStatusChanged',
      { status: true, reason: 'Account activated by admin' },
    ],
    [
      'emit-designations-update',
      { designations: ['a', 'b'] },
      'designationsUpdated',
      { designations: ['a', 'b'], reason: 'Designations updated by admin' },
    ],
  ]) {
    await world.internal.post(`/internal/${path}`, { userId, ...body })
    for (const socket of [auth, main]) {
      shape(await next(socket, event), { ...expected, timestamp: iso })
      await silent(socket, event)
    }
    for (const socket of [messenger, notifications, stranger.auth]) await silent(socket, event)
  }
})

test('typing on /messenger reaches the receiver on both servers', async (world) => {
  const [a, b] = [world.person(), world.person()]
  const from = await handles(world, a)
  const to = await handles(world, b)
  const main = await world.connect(b)
  accepted(await ask(from.messenger, 'typing', { receiverId: b.userId, isTyping: true }))
  for (const socket of [to.messenger, main]) {
    shape(await next(socket, 'userTyping'), { userId: a.userId, isTyping: true, timestamp: iso })
  }
  await silent(to.auth, 'userTyping')
  await silent(to.notifications, 'userTyping')
  await silent(from.messenger, 'userTyping')
})

test('typing on the main server reaches /messenger', async (world) => {
  const [a, b] = [world.person(), world.person()]
  const main = await world.connect(a)
  const { messenger } = await handles(world, b)
  accepted(await ask(main, 'typing', { receiverId: b.userId, isTyping: false }))
  shape(await next(messenger, 'userTyping'), { userId: a.userId, isTyping: false })
})

test('an event of the main contract is taken in whichever namespace it comes', async (world) => {
  const [a, b] = [world.person(), world.person()]
  const from = await handles(world, a)
  const to = await handles(world, b)
  for (const socket of [from.notifications, from.auth]) {
    accepted(await ask(socket, 'typing', { receiverId: b.userId, isTyping: true }))
    shape(await next(to.messenger, 'userTyping'), { userId: a.userId })
  }
})

test('chat rooms on /messenger admit their members', async (world) => {
  const [a, b, c] = [await world.known(), await world.known(), await world.known()]
  const chatId = chatOf(a, b)
  const { messenger } = await handles(world, a)
  const { messenger: stranger } = await handles(world, c)
  accepted(await ask(messenger, 'joinChatRoom', { chatId }))
  rejected(await ask(stranger, 'joinChatRoom', { chatId }))
  const say = (n) =>
    world.internal.post('/internal/send-to-room', { room: `chat_${chatId}`, event: 'newMessage', data: { n } })
  await say(1)
  shape(await next(messenger, 'newMessage'), { n: 1 })
  accepted(await ask(messenger, 'leaveChatRoom', { chatId }))
  await say(2)
  await silent(messenger, 'newMessage')
  await silent(stranger, 'newMessage')
})

test('any event of the app to a chat room reaches who joined it on /messenger', async (world) => {
  const who = await world.known()
  const chatId = `room-${who.userId}`
  await world.internal.post(`/internal/rooms/chat_${chatId}/grant`, { userIds: [who.userId] })
  const { messenger } = await handles(world, who)
  accepted(await ask(messenger, 'joinChatRoom', { chatId }))
  await world.internal.post('/internal/send-to-room', { room: `chat_${chatId}`, event: 'news', data: { n: 1 } })
  shape(await next(messenger, 'news'), { n: 1 })
})

test('a message over REST comes to /messenger and to the main server, once each', async (world) => {
  const [a, b] = [await world.known(), await world.known()]
  const [sender, receiver] = [await handles(world, a), await handles(world, b)]
  const [senderMain, receiverMain] = [await world.connect(a), await world.connect(b)]
  const { body: document } = await world.rest.post(a, `/api/messages/send/${b.userId}`, { text: 'bridge' })
  for (const socket of [receiver.messenger, receiverMain]) {
    shape(await next(socket, 'newMessage'), { ...document, timestamp: iso })
    await silent(socket, 'newMessage')
  }
  for (const socket of [sender.messenger, senderMain]) {
    shape(await next(socket, 'messageSent'), { ...document, timestamp: iso })
    await silent(socket, 'messageSent')
  }
  await silent(receiver.notifications, 'newMessage')
  await silent(receiver.auth, 'newMessage')
})

test('a read receipt crosses from /messenger to both servers', async (world) => {
  const [a, b] = [await world.known(), await world.known()]
  const sender = await handles(world, a)
  const senderMain = await world.connect(a)
  const { messenger: reader } = await handles(world, b)
  const { body: sent } = await world.rest.post(a, `/api/messages/send/${b.userId}`, { text: 'read me' })
  accepted(await ask(reader, 'messageRead', { messageId: sent._id, senderId: a.userId }))
  for (const socket of [sender.messenger, senderMain]) {
    shape(await next(socket, 'messageReadReceipt'), { messageId: sent._id, readBy: b.userId, readAt: iso })
  }
})

test('/messenger lists who is online and tells of changes', async (world) => {
  const [a, b] = [world.person(), world.person()]
  const { messenger, auth } = await handles(world, a)
  await world.connect(b)
  const mine = await next(messenger, 'getOnlineUsers', (ids) => ids.includes(b.userId))
  assert.ok(mine.includes(a.userId))
  const about = ({ userId }) => userId === b.userId
  shape(await next(messenger, 'userOnlineStatus', about), { isOnline: true, timestamp: iso })
  await forget(messenger)
  messenger.emit('getOnlineUsers')
  assert.ok((await next(messenger, 'getOnlineUsers', list)).includes(b.userId))
  assert.deepEqual(await ask(messenger, 'checkUserOnline', { userId: b.userId }), { isOnline: true })
  await silent(auth, 'getOnlineUsers')
})

test('/messenger answers test', async (world) => {
  const who = world.person()
  const { messenger } = await handles(world, who)
  messenger.emit('test', {})
  shape(await next(messenger, 'testResponse'), {
    message: 'Test successful!',
    userId: who.userId,
    socketId: messenger.id,
    timestamp: iso,
  })
})

test('an alert comes as newMessage on /notifications and on the main server', async (world) => {
  const who = world.person()
  const { messenger, notifications, auth } = await handles(world, who)
  const main = await world.connect(who)
  const data = { from: 'Ada', content: 'You have mail' }
  await world.internal.post('/internal/notify-new-message', { userId: who.userId, data })
  for (const socket of [notifications, main]) {
    shape(await next(socket, 'newMessage'), { ...data, notification: true, timestamp: iso })
    await silent(socket, 'newMessage')
  }
  await silent(messenger, 'newMessage')
  await silent(auth, 'newMessage')
})

const notice = (who, n = 1) => ({
  userId: who.userId,
  type: 'order',
  title: `Title ${n}`,
  message: `Text ${n}`,
  data: { n },
})

test('a notification is stored, shown and counted', async (world) => {
  const who = world.person()
  const { notifications, messenger } = await handles(world, who)
  assert.deepEqual(await next(notifications, 'unreadCount'), { count: 0 })
  await world.internal.post('/internal/notify', notice(who))
  const shown = await next(notifications, 'notification')
  shape(shown, {
    id: text,
    type: 'order',
    title: 'Title 1',
    message: 'Text 1',
    data: { n: 1 },
    timestamp: iso,
    read: false,
  })
  shape(await next(notifications, 'unreadCount'), { count: 1 })
  const { notifications: stored } = await ask(notifications, 'getNotifications', {})
  assert.equal(stored.length, 1)
  shape(stored[0], { id: shown.id, title: 'Title 1', read: false, timestamp: iso })
  await silent(messenger, 'notification')
})

test('what came while the user was away is counted at the next connect', async (world) => {
  const who = world.person()
  await world.internal.post('/internal/notify', notice(who, 1))
  await world.internal.post('/internal/notify', notice(who, 2))
  const { notifications } = await handles(world, who)
  assert.deepEqual(await next(notifications, 'unreadCount'), { count: 2 })
})

test('reading a notification is told to the other devices', async (world) => {
  const who = world.person()
  const { notifications: here } = await handles(world, who)
  const { notifications: elsewhere } = await handles(world, who, { device: newDevice() })
  await world.internal.post('/internal/notify', notice(who))
  const { id } = await next(here, 'notification')
  await next(elsewhere, 'notification')
  await next(elsewhere, 'unreadCount', (seen) => seen.count === 1)
  shape(await ask(here, 'markNotificationRead', { notificationId: id }), { success: true })
  shape(await next(elsewhere, 'notificationRead'), { notificationId: id, timestamp: iso })
  await next(elsewhere, 'unreadCount', (seen) => seen.count === 0)
  await silent(here, 'notificationRead')
  const { notifications: unread } = await ask(here, 'getNotifications', { unreadOnly: true })
  assert.deepEqual(unread, [])
})

test('nobody marks or reads the notifications of another', async (world) => {
  const [who, stranger] = [world.person(), world.person()]
  const { notifications: own } = await handles(world, who)
  const { notifications: foreign } = await handles(world, stranger)
  await world.internal.post('/internal/notify', notice(who))
  const { id } = await next(own, 'notification')
  const reply = await ask(foreign, 'markNotificationRead', { notificationId: id })
  assert.notEqual(reply.success, true, JSON.stringify(reply))
  assert.deepEqual((await ask(foreign, 'getNotifications', {})).notifications, [])
  await silent(foreign, 'notification')
  const { notifications: unread } = await ask(own, 'getNotifications', { unreadOnly: true })
  assert.deepEqual(
    unread.map((one) => one.id),
    [id],
  )
})

test('all notifications are marked at once, and the number is told', async (world) => {
  const who = world.person()
  for (let n = 1; n <= 3; n += 1) await world.internal.post('/internal/notify', notice(who, n))
  const { notifications: here } = await handles(world, who)
  const { notifications: elsewhere } = await handles(world, who, { device: newDevice() })
  assert.deepEqual(await ask(here, 'markAllNotificationsRead'), { success: true, modifiedCount: 3 })
  for (const socket of [here, elsewhere]) await next(socket, 'unreadCount', (seen) => seen.count === 0)
  shape(await ask(here, 'markAllNotificationsRead'), { success: true, modifiedCount: 0 })
})

test('the list of notifications is limited to fifty', async (world) => {
  const who = world.person()
  for (let n = 1; n <= 55; n += 1) await world.internal.post('/internal/notify', notice(who, n))
  const { notifications } = await handles(world, who)
  const { notifications: two } = await ask(notifications, 'getNotifications', { limit: 2 })
  assert.deepEqual(
    two.map(({ data }) => data.n),
    [55, 54],
    'the newest come first',
  )
  const { notifications: many } = await ask(notifications, 'getNotifications', { limit: 50 })
  assert.equal(many.length, 50)
  const tooMany = await ask(notifications, 'getNotifications', { limit: 5_000 })
  assert.ok((tooMany.notifications?.length ?? 0) <= 50)
  shape(many[0], { id: text, type: text, read: flag, data: ({ n }) => count(n) })
})

test('an unknown event of the app goes to /notifications, or where the app says', async (world) => {
  const who = world.person()
  const { auth, messenger, notifications } = await handles(world, who)
  const send = (body) => world.internal.post('/internal/send-to-user', { userId: who.userId, ...body })
  await send({ event: 'somethingNew', data: { n: 1 } })
  shape(await next(notifications, 'somethingNew'), { n: 1 })
  await silent(auth, 'somethingNew')
  await silent(messenger, 'somethingNew')
  await send({ event: 'somethingNew', data: { n: 2 }, namespace: '/messenger' })
  shape(await next(messenger, 'somethingNew'), { n: 2 })
  await silent(notifications, 'somethingNew')
})

test('force logout ends all namespaces and the main server with the reason', async (world) => {
  const who = world.person()
  const { auth, messenger, notifications } = await handles(world, who)
  const main = await world.connect(who)
  const other = await handles(world, world.person())
  await world.internal.post('/internal/force-logout', { userId: who.userId, reason: 'Because' })
  for (const socket of [auth, notifications, main]) {
    shape(await next(socket, 'force_logout'), { reason: 'Because', timestamp: iso })
  }
  for (const socket of [auth, messenger, notifications, main]) {
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  for (const socket of Object.values(other)) await settled(socket)
})

test('every refusal is the same in each namespace: nothing is let out to strangers', async (world) => {
  const all = await handles(world, world.person())
  for (const namespace of NAMESPACES) {
    const socket = all[namespace.slice(1)]
    for (const event of ['sendToUser', 'joinRoom', 'anything']) rejected(await ask(socket, event, {}))
  }
})
