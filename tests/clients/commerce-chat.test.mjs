// Chat on the sockets of `commerce`: to one user, in rooms, and to and from clients of other contracts
// (`contracts/commerce.md` sections 2, 3 and 7).

import assert from 'node:assert/strict'
import { ask, LEGACY, next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  does,
  DOORS,
  invalid,
  newId,
  numbers,
  ownCommerce,
  published,
  ROOT,
  SIDE_DOORS,
  titleOf,
  told,
  unheard,
} from './support/commerce.mjs'
import { chatOf, newDevice } from './support/people.mjs'
import { accepted, iso, rejected, shape, text } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const NOT_A_MEMBER = 'You are not a member of this room'
const NOT_YOURS = 'You cannot join this room'

/** Two people with a name and a socket each. */
async function pair(world, door = ROOT) {
  const [ada, bob] = [await world.member(), await world.member()]
  return { ada, bob, hers: await world.connect(ada, door), his: await world.connect(bob, door) }
}

/** Sends and gives the id. */
async function say(socket, argument) {
  const { messageId } = await does(socket, 'chat:message', argument)
  assert.ok(text(messageId))
  return messageId
}

/** Checks `chat:message:new` (section 3). */
const message = (payload, messageId, from, words, roomId) => {
  shape(payload, { messageId, from: from.email, fromId: from.userId, fromName: from.name, message: words, timestamp: iso })
  assert.equal(payload.roomId, roomId)
}

// --- to one user -------------------------------------------------------------------------------------------

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`a message reaches all devices of its recipient, and nobody else: ${titleOf(door)}`, async (world) => {
    const { ada, bob, hers, his } = await pair(world, door)
    const device = await world.connect(bob, { ...ROOT, device: newDevice(), transports: ['polling'] })
    const own = await world.connect(ada, { device: newDevice() })
    const stranger = await world.connect(await world.admin())
    const messageId = await say(hers, { recipientId: bob.userId, message: 'Grüße 👩‍👩‍👧' })
    for (const socket of [his, device])
      message(await next(socket, 'chat:message:new'), messageId, ada, 'Grüße 👩‍👩‍👧', undefined)
    await unheard(world, [hers, own, stranger], 'chat:message:new')
    await settled(his)
    assert.equal(told(his, 'chat:message:new').length, 1)
  })
}

test('the recipient counts more than a room', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const third = await world.connect(await world.member())
  for (const socket of [hers, third]) await does(socket, 'chat:join_room', { roomId: 'lobby' })
  const messageId = await say(hers, { recipientId: bob.userId, roomId: 'lobby', message: 'only you' })
  message(await next(his, 'chat:message:new'), messageId, ada, 'only you', undefined)
  await unheard(world, [third], 'chat:message:new')
})

test('messages come in the order in which they were sent, each with an id of its own', async (world) => {
  const { bob, hers, his } = await pair(world)
  const ids = await Promise.all(numbers(100).map((n) => say(hers, { recipientId: bob.userId, message: `${n}` })))
  assert.equal(new Set(ids).size, 100)
  await next(his, 'chat:message:new', (one) => one.message === '99')
  assert.deepEqual(
    told(his, 'chat:message:new').map((one) => [one.messageId, one.message]),
    ids.map((id, n) => [id, `${n}`]),
  )
})

test('nobody writes to somebody who is not there', async (world) => {
  const { hers } = await pair(world)
  const never = world.person()
  await invalid(hers, 'chat:message', { recipientId: never.userId, message: 'x' }, 'Recipient not found')
  await invalid(hers, 'chat:message', { recipientId: 'x y', message: 'x' }, 'Recipient not found')
})

