// Rooms of contract `quiz`: both generations of clients, and the events before them (`contracts/quiz.md` sections 2, 3, 8).

import assert from 'node:assert/strict'
import { ask, heard, next, settled } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import {
  does,
  DOORS,
  newId,
  numbers,
  passedOver,
  published,
  quizSuite,
  refuses,
  succeeded,
  titleOf,
  told,
  toldTimes,
  unheard,
} from './support/quiz.mjs'
import { iso, shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const NOT_IN = 'You are not in this room'
const NO_ROOM = 'Room not available'
const NOT_FOR_GUESTS = 'Authentication required'
const MESSAGE_ID = /^msg_\d{13}_[0-9a-z]{9}$/i

/** Ada and Bob with a socket each, in one room. */
async function roomOfTwo(world, door = DOORS[0]) {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada, door), await world.connect(bob, door)]
  const room = newId('room')
  await does(hers, 'joinRoom', { roomId: room }, { memberCount: 1 })
  await does(his, 'joinRoom', { roomId: room }, { memberCount: 2 })
  await next(hers, 'userJoinedRoom')
  for (const socket of [hers, his]) await next(socket, 'roomJoined')
  return { ada, bob, hers, his, room }
}

for (const door of DOORS) {
  test(`who comes and goes is told to the others, with the words of both generations: ${titleOf(door)}`, async (world) => {
    const [ada, bob] = [await world.member(), await world.member()]
    const [hers, his] = [await world.connect(ada, door), await world.connect(bob, door)]
    const room = newId('room')
    succeeded(await ask(hers, 'joinRoom', { roomId: room, roomType: 'study' }), { roomId: room, memberCount: 1 })
    assert.deepEqual(await next(hers, 'roomJoined'), { roomId: room, memberCount: 1, roomType: 'study' })
    succeeded(await ask(his, 'joinRoom', room), { roomId: room, memberCount: 2 })
    assert.deepEqual(await next(his, 'roomJoined'), { roomId: room, memberCount: 2, roomType: 'chat' })
    shape(await next(hers, 'userJoinedRoom'), {
      userId: bob.userId,
      userName: bob.name,
      roomId: room,
      timestamp: iso,
      message: text,
    })
    await unheard(world, [his], 'userJoinedRoom')
    succeeded(await ask(his, 'leaveRoom', room))
    assert.deepEqual(Object.keys(shape(await next(hers, 'userLeftRoom'), { userId: bob.userId, userName: bob.name, roomId: room, timestamp: iso })).toSorted(), [
      'roomId',
      'timestamp',
      'userId',
      'userName',
    ])
    await does(his, 'joinRoom', { roomId: room })
    await next(hers, 'userJoinedRoom')
    succeeded(await ask(his, 'leaveRoom', { roomId: room }))
    await next(hers, 'userLeftRoom')
    await unheard(world, [his], 'userLeftRoom')
  })

  test(`what is said in a room is told to all of it, and to its sender: ${titleOf(door)}`, async (world) => {
    const { ada, hers, his, room } = await roomOfTwo(world, door)
    const outside = await world.connect(await world.member(), door)
    const { messageId } = await does(hers, 'roomMessage', { roomId: room, message: 'Grüße 👩‍👩‍👧', type: 'text' })
    for (const socket of [hers, his]) {
      const said = shape(await next(socket, 'roomMessage'), {
        messageId,
        senderId: ada.userId,
        senderName: ada.name,
        message: 'Grüße 👩‍👩‍👧',
        type: 'text',
        roomId: room,
        timestamp: iso,
      })
      assert.match(said.messageId, MESSAGE_ID)
    }
    await unheard(world, [outside], 'roomMessage')
  })
}

test('a room is counted by users, and told of the first and the last device of each', async (world) => {
  const { bob, hers, his, room } = await roomOfTwo(world)
  const second = await world.connect(bob, { ...DOORS[3], device: newDevice() })
  await does(second, 'joinRoom', room, { memberCount: 2 })
  await does(second, 'joinRoom', room, { memberCount: 2 })
  await toldTimes(world, hers, 'userJoinedRoom', 1)
  his.disconnect()
  await settled(second)
  await toldTimes(world, hers, 'userLeftRoom', 0)
  await does(second, 'leaveRoom', room)
  shape(await next(hers, 'userLeftRoom'), { userId: bob.userId })
})

