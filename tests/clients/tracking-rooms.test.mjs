// What clients of the `tracking` contract may ask for, and how they are refused (`contracts/tracking.md` section 2).

import assert from 'node:assert/strict'
import { ask, heard, next, settled, silent } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape, text } from './support/shape.mjs'
import { eventually, pause } from './support/deadline.mjs'
import {
  DOORS,
  newMessageId,
  numbers,
  ownTracking,
  PACE_MS,
  published,
  recipient,
  refuses,
  rooms,
  succeeded,
  titleOf,
  told,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url)

const MOST_TRACKED = 100
const MOST_CHARACTERS = 128

/** What is neither a name nor an object with one. */
const NO_NAMES = [
  [],
  [{}],
  [null],
  [undefined],
  [''],
  ['   '],
  [7],
  [true],
  [[]],
  [['x']],
  [{ roomId: '' }],
  [{ roomId: 7 }],
  [{ messageId: null }],
  [{ messageId: { $ne: null } }],
  [{ notificationId: [] }],
]
/** Too long to be the name of anything. */
const TOO_LONG = [['x'.repeat(MOST_CHARACTERS + 1)], ['x'.repeat(100_000)]]

for (const door of DOORS) {
  const title = titleOf(door)

  test(`rooms are joined, told and left: ${title}`, async (world) => {
    const [who, messageId] = [world.person(), newMessageId()]
    const socket = await world.connect(who, door)
    await world.app.register(who, messageId)
    const [mine, figures, message] = [`user_${who.userId}`, `analytics_${who.userId}`, `message_${messageId}`]
    assert.deepEqual(await rooms(socket), [mine])
    for (const room of [mine, figures, message]) succeeded(await ask(socket, 'join_room', room))
    assert.deepEqual(await rooms(socket), [mine, figures, message].toSorted())
    for (const room of [figures, message]) succeeded(await ask(socket, 'leave_room', room))
    assert.deepEqual(await rooms(socket), [mine])
    succeeded(await ask(socket, 'track_message', messageId))
    succeeded(await ask(socket, 'subscribe_analytics'))
    assert.deepEqual(await rooms(socket), [mine, figures, message].toSorted())
    succeeded(await ask(socket, 'untrack_message', messageId))
    succeeded(await ask(socket, 'unsubscribe_analytics'))
    assert.deepEqual(await rooms(socket), [mine])
    await refuses(socket, 'leave_room', mine)
    assert.deepEqual(await rooms(socket), [mine], 'nobody leaves their own room')
  })

  test(`nobody enters what is somebody else's: ${title}`, async (world) => {
    const [who, other, messageId] = [world.person(), world.person(), newMessageId()]
    const socket = await world.connect(who, door)
    await world.connect(other, door)
    await world.app.register(other, messageId)
    const refused = [
      `user_${other.userId}`,
      `analytics_${other.userId}`,
      `message_${messageId}`,
      `message_${newMessageId()}`,
      'message_',
      'user_',
      'analytics_',
      'chat_nobody',
      'admin',
      'admins',
      `tracked ${other.userId} ${messageId}`,
      `user:${other.userId}`,
      '__proto__',
      '\u0000',
    ]
    for (const room of refused) {
      await refuses(socket, 'join_room', room)
      await refuses(socket, 'join_room', { roomId: room })
    }
    await refuses(socket, 'track_message', messageId)
    await refuses(socket, 'track_message', newMessageId())
    assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
    await world.app.update(other, messageId, 'SENDING')
    await world.app.recipient(other, messageId, recipient(1, 'DELIVERED'))
    await published(world)
    for (const event of ['message_update', 'recipient_update', 'notification', 'analytics_update'])
      await silent(socket, event)
  })

  test(`ping is answered, and pong is taken: ${title}`, async ({ person, connect }) => {
    const socket = await connect(person(), door)
    for (const argument of [undefined, 'x', { timestamp: new Date().toISOString() }, 7, null]) {
      if (argument === undefined) socket.emit('ping')
      else socket.emit('ping', argument)
      shape(await next(socket, 'pong'), { timestamp: iso })
    }
    for (const argument of [
      undefined,
      {},
      'x',
      7,
      null,
      { timestamp: 'never' },
      { timestamp: new Date().toISOString() },
    ])
      socket.emit('pong', argument)
    await settled(socket)
    await silent(socket, 'notification')
  })
}