test('with COMMERCE_CHAT_FROM=id clients see the id of the sender', async ({ t }) => {
  const world = await ownCommerce(t, { COMMERCE_CHAT_FROM: 'id' })
  const { ada, bob, hers, his } = await pair(world)
  await say(hers, { recipientId: bob.userId, message: 'x' })
  shape(await next(his, 'chat:message:new'), { from: ada.userId, fromId: ada.userId })
  await assert.rejects(ownCommerce(t, { COMMERCE_CHAT_FROM: 'name' }), /COMMERCE_CHAT_FROM/)
})

test('typing is told to the one who is written to', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const stranger = await world.connect(await world.member())
  for (const isTyping of [true, false]) {
    await does(hers, 'chat:typing', { recipientId: bob.userId, isTyping })
    shape(await next(his, 'chat:typing:status', (one) => one.isTyping === isTyping), {
      from: ada.userId,
      fromName: ada.name,
      isTyping,
    })
  }
  await unheard(world, [hers, stranger], 'chat:typing:status')
})

test('who read is told to the sender, once', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const device = await world.connect(ada, { device: newDevice() })
  const stranger = await world.connect(await world.member())
  const messageId = await say(hers, { recipientId: bob.userId, message: 'x' })
  await next(his, 'chat:message:new')
  await does(his, 'chat:read', { messageId })
  for (const socket of [hers, device]) {
    const read = shape(await next(socket, 'chat:message:read'), { messageId, readBy: bob.userId })
    assert.ok(Number.isInteger(read.timestamp), `${read.timestamp} are milliseconds`)
  }
  await does(his, 'chat:read', { messageId })
  await published(world)
  for (const socket of [hers, device]) await silent(socket, 'chat:message:read')
  await unheard(world, [stranger, his], 'chat:message:read')
})

test('nobody reads what is not theirs', async (world) => {
  const { bob, hers } = await pair(world)
  const stranger = await world.connect(await world.member())
  const messageId = await say(hers, { recipientId: bob.userId, message: 'x' })
  for (const id of [messageId, newId('never')]) {
    const reply = await ask(stranger, 'chat:read', { messageId: id })
    assert.notEqual(reply.success, true, JSON.stringify(reply))
    assert.equal(reply.code, 'VALIDATION_ERROR')
  }
  await unheard(world, [hers], 'chat:message:read')
})

// --- rooms --------------------------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`members of a room hear who comes, speaks and goes: ${titleOf(door)}`, async (world) => {
    const { ada, bob, hers, his } = await pair(world, door)
    const outside = await world.connect(await world.member(), door)
    const roomId = newId('lobby')
    await does(hers, 'chat:join_room', { roomId })
    // Acknowledged before it is told: whoever joins in between hears of it as well.
    await published(world)
    await does(his, 'chat:join_room', { roomId })
    assert.deepEqual(await next(hers, 'chat:user:joined'), { userId: bob.userId, userName: bob.name, roomId })
    const messageId = await say(his, { roomId, message: 'hello room' })
    message(await next(hers, 'chat:message:new'), messageId, bob, 'hello room', roomId)
    await does(hers, 'chat:leave_room', { roomId })
    assert.deepEqual(await next(his, 'chat:user:left'), { userId: ada.userId, userName: ada.name, roomId })
    await say(his, { roomId, message: 'anybody?' })
    await published(world)
    await silent(hers, 'chat:message:new')
    await invalid(hers, 'chat:message', { roomId, message: 'x' }, NOT_A_MEMBER)
    await unheard(world, [outside], 'chat:message:new', 'chat:user:joined', 'chat:user:left')
    await unheard(world, [his], 'chat:user:joined', 'chat:message:new')
  })
}

test('a user who comes twice is told of once, and goes with the last socket', async (world) => {
  const { bob, hers, his } = await pair(world)
  const device = await world.connect(bob, { ...DOORS[2], device: newDevice() })
  const roomId = newId('lobby')
  await does(hers, 'chat:join_room', { roomId })
  for (const socket of [his, his, device]) await does(socket, 'chat:join_room', { roomId })
  await next(hers, 'chat:user:joined')
  await does(his, 'chat:leave_room', { roomId })
  await published(world)
  for (const event of ['chat:user:joined', 'chat:user:left']) await silent(hers, event)
  device.disconnect()
  shape(await next(hers, 'chat:user:left'), { userId: bob.userId, roomId })
  await published(world)
  await silent(hers, 'chat:user:left')
})

