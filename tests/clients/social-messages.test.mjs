// Messages between stock clients of the `social` contract (`contracts/social.md` sections 2 and 3).

import assert from 'node:assert/strict'
import { arrivals, ask, next, settled, silent, untaken } from './support/client.mjs'
import { PROMPTLY_MS } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape, text } from './support/shape.mjs'
import {
  DOORS,
  message,
  newNotification,
  object,
  refuses,
  say,
  shown,
  socialSuite,
  succeeded,
  titleOf,
} from './support/social.mjs'

const { test } = socialSuite(import.meta.url)

const MOST_CHARACTERS = 1000
const NOBODY = 'f'.repeat(24)
const INVALID = 'Invalid message data'
const UNREACHABLE = 'Receiver not found'
const TO_YOURSELF = 'You cannot send a message to yourself'
const NO_ID = 'Message ID is required'
const UNKNOWN = 'Message not found'
const NOT_YOURS_TO_READ = 'You can only mark messages sent to you as read'
const NOT_YOURS_TO_DELETE = 'You can only delete your own messages'

/** What is no id, in an object or bare. */
const NO_IDS = [
  [],
  [{}],
  [null],
  [undefined],
  [''],
  ['   '],
  [7],
  [true],
  [[]],
  [{ messageId: '' }],
  [{ messageId: null }],
  [{ messageId: 7 }],
  [{ messageId: { $ne: null } }],
]

/** Two people, each with two devices here, and a stranger. */
async function three(world, door) {
  const [ada, bob, eve] = [await world.member(), await world.member(), await world.member()]
  const two = async (who) => [
    await world.connect(who, door),
    await world.connect(who, { ...door, device: newDevice() }),
  ]
  return { ada, bob, eve, adas: await two(ada), bobs: await two(bob), stranger: await world.connect(eve, door) }
}

// --- sending ------------------------------------------------------------------------------------

for (const door of DOORS) {
  const title = titleOf(door)

  test(`a message reaches every device of both, each once, and no one else: ${title}`, async (world) => {
    const { ada, bob, adas, bobs, stranger } = await three(world, door)
    const document = await say(adas[0], bob, 'hello')
    assert.ok(arrivals(adas[0]).includes('message_sent'), 'the sending socket is told before the acknowledgement')
    message(document, ada, bob, 'hello')
    for (const device of adas)
      assert.deepEqual(await next(device, 'message_sent'), { status: 'success', message: document })
    for (const device of bobs) {
      const received = await next(device, 'receive_message')
      shape(received, { type: 'new_message', message: document, sender: shown(ada) })
      newNotification(await next(device, 'new_notification'), bob, {
        type: 'new_message',
        message: `${ada.name} sent you a message`,
        from: ada,
        metadata: { messageId: document._id },
      })
    }
    for (const device of [...adas, ...bobs, stranger]) {
      for (const event of ['message_sent', 'receive_message', 'new_notification']) await silent(device, event)
    }
  })

  test(`reading confirms to every device of the sender, once: ${title}`, async (world) => {
    const { bob, adas, bobs, stranger } = await three(world, door)
    const { _id: messageId } = await say(adas[0], bob, 'read me')
    succeeded(await ask(bobs[0], 'message_read', { messageId }))
    for (const device of adas) {
      shape(await next(device, 'message_read_confirmation'), { messageId, readBy: bob.userId, readAt: iso })
    }
    succeeded(await ask(bobs[1], 'message_read', { messageId }))
    for (const device of [...adas, ...bobs, stranger]) {
      await silent(device, 'message_read_confirmation')
      await silent(device, 'error')
    }
  })

  test(`a deleted message is gone for both, and the deleting socket has it confirmed: ${title}`, async (world) => {
    const { ada, bob, adas, bobs, stranger } = await three(world, door)
    const { _id: messageId } = await say(adas[0], bob, 'forget me')
    succeeded(await ask(adas[0], 'delete_message', { messageId }))
    assert.ok(arrivals(adas[0]).includes('message_deleted_confirmation'), 'confirmed before the acknowledgement')
    assert.deepEqual(await next(adas[0], 'message_deleted_confirmation'), { messageId, status: 'success' })
    for (const device of [...adas, ...bobs]) {
      shape(await next(device, 'message_deleted'), { messageId, deletedBy: ada.userId })
      await silent(device, 'message_deleted')
      await silent(device, 'message_deleted_confirmation')
    }
    await silent(stranger, 'message_deleted')
    await refuses(adas[0], 'delete_message', [{ messageId }], UNKNOWN, 'NOT_FOUND')
    await refuses(bobs[0], 'message_read', [{ messageId }], UNKNOWN, 'NOT_FOUND')
    const { body } = await world.api.get(bob, `/api/messages/${ada.userId}`)
    assert.deepEqual(body.messages, [])
  })

  test(`who types is shown to every device of the other: ${title}`, async (world) => {
    const { ada, bob, adas, bobs, stranger } = await three(world, door)
    for (const argument of [{ receiverId: bob.userId }, bob.userId]) {
      succeeded(await ask(adas[0], 'typing_start', argument))
      for (const device of bobs)
        assert.deepEqual(await next(device, 'user_typing'), { userId: ada.userId, username: ada.name })
      succeeded(await ask(adas[0], 'typing_stop', argument))
      for (const device of bobs)
        assert.deepEqual(await next(device, 'user_stopped_typing', undefined, PROMPTLY_MS), { userId: ada.userId })
    }
    for (const device of [...adas, stranger]) {
      await silent(device, 'user_typing')
      await silent(device, 'user_stopped_typing')
    }
  })
}