test('who loses the connection has left its rooms', async (world) => {
  const { bob, hers, his, room } = await roomOfTwo(world)
  his.disconnect()
  shape(await next(hers, 'userLeftRoom'), { userId: bob.userId, roomId: room })
  const again = await world.connect(bob)
  await refuses(again, 'roomMessage', { roomId: room, message: 'x' }, NOT_IN)
})

test('rooms of one user do not mix', async (world) => {
  const { hers, his, room } = await roomOfTwo(world)
  const other = newId('room')
  await does(hers, 'joinRoom', other)
  await does(hers, 'roomMessage', { roomId: other, message: 'elsewhere' })
  await next(hers, 'roomMessage', ({ roomId }) => roomId === other)
  await unheard(world, [his], 'roomMessage')
  await does(hers, 'roomMessage', { roomId: room, message: 'here' })
  shape(await next(his, 'roomMessage'), { message: 'here', roomId: room })
})

test('messages come in the order in which they were sent, each with an id of its own', async (world) => {
  const { hers, his, room } = await roomOfTwo(world)
  const ids = await Promise.all(numbers(60).map(async (n) => (await does(hers, 'roomMessage', { roomId: room, message: `${n}` })).messageId))
  assert.equal(new Set(ids).size, 60)
  await next(his, 'roomMessage', ({ message }) => message === '59')
  assert.deepEqual(
    told(his, 'roomMessage').map(({ messageId, message }) => [messageId, message]),
    ids.map((id, n) => [id, `${n}`]),
  )
})

test('the same words twice are two messages', async (world) => {
  const { hers, his, room } = await roomOfTwo(world)
  for (const _ of numbers(2)) await does(hers, 'roomMessage', { roomId: room, message: 'again' })
  await next(his, 'roomMessage')
  await next(his, 'roomMessage')
})

test('a message has 1 to 1000 characters, and what clients say of themselves is not believed', async (world) => {
  const { ada, hers, his, room } = await roomOfTwo(world)
  for (const message of ['é'.repeat(1_000), '👩', 'x'])
    await does(hers, 'roomMessage', { roomId: room, message, senderId: 'forged', senderName: 'Forged' })
  for (const _ of numbers(3)) shape(await next(his, 'roomMessage'), { senderId: ada.userId, senderName: ada.name })
  await refuses(hers, 'roomMessage', { roomId: room, message: 'é'.repeat(1_001) }, 'Message is too long')
  for (const message of ['', '  \n', undefined, null, {}, []])
    await refuses(hers, 'roomMessage', { roomId: room, message }, 'Message is required')
  for (const roomId of [undefined, '', {}, null])
    await refuses(hers, 'roomMessage', { roomId, message: 'x' }, 'Room name is required')
})

test('who is not in a room neither speaks nor types there, nor hears', async (world) => {
  const { hers, his, room } = await roomOfTwo(world)
  const outside = await world.connect(await world.member())
  await refuses(outside, 'roomMessage', { roomId: room, message: 'let me in' }, NOT_IN)
  await refuses(outside, 'roomMessage', { roomID: room, content: 'let me in' }, NOT_IN)
  await passedOver(outside, 'typing', { roomId: room, isTyping: true }, NOT_IN)
  await does(hers, 'leaveRoom', room)
  await refuses(hers, 'roomMessage', { roomId: room, message: 'still here' }, NOT_IN)
  await unheard(world, [his], 'roomMessage', 'newMessage', 'userTyping')
  await does(his, 'roomMessage', { roomId: room, message: 'alone' })
  await unheard(world, [hers, outside], 'roomMessage', 'userTyping')
})

test('whoever is not in a room has left it', async (world) => {
  const { hers } = await roomOfTwo(world)
  const stranger = await world.connect(await world.member())
  succeeded(await ask(stranger, 'leaveRoom', newId('room')))
  await unheard(world, [hers], 'userLeftRoom')
})

