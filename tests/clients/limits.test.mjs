// Nothing a client sends is without a bound, and whoever asks is answered (`contracts/rooms.md` section 7).

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ask, disconnection, LEGACY, next, settled, silent, untaken } from './support/client.mjs'
import { chatOf, newDevice } from './support/people.mjs'
import { accepted, rejected, shape } from './support/shape.mjs'
import { newHome, startSidecar } from './support/sidecar.mjs'
import { suite, worldOf } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const MAX_ROOMS = 100
const MAX_PAYLOAD_BYTES = 1_000_000
const TOO_MANY_FAILURES = 'Too many failed attempts. Please try again later.'

const now = () => new Date().toISOString()

const WRONG_ARGUMENTS = [undefined, null, 7, 'text', true, [], ['x'], {}, { token: 7 }, { deep: { er: {} } }]

/** Sends the event with an acknowledgement and these arguments; an undefined one is left out. */
const askWith = (socket, event, argument) =>
  argument === undefined ? ask(socket, event) : ask(socket, event, argument)

const DOORS = [
  {
    door: {},
    strict: [
      'typing',
      'joinChatRoom',
      'leaveChatRoom',
      'messageRead',
      'sendChatMessage',
      'checkUserOnline',
      'tokenUpdateReceived',
      'statusUpdateReceived',
      'designationsUpdateReceived',
      'userLoggedIn',
      'noSuchEvent',
    ],
    lenient: ['pong', 'ping', 'test', 'getOnlineUsers'],
  },
  {
    door: { path: LEGACY, namespace: '/auth' },
    strict: ['tokenUpdateReceived', 'statusUpdateReceived', 'noSuchEvent'],
    lenient: ['pong'],
  },
  {
    door: { path: LEGACY, namespace: '/messenger' },
    strict: ['typing', 'joinChatRoom', 'leaveChatRoom', 'messageRead', 'checkUserOnline', 'noSuchEvent'],
    lenient: ['pong', 'test', 'getOnlineUsers'],
  },
  {
    door: { path: LEGACY, namespace: '/notifications' },
    strict: ['noSuchEvent'],
    lenient: ['markNotificationRead', 'getNotifications', 'markAllNotificationsRead'],
  },
]

for (const { door, strict, lenient } of DOORS) {
  test(`every wrong argument at ${door.namespace ?? 'the main server'} is answered and harmless`, async (world) => {
    const socket = await world.connect(world.person(), door)
    const wronglyAnswered = []
    for (const argument of WRONG_ARGUMENTS) {
      for (const event of strict) {
        const reply = await askWith(socket, event, argument)
        if (reply?.ok === false && typeof reply.error === 'string') continue
        wronglyAnswered.push(`${event} ${JSON.stringify(argument)} → ${JSON.stringify(reply)}`)
      }
      for (const event of lenient) {
        const reply = await askWith(socket, event, argument)
        assert.equal(typeof reply, 'object', `${event} ${JSON.stringify(argument)}`)
      }
    }
    assert.deepEqual(wronglyAnswered, [])
    assert.ok(socket.connected)
  })
}

test('wrong types inside a right object are refused', async (world) => {
  const socket = await world.connect(world.person())
  for (const [event, argument] of [
    ['typing', { receiverId: 7, isTyping: true }],
    ['typing', { receiverId: 'x', isTyping: 'yes' }],
    ['typing', { receiverId: ['x'], isTyping: true }],
    ['typing', { receiverId: '', isTyping: true }],
    ['joinChatRoom', { chatId: { $ne: null } }],
    ['messageRead', { messageId: 7, senderId: 'x' }],
    ['messageRead', { messageId: 'x' }],
    ['sendChatMessage', { chatId: 'x', message: {} }],
    ['statusUpdateReceived', { status: 1, timestamp: now() }],
    ['checkUserOnline', { userId: null }],
  ]) {
    rejected(await ask(socket, event, argument))
  }
})

test('a list is no object: its items are not read as fields', async (world) => {
  const [a, b] = [await world.known(), await world.known()]
  const [from, to] = [await world.connect(a), await world.connect(b)]
  rejected(await ask(from, 'typing', [b.userId, true]))
  await silent(to, 'userTyping')
  rejected(await ask(from, 'joinChatRoom', [chatOf(a, b)]))
})