test('nobody speaks in a room without being in it', async (world) => {
  const { bob, hers, his } = await pair(world)
  const roomId = newId('lobby')
  await does(his, 'chat:join_room', { roomId })
  for (const name of [roomId, `product:${newId('p')}`, `user:${bob.userId}`, 'role:admin', newId('never')])
    await invalid(hers, 'chat:message', { roomId: name, message: 'x' }, NOT_A_MEMBER)
  await unheard(world, [his], 'chat:message:new')
})

test('rooms of users and roles are nobody’s to join', async (world) => {
  const { ada, bob, hers } = await pair(world)
  const admins = await world.connect(await world.admin())
  const names = [`user:${ada.userId}`, `user:${bob.userId}`, 'role:admin', 'role:user', 'role:super_admin', 'role:guest']
  for (const socket of [hers, admins])
    for (const roomId of names) await invalid(socket, 'chat:join_room', { roomId }, NOT_YOURS)
  await world.app.emitToUser(bob, 'for:bob', {})
  await world.app.emitToRole('admin', 'for:admins', {})
  await unheard(world, [hers], 'for:bob', 'for:admins')
})

test('names that are no room’s are refused', async (world) => {
  const { hers } = await pair(world)
  for (const roomId of ['product:', 'room:lobby', 'user:', 'role:nope', 'x'.repeat(300), 'auction:7', 'a b\u0000', ' '])
    await invalid(hers, 'chat:join_room', { roomId }, /./)
})

test('a plain room whose name is that of a chat of two is not that chat', async (world) => {
  const { ada, bob, his } = await pair(world)
  const thief = await world.connect(await world.member())
  const elsewhere = await world.connectElsewhere(ada)
  await does(thief, 'chat:join_room', { roomId: chatOf(ada, bob) })
  await invalid(thief, 'chat:join_room', { roomId: `chat:${chatOf(ada, bob)}` }, NOT_YOURS)
  accepted(await ask(elsewhere, 'joinChatRoom', { chatId: chatOf(ada, bob) }))
  await does(his, 'chat:join_room', { roomId: `chat:${chatOf(ada, bob)}` })
  await say(his, { roomId: `chat:${chatOf(ada, bob)}`, message: 'between us' })
  await unheard(world, [thief], 'chat:message:new')
})

const grants = ({ internal }) => ({
  grant: (room, ...people) => internal.post(`/internal/rooms/${encodeURIComponent(room)}/grant?contract=commerce`, ids(people)),
  revoke: (room, ...people) => internal.post(`/internal/rooms/${encodeURIComponent(room)}/revoke?contract=commerce`, ids(people)),
})
const ids = (people) => ({ userIds: people.map(({ userId }) => userId) })

for (const [kind, name] of [
  ['with a prefix', () => newId('auction:7')],
  ['with a plain name', () => newId('club')],
]) {
  test(`a room ${kind} whose members the app named is theirs only, until it ends that`, async (world) => {
    const { ada, bob, hers, his } = await pair(world)
    const { grant, revoke } = grants(world)
    const roomId = name()
    assert.equal((await grant(roomId, ada)).status, 200)
    await does(hers, 'chat:join_room', { roomId })
    await invalid(his, 'chat:join_room', { roomId }, NOT_YOURS)
    assert.equal((await grant(roomId, bob)).status, 200)
    await does(his, 'chat:join_room', { roomId })
    shape(await next(hers, 'chat:user:joined'), { userId: bob.userId, roomId })
    await say(hers, { roomId, message: 'x' })
    shape(await next(his, 'chat:message:new'), { roomId })
    assert.equal((await revoke(roomId, bob)).status, 200)
    await published(world)
    await invalid(his, 'chat:message', { roomId, message: 'x' }, NOT_A_MEMBER)
    await invalid(his, 'chat:join_room', { roomId }, NOT_YOURS)
    await say(hers, { roomId, message: 'y' })
    await published(world)
    await silent(his, 'chat:message:new')
  })
}

