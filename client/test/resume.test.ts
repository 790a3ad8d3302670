// Connections that break and come back: what was missed arrives, once, by itself; or it is said that it cannot.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  messengerOf,
  names,
  type ChatMessage,
  type Conversation,
  type OutriggerClient,
  type OutriggerOptions,
} from '@outrigger/client'
import { notificationsOf } from '../dist/notifications/notifications.js'
import { RoomChat } from '../dist/messaging/room-chat.js'
import { gateTo, type Gate } from './support/gate.js'
import { connected, pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const KEPT = 64
const w = world({ RATE_LIMITS: 'off', FEED_KEEP_EVENTS: String(KEPT), APP_PING_INTERVAL_MS: '200' })

const texts = (messages: readonly ChatMessage[]): (string | undefined)[] => messages.map((message) => message.text)
const numbered = (count: number, word = 'missed'): string[] => Array.from({ length: count }, (_, i) => `${word} ${i}`)

interface Seat {
  client: OutriggerClient
  gate: Gate
  conversation: Conversation
  /** How many pages of history were asked for. */
  pages: () => number
}

/** Someone at a page behind a network that can be taken away, with a conversation open. */
async function seat(
  t: { after: (end: () => void) => void },
  who: Person,
  partner: Person,
  options: OutriggerOptions = {},
): Promise<Seat> {
  const gate = await gateTo(w.sidecar.port)
  const client = w.client(who, { urls: gate.url, ...options })
  t.after(() => {
    client.close()
    gate.end()
  })
  const { wire } = messengerOf(client)
  const page = wire.page.bind(wire)
  let pages = 0
  wire.page = (...args) => {
    pages += 1
    return page(...args)
  }
  const conversation = messengerOf(client).conversation(partner.userId)
  t.after(conversation.retain())
  await connected(client)
  await until('history', () => conversation.value.status === 'ready')
  return { client, gate, conversation, pages: () => pages }
}

/** What is known once the first connection's place in the feed is. */
const begun = ({ client }: Seat): Promise<boolean> => until('a beginning', () => client.snapshot.recovered === false)

const say = (from: Person, to: Person, text: string): Promise<unknown> =>
  w.server.orThrow.sendMessage({ senderId: from.userId, receiverId: to.userId, text })

async function pair(): Promise<[Person, Person]> {
  return [await w.known(), await w.known()]
}

test('killed and started again with messages in between: all arrive, once, and nothing is asked for', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob)
  await begun(hers)
  await say(bob, alice, 'before')
  await until('the first', () => hers.conversation.value.messages.length === 1)
  await pause(400)
  const asked = hers.pages()
  hers.gate.close()
  await w.kill()
  await w.restart()
  const missed = numbered(20)
  for (const text of missed) await say(bob, alice, text)
  assert.equal(hers.client.snapshot.recovered, null)
  hers.gate.open()
  await until('all of it', () => hers.client.snapshot.recovered === true)
  assert.deepEqual(texts(hers.conversation.value.messages), ['before', ...missed])
  await say(bob, alice, 'after')
  await until('live ones', () => hers.conversation.value.messages.length === 22)
  assert.equal(hers.pages(), asked, 'no page of history was loaded again')
  await until('the count', () => messengerOf(hers.client).unread.value.total === 22)
})

test('what another device sent and what the partner read meanwhile is there too', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob)
  await begun(hers)
  hers.conversation.send({ text: 'read me' })
  await until('stored', () => hers.conversation.value.messages[0]?.delivery === 'sent')
  hers.gate.close()
  await say(alice, bob, 'from her phone')
  const his = await seat(t, bob, alice)
  await until('both', () => his.conversation.value.messages.length === 2)
  his.conversation.markRead()
  await until('said', async () => (await messengerOf(his.client).wire.unread()).total === 0)
  hers.gate.open()
  await until('all of it', () => hers.client.snapshot.recovered === true)
  assert.deepEqual(texts(hers.conversation.value.messages), ['read me', 'from her phone'])
  assert.deepEqual(hers.conversation.value.messages.map((one) => one.delivery), ['read', 'read'])
})

test('a client that never got an event misses none', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob)
  await begun(hers)
  hers.gate.close()
  const missed = numbered(3)
  for (const text of missed) await say(bob, alice, text)
  hers.gate.open()
  await until('all of it', () => hers.client.snapshot.recovered === true)
  assert.deepEqual(texts(hers.conversation.value.messages), missed)
})