// --- names that mean something else -----------------------------------------------------------------------

test('reserved names are rooms of nobody, and nobody learns whether there are such', async (world) => {
  const [ada, bob] = [await world.member(), await world.member('Admin')]
  const hers = await world.connect(ada)
  const admins = await world.connect(bob)
  const guest = await world.connectGuest()
  for (const socket of [hers, admins, guest])
    for (const event of ['joinRoom', 'join_room'])
      for (const room of [
        `user-${socket === hers ? bob.userId : ada.userId}`,
        'user-',
        'quiz-anything',
        'contact-1',
        'contact-contact_1700000000000_abcdefghi',
        'admins',
        'admins-too',
        'user:someone',
        'role:admin',
        'role:user',
        'product:1',
        'two words',
        ':lobby',
        'chat:other_people',
        'class:of-others',
      ]) {
        const argument = event === 'join_room' ? { roomName: room, username: 'x' } : { roomId: room }
        await refuses(socket, event, argument, NO_ROOM, { roomId: room })
      }
  await does(hers, 'joinRoom', 'x'.repeat(128))
  await refuses(hers, 'joinRoom', 'x'.repeat(129), NO_ROOM, { roomId: 'x'.repeat(128) })
  for (const room of ['', undefined, {}, { roomId: '' }, []]) await refuses(hers, 'joinRoom', room, 'Room name is required')
})

test('a room whose members the app named is for those only', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const guest = await world.connectGuest()
  const room = newId('room')
  await does(his, 'joinRoom', room)
  const { status } = await world.internal.post(`/internal/rooms/${room}/grant?contract=quiz`, { userIds: [ada.userId] })
  assert.equal(status, 200)
  await refuses(guest, 'joinRoom', room, NO_ROOM, { roomId: room })
  await refuses(his, 'roomMessage', { roomId: room, message: 'x' }, NOT_IN)
  await does(hers, 'joinRoom', room)
  await does(hers, 'roomMessage', { roomId: room, message: 'ours' })
  await next(hers, 'roomMessage')
  const members = await world.internal.get(`/internal/rooms/${room}/members?contract=quiz`)
  assert.equal(members.status, 200, JSON.stringify(members.body))
  const revoked = await world.internal.post(`/internal/rooms/${room}/revoke?contract=quiz`, { userIds: [ada.userId] })
  assert.equal(revoked.status, 200)
  await published(world)
  await refuses(hers, 'roomMessage', { roomId: room, message: 'x' }, NOT_IN)
})

test('the app tells a room, a quiz and a user under the names that clients know', async (world) => {
  const { ada, hers, his, room } = await roomOfTwo(world)
  await world.app.emitToRoom(room, 'exam:soon', { minutes: 5 })
  for (const socket of [hers, his]) assert.deepEqual(await next(socket, 'exam:soon'), { minutes: 5 })
  await world.app.emitToRoom(`user-${ada.userId}`, 'exam:yours', { n: 1 })
  assert.deepEqual(await next(hers, 'exam:yours'), { n: 1 })
  const quizId = newId('quiz')
  await does(his, 'joinQuiz', { quizId })
  await world.app.emitToRoom(`quiz-${quizId}`, 'exam:hint', { n: 2 })
  assert.deepEqual(await next(his, 'exam:hint'), { n: 2 })
  await unheard(world, [hers], 'exam:hint')
  await world.app.emitToAll('exam:all', { n: 3 })
  for (const socket of [hers, his]) assert.deepEqual(await next(socket, 'exam:all'), { n: 3 })
  await unheard(world, [his], 'exam:yours')
})

// --- what newer clients send --------------------------------------------------------------------------------

