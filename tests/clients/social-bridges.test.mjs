// One message, several contracts: whoever sends, everyone hears it in the words of the own client
// (`contracts/OVERVIEW.md` section 2).

import assert from 'node:assert/strict'
import { ask, LEGACY, next, ROOMS, silent } from './support/client.mjs'
import { pause, PROMPTLY_MS } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { newReceiver } from './support/receiver.mjs'
import { accepted, iso, shape, text } from './support/shape.mjs'
import { DOORS, message, notify, ownSocial, say, shown, socialSuite, succeeded, titleOf } from './support/social.mjs'

const { test } = socialSuite(import.meta.url)

const MESSENGER = { path: LEGACY, namespace: '/messenger' }
// One transparent pixel.
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

/** Two people with a socket of each contract, all of them open at the same time. */
async function people(world, door) {
  const [ada, bob] = [await world.member(), await world.member()]
  const all = async (who) => ({
    social: await world.connect(who, { ...door, device: newDevice() }),
    rooms: await world.connectElsewhere(who, { path: ROOMS }),
    messenger: await world.connectElsewhere(who, MESSENGER),
  })
  return { ada, bob, adas: await all(ada), bobs: await all(bob) }
}

/** Bob's sockets and Ada's are all told of the message, each once and in its own words. */
async function everyoneHears(given, words) {
  const { ada, bob, adas, bobs } = given
  const { message: document, ...rest } = await next(bobs.social, 'receive_message')
  message(document, ada, bob, words)
  shape(rest, { type: 'new_message', sender: shown(ada) })
  assert.deepEqual(await next(adas.social, 'message_sent'), { status: 'success', message: document })
  const theirs = {
    _id: document._id,
    senderId: ada.userId,
    receiverId: bob.userId,
    text: words,
    createdAt: document.createdAt,
  }
  for (const one of [bobs.rooms, bobs.messenger]) shape(await next(one, 'newMessage'), theirs)
  for (const one of [adas.rooms, adas.messenger]) shape(await next(one, 'messageSent'), theirs)
  for (const one of [adas, bobs]) {
    for (const event of ['receive_message', 'message_sent', 'newMessage', 'messageSent'])
      await silent(one.social, event)
    for (const socket of [one.rooms, one.messenger]) {
      for (const event of ['newMessage', 'messageSent', 'receive_message', 'message_sent', 'new_notification'])
        await silent(socket, event)
    }
  }
  return document
}

const WAYS = {
  'a social socket': ({ adas, bob }, _, words) => say(adas.social, bob, words),
  'REST of social': async ({ ada, bob }, { api }, words) => {
    const { status } = await api.post(ada, '/api/messages', { receiverId: bob.userId, message: words })
    assert.equal(status, 201)
  },
  'REST of rooms': async ({ ada, bob }, { rest }, words) => {
    const headers = { authorization: `Bearer ${ada.appToken}` }
    const { status } = await rest.post(null, `/api/messages/send/${bob.userId}`, { text: words }, headers)
    assert.equal(status, 201)
  },
  'the internal API': async ({ ada, bob }, { internal }, words) => {
    const call = { senderId: ada.userId, receiverId: bob.userId, text: words }
    assert.equal((await internal.post('/internal/messages', call)).status, 201)
  },
}

for (const [way, send] of Object.entries(WAYS)) {
  for (const door of [DOORS[0], DOORS[2]]) {
    test(`a message by ${way} is heard in every contract, with ${titleOf(door)}`, async (world) => {
      const given = await people(world, door)
      await send(given, world, `by ${way}`)
      await everyoneHears(given, `by ${way}`)
    })
  }

  test(`the notice of a message by ${way} is told to social once`, async (world) => {
    const given = await people(world)
    await send(given, world, 'notice me')
    const { message: document } = await next(given.bobs.social, 'receive_message')
    shape(await next(given.bobs.social, 'new_notification'), {
      type: 'new_message',
      message: `${given.ada.name} sent you a message`,
      fromUser: shown(given.ada),
      metadata: { messageId: document._id },
    })
    await silent(given.bobs.social, 'new_notification')
  })
}

