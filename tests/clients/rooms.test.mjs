// Every event of the `rooms` contract between stock clients (`contracts/rooms.md` sections 2 and 3).

import assert from 'node:assert/strict'
import {
  arrivals,
  ask,
  disconnection,
  forget,
  next,
  settled,
  silent,
  untaken,
} from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { chatOf } from './support/people.mjs'
import { accepted, iso, list, rejected, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { APP_PING_INTERVAL_MS: '700' })

// Lists may be merged for this long.
const MERGE_MS = 250

const now = () => new Date().toISOString()

test('authenticate is confirmed to this socket', async ({ person, connect }) => {
  const [who, other] = [person({ admin: true }), person()]
  const observer = await connect(other)
  const socket = await connect(who)
  accepted(await ask(socket, 'authenticate', { token: who.token }))
  shape(await next(socket, 'authenticated'), {
    userId: who.userId,
    email: who.email,
    isAdmin: true,
    socketId: socket.id,
    timestamp: iso,
  })
  await silent(observer, 'authenticated')
})

test('authenticate sends the online list to everyone again', async ({ person, connect }) => {
  const [who, other] = [person(), person()]
  const [socket, observer] = [await connect(who), await connect(other)]
  for (const one of [socket, observer]) {
    await next(one, 'getOnlineUsers', (ids) => ids.includes(who.userId) && ids.includes(other.userId))
  }
  await pause(MERGE_MS)
  await Promise.all([forget(socket), forget(observer)])
  accepted(await ask(socket, 'authenticate', { token: who.token }))
  for (const one of [socket, observer]) {
    assert.ok((await next(one, 'getOnlineUsers', list)).includes(who.userId))
  }
})

test('authenticate with a bad token ends the socket after saying why', async ({ person, connect }) => {
  const who = person()
  for (const token of ['garbage', who.anotherToken({ expiresIn: -60 })]) {
    const socket = await connect(who)
    socket.emit('authenticate', { token })
    shape(await next(socket, 'authError'), { message: text, code: text, timestamp: iso })
    assert.equal(await disconnection(socket), 'io server disconnect')
    assert.equal(socket.active, false, 'a stock client does not come back by itself')
  }
})

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`what a client says before it is connected is not lost, over ${transports.join(' then ')}`, async (world) => {
    for (let round = 0; round < 10; round += 1) {
      const who = world.person()
      const socket = world.open(who, { transports })
      const confirmed = ask(socket, 'authenticate', { token: who.token })
      const online = ask(socket, 'checkUserOnline', { userId: who.userId })
      accepted(await confirmed)
      assert.deepEqual(await online, { isOnline: true })
      shape(await next(socket, 'authenticated'), { userId: who.userId })
    }
  })
}

test('the handshake tells everyone who is online, as a bare array', async ({ person, connect }) => {
  const [a, b] = [person(), person()]
  const first = await connect(a)
  await connect(b)
  const ids = await next(first, 'getOnlineUsers', (list) => list.includes(b.userId))
  assert.ok(ids.every((id) => typeof id === 'string'))
  assert.ok(ids.includes(a.userId))
  assert.equal(new Set(ids).size, ids.length, 'nobody is listed twice')
})

test('getOnlineUsers answers this socket alone', async ({ person, connect }) => {
  const [a, b] = [person(), person()]
  const [first, second] = [await connect(a), await connect(b)]
  await next(second, 'getOnlineUsers', (ids) => ids.includes(b.userId))
  await next(first, 'getOnlineUsers', (ids) => ids.includes(b.userId))
  await next(first, 'userOnlineStatus', ({ userId }) => userId === b.userId)
  await Promise.all([forget(first), forget(second)])
  first.emit('getOnlineUsers')
  const ids = await next(first, 'getOnlineUsers')
  assert.ok(ids.includes(a.userId) && ids.includes(b.userId))
  await silent(second, 'getOnlineUsers')
})

test('userOnlineStatus tells of the first connection and of the last disconnection', async ({ person, connect }) => {
  const [observer, who] = [await connect(person()), person()]
  const about = ({ userId }) => userId === who.userId
  const socket = await connect(who)
  shape(await next(observer, 'userOnlineStatus', about), { isOnline: true, timestamp: iso })
  socket.disconnect()
  shape(await next(observer, 'userOnlineStatus', about), { isOnline: false, timestamp: iso })
})