for (const [title, sender, receiver, shownAs] of [
  ['by id', (who) => who.userId, (who) => who.userId, (who) => who.userId],
  ['in full', (who) => ({ _id: who.userId, name: 'Forged' }), (who) => ({ _id: who.userId }), (who) => ({ _id: who.userId, name: who.name })],
]) {
  test(`what the app has stored is told to the others as \`newMessage\`, people ${title}`, async (world) => {
    const { ada, bob, hers, his, room } = await roomOfTwo(world)
    const argument = {
      sender: sender({ ...bob, name: 'x' }),
      receiver: receiver(bob),
      content: 'kept elsewhere',
      roomID: room,
      roomName: 'Our room',
      _id: '64ac000000000000000000aa',
    }
    assert.deepEqual(await ask(hers, 'roomMessage', argument), { success: true })
    shape(await next(his, 'newMessage'), {
      _id: '64ac000000000000000000aa',
      roomID: room,
      roomName: 'Our room',
      sender: shownAs(ada),
      senderName: ada.name,
      receiver: bob.userId,
      content: 'kept elsewhere',
      createdAt: iso,
    })
    await unheard(world, [hers], 'newMessage', 'roomMessage')
    await unheard(world, [his], 'roomMessage')
  })
}

for (const [title, argument] of [
  ['the first generation', (room) => ({ roomId: room, isTyping: true })],
  ['roomID', (room, who) => ({ roomID: room, user: { id: who.userId, name: 'Forged' } })],
  ['roomName', (room) => ({ roomName: room, user: { id: 'forged', name: 'Forged' } })],
  ['roomOrContactId', (room) => ({ roomOrContactId: room, user: {} })],
  ['a bare name', (room) => room],
]) {
  test(`typing, ${title}: the others are told in the words of both generations`, async (world) => {
    const { ada, hers, his, room } = await roomOfTwo(world)
    const user = { id: ada.userId, name: ada.name }
    await does(hers, 'typing', argument(room, ada))
    shape(await next(his, 'userTyping'), {
      userId: ada.userId,
      userName: ada.name,
      isTyping: true,
      user,
      roomId: room,
      timestamp: iso,
    })
    const stop = argument(room, ada)
    const isFirst = typeof stop === 'object' && 'isTyping' in stop
    await does(hers, isFirst ? 'typing' : 'stopTyping', isFirst ? { ...stop, isTyping: false } : stop)
    shape(await next(his, 'userTyping'), { userId: ada.userId, isTyping: false, roomId: room })
    assert.deepEqual(await next(his, 'userStoppedTyping'), { user, roomId: room })
    await unheard(world, [hers], 'userTyping', 'userStoppedTyping')
  })
}

test('who types and goes types no more', async (world) => {
  const { ada, hers, his, room } = await roomOfTwo(world)
  await does(hers, 'typing', { roomId: room, isTyping: true })
  await next(his, 'userTyping')
  hers.disconnect()
  shape(await next(his, 'userTyping'), { userId: ada.userId, isTyping: false })
  shape(await next(his, 'userLeftRoom'), { userId: ada.userId })
})

// --- the events before ------------------------------------------------------------------------------------

test('join_room welcomes both sides by the name of the token', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const room = newId('room')
  await does(hers, 'join_room', { username: 'Forged', roomName: room })
  shape(await next(hers, 'welcome_room_message'), { username: ada.name, message: text })
  await does(his, 'join_room', { username: 'Forged', roomName: room }, { memberCount: 2 })
  for (const socket of [hers, his]) {
    const said = shape(await next(socket, 'welcome_room_message'), { username: bob.name, message: text })
    assert.ok(!said.message.includes('Forged'))
  }
  shape(await next(hers, 'userJoinedRoom'), { userId: bob.userId })
})

test('room_message goes back to the room that was entered by join_room, sender included', async (world) => {
  const { ada, hers, his, room } = await roomOfTwo(world)
  await refuses(hers, 'room_message', 'too early', NOT_IN)
  for (const socket of [hers, his]) await does(socket, 'join_room', { roomName: room })
  await does(hers, 'room_message', 'just a text')
  for (const socket of [hers, his]) assert.equal(await next(socket, 'backRoomMessage'), 'just a text')
  await does(hers, 'room_message', { message: 'an object', username: 'Forged', roomName: room })
  for (const socket of [hers, his])
    shape(await next(socket, 'backRoomMessage'), { message: 'an object', username: ada.name, userId: ada.userId, roomName: room })
  await refuses(hers, 'room_message', { message: 'elsewhere', roomName: newId('room') }, NOT_IN)
  for (const argument of ['', {}, { message: '' }]) await refuses(hers, 'room_message', argument, 'Message is required')
  await does(hers, 'leaveRoom', room)
  await refuses(hers, 'room_message', 'gone', NOT_IN)
})