for (const [who, read] of Object.entries({
  'a social socket': ({ bobs }, _, messageId) => ask(bobs.social, 'message_read', { messageId }),
  'a rooms socket': ({ ada, bobs }, _, messageId) =>
    ask(bobs.rooms, 'messageRead', { messageId, senderId: ada.userId }),
  'REST of social': ({ bob }, { api }, messageId) => api.patch(bob, `/api/messages/${messageId}/read`),
  'the internal API': ({ bob }, { internal }, messageId) =>
    internal.post(`/internal/messages/${messageId}/read`, { readerId: bob.userId }),
})) {
  test(`what ${who} reads is receipted in every contract`, async (world) => {
    const given = await people(world)
    const { ada, bob, adas, bobs } = given
    const { _id: messageId } = await say(adas.social, bob, 'read me anywhere')
    const answer = await read(given, world, messageId)
    assert.ok(answer.status === 'success' || answer.ok === true || answer.status === 200, JSON.stringify(answer))
    const told = shape(await next(adas.social, 'message_read_confirmation'), {
      messageId,
      readBy: bob.userId,
      readAt: iso,
    })
    for (const one of [adas.rooms, adas.messenger]) {
      shape(await next(one, 'messageReadReceipt'), { messageId, readBy: bob.userId, readAt: told.readAt })
    }
    for (const one of [bobs.social, adas.social]) await silent(one, 'message_read_confirmation')
    await silent(adas.rooms, 'messageReadReceipt')
    const { body } = await world.api.get(ada, `/api/messages/${bob.userId}`)
    shape(body.messages[0], { isRead: true, seenBy: [{ userId: bob.userId, seenAt: told.readAt }] })
  })
}

test('what is seen over REST is a receipt for rooms and legacy', async (world) => {
  const given = await people(world)
  const { _id: messageId } = await say(given.adas.social, given.bob, 'see me')
  assert.equal((await world.api.patch(given.bob, `/api/messages/${messageId}/seen`)).status, 200)
  shape(await next(given.adas.social, 'message_seen'), { messageId, seenBy: given.bob.userId, isRead: true })
  for (const one of [given.adas.rooms, given.adas.messenger]) {
    shape(await next(one, 'messageReadReceipt'), { messageId, readBy: given.bob.userId })
  }
  const { _id: second } = await say(given.adas.social, given.bob, 'and me')
  const call = { readerId: given.bob.userId, seen: true }
  assert.equal((await world.internal.post(`/internal/messages/${second}/read`, call)).status, 200)
  shape(await next(given.adas.social, 'message_seen'), { messageId: second, seenBy: given.bob.userId })
})

test('what the app deletes is gone everywhere; rooms clients hear nothing', async (world) => {
  const given = await people(world)
  const { ada, bob, adas, bobs } = given
  const { _id: messageId } = await say(adas.social, bob, 'take back')
  const wrong = await world.internal.remove(`/internal/messages/${messageId}`, undefined, { senderId: bob.userId })
  assert.ok(wrong.status >= 400, `${wrong.status}`)
  const gone = await world.internal.remove(`/internal/messages/${messageId}`, undefined, { senderId: ada.userId })
  assert.equal(gone.status, 200, JSON.stringify(gone.body))
  for (const socket of [adas.social, bobs.social]) {
    shape(await next(socket, 'message_deleted'), { messageId, deletedBy: ada.userId })
    await silent(socket, 'message_deleted_confirmation')
  }
  for (const socket of [adas.rooms, bobs.rooms, adas.messenger, bobs.messenger]) await silent(socket, 'message_deleted')
  const headers = { authorization: `Bearer ${bob.appToken}` }
  assert.deepEqual((await world.apiAt('').get(bob, `/api/messages/${ada.userId}`)).body.messages, [])
  shape((await world.rest.get(null, '/api/messages/unread', headers)).body, { total: 0, byUser: {} })
})

test('typing is shown across contracts', async (world) => {
  const { ada, bob, adas, bobs } = await people(world)
  succeeded(await ask(adas.social, 'typing_start', { receiverId: bob.userId }))
  for (const one of [bobs.rooms, bobs.messenger])
    shape(await next(one, 'userTyping'), { userId: ada.userId, isTyping: true })
  succeeded(await ask(adas.social, 'typing_stop', { receiverId: bob.userId }))
  for (const one of [bobs.rooms, bobs.messenger])
    shape(await next(one, 'userTyping', undefined, PROMPTLY_MS), { userId: ada.userId, isTyping: false })
  for (const [isTyping, event] of [
    [true, 'user_typing'],
    [false, 'user_stopped_typing'],
  ]) {
    accepted(await ask(bobs.rooms, 'typing', { receiverId: ada.userId, isTyping }))
    shape(await next(adas.social, event, undefined, PROMPTLY_MS), { userId: bob.userId, ...(isTyping && { username: bob.name }) })
  }
})