test('checkUserOnline answers in its acknowledgement', async ({ person, connect }) => {
  const [a, b] = [person(), person()]
  const socket = await connect(a)
  assert.deepEqual(await ask(socket, 'checkUserOnline', { userId: b.userId }), { isOnline: false })
  await connect(b)
  assert.deepEqual(await ask(socket, 'checkUserOnline', { userId: b.userId }), { isOnline: true })
})

test('typing reaches every device of the receiver and nobody else', async ({ person, connect }) => {
  const [a, b, c] = [person(), person(), person()]
  const from = await connect(a)
  const devices = [await connect(b), await connect(b)]
  const stranger = await connect(c)
  for (const isTyping of [true, false]) {
    accepted(await ask(from, 'typing', { receiverId: b.userId, isTyping }))
    for (const device of devices) {
      shape(await next(device, 'userTyping'), { userId: a.userId, isTyping, timestamp: iso })
    }
  }
  await silent(from, 'userTyping')
  await silent(stranger, 'userTyping')
})

test('nobody types in the name of another', async ({ person, connect }) => {
  const [a, b, victim] = [person(), person(), person()]
  const [from, to] = [await connect(a), await connect(b)]
  from.emit('typing', { receiverId: b.userId, isTyping: true, userId: victim.userId, senderId: victim.userId })
  shape(await next(to, 'userTyping'), { userId: a.userId })
})

for (const [event, good, bad] of [
  ['tokenUpdateReceived', { timestamp: now(), reason: 'why' }, { timestamp: now() }],
  ['statusUpdateReceived', { status: true, timestamp: now() }, { status: 'yes', timestamp: now() }],
  ['designationsUpdateReceived', { timestamp: now(), reason: 'why' }, 7],
]) {
  test(`${event} is acknowledged and heard by no one`, async ({ person, connect }) => {
    const [who, other] = [person(), person()]
    const [socket, observer] = [await connect(who), await connect(other)]
    accepted(await ask(socket, event, good))
    rejected(await ask(socket, event, bad))
    await silent(observer, event)
    assert.ok(socket.connected)
  })
}

test('two people talk in the chat of their ids, others do not get in', async ({ known, connect }) => {
  const [a, b, c] = [await known(), await known(), await known()]
  const chatId = chatOf(a, b)
  const [first, second, stranger] = [await connect(a), await connect(b), await connect(c)]
  accepted(await ask(first, 'joinChatRoom', { chatId }))
  accepted(await ask(second, 'joinChatRoom', { chatId }))
  rejected(await ask(stranger, 'joinChatRoom', { chatId }))
  accepted(await ask(first, 'sendChatMessage', { chatId, message: 'hello' }))
  shape(await next(second, 'receiveChatMessage'), { userId: a.userId, message: 'hello', timestamp: iso })
  rejected(await ask(stranger, 'sendChatMessage', { chatId, message: 'let me in' }))
  await silent(second, 'receiveChatMessage')
  await silent(stranger, 'receiveChatMessage')
})

test('the app lets a member in, and takes the membership away', async ({ person, connect, internal }) => {
  const [a, b] = [person(), person()]
  const chatId = `team-${a.userId}`
  const [member, outsider] = [await connect(a), await connect(b)]
  rejected(await ask(member, 'joinChatRoom', { chatId }))
  await internal.post(`/internal/rooms/chat_${chatId}/grant`, { userIds: [a.userId] })
  accepted(await ask(member, 'joinChatRoom', { chatId }))
  rejected(await ask(outsider, 'joinChatRoom', { chatId }))
  const say = (n) =>
    internal.post('/internal/send-to-room', { room: `chat_${chatId}`, event: 'news', data: { n } })
  await say(1)
  shape(await next(member, 'news'), { n: 1 })
  await internal.post(`/internal/rooms/chat_${chatId}/revoke`, { userIds: [a.userId] })
  await say(2)
  await silent(member, 'news')
  rejected(await ask(member, 'joinChatRoom', { chatId }))
  await silent(outsider, 'news')
})