test('binary where text belongs is refused', async (world) => {
  const socket = await world.connect(world.person())
  rejected(await ask(socket, 'typing', Buffer.from('receiver')))
  rejected(await ask(socket, 'joinChatRoom', { chatId: Buffer.from('room') }))
  await settled(socket)
})

test('extra arguments do no harm', async (world) => {
  const [a, b] = [world.person(), world.person()]
  const [from, to] = [await world.connect(a), await world.connect(b)]
  accepted(await ask(from, 'typing', { receiverId: b.userId, isTyping: true }, 'more', { and: 'more' }))
  shape(await next(to, 'userTyping'), { userId: a.userId })
})

test('an event without a listener for its answer harms nobody', async (world) => {
  const socket = await world.connect(world.person())
  for (const event of ['typing', 'joinChatRoom', 'checkUserOnline', 'authenticate2', 'x'.repeat(500)]) socket.emit(event)
  await settled(socket)
  assert.ok(socket.connected)
})

test('odd and long room names are refused', async (world) => {
  const who = await world.known()
  const socket = await world.connect(who)
  const names = ['', ' ', 'x'.repeat(200), 'a\nb', 'a\u0000b', '\u202E', '../../etc', 'user_x', '*', 'a b', '{}', '😀']
  for (const chatId of names) rejected(await ask(socket, 'joinChatRoom', { chatId }))
})

test('an app cannot be made to grant a room whose name is too long', async (world) => {
  const who = world.person()
  const room = `chat_${'x'.repeat(300)}`
  const { status } = await world.internal.post(`/internal/rooms/${room}/grant`, { userIds: [who.userId] })
  const socket = await world.connect(who)
  rejected(await ask(socket, 'joinChatRoom', { chatId: 'x'.repeat(300) }))
  assert.ok(status >= 400 && status < 500, `the grant was answered ${status}`)
})

test('a socket is in a hundred rooms and no more', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const rooms = Array.from({ length: MAX_ROOMS + 1 }, (_, index) => `r${index}-${who.userId}`)
  for (const room of rooms) {
    await world.internal.post(`/internal/rooms/chat_${room}/grant`, { userIds: [who.userId] })
  }
  const last = rooms.pop()
  for (const chatId of rooms) accepted(await ask(socket, 'joinChatRoom', { chatId }))
  rejected(await ask(socket, 'joinChatRoom', { chatId: last }))
  accepted(await ask(socket, 'joinChatRoom', { chatId: rooms[0] }))
  accepted(await ask(socket, 'leaveChatRoom', { chatId: rooms[0] }))
  accepted(await ask(socket, 'joinChatRoom', { chatId: last }))
})

for (const transports of [['websocket'], ['polling']]) {
  test(`a payload beyond the limit costs its sender the connection, over ${transports}`, async (world) => {
    const [a, b] = [world.person(), world.person()]
    const [greedy, other] = [await world.connect(a, { transports }), await world.connect(b)]
    accepted(await ask(greedy, 'test', { blob: 'x'.repeat(MAX_PAYLOAD_BYTES * 0.9) }))
    greedy.emit('test', { blob: 'x'.repeat(MAX_PAYLOAD_BYTES * 1.2) })
    assert.match(await disconnection(greedy), /transport (close|error)/)
    await settled(other)
    await world.connect(a)
  })
}

test('a REST body beyond the limit is refused', async (world) => {
  const [a, b] = [await world.known(), await world.known()]
  const huge = { text: 'x'.repeat(20_000_000) }
  const outcome = await world.rest.post(a, `/api/messages/send/${b.userId}`, huge).catch((error) => error)
  assert.ok(outcome instanceof Error || outcome.status === 413 || outcome.status === 400, `${outcome.status}`)
  const after = await world.rest.post(a, `/api/messages/send/${b.userId}`, { text: 'fits' })
  assert.equal(after.status, 201)
})

// The stories from here on meet a sidecar whose rate limits are on, as they are by default.

const home = newHome()
let limited
before(async () => {
  limited = await startSidecar(home)
})
after(async () => {
  await limited?.stop()
  home.remove()
})
const world = worldOf(() => limited, home)