test('a quiet channel moves on with the feed: it is not told that it was away for too long', async (t) => {
  const [alice, bob] = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const resets: string[] = []
  const client = w.client(alice, { urls: gate.url, onReset: (reason, channel) => resets.push(`${reason} ${channel}`) })
  const notifications = notificationsOf(client)
  t.after(notifications.retain())
  const state = client.channelState('/notifications')
  await until('a beginning', () => state.value.recovered === false)
  let moved = 0
  client.peek('/notifications').raw.on('outrigger:position', ({ seq }: { seq: number }) => {
    moved = seq
  })
  // More than is kept, and none of it is for this channel.
  for (const text of numbered(KEPT * 3)) await say(bob, alice, text)
  await until('the news of it', () => moved >= KEPT * 3)
  gate.close()
  await w.server.orThrow.notify(alice.userId, { type: 'info', title: 'Missed', message: 'M' })
  gate.open()
  await until('all of it', () => state.value.recovered === true)
  assert.deepEqual(notifications.value.notifications.map((one) => one.title), ['Missed'])
  assert.equal(notifications.value.unreadCount, 1)
  assert.deepEqual(resets, [])
})

test('away for longer than events are kept: it is said, and everything shown is loaded again', async (t) => {
  const [alice, bob] = await pair()
  const resets: string[] = []
  const hers = await seat(t, alice, bob, { onReset: (reason, channel) => resets.push(`${reason} ${channel}`) })
  await begun(hers)
  const notifications = notificationsOf(hers.client)
  t.after(notifications.retain())
  await until('both channels', () => hers.client.channelState('/notifications').value.recovered === false)
  hers.conversation.send({ text: 'read me' })
  await until('stored', () => hers.conversation.value.messages[0]?.delivery === 'sent')
  hers.gate.close()
  const missed = numbered(KEPT * 3)
  for (const text of missed) await say(bob, alice, text)
  const his = await seat(t, bob, alice)
  await his.conversation.loadOlder()
  while (his.conversation.value.hasMore) await his.conversation.loadOlder()
  his.conversation.markRead()
  await until('said', async () => (await messengerOf(his.client).wire.unread()).total === 0)
  await w.server.orThrow.notify(alice.userId, { type: 'info', title: 'Missed', message: 'M' })
  hers.gate.open()
  await until('the resets', () => resets.length === 2)
  assert.deepEqual(resets.sort(), ['expired /notifications', 'expired rooms'])
  assert.equal(hers.client.snapshot.recovered, false)
  await until('the whole conversation', () => hers.conversation.value.messages.length === missed.length + 1)
  assert.deepEqual(texts(hers.conversation.value.messages), ['read me', ...missed])
  assert.equal(hers.conversation.value.messages[0]?.delivery, 'read')
  await until('the notification', () => notifications.value.notifications[0]?.title === 'Missed')
  await until('the count', () => messengerOf(hers.client).unread.value.total === missed.length)
  // And the new position is a good one.
  hers.gate.close()
  await say(bob, alice, 'once more')
  hers.gate.open()
  await until('what came since', () => hers.client.snapshot.recovered === true)
  assert.equal(hers.conversation.value.messages.at(-1)?.text, 'once more')
})

test('another user with the first one’s position is told so, and sees nothing of theirs', async (t) => {
  const [alice, bob] = await pair()
  const eve = await w.known()
  await say(bob, alice, 'for alice only')
  await say(bob, eve, 'for eve')
  let token = alice.token
  const resets: string[] = []
  const seated = await seat(t, alice, bob, {
    getToken: () => token,
    onReset: (reason, channel) => resets.push(`${reason} ${channel}`),
  })
  await begun(seated)
  assert.deepEqual(texts(seated.conversation.value.messages), ['for alice only'])
  const shown: (string | undefined)[][] = []
  seated.conversation.subscribe(() => shown.push(texts(seated.conversation.value.messages)))
  token = eve.token
  seated.client.reconnect()
  await until('the reset', () => resets.length > 0)
  assert.deepEqual(resets, ['unknown rooms'])
  await until('her own', () => texts(seated.conversation.value.messages).includes('for eve'))
  assert.deepEqual(texts(seated.conversation.value.messages), ['for eve'])
  assert.deepEqual(shown[0], [], 'gone at once, not when the others are there')
  assert.ok(shown.every((messages) => !messages.includes('for alice only')))
  await until('her count', () => messengerOf(seated.client).unread.value.total === 1)
})

test('after a forced logout nothing is remembered', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob)
  await begun(hers)
  await say(bob, alice, 'one')
  await until('it', () => hers.conversation.value.messages.length === 1)
  await w.server.orThrow.forceLogout(alice.userId, { revoke: false })
  await until('the end', () => hers.client.status === 'refused')
  hers.client.reconnect()
  await begun(hers)
})