test('who leaves a chat room hears it no more', async ({ person, connect, internal }) => {
  const who = person()
  const chatId = `room-${who.userId}`
  await internal.post(`/internal/rooms/chat_${chatId}/grant`, { userIds: [who.userId] })
  const [socket, sibling] = [await connect(who), await connect(who)]
  accepted(await ask(socket, 'joinChatRoom', { chatId }))
  accepted(await ask(sibling, 'joinChatRoom', { chatId }))
  accepted(await ask(socket, 'leaveChatRoom', { chatId }))
  await internal.post('/internal/send-to-room', { room: `chat_${chatId}`, event: 'news', data: {} })
  await next(sibling, 'news')
  await silent(socket, 'news')
})

test("another user's own room cannot be joined as a chat", async ({ person, connect, internal }) => {
  const [attacker, victim] = [person(), person()]
  const [socket, own] = [await connect(attacker), await connect(victim)]
  for (const chatId of [victim.userId, `user_${victim.userId}`, `../user_${victim.userId}`, `${victim.userId}_`]) {
    rejected(await ask(socket, 'joinChatRoom', { chatId }))
  }
  await internal.post('/internal/send-to-user', { userId: victim.userId, event: 'secret', data: {} })
  await next(own, 'secret')
  await silent(socket, 'secret')
})

test('a read message is receipted to every device of its sender', async ({ known, connect, rest }) => {
  const [a, b] = [await known(), await known()]
  const senders = [await connect(a), await connect(a)]
  const reader = await connect(b)
  const { body: sent } = await rest.post(a, `/api/messages/send/${b.userId}`, { text: 'read me' })
  accepted(await ask(reader, 'messageRead', { messageId: sent._id, senderId: a.userId }))
  for (const device of senders) {
    shape(await next(device, 'messageReadReceipt'), { messageId: sent._id, readBy: b.userId, readAt: iso })
  }
  await silent(reader, 'messageReadReceipt')
  const { body: history } = await rest.get(a, `/api/messages/${b.userId}`)
  const [stored] = history
  shape(stored, { _id: sent._id, isRead: true, status: 'read' })
  shape(stored.metadata, { readAt: iso })
})

test('a receipt goes to the stored sender, whoever the reader names', async ({ known, connect, rest }) => {
  const [a, b, c] = [await known(), await known(), await known()]
  const [sender, reader, named] = [await connect(a), await connect(b), await connect(c)]
  const { body: sent } = await rest.post(a, `/api/messages/send/${b.userId}`, { text: 'who wrote this?' })
  reader.emit('messageRead', { messageId: sent._id, senderId: c.userId })
  shape(await next(sender, 'messageReadReceipt'), { messageId: sent._id, readBy: b.userId })
  await silent(named, 'messageReadReceipt')
})

test('only the receiver can mark a message as read', async ({ known, connect, rest }) => {
  const [a, b, c] = [await known(), await known(), await known()]
  const [sender, stranger] = [await connect(a), await connect(c)]
  const { body: sent } = await rest.post(a, `/api/messages/send/${b.userId}`, { text: 'not yours' })
  const claim = { messageId: sent._id, senderId: a.userId }
  rejected(await ask(stranger, 'messageRead', claim))
  rejected(await ask(sender, 'messageRead', claim))
  rejected(await ask(sender, 'messageRead', { ...claim, messageId: 'f'.repeat(24) }))
  await silent(sender, 'messageReadReceipt')
  const { body: history } = await rest.get(b, `/api/messages/${a.userId}`)
  shape(history[0], { isRead: false, status: 'sent' })
})

test('the server pings at its interval and takes pong without a word', async ({ person, connect }) => {
  const socket = await connect(person())
  shape(await next(socket, 'ping'), { timestamp: iso })
  accepted(await ask(socket, 'pong', { timestamp: now() }))
  shape(await next(socket, 'ping'), { timestamp: iso })
  await silent(socket, 'pong')
})

test("a client's ping is answered with pong", async ({ person, connect }) => {
  const socket = await connect(person())
  socket.emit('ping', { timestamp: now() })
  shape(await next(socket, 'pong'), { timestamp: iso })
  socket.emit('ping')
  shape(await next(socket, 'pong'), { timestamp: iso })
})

test('test is answered with testResponse', async ({ person, connect }) => {
  const who = person()
  const socket = await connect(who)
  socket.emit('test', { any: ['thing'] })
  shape(await next(socket, 'testResponse'), {
    message: 'Test successful!',
    userId: who.userId,
    socketId: socket.id,
    timestamp: iso,
  })
})

