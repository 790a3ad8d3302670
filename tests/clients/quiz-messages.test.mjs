// Private messages of contract `quiz`, to and from clients of every other contract (`contracts/quiz.md` sections 2 and 3).

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { does, DOORS, numbers, ownQuiz, quizSuite, refuses, succeeded, titleOf, told, toldTimes, unheard } from './support/quiz.mjs'
import { iso, shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

async function pair(world, door = DOORS[0]) {
  const [ada, bob] = [await world.member(), await world.member()]
  return { ada, bob, hers: await world.connect(ada, door), his: await world.connect(bob, door) }
}

/** Sends to someone who is there; gives the id. */
async function say(socket, to, message, more = {}) {
  const reply = await ask(socket, 'privateMessage', { recipientId: to.userId, message, ...more })
  succeeded(reply, { messageId: text, stored: true, delivered: true })
  const { messageId } = reply
  shape(await next(socket, 'messageDelivered', (one) => one.messageId === messageId), { recipientId: to.userId, timestamp: iso })
  return messageId
}

for (const door of DOORS) {
  test(`a message reaches all devices of its recipient, and nobody else: ${titleOf(door)}`, async (world) => {
    const { ada, bob, hers, his } = await pair(world, door)
    const device = await world.connect(bob, { device: newDevice(), transports: ['polling'] })
    const own = await world.connect(ada, { device: newDevice() })
    const stranger = await world.connect(await world.member('Admin'))
    const guest = await world.connectGuest()
    const messageId = await say(hers, bob, 'Grüße 👩‍👩‍👧', { type: 'text', senderId: 'forged', senderName: 'Forged' })
    for (const socket of [his, device])
      assert.deepEqual(Object.keys(shape(await next(socket, 'privateMessage'), {
        messageId,
        senderId: ada.userId,
        senderName: ada.name,
        message: 'Grüße 👩‍👩‍👧',
        type: 'text',
        timestamp: iso,
      })).toSorted(), ['message', 'messageId', 'senderId', 'senderName', 'timestamp', 'type'])
    await unheard(world, [hers, own, stranger, guest], 'privateMessage')
    await toldTimes(world, his, 'privateMessage', 1)
  })
}

test('to who is not there it is stored, and the sender is told in the words of the contract', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const hers = await world.connect(ada)
  const reply = await ask(hers, 'privateMessage', { recipientId: bob.userId, message: 'read me later', type: 'text' })
  succeeded(reply, { messageId: text, stored: true, delivered: false })
  assert.deepEqual(await next(hers, 'messageError'), { error: 'User not online', recipientId: bob.userId })
  await unheard(world, [hers], 'messageDelivered')
  const { body } = await world.rest.get({ token: bob.appToken }, `/api/messages/${ada.userId}`)
  assert.ok(JSON.stringify(body).includes('read me later'), `the message is kept: ${JSON.stringify(body).slice(0, 300)}`)
})

test('someone who hides is not there for the sender, and gets it all the same', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  await does(his, 'updatePresence', 'invisible')
  const reply = await ask(hers, 'privateMessage', { recipientId: bob.userId, message: 'psst' })
  succeeded(reply, { stored: true, delivered: false })
  shape(await next(hers, 'messageError'), { error: 'User not online', recipientId: bob.userId })
  shape(await next(his, 'privateMessage'), { senderId: ada.userId, message: 'psst' })
  await does(his, 'updatePresence', 'online')
  await say(hers, bob, 'hello')
})

test('messages come in the order in which they were sent, each with an id of its own; the same words twice are two', async (world) => {
  const { bob, hers, his } = await pair(world)
  const ids = await Promise.all(numbers(60).map((n) => say(hers, bob, `${n % 2}`)))
  assert.equal(new Set(ids).size, 60)
  await eventually(() => told(his, 'privateMessage').length, (length) => length === 60, 'all of them')
  assert.deepEqual(told(his, 'privateMessage').map(({ messageId }) => messageId), ids)
})

test('the same message sent again by its own name is one', async (world) => {
  const { bob, hers, his } = await pair(world)
  const first = await say(hers, bob, 'once', { clientMessageId: 'c-1' })
  const again = await ask(hers, 'privateMessage', { recipientId: bob.userId, message: 'once', clientMessageId: 'c-1' })
  succeeded(again, { messageId: first })
  await toldTimes(world, his, 'privateMessage', 1)
})

