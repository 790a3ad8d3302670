// What waits for a user who is away, for clients that ask over REST and for those that resume.

import assert from 'node:assert/strict'
import { ask, LEGACY, next, nextWhole, settled, silent, untaken } from './support/client.mjs'
import { follower, payloads } from './support/feed.mjs'
import { chatOf, newDevice } from './support/people.mjs'
import { accepted, iso, shape } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const MESSENGER = { path: LEGACY, namespace: '/messenger' }
const NOTIFICATIONS = { path: LEGACY, namespace: '/notifications' }

/** Two people who write to `bob`, and the ways to write and to ask. */
async function letters(world) {
  const [ada, eve, bob] = [await world.known(), await world.known(), await world.known()]
  const send = async (from, line) => {
    const { status, body } = await world.rest.post(from, `/api/messages/send/${bob.userId}`, { text: line })
    assert.equal(status, 201)
    return body
  }
  const get = async (path) => {
    const { status, body } = await world.rest.get(bob, path)
    assert.equal(status, 200, path)
    return body
  }
  const notify = async (title) => {
    const call = { userId: bob.userId, type: 'order', title, message: 'm', data: { title } }
    assert.equal((await world.internal.post('/internal/notify', call)).status, 200)
  }
  return { ada, eve, bob, send, get, notify }
}

test('messages wait as unread ones and as history, until they are read on any device', async (world) => {
  const { ada, eve, bob, send, get } = await letters(world)
  const sent = [await send(ada, 'one'), await send(ada, 'two'), await send(eve, 'three')]
  assert.deepEqual(await get('/api/messages/unread'), { total: 3, byUser: { [ada.userId]: 2, [eve.userId]: 1 } })
  const history = await get(`/api/messages/${ada.userId}`)
  assert.deepEqual(history, sent.slice(0, 2))
  const partners = (await get('/api/messages/chats')).map(({ _id }) => _id)
  assert.deepEqual(partners.toSorted(), [ada.userId, eve.userId].toSorted())

  const [phone, desk] = [await world.connect(bob), await world.connect(bob, { device: newDevice() })]
  await silent(phone, 'newMessage')
  assert.deepEqual((await get('/api/messages/unread')).total, 3, 'to be connected is not to have read')
  accepted(await ask(phone, 'messageRead', { messageId: sent[0]._id, senderId: ada.userId }))
  await settled(desk)
  assert.deepEqual(await get('/api/messages/unread'), { total: 2, byUser: { [ada.userId]: 1, [eve.userId]: 1 } })
  const [first, second] = await get(`/api/messages/${ada.userId}`)
  shape(first, { isRead: true, status: 'read' })
  shape(second, { isRead: false })
})

test('notifications wait over REST, and the count greets who is back', async (world) => {
  const { bob, get, notify } = await letters(world)
  for (const title of ['first', 'second', 'third']) await notify(title)
  const seen = await get('/api/notifications')
  const list = seen.notifications ?? seen
  assert.deepEqual(list.map(({ title }) => title).toSorted(), ['first', 'second', 'third'])
  for (const one of list) shape(one, { read: false, timestamp: iso, data: { title: one.title } })
  const socket = await world.connect(bob, NOTIFICATIONS)
  assert.deepEqual(await next(socket, 'unreadCount'), { count: 3 })
  await silent(socket, 'notification')
  const { notifications } = await ask(socket, 'getNotifications', { unreadOnly: true })
  assert.deepEqual(notifications.map(({ id }) => id).toSorted(), list.map(({ id }) => id).toSorted())
  assert.equal((await world.rest.post(bob, '/api/notifications/read-all', {})).status, 200)
  await next(socket, 'unreadCount', ({ count }) => count === 0)
})

test('who never connected is told nothing of the past, and can ask for it', async (world) => {
  const { ada, bob, send, get } = await letters(world)
  await send(ada, 'before the first login')
  const device = follower(world, bob)
  shape(await device.come(), { recovered: false, missed: 0 })
  assert.deepEqual(await device.live(), [], 'a feed begins with the first connection of a device')
  assert.deepEqual(
    (await get(`/api/messages/${ada.userId}`)).map((one) => one.text),
    ['before the first login'],
  )
})