test('without an acknowledgement everything works the same', async (world) => {
  const { ada, bob, adas, bobs } = await three(world)
  adas[0].emit('send_message', { receiverId: bob.userId, message: 'no ack' })
  const { message: document } = await next(bobs[0], 'receive_message')
  message(document, ada, bob, 'no ack')
  bobs[0].emit('message_read', { messageId: document._id })
  await next(adas[0], 'message_read_confirmation')
  adas[0].emit('delete_message', { messageId: document._id })
  await next(bobs[0], 'message_deleted')
  adas[0].emit('send_message', {})
  shape(await next(adas[0], 'error'), { message: INVALID, event: 'send_message' })
})

test('a message is trimmed, and has 1 to 1000 characters of any script', async (world) => {
  const { ada, bob, adas, bobs } = await three(world)
  message(await say(adas[0], bob, '  \n padded \t '), ada, bob, 'padded')
  assert.equal((await next(bobs[0], 'receive_message')).message.message, 'padded')
  for (const words of [
    'x',
    'x'.repeat(MOST_CHARACTERS),
    '🚣'.repeat(MOST_CHARACTERS),
    ` ${'é'.repeat(MOST_CHARACTERS)} `,
  ]) {
    message(await say(adas[0], bob, words), ada, bob, words.trim())
  }
  const odd = 'Grüße 👩‍👩‍👧 \u202Eنص "quoted" \\ back\nline\ttab </script>'
  message(await say(adas[0], bob, odd), ada, bob, odd)
  for (const words of ['x'.repeat(MOST_CHARACTERS + 1), '🚣'.repeat(MOST_CHARACTERS + 1)]) {
    await refuses(adas[0], 'send_message', [{ receiverId: bob.userId, message: words }], INVALID, 'INVALID')
  }
})

test('what is no message is refused in the words of the contract', async (world) => {
  const { ada, bob, adas, bobs } = await three(world)
  const receiverId = bob.userId
  for (const args of [
    [],
    [null],
    [7],
    ['text'],
    [[]],
    [{}],
    [{ receiverId }],
    [{ receiverId, message: '' }],
    [{ receiverId, message: '   ' }],
    [{ receiverId, message: null }],
    [{ receiverId, message: 7 }],
    [{ receiverId, message: { $gt: '' } }],
    [{ receiverId, message: ['x'] }],
    [{ message: 'x' }],
    [{ receiverId: '', message: 'x' }],
    [{ receiverId: null, message: 'x' }],
    [{ receiverId: 7, message: 'x' }],
    [{ receiverId: { $ne: null }, message: 'x' }],
  ]) {
    await refuses(adas[0], 'send_message', args, INVALID, 'INVALID')
  }
  await refuses(adas[0], 'send_message', [{ receiverId: ada.userId, message: 'x' }], TO_YOURSELF)
  await refuses(adas[0], 'send_message', [{ receiverId: NOBODY, message: 'x' }], UNREACHABLE, 'NOT_FOUND')
  await refuses(adas[0], 'send_message', [{ receiverId: 'no such <id>', message: 'x' }], UNREACHABLE)
  for (const device of [...adas, ...bobs]) {
    await silent(device, 'message_sent')
    await silent(device, 'receive_message')
  }
})

test('a refusal is told to the asking socket alone', async (world) => {
  const { adas, bobs, stranger } = await three(world)
  await refuses(adas[0], 'send_message', [{}], INVALID)
  for (const device of [adas[1], ...bobs, stranger]) await silent(device, 'error')
})