test('older and newer clients are in the same rooms', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob, DOORS[2])]
  const room = newId('room')
  await does(hers, 'join_room', { roomName: room })
  await does(his, 'joinRoom', { roomId: room }, { memberCount: 2 })
  await does(his, 'roomMessage', { roomId: room, message: 'hello' })
  shape(await next(hers, 'roomMessage'), { message: 'hello', senderId: bob.userId })
  await does(hers, 'room_message', 'hello yourself')
  assert.equal(await next(his, 'backRoomMessage'), 'hello yourself')
})

test('rooms are those of the marketplace, under the same names', async (world) => {
  const { ada, bob, his, room } = await roomOfTwo(world)
  const market = await world.connectElsewhere(ada, { path: '/socket.io', namespace: '/commerce', device: newDevice() })
  const joined = await ask(market, 'chat:join_room', { roomId: room })
  succeeded(joined)
  succeeded(await ask(market, 'chat:message', { roomId: room, message: 'from the market' }))
  shape(await next(his, 'roomMessage'), { senderId: ada.userId, message: 'from the market', roomId: room })
  await does(his, 'roomMessage', { roomId: room, message: 'from the quiz' })
  shape(await next(market, 'chat:message:new', ({ message }) => message === 'from the quiz'), { fromId: bob.userId, roomId: room })
})

// --- guests -------------------------------------------------------------------------------------------------

test('guests come into open rooms and hear what is said, and say nothing', async (world) => {
  const { ada, hers, room } = await roomOfTwo(world)
  const guest = await world.connectGuest()
  await does(guest, 'joinRoom', room, { memberCount: 3 })
  shape(await next(hers, 'userJoinedRoom'), { userName: 'Guest', userId: text, roomId: room })
  await does(hers, 'roomMessage', { roomId: room, message: 'hello guest' })
  shape(await next(guest, 'roomMessage'), { message: 'hello guest', senderId: ada.userId })
  for (const [event, argument] of [
    ['roomMessage', { roomId: room, message: 'x' }],
    ['roomMessage', { roomID: room, content: 'x' }],
    ['room_message', 'x'],
    ['typing', { roomId: room, isTyping: true }],
    ['stopTyping', { roomID: room }],
    ['privateMessage', { recipientId: ada.userId, message: 'x' }],
    ['updatePresence', 'away'],
    ['startQuiz', { quizId: 'x' }],
    ['nextQuestion', { quizId: 'x' }],
    ['endQuiz', { quizId: 'x' }],
    ['newUserConnected', { _id: ada.userId, name: 'x', email: 'x' }],
    ['newReply', { contactId: 'contact_1_x', message: 'x' }],
  ])
    await refuses(guest, event, argument, NOT_FOR_GUESTS)
  await toldTimes(world, hers, 'roomMessage', 1)
  await does(guest, 'leaveRoom', room)
  shape(await next(hers, 'userLeftRoom'), { userName: 'Guest' })
})

test('what nobody knows is passed over, and the socket stays', async (world) => {
  const { hers } = await roomOfTwo(world)
  for (const [event, argument] of [['nonsense', {}], ['constructor', 1], ['__proto__', null], ['x'.repeat(100), []]])
    await passedOver(hers, event, argument, 'Unknown event')
  for (const argument of [null, 7, true, [1], 'x', { a: { b: {} } }])
    for (const event of ['joinRoom', 'leaveRoom', 'roomMessage', 'typing', 'joinQuiz', 'submitAnswer', 'privateMessage']) {
      const reply = await ask(hers, event, argument)
      assert.equal(typeof reply?.success, 'boolean', `${event} ${JSON.stringify(argument)}`)
    }
  hers.emit('joinRoom')
  hers.emit('roomMessage')
  hers.emit('roomMessage', Buffer.from('attached'))
  await settled(hers)
  assert.ok(hers.connected)
  assert.ok(heard(hers).every(({ event }) => event !== '@disconnect'))
})