test("userLoggedIn is taken from the user's own login route only", async ({ person, connect }) => {
  const [who, other] = [person(), person()]
  const observer = await connect(other)
  const headers = { cookie: `authToken=${who.token}` }
  const socket = await connect(who, { auth: undefined, headers, transports: ['websocket'] })
  const login = { userId: who.userId, email: who.email, provider: 'local', timestamp: now() }
  accepted(await ask(socket, 'userLoggedIn', login))
  rejected(await ask(socket, 'userLoggedIn', { ...login, userId: other.userId }))
  await silent(observer, 'userLoggedIn')
})

test('names of the oldest revision are not served', async ({ person, connect }) => {
  const [attacker, victim] = [person(), person()]
  const [socket, target] = [await connect(attacker), await connect(victim)]
  const data = { userId: victim.userId, event: 'tokenUpdated', data: { newToken: attacker.token } }
  rejected(await ask(socket, 'sendToUser', data))
  rejected(await ask(socket, 'send_message', { user: victim.userId, text: 'x' }))
  rejected(await ask(socket, 'user_typing', { user: victim.userId, isTyping: true }))
  rejected(await ask(socket, 'new_user', { user: victim.userId }))
  await silent(target, 'tokenUpdated')
  assert.ok(arrivals(target).every((name) => !['send_message', 'user_typing', 'new_user'].includes(name)))
})

test('a new token reaches every device of its user and nobody else', async ({ person, connect, internal }) => {
  const [who, other] = [person(), person()]
  const devices = [await connect(who), await connect(who)]
  const stranger = await connect(other)
  for (const [given, reason] of [
    [undefined, 'User data updated by admin'],
    ['Admin status updated', 'Admin status updated'],
  ]) {
    const newToken = who.anotherToken()
    await internal.post('/internal/emit-token-update', { userId: who.userId, newToken, reason: given })
    for (const device of devices) {
      shape(await next(device, 'tokenUpdated'), { newToken, reason, timestamp: iso })
    }
  }
  await silent(stranger, 'tokenUpdated')
})

test('an account that is switched on is told so, alone', async ({ person, connect, internal }) => {
  const [who, other] = [person(), person()]
  const [socket, stranger] = [await connect(who), await connect(other)]
  await internal.post('/internal/emit-user-status-change', { userId: who.userId, status: true })
  const reason = 'Account activated by admin'
  shape(await next(socket, 'userStatusChanged'), { status: true, reason, timestamp: iso })
  await silent(stranger, 'userStatusChanged')
})

test('new designations are told to their user', async ({ person, connect, internal }) => {
  const [who, other] = [person(), person()]
  const [socket, stranger] = [await connect(who), await connect(other)]
  const designations = ['Lead', 'Ünïcode']
  await internal.post('/internal/emit-designations-update', { userId: who.userId, designations })
  const reason = 'Designations updated by admin'
  shape(await next(socket, 'designationsUpdated'), { designations, reason, timestamp: iso })
  await silent(stranger, 'designationsUpdated')
})

test('an alert of the app is a newMessage with its fields and a mark', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  const data = { from: 'Ada', content: 'You have mail', link: '/inbox' }
  await internal.post('/internal/notify-new-message', { userId: who.userId, data })
  shape(await next(socket, 'newMessage'), { ...data, notification: true, timestamp: iso })
})

test('emitOnlineUsers sends the list again', async ({ person, connect, internal }) => {
  const who = person()
  const socket = await connect(who)
  await next(socket, 'getOnlineUsers', (ids) => ids.includes(who.userId))
  await forget(socket)
  await internal.post('/internal/emit-online-users', {})
  const ids = await next(socket, 'getOnlineUsers', list)
  assert.ok(ids.includes(who.userId))
})

test('events of one socket are handled in their order', async ({ person, connect }) => {
  const [a, b] = [person(), person()]
  const [from, to] = [await connect(a), await connect(b)]
  const sent = Array.from({ length: 16 }, (_, index) => index % 2 === 0)
  sent.forEach((isTyping) => from.emit('typing', { receiverId: b.userId, isTyping }))
  await settled(from)
  await settled(to)
  const seen = untaken(to, 'userTyping').map(({ isTyping }) => isTyping)
  // Typing is state: what comes in a burst may be merged, and then the last one wins.
  assert.ok(seen.length > 0, 'typing arrived')
  assert.equal(seen.at(-1), sent.at(-1))
})