test('what cannot be said is refused in words, and nothing of it is stored', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const to = (recipientId, message) => ({ recipientId, message })
  for (const message of ['', ' \n ', undefined, null, {}, []])
    await refuses(hers, 'privateMessage', to(bob.userId, message), 'Message is required')
  await refuses(hers, 'privateMessage', to(bob.userId, 'é'.repeat(1_001)), 'Message is too long')
  for (const who of [undefined, '', {}, 'two words', 'x'.repeat(1_000), 'outrigger:guest-1'])
    await refuses(hers, 'privateMessage', to(who, 'x'), 'Recipient not found')
  await refuses(hers, 'privateMessage', to(ada.userId, 'x'), 'You cannot send a message to yourself')
  await say(hers, bob, 'é'.repeat(1_000))
  await toldTimes(world, his, 'privateMessage', 1)
  assert.deepEqual(told(hers, 'messageDelivered').length, 1)
})

test('a stranger the app never told of gets it, and has it when they come', async (world) => {
  const ada = await world.member()
  const never = world.person()
  const hers = await world.connect(ada)
  const reply = await ask(hers, 'privateMessage', { recipientId: never.userId, message: 'who are you?' })
  // Whether somebody may be written to whom nobody knows is the app's to say; it is answered in words in any case.
  if (reply.success) shape(await next(hers, 'messageError'), { error: 'User not online', recipientId: never.userId })
  else shape(await next(hers, 'messageError'), { error: 'Recipient not found', event: 'privateMessage' })
})

// --- between contracts --------------------------------------------------------------------------------------

/** Bob's socket of another contract: where it is, and how a message looks there. */
const ELSEWHERE = {
  rooms: [{ path: '/api/socket' }, 'newMessage', ({ senderId, text: words }) => [senderId, words]],
  legacy: [{ path: '/api/socket-namespaces', namespace: '/messenger' }, 'newMessage', ({ senderId, text: words }) => [senderId, words]],
  social: [{ path: '/socket.io', namespace: '/social' }, 'receive_message', ({ message }) => [message.sender._id, message.message]],
  commerce: [{ path: '/socket.io', namespace: '/commerce' }, 'chat:message:new', ({ fromId, message }) => [fromId, message]],
}

for (const [contract, [place, event, read]] of Object.entries(ELSEWHERE)) {
  test(`someone who is there with a client of ${contract} only is there, and hears it in its words`, async (world) => {
    const [ada, bob] = [await world.member(), await world.member()]
    const hers = await world.connect(ada)
    const his = await world.connectElsewhere(bob, place)
    await say(hers, bob, `to ${contract}`)
    assert.deepEqual(read(await next(his, event)), [ada.userId, `to ${contract}`])
    await settled(his)
    assert.deepEqual(told(his, 'privateMessage'), [])
  })
}

test('what clients of other contracts send comes as `privateMessage`', async (world) => {
  const { ada, bob, his } = await pair(world)
  const headers = { authorization: `Bearer ${ada.appToken}` }
  const { status } = await world.rest.post(null, `/api/messages/send/${bob.userId}`, { text: 'by rooms' }, headers)
  assert.equal(status, 201)
  shape(await next(his, 'privateMessage'), { senderId: ada.userId, message: 'by rooms', type: 'text', messageId: text, timestamp: iso })
  const social = await world.connectElsewhere(ada, { path: '/socket.io', namespace: '/social', device: newDevice() })
  shape(await ask(social, 'send_message', { receiverId: bob.userId, message: 'by social' }), { status: 'success' })
  shape(await next(his, 'privateMessage'), { senderId: ada.userId, message: 'by social' })
  const market = await world.connectElsewhere(ada, { path: '/socket.io', namespace: '/commerce', device: newDevice() })
  succeeded(await ask(market, 'chat:message', { recipientId: bob.userId, message: 'by commerce' }))
  shape(await next(his, 'privateMessage'), { senderId: ada.userId, message: 'by commerce' })
  const call = { senderId: ada.userId, receiverId: bob.userId, text: 'by the app' }
  assert.equal((await world.internal.post('/internal/messages', call)).status, 201)
  shape(await next(his, 'privateMessage'), { senderId: ada.userId, message: 'by the app' })
})

test('a message survives the end of the process', async ({ t }) => {
  const world = await ownQuiz(t)
  const [ada, bob] = [await world.member(), await world.member()]
  const hers = await world.connect(ada)
  succeeded(await ask(hers, 'privateMessage', { recipientId: bob.userId, message: 'keep me' }), { stored: true })
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const { body } = await world.rest.get({ token: bob.appToken }, `/api/messages/${ada.userId}`)
  assert.ok(JSON.stringify(body).includes('keep me'), JSON.stringify(body).slice(0, 300))
})