test('who speaks is who the token says', async (world) => {
  const { ada, bob, eve, adas, bobs } = await three(world)
  const forged = { sender: eve.userId, senderId: eve.userId, _id: 'chosen', isRead: true, from: eve.userId }
  const document = await say(adas[0], bob, 'mine', forged)
  message(document, ada, bob, 'mine')
  assert.notEqual(document._id, 'chosen')
  await ask(adas[0], 'typing_start', { receiverId: bob.userId, userId: eve.userId, username: 'Eve' })
  assert.deepEqual(await next(bobs[0], 'user_typing'), { userId: ada.userId, username: ada.name })
})

test('messages arrive in the order in which they were sent, also the same words again', async (world) => {
  const { bob, adas, bobs } = await three(world)
  const words = Array.from({ length: 30 }, (_, n) => `line ${n % 3}`)
  const stored = await Promise.all(words.map((line) => say(adas[0], bob, line)))
  assert.equal(new Set(stored.map(({ _id }) => _id)).size, words.length, 'each is a message of its own')
  for (const [device, event] of [
    [bobs[0], 'receive_message'],
    [adas[1], 'message_sent'],
  ]) {
    await settled(device)
    assert.deepEqual(
      untaken(device, event).map((one) => one.message._id),
      stored.map(({ _id }) => _id),
    )
  }
})

test('a message sent again under its own id is the same one, and only the asking socket is told', async (world) => {
  const { bob, adas, bobs } = await three(world)
  const clientMessageId = 'c-1'
  const first = await say(adas[0], bob, 'once', { clientMessageId })
  for (const device of adas) await next(device, 'message_sent')
  for (const device of bobs) await next(device, 'receive_message')
  const again = await say(adas[0], bob, 'once', { clientMessageId })
  assert.equal(again._id, first._id)
  shape((await next(adas[0], 'message_sent')).message, { _id: first._id })
  await silent(adas[1], 'message_sent')
  for (const device of bobs) {
    await silent(device, 'receive_message')
    await next(device, 'new_notification')
    await silent(device, 'new_notification')
  }
  const other = await say(adas[0], bob, 'once', { clientMessageId: 'c-2' })
  assert.notEqual(other._id, first._id)
})

test('a receiver who is away finds the message later', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const socket = await world.connect(ada)
  const document = await say(socket, bob, 'for later')
  const { body } = await world.api.get(bob, `/api/messages/${ada.userId}?markAsSeen=false`)
  assert.deepEqual(body.messages, [document])
  const unread = await world.api.get(bob, '/api/notifications?type=new_message')
  assert.equal(unread.body.notifications.length, 1, 'with its notification')
})

test('ids are any text, names may be unknown', async (world) => {
  const [ada, bob] = [world.person({ userId: 'user-1:a.b_c@d' }), world.person({ userId: '42' })]
  const [socket, other] = [await world.connect(ada), await world.connect(bob)]
  const document = await say(socket, bob, 'hi')
  message(document, ada, bob, 'hi')
  assert.deepEqual(document.sender, { _id: ada.userId, username: null, profileImage: null })
  shape((await next(other, 'receive_message')).sender, { _id: ada.userId, username: null, profileImage: null })
  await ask(socket, 'typing_start', { receiverId: bob.userId })
  shape(await next(other, 'user_typing'), { userId: ada.userId, username: null })
})

// --- reading and deleting -----------------------------------------------------------------------

test('only the receiver marks a message as read', async (world) => {
  const { bob, adas, bobs, stranger } = await three(world)
  const { _id: messageId } = await say(adas[0], bob, 'for Bob')
  await refuses(adas[0], 'message_read', [{ messageId }], NOT_YOURS_TO_READ, 'FORBIDDEN')
  await refuses(stranger, 'message_read', [{ messageId }], NOT_YOURS_TO_READ, 'FORBIDDEN')
  await silent(adas[0], 'message_read_confirmation')
  succeeded(await ask(bobs[0], 'message_read', messageId))
  await next(adas[0], 'message_read_confirmation')
})

test('only the sender deletes a message', async (world) => {
  const { bob, adas, bobs, stranger } = await three(world)
  const { _id: messageId } = await say(adas[0], bob, 'mine')
  await refuses(bobs[0], 'delete_message', [{ messageId }], NOT_YOURS_TO_DELETE, 'FORBIDDEN')
  await refuses(stranger, 'delete_message', [{ messageId }], NOT_YOURS_TO_DELETE, 'FORBIDDEN')
  for (const device of [...adas, ...bobs]) await silent(device, 'message_deleted')
  succeeded(await ask(adas[1], 'delete_message', messageId))
  await next(adas[1], 'message_deleted_confirmation')
  await silent(adas[0], 'message_deleted_confirmation')
  await next(bobs[0], 'message_deleted')
})