test('arguments are bare, or objects with the name of the argument', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await world.app.register(who, messageId)
  const room = `message_${messageId}`
  for (const key of ['roomId', 'roomName', 'room']) {
    succeeded(await ask(socket, 'join_room', { [key]: room }))
    assert.ok((await rooms(socket)).includes(room), key)
    succeeded(await ask(socket, 'leave_room', { [key]: room }))
    assert.ok(!(await rooms(socket)).includes(room), key)
  }
  succeeded(await ask(socket, 'track_message', { messageId }))
  assert.ok((await rooms(socket)).includes(room))
  succeeded(await ask(socket, 'untrack_message', { messageId }))
  assert.ok(!(await rooms(socket)).includes(room))
})

test('without an acknowledgement everything works the same, and refusals come as a warning', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await world.app.register(who, messageId)
  socket.emit('track_message', messageId)
  shape(await next(socket, 'message_update'), { messageId })
  socket.emit('join_room', `user_${world.person().userId}`)
  shape(await next(socket, 'notification'), { type: 'warning', title: 'Request denied', data: { event: 'join_room' } })
  socket.emit('get_rooms')
  socket.emit('subscribe_analytics')
  socket.emit('leave_room', `message_${messageId}`)
  const expected = [`analytics_${who.userId}`, `user_${who.userId}`]
  assert.deepEqual(await rooms(socket), expected, 'events are handled in the order they came')
})

for (const event of ['join_room', 'leave_room', 'track_message', 'untrack_message', 'mark_notification_read']) {
  test(`${event} refuses what is no name, whatever its shape`, async ({ person, connect }) => {
    const who = person()
    const socket = await connect(who)
    // Who wants to leave what cannot be is not in it.
    const wrong = event === 'leave_room' ? NO_NAMES : [...NO_NAMES, ...TOO_LONG]
    for (const args of wrong) await refuses(socket, event, ...args)
    assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
    assert.ok(socket.connected)
  })
}

test('events without an argument do not mind one', async ({ person, connect }) => {
  const socket = await connect(person())
  for (const argument of [null, {}, [], 'x', 7]) {
    for (const event of ['subscribe_analytics', 'unsubscribe_analytics']) succeeded(await ask(socket, event, argument))
    assert.ok(Array.isArray(await ask(socket, 'get_rooms', argument)))
  }
  await silent(socket, 'notification')
})

test('an unknown event is answered', async ({ person, connect }) => {
  const socket = await connect(person())
  for (const event of ['nope', 'message_update', 'notification', 'join', 'x'.repeat(300)])
    shape(await ask(socket, event, {}), { error: text })
  socket.emit('nope', { without: 'acknowledgement' })
  assert.ok(Array.isArray(await ask(socket, 'get_rooms')))
})

test('what is repeated changes nothing', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await world.app.register(who, messageId)
  for (const _ of numbers(3)) {
    succeeded(await ask(socket, 'track_message', messageId))
    succeeded(await ask(socket, 'subscribe_analytics'))
  }
  await world.app.update(who, messageId, 'SENDING')
  await next(socket, 'message_update', ({ status }) => status === 'SENDING')
  await silent(socket, 'message_update', ({ status }) => status === 'SENDING')
  for (const _ of numbers(3)) {
    assert.ok(await ask(socket, 'untrack_message', messageId))
    assert.ok(await ask(socket, 'unsubscribe_analytics'))
  }
  assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
})

test('room names have at most 128 characters', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const id = 'm'.repeat(MOST_CHARACTERS - 'message_'.length)
  await world.app.register(who, id)
  succeeded(await ask(socket, 'join_room', `message_${id}`))
  await refuses(socket, 'join_room', `message_${id}x`)
})

// --- rooms that the app grants ----------------------------------------------------------------------

/** The app lets a user into a room, or puts them out again. */
const granting = ({ internal }) => ({
  grant: (room, who) => internal.post(`/internal/rooms/${room}/grant`, { userIds: [who.userId] }),
  revoke: (room, who) => internal.post(`/internal/rooms/${room}/revoke`, { userIds: [who.userId] }),
})

for (const door of DOORS) {
  test(`a room granted by the app may be joined, and is lost on every device: ${titleOf(door)}`, async (world) => {
    const who = world.person()
    const devices = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
    const { grant, revoke } = granting(world)
    const room = `chat_${newMessageId()}`
    await refuses(devices[0], 'join_room', room)
    assert.equal((await grant(room, who)).status, 200)
    for (const device of devices) {
      succeeded(await ask(device, 'join_room', room))
      assert.deepEqual(await rooms(device), [room, `user_${who.userId}`])
    }
    assert.equal((await revoke(room, who)).status, 200)
    for (const device of devices) {
      await eventually(
        () => rooms(device),
        (those) => !those.includes(room),
        'the room to be lost',
      )
      await refuses(device, 'join_room', room)
    }
  })
}