test('what a resuming client is told agrees with what REST says', async (world) => {
  const { ada, eve, bob, send, get, notify } = await letters(world)
  const messages = follower(world, bob)
  const notices = follower(world, bob, NOTIFICATIONS)
  for (const device of [messages, notices]) {
    await device.come()
    await device.leave()
  }
  for (const [from, line] of [
    [ada, 'one'],
    [eve, 'two'],
    [ada, 'three'],
  ]) {
    await send(from, line)
    await notify(line)
  }
  const all = payloads((await messages.come()).replayed, 'newMessage')
  // On the main server a notification is a `newMessage` with a mark of its own (`contracts/OVERVIEW.md` section 2).
  const replayed = all.filter(({ notification }) => notification !== true)
  assert.equal(all.length - replayed.length, 3)
  assert.deepEqual(
    replayed.map((one) => one.text),
    ['one', 'two', 'three'],
  )
  for (const partner of [ada, eve]) {
    const history = await get(`/api/messages/${partner.userId}`)
    const told = replayed.filter(({ senderId }) => senderId === partner.userId)
    for (const [index, { timestamp, ...document }] of told.entries()) {
      assert.ok(iso(timestamp))
      assert.deepEqual(document, history[index])
    }
    assert.equal(told.length, history.length)
  }
  const shown = payloads((await notices.come()).replayed, 'notification')
  const seen = await get('/api/notifications')
  const stored = (seen.notifications ?? seen).toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
  assert.deepEqual(
    shown.map(({ id }) => id),
    stored.map(({ id }) => id),
  )
  assert.equal((await get('/api/messages/unread')).total, 3)
})

test('a stock client that reconnects finds over REST what it was not told', async (world) => {
  const { ada, bob, send, get } = await letters(world)
  const socket = await world.connect(bob)
  await send(ada, 'heard')
  const last = await next(socket, 'newMessage')
  socket.disconnect()
  await send(ada, 'missed')
  const again = await world.connect(bob)
  await send(ada, 'heard again')
  await next(again, 'newMessage', ({ text }) => text === 'heard again')
  assert.deepEqual(untaken(again, 'newMessage'), [])
  const history = await get(`/api/messages/${ada.userId}`)
  const since = history.slice(history.findIndex(({ _id }) => _id === last._id) + 1)
  assert.deepEqual(
    since.map((one) => one.text),
    ['missed', 'heard again'],
  )
})

test('a receipt for a message that was read while its sender was away waits for them', async (world) => {
  const { ada, bob, send } = await letters(world)
  const [main, messenger] = [follower(world, ada), follower(world, ada, MESSENGER)]
  for (const device of [main, messenger]) await device.come()
  const { _id: messageId } = await send(ada, 'read me')
  for (const device of [main, messenger]) {
    await device.live()
    await device.leave()
  }
  const reader = await world.connect(bob)
  accepted(await ask(reader, 'messageRead', { messageId, senderId: ada.userId }))
  for (const device of [main, messenger]) {
    const receipts = payloads((await device.come()).replayed, 'messageReadReceipt')
    assert.deepEqual(
      receipts.map((one) => [one.messageId, one.readBy]),
      [[messageId, bob.userId]],
    )
  }
  const { body } = await world.rest.get(ada, `/api/messages/${bob.userId}`)
  shape(body[0], { _id: messageId, isRead: true, status: 'read' })
})

test('a chat that was missed is told to a client that comes back to it', async (world) => {
  const { ada, bob } = await letters(world)
  const chatId = chatOf(ada, bob)
  const speaker = await world.connect(ada)
  accepted(await ask(speaker, 'joinChatRoom', { chatId }))
  const device = follower(world, bob, { chats: [chatId] })
  await device.come()
  await device.leave()
  accepted(await ask(speaker, 'sendChatMessage', { chatId, message: 'while you were away' }))
  const { chats, replayed } = await device.come()
  assert.deepEqual(chats, [chatId])
  shape(payloads(replayed, 'receiveChatMessage')[0], { userId: ada.userId, message: 'while you were away' })
  accepted(await ask(device.socket, 'sendChatMessage', { chatId, message: 'here again' }))
  const [heardBack] = await nextWhole(speaker, 'receiveChatMessage', ({ userId }) => userId === bob.userId)
  assert.equal(heardBack.message, 'here again')
})