test('with COMMERCE_ROOMS=granted no room is open but those of products', async ({ t }) => {
  const world = await ownCommerce(t, { COMMERCE_ROOMS: 'granted' })
  const { ada, hers } = await pair(world)
  await invalid(hers, 'chat:join_room', { roomId: 'lobby' }, NOT_YOURS)
  await does(hers, 'chat:join_room', { roomId: 'product:7' })
  await grants(world).grant('lobby', ada)
  await does(hers, 'chat:join_room', { roomId: 'lobby' })
  await assert.rejects(ownCommerce(t, { COMMERCE_ROOMS: 'perhaps' }), /COMMERCE_ROOMS/)
})

test('a socket is in so many rooms at most', async ({ t }) => {
  const world = await ownCommerce(t, { MAX_ROOMS_PER_SOCKET: '12' })
  const { hers } = await pair(world)
  let joined = 0
  for (const n of numbers(13)) {
    const reply = await ask(hers, 'chat:join_room', { roomId: `product:${n}` })
    if (reply.success) joined += 1
    else assert.equal(reply.code, 'VALIDATION_ERROR')
  }
  assert.ok(joined >= 8 && joined <= 12, `${joined}`)
  await does(hers, 'chat:leave_room', { roomId: 'product:0' })
  await does(hers, 'chat:join_room', { roomId: 'product:another' })
})

test('a room is left with the connection', async (world) => {
  const { bob, hers, his } = await pair(world)
  const roomId = newId('lobby')
  for (const socket of [hers, his]) await does(socket, 'chat:join_room', { roomId })
  his.io.engine.close()
  shape(await next(hers, 'chat:user:left'), { userId: bob.userId })
  const again = await world.connect(bob)
  await say(hers, { roomId, message: 'x' })
  await unheard(world, [again], 'chat:message:new')
})

// --- to and from other contracts -----------------------------------------------------------------------------

test('a message to a client of rooms, and its answer', async (world) => {
  const { ada, bob, hers } = await pair(world)
  const elsewhere = await world.connectElsewhere(bob)
  const messageId = await say(hers, { recipientId: bob.userId, message: 'from the market' })
  shape(await next(elsewhere, 'newMessage'), { _id: messageId, senderId: ada.userId, text: 'from the market' })
  const sent = await world.rest.post(bob, `/api/messages/send/${ada.userId}`, { text: 'from elsewhere' }, {
    cookie: `authToken=${bob.appToken}`,
  })
  assert.equal(sent.status, 201, JSON.stringify(sent.body))
  message(await next(hers, 'chat:message:new'), sent.body._id, bob, 'from elsewhere')
  accepted(await ask(elsewhere, 'messageRead', { messageId, senderId: ada.userId }))
  shape(await next(hers, 'chat:message:read'), { messageId, readBy: bob.userId })
  await does(hers, 'chat:read', { messageId: sent.body._id })
  shape(await next(elsewhere, 'messageReadReceipt'), { messageId: sent.body._id })
})

test('a message to a client of social, and its answer', async (world) => {
  const { ada, bob, hers } = await pair(world)
  const social = await world.connectElsewhere(bob, { path: '/api/socket', namespace: '/social' })
  await say(hers, { recipientId: bob.userId, message: 'from the market' })
  shape((await next(social, 'receive_message')).message, { message: 'from the market' })
  const { status, message: stored } = await ask(social, 'send_message', { receiverId: ada.userId, message: 'back' })
  assert.equal(status, 'success')
  message(await next(hers, 'chat:message:new'), stored._id, bob, 'back')
})