test('a granted room may be named without its prefix', async (world) => {
  const [who, name] = [world.person(), `team-${newMessageId()}`]
  const socket = await world.connect(who)
  await granting(world).grant(`chat_${name}`, who)
  succeeded(await ask(socket, 'join_room', name))
  assert.equal((await rooms(socket)).length, 2)
  succeeded(await ask(socket, 'leave_room', name))
  assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
})

// --- how much -------------------------------------------------------------------------------------

test('a socket tracks at most a hundred messages', async (world) => {
  const who = world.person()
  const [socket, another] = [await world.connect(who), await world.connect(who, { device: newDevice() })]
  const ids = numbers(MOST_TRACKED + 1).map(newMessageId)
  for (const id of ids) await world.app.register(who, id)
  const last = ids.at(-1)
  for (const [n, id] of ids.slice(0, MOST_TRACKED).entries()) {
    const reply = n % 2 ? await ask(socket, 'track_message', id) : await ask(socket, 'join_room', `message_${id}`)
    succeeded(reply)
  }
  const words = await refuses(socket, 'track_message', last)
  assert.match(words, /100/)
  await refuses(socket, 'join_room', `message_${last}`)
  succeeded(await ask(socket, 'track_message', ids[0]), {})
  assert.equal((await rooms(socket)).length, MOST_TRACKED + 1)
  succeeded(await ask(another, 'track_message', last), {})
  succeeded(await ask(socket, 'untrack_message', ids[0]))
  succeeded(await ask(socket, 'track_message', last))
  await refuses(socket, 'track_message', ids[0])
})

test('what is tracked ends with its socket', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await world.app.register(who, messageId)
  succeeded(await ask(socket, 'track_message', messageId))
  succeeded(await ask(socket, 'subscribe_analytics'))
  socket.disconnect()
  socket.connect()
  await next(socket, 'notification', ({ id }) => id.startsWith('welcome_'))
  assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
})

// --- messages that the sidecar does not know ---------------------------------------------------------

test('with TRACK_UNKNOWN=allow an unknown message may be awaited, and only its owner hears of it', async ({ t }) => {
  const world = await ownTracking(t, { TRACK_UNKNOWN: 'allow' })
  const [owner, thief] = [world.person(), world.person()]
  for (const door of DOORS) {
    const messageId = newMessageId()
    const [his, hers] = [await world.connect(owner, door), await world.connect(thief, door)]
    for (const socket of [his, hers]) {
      succeeded(await ask(socket, 'track_message', messageId))
      assert.ok((await rooms(socket)).includes(`message_${messageId}`))
    }
    await world.app.update(owner, messageId, 'SENDING')
    await world.app.recipient(owner, messageId, recipient(1, 'SENT'))
    shape(await next(his, 'message_update'), { messageId, status: 'SENDING' })
    shape(await next(his, 'recipient_update'), { messageId, status: 'SENT' })
    await published(world)
    await settled(hers)
    assert.deepEqual(
      heard(hers)
        .map(({ event }) => event)
        .filter((event) => event.endsWith('_update')),
      [],
    )
    assert.equal(told(his, 'message_update').filter(({ status }) => status === 'SENDING').length >= 1, true)
  }
})

test('with TRACK_UNKNOWN=allow nobody learns anything of the messages of others, not even that they are', async ({
  t,
}) => {
  const world = await ownTracking(t, { TRACK_UNKNOWN: 'allow' })
  const [owner, thief, messageId] = [world.person(), world.person(), newMessageId()]
  await world.app.register(owner, messageId, { totalRecipients: 9 })
  await world.app.recipient(owner, messageId, recipient(1, 'SENT'))
  const socket = await world.connect(thief)
  const ofNobody = await ask(socket, 'track_message', newMessageId())
  assert.deepEqual(await ask(socket, 'track_message', messageId), ofNobody)
  await ask(socket, 'join_room', `message_${messageId}`)
  await world.app.update(owner, messageId, 'SENDING')
  await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED'))
  await pause(3 * PACE_MS)
  for (const event of ['message_update', 'recipient_update', 'notification']) await silent(socket, event)
})

test('a word for TRACK_UNKNOWN that means nothing is refused at the start', async ({ t }) => {
  await assert.rejects(ownTracking(t, { TRACK_UNKNOWN: 'perhaps' }), /TRACK_UNKNOWN/)
})