test('chats: let in again by themselves, what was said meanwhile is there once, and who lost the right hears why', async (t) => {
  const [alice, bob] = await pair()
  const rooms = ['team', 'crew'].map((name) => `${name}${alice.userId}`)
  const [team, crew] = rooms as [string, string]
  for (const room of rooms) await w.server.orThrow.grantRoom(`chat_${room}`, [alice.userId, bob.userId])
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const client = w.client(alice, { urls: gate.url })
  const his = w.client(bob)
  const bobs = new RoomChat(team, his)
  t.after(bobs.retain())
  const chat = new RoomChat(team, client)
  t.after(chat.retain())
  const other = new RoomChat(crew, client)
  t.after(other.retain())
  await until('all in', () => [bobs, chat, other].every((one) => one.value.isJoined))
  await bobs.send('before')
  await until('it', () => chat.value.messages.length === 1)
  let joins = 0
  client.peek('rooms').raw.onAnyOutgoing((event) => {
    if (event === names.rooms.client.joinChatRoom) joins += 1
  })
  gate.close()
  await until('the loss', () => !chat.value.isJoined)
  await bobs.send('meanwhile')
  await bobs.send('and again')
  await w.server.orThrow.revokeRoom(`chat_${crew}`, [alice.userId])
  gate.open()
  await until('in again', () => chat.value.isJoined)
  assert.equal(client.snapshot.recovered, true)
  assert.deepEqual(chat.value.messages.map((one) => one.message), ['before', 'meanwhile', 'and again'])
  assert.equal(chat.value.hasGap, false)
  await until('the refusal', () => other.value.error)
  assert.equal(joins, 1, 'only the one that was not let in was asked for')
  await bobs.send('live')
  await until('live ones', () => chat.value.messages.length === 4)
  await w.kill()
  await w.restart()
  await until('in once more', () => chat.value.isJoined && bobs.value.isJoined)
})

test('an event of the app that is to last reaches who was away, others do not, and handlers get one argument', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob)
  await begun(hers)
  const heard: unknown[][] = []
  const listener = (...args: unknown[]): void => {
    heard.push(args)
  }
  hers.client.rooms().on('invoiceReady', listener)
  hers.gate.close()
  await until('her absence', async () => !(await w.server.orThrow.isUserOnline(alice.userId)))
  const passing = await w.server.orThrow.sendToUser(alice.userId, 'invoiceReady', { invoiceId: 'passing' })
  assert.equal(passing.reached.sockets, 0)
  await w.server.orThrow.sendToUser(alice.userId, 'invoiceReady', { invoiceId: 'one' }, { durable: true })
  await w.server.orThrow.sendToUsers([alice.userId, bob.userId], 'invoiceReady', { invoiceId: 'two' }, { durable: true })
  hers.gate.open()
  await until('all of it', () => hers.client.snapshot.recovered === true)
  assert.deepEqual(heard, [[{ invoiceId: 'one' }], [{ invoiceId: 'two' }]])
})

test('switched off, nothing is asked for and every reconnect loads what was missed, as ever', async (t) => {
  const [alice, bob] = await pair()
  const hers = await seat(t, alice, bob, { resume: false })
  const marked: unknown[] = []
  hers.client.peek('rooms').raw.onAny((event: string, ...args: unknown[]) => {
    if (args.length > 1 || event === 'resume' || event === 'reset') marked.push(event)
  })
  await say(bob, alice, 'before')
  await until('it', () => hers.conversation.value.messages.length === 1)
  hers.gate.close()
  const missed = numbered(60)
  for (const text of missed) await say(bob, alice, text)
  hers.gate.open()
  await until('all of it', () => hers.conversation.value.messages.length === missed.length + 1)
  assert.deepEqual(texts(hers.conversation.value.messages), ['before', ...missed])
  assert.equal(hers.client.snapshot.recovered, null)
  assert.deepEqual(marked, [])
})

test('with a sidecar that knows of no feeds everything works as before', async (t) => {
  const [alice, bob] = await pair()
  const room = `old${alice.userId}`
  await w.server.orThrow.grantRoom(`chat_${room}`, [alice.userId])
  const gate = await gateTo(w.sidecar.port)
  gate.hideFeeds()
  t.after(() => gate.end())
  const client = w.client(alice, { urls: gate.url, transports: ['polling'] })
  const conversation = messengerOf(client).conversation(bob.userId)
  t.after(conversation.retain())
  const notifications = notificationsOf(client)
  t.after(notifications.retain())
  const chat = new RoomChat(room, client)
  t.after(chat.retain())
  await connected(client)
  await until('the chat', () => chat.value.isJoined)
  await until('all there is', () => conversation.value.status === 'ready' && notifications.value.status === 'ready')
  await say(bob, alice, 'before')
  await until('it', () => conversation.value.messages.length === 1)
  gate.close()
  const missed = numbered(60)
  for (const text of missed) await say(bob, alice, text)
  await w.server.orThrow.notify(alice.userId, { type: 'info', title: 'Missed', message: 'M' })
  gate.open()
  await until('all of it', () => conversation.value.messages.length === missed.length + 1)
  await until('the notification', () => notifications.value.notifications.length === 1)
  await until('the chat again', () => chat.value.isJoined)
  await until('the count', () => messengerOf(client).unread.value.total === missed.length + 1)
  assert.equal(client.snapshot.recovered, null)
})