test('typing passes between contracts', async (world) => {
  const { ada, bob, hers } = await pair(world)
  const elsewhere = await world.connectElsewhere(bob)
  await does(hers, 'chat:typing', { recipientId: bob.userId, isTyping: true })
  shape(await next(elsewhere, 'userTyping'), { userId: ada.userId, isTyping: true })
  elsewhere.emit('typing', { receiverId: ada.userId, isTyping: true })
  shape(await next(hers, 'chat:typing:status'), { from: bob.userId, fromName: bob.name, isTyping: true })
})

test('a chat of rooms is chat:<id> here', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const chatId = newId('team')
  const roomId = `chat:${chatId}`
  for (const [room, who] of [
    [`chat_${chatId}`, ada],
    [roomId, bob],
  ]) {
    const { status } = await world.internal.post(`/internal/rooms/${encodeURIComponent(room)}/grant`, ids([who]))
    assert.equal(status, 200, 'either spelling')
  }
  const elsewhere = await world.connectElsewhere(ada)
  accepted(await ask(elsewhere, 'joinChatRoom', { chatId }))
  await does(his, 'chat:join_room', { roomId })
  await does(hers, 'chat:join_room', { roomId })
  const messageId = await say(his, { roomId, message: 'to the team' })
  shape(await next(elsewhere, 'receiveChatMessage'), { message: 'to the team', userId: bob.userId })
  message(await next(hers, 'chat:message:new'), messageId, bob, 'to the team', roomId)
  accepted(await ask(elsewhere, 'sendChatMessage', { chatId, message: 'from the team' }))
  shape(await next(his, 'chat:message:new'), { fromId: ada.userId, message: 'from the team', roomId })
  const stranger = await world.connect(await world.member())
  await invalid(stranger, 'chat:join_room', { roomId }, NOT_YOURS)
})

test('a room that the app closed is closed in the words of every contract, whatever it is called', async (world) => {
  const ada = await world.member()
  // Behind a `_` an id looks like that of one of two who talk to each other.
  const zed = await world.member('user', { userId: newId('zed') })
  const rooms = await world.connectElsewhere(zed)
  const tracking = await world.connectElsewhere(zed, { path: '/api/socket', namespace: '/tracking' })
  const hers = await world.connect(ada)
  for (const roomId of [`auction:7_${zed.userId}`, `club_${zed.userId}`]) {
    // As other contracts' clients would have to call the same room.
    const chatId = `:${roomId}`
    assert.equal((await grants(world).grant(roomId, ada)).status, 200)
    await does(hers, 'chat:join_room', { roomId })
    rejected(await ask(rooms, 'joinChatRoom', { chatId }))
    assert.notEqual((await ask(tracking, 'join_room', `chat_${chatId}`))?.success, true)
    rejected(await ask(rooms, 'sendChatMessage', { chatId, message: 'let me in' }))
    await say(hers, { roomId, message: 'among us' })
  }
  await unheard(world, [rooms, tracking], 'receiveChatMessage')
  await unheard(world, [hers], 'chat:message:new')
})

test('what rooms says nothing of here, nobody hears there', async (world) => {
  const { bob, hers } = await pair(world)
  const [elsewhere, legacy] = [
    await world.connectElsewhere(bob),
    await world.connectElsewhere(bob, { path: LEGACY, namespace: '/messenger' }),
  ]
  await does(hers, 'user:cart_update', { cart: [] })
  await does(hers, 'user:order_create', { orderNumber: 'N' })
  await world.app.dashboard({ n: 1 })
  await world.app.orderStatus({ orderId: newId('o'), status: 'shipped', userId: bob.userId })
  await published(world)
  for (const socket of [elsewhere, legacy])
    for (const event of ['cart:synced', 'order:new', 'dashboard:stats:update', 'order:status:changed', 'events:available'])
      await silent(socket, event)
})