test('an image of a rooms client comes through to social', async (world) => {
  const { ada, bob, adas, bobs } = await people(world)
  const headers = { authorization: `Bearer ${ada.appToken}` }
  const body = { image: `data:image/png;base64,${PIXEL}` }
  const { status } = await world.rest.post(null, `/api/messages/send/${bob.userId}`, body, headers)
  assert.equal(status, 201)
  const { message: document } = await next(bobs.social, 'receive_message')
  message(document, ada, bob, '', { image: text })
  shape((await next(adas.social, 'message_sent')).message, { image: document.image })
})

test('a chat of rooms is not told to social clients', async (world) => {
  const { ada, bob, adas, bobs } = await people(world)
  const chatId = [ada.userId, bob.userId].sort().join('_')
  for (const one of [adas, bobs]) accepted(await ask(one.rooms, 'joinChatRoom', { chatId }))
  accepted(await ask(adas.rooms, 'sendChatMessage', { chatId, message: 'in the chat' }))
  await next(bobs.rooms, 'receiveChatMessage')
  for (const socket of [adas.social, bobs.social]) {
    for (const event of ['receive_message', 'message_sent', 'receiveChatMessage']) await silent(socket, event)
  }
})

test('a message of rooms has no notice where social is not the root', async ({ t }) => {
  const world = await ownSocial(t, { ROOT_CONTRACT: 'rooms' })
  const door = DOORS[2]
  const given = await people(world, door)
  await WAYS['REST of rooms'](given, world, 'plain')
  await next(given.bobs.social, 'receive_message')
  await silent(given.bobs.social, 'new_notification')
  await say(given.adas.social, given.bob, 'with a notice')
  shape(await next(given.bobs.social, 'new_notification'), { type: 'new_message' })
  const { status } = await world.api.get(given.bob, '/api/notifications')
  assert.equal(status, 200, 'REST stands under /social')
  await silent(given.bobs.rooms, 'new_notification')
  const rooms = await world.connectElsewhere(given.ada, { path: '/socket.io' })
  accepted(await ask(rooms, 'authenticate', { token: given.ada.appToken }))
  await next(rooms, 'authenticated')
})

// --- the app hears of it --------------------------------------------------------------------------

test('the app is told of what social clients write and read, and of what they ask it to decide', async ({ t }) => {
  const receiver = await newReceiver(t)
  const settings = {
    OUTRIGGER_WEBHOOK_ACTIONS: 'post:like',
    OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS: '300',
    OUTRIGGER_WEBHOOK_EVENTS: 'message.stored,message.read,message.missed,notification.missed,client.event',
  }
  const world = await ownSocial(t, receiver.settings(settings))
  const [ada, bob, away] = [await world.member(), await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const { _id: messageId } = await say(hers, bob, 'for the app, too')
  const [stored] = await receiver.took('message.stored', bob)
  shape(stored.data.message, { _id: messageId, senderId: ada.userId, text: 'for the app, too' })
  succeeded(await ask(his, 'message_read', { messageId }))
  const [read] = await receiver.took('message.read', bob)
  shape(read.data, { messageId })
  accepted(await ask(hers, 'post:like', { postId: 'p1' }))
  const [action] = await receiver.took('client.event', ada)
  shape(action.data, { event: 'post:like', args: [{ postId: 'p1' }], contract: 'social' })
  await say(hers, away, 'nobody is there')
  await receiver.took('message.missed', away)
  await notify(world, away, { type: 'mention', message: 'you were mentioned' })
  const missed = await receiver.took('notification.missed', away)
  await pause(500)
  assert.equal(
    receiver.about(away).filter(({ type }) => type === 'notification.missed').length,
    1,
    'not for the notice',
  )
  assert.ok(missed[0].data)
})