for (const [event, gone] of [
  ['message_read', UNKNOWN],
  ['delete_message', UNKNOWN],
]) {
  test(`${event} wants the id of a message that exists`, async (world) => {
    const socket = await world.connect(world.person())
    for (const args of NO_IDS) await refuses(socket, event, args, NO_ID, 'INVALID')
    for (const id of [NOBODY, 'no such <id>', 'x'.repeat(5_000)])
      await refuses(socket, event, [{ messageId: id }], gone, 'NOT_FOUND')
  })
}

test('what was read and seen stands in the document', async (world) => {
  const { ada, bob, adas, bobs } = await three(world)
  const { _id: messageId } = await say(adas[0], bob, 'look')
  await ask(bobs[0], 'message_read', { messageId })
  const { readAt } = await next(adas[0], 'message_read_confirmation')
  const { body } = await world.api.get(ada, `/api/messages/${bob.userId}`)
  message(body.messages[0], ada, bob, 'look', { isRead: true, seenBy: [{ userId: bob.userId, seenAt: readAt }] })
})

// --- typing -------------------------------------------------------------------------------------

test('typing to oneself or to nobody is ignored, and answered all the same', async (world) => {
  const ada = await world.member()
  const [socket, sibling] = [await world.connect(ada), await world.connect(ada)]
  for (const event of ['typing_start', 'typing_stop']) {
    for (const args of [
      [{ receiverId: ada.userId }],
      [ada.userId],
      [{ receiverId: '' }],
      [{}],
      [],
      [null],
      [7],
      [''],
    ]) {
      assert.ok(object(await ask(socket, event, ...args)), `${event} ${JSON.stringify(args)}`)
    }
  }
  for (const device of [socket, sibling]) {
    for (const event of ['error', 'user_typing', 'user_stopped_typing']) await silent(device, event)
  }
})

test('a stop without a start is told too', async (world) => {
  const { ada, bob, adas, bobs } = await three(world)
  await ask(adas[0], 'typing_stop', { receiverId: bob.userId })
  assert.deepEqual(await next(bobs[0], 'user_stopped_typing'), { userId: ada.userId })
})

// --- whatever a client sends --------------------------------------------------------------------

const EVENTS = [
  'send_message',
  'message_read',
  'delete_message',
  'typing_start',
  'typing_stop',
  'set_status',
  'mark_notification_read',
  'delete_notification',
  'mark_all_notifications_read',
  'update_notification_preferences',
]
const deep = (levels) => (levels === 0 ? {} : { messageId: deep(levels - 1), receiverId: [deep(0)] })
const SHAPES = [
  [],
  [null],
  [undefined],
  [0],
  [-1.5],
  [1e300],
  [true],
  [''],
  ['\u0000'],
  ['x'.repeat(100_000)],
  [[]],
  [[[[1]]]],
  [{}],
  [{ receiverId: {}, message: [], messageId: [], notificationId: {}, status: {}, preferences: [] }],
  [{ receiverId: '__proto__', messageId: 'constructor', notificationId: "' OR 1=1 --", status: 'x'.repeat(10_000) }],
  [deep(50)],
  [Buffer.from([1, 2, 3])],
  [{ receiverId: Buffer.from('id'), message: Buffer.from('text'), preferences: Buffer.alloc(3) }],
  ['one', 'two', { three: 3 }, 4],
]

for (const door of [DOORS[0], DOORS[2]]) {
  test(`arguments of any shape are answered, and cost no connection: ${titleOf(door)}`, async (world) => {
    const { bob, adas, bobs } = await three(world, door)
    for (const event of EVENTS) {
      for (const args of SHAPES) {
        const reply = await ask(adas[0], event, ...args)
        assert.match(String(reply?.status), /^(success|failure)$/, `${event} ${JSON.stringify(args).slice(0, 80)}`)
        if (reply.status === 'failure') assert.ok(text(reply.error))
        adas[0].emit(event, ...args)
      }
    }
    await settled(adas[0])
    assert.ok(adas[0].connected)
    for (const error of untaken(adas[0], 'error')) shape(error, { message: text, event: text, code: text })
    const document = await say(adas[0], bob, 'still here')
    await next(bobs[0], 'receive_message', (one) => one.message._id === document._id)
  })
}

test('an event that nobody knows is answered, and no error is told', async (world) => {
  for (const door of DOORS) {
    const socket = await world.connect(world.person(), door)
    for (const event of ['nope', 'newMessage', 'joinChatRoom', 'receive_message', 'error', 'authenticate']) {
      assert.deepEqual(await ask(socket, event, {}), { status: 'failure', error: 'Unknown event' }, event)
    }
    await silent(socket, 'error')
  }
})