/** Emits `total` times at once; gives the replies in their order and how long they took. */
async function burst(socket, total, event, argument) {
  const start = performance.now()
  const replies = await Promise.all(Array.from({ length: total }, (_, n) => ask(socket, event, argument(n))))
  return { replies, seconds: (performance.now() - start) / 1000 }
}

/** The first `limit` pass, and then no more than the rate gives back meanwhile; gives how many passed in all. */
function limitedTo(limit, perSeconds, { replies, seconds }) {
  const passed = replies.findIndex(({ ok }) => ok === false)
  const most = limit + Math.ceil((seconds * limit) / perSeconds)
  assert.ok(passed >= limit && passed <= most, `refused after ${passed}, not after ${limit} (${replies.length} tried)`)
  rejected(replies[passed])
  return replies.filter(({ ok }) => ok === true).length
}

test('typing is limited to 20 in 10 s', async () => {
  const [a, b, c] = [world.person(), world.person(), world.person()]
  const [from, to, other] = [await world.connect(a), await world.connect(b), await world.connect(c)]
  const typing = () => ({ receiverId: b.userId, isTyping: true })
  const passed = limitedTo(20, 10, await burst(from, 30, 'typing', typing))
  await settled(to)
  assert.ok(untaken(to, 'userTyping').length <= passed)
  accepted(await ask(other, 'typing', typing()))
  assert.ok(from.connected, 'too much typing costs no connection')
})

test('the limit is counted per user, across devices and namespaces', async () => {
  const [a, b] = [world.person(), world.person()]
  const sockets = [
    await world.connect(a),
    await world.connect(a, { device: newDevice() }),
    await world.connect(a, { path: LEGACY, namespace: '/messenger' }),
  ]
  const start = performance.now()
  const replies = []
  for (let n = 0; n < 30; n += 1) {
    replies.push(await ask(sockets[n % 3], 'typing', { receiverId: b.userId, isTyping: true }))
  }
  limitedTo(20, 10, { replies, seconds: (performance.now() - start) / 1000 })
})

test('joinChatRoom is limited to 30 a minute', async () => {
  const [a, b] = [await world.known(), await world.known()]
  const socket = await world.connect(a)
  limitedTo(30, 60, await burst(socket, 36, 'joinChatRoom', () => ({ chatId: chatOf(a, b) })))
})

test('test is limited to 10 a minute', async () => {
  const socket = await world.connect(world.person())
  const passed = limitedTo(10, 60, await burst(socket, 15, 'test', () => ({})))
  assert.equal(untaken(socket, 'testResponse').length, passed)
})

test('authenticate is limited to 10 a minute, without a disconnection', async () => {
  const who = world.person()
  const socket = await world.connect(who)
  limitedTo(10, 60, await burst(socket, 15, 'authenticate', () => ({ token: who.token })))
  await silent(socket, 'authError')
  assert.ok(socket.connected)
})

test('messageRead is limited to 120 a minute', async () => {
  const [a, b] = [await world.known(), await world.known()]
  const ids = []
  for (let n = 0; n < 140; n += 1) {
    const { body } = await world.internal.post('/internal/messages', {
      senderId: a.userId,
      receiverId: b.userId,
      text: `message ${n}`,
    })
    ids.push((body.message ?? body)._id)
  }
  const reader = await world.connect(b)
  const read = (n) => ({ messageId: ids[n], senderId: a.userId })
  limitedTo(120, 60, await burst(reader, ids.length, 'messageRead', read))
})

test('an address with too many bad handshakes is told to wait, others are not', async () => {
  const [attacker, bystander] = [world.person(), world.person()]
  const attempts = 200
  let told
  for (let n = 0; n < attempts && !told; n += 1) {
    const { message } = await world.refused(attacker, { auth: { token: 'garbage' } })
    if (message === TOO_MANY_FAILURES) told = n
    else assert.equal(message, 'Authentication error: Invalid token signature')
  }
  assert.ok(told !== undefined, `${attempts} bad handshakes were all heard`)
  assert.ok(told >= 5, `already bad handshake ${told + 1} was too many`)
  await world.connect(bystander)
})
