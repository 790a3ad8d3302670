// Messages in contract `social`: the same conversation, outbox and counts as in `rooms`, and what only this contract knows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AskError,
  messengerOf,
  names,
  typingOf,
  type ChatMessage,
  type Conversation,
  type OutriggerClient,
} from '@outrigger/client'
import { gateTo } from './support/gate.js'
import { connected, pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

const texts = (messages: readonly ChatMessage[]): (string | undefined)[] => messages.map((message) => message.text)

async function pair(): Promise<{ alice: Person; bob: Person }> {
  return { alice: await w.known(), bob: await w.known() }
}

interface Seat {
  client: OutriggerClient
  talk: Conversation
}

function sit(who: Person, partner: Person, url?: string): Seat {
  const client = w.client(who, { contract: 'social', ...(url === undefined ? {} : { urls: url }) })
  const messenger = messengerOf(client)
  messenger.retain()
  const talk = messenger.conversation(partner.userId)
  talk.retain()
  return { client, talk }
}

async function both(): Promise<{ alice: Person; bob: Person; hers: Seat; his: Seat }> {
  const { alice, bob } = await pair()
  const [hers, his] = [sit(alice, bob), sit(bob, alice)]
  for (const { client, talk } of [hers, his]) {
    await connected(client)
    await until('history', () => talk.value.status === 'ready')
  }
  return { alice, bob, hers, his }
}

test('a message is shown at once, stored, seen, and taken back on both sides', async () => {
  const { alice, hers, his } = await both()
  const sent = hers.talk.send({ text: 'hello' })
  assert.deepEqual(texts(hers.talk.value.messages), ['hello'])
  await until('stored', () => hers.talk.value.messages[0]?.delivery === 'sent')
  assert.equal(hers.talk.value.messages[0]?.key, sent.key)
  await until('its arrival', () => his.talk.value.messages.length === 1)
  const { unread } = messengerOf(his.client)
  await until('one unread', () => unread.value.byUser[alice.userId] === 1)
  his.talk.markRead()
  await until('the receipt', () => hers.talk.value.messages[0]?.delivery === 'read')
  assert.ok(hers.talk.value.messages[0]?.readAt)
  await until('none unread', () => unread.value.total === 0)
  await hers.talk.remove(hers.talk.value.messages[0]?.id ?? '')
  assert.deepEqual(hers.talk.value.messages, [])
  await until('gone there too', () => his.talk.value.messages.length === 0)
})

test('a page of unread messages is one question', async () => {
  const { alice, bob } = await pair()
  for (let i = 0; i < 60; i += 1) {
    await w.server.orThrow.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: `${i}` })
  }
  const hers = sit(alice, bob)
  await until('her history', () => hers.talk.value.messages.length === 50)
  const his = sit(bob, alice)
  await until('his history', () => his.talk.value.messages.length === 50 && his.client.status === 'connected')
  his.talk.markRead()
  await until('all receipts', () => hers.talk.value.messages.every(({ delivery }) => delivery === 'read'))
  await hers.talk.loadOlder()
  assert.equal(hers.talk.value.messages.length, 60)
  assert.equal(hers.talk.value.hasMore, false)
  assert.deepEqual(texts(hers.talk.value.messages), Array.from({ length: 60 }, (_, i) => `${i}`))
})

test('written while the sidecar is down, stored once when it is back, in order', async () => {
  const { alice, bob, hers, his } = await both()
  await w.kill()
  await until('the loss', () => hers.client.status === 'reconnecting')
  for (const text of ['one', 'two', 'three']) hers.talk.send({ text })
  await pause(400)
  assert.ok(hers.talk.value.messages.every(({ id }) => id === null))
  await w.restart()
  await until('all sent', () => hers.talk.value.messages.every(({ delivery }) => delivery === 'sent'))
  await until('all arrived', () => his.talk.value.messages.length === 3)
  assert.deepEqual(texts(his.talk.value.messages), ['one', 'two', 'three'])
  const stored = await messengerOf(w.client(bob), 'social').wire.page(alice.userId, 50)
  assert.equal(stored.length, 3)
})

test('what was missed while away comes by itself: messages, receipts and what was taken back', async (t) => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const hers = sit(alice, bob, gate.url)
  const his = sit(bob, alice)
  await connected(hers.client)
  await connected(his.client)
  hers.talk.send({ text: 'stays' })
  his.talk.send({ text: 'goes' })
  await until('both', () => hers.talk.value.messages.length === 2 && his.talk.value.messages.every(({ id }) => id !== null))
  gate.close()
  await until('the loss', () => hers.client.status === 'reconnecting')
  his.talk.markRead()
  await his.talk.remove(his.talk.value.messages.find(({ text }) => text === 'goes')?.id ?? '')
  his.talk.send({ text: 'new' })
  await until('sent', () => his.talk.value.messages.at(-1)?.delivery === 'sent')
  gate.open()
  await until('all of it', () => texts(hers.talk.value.messages).join() === 'stays,new')
  await until('the receipt', () => hers.talk.value.messages[0]?.delivery === 'read')
  assert.equal(hers.client.snapshot.recovered, true)
})

test('without resuming, what was taken back is gone all the same', async (t) => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const client = w.client(alice, { contract: 'social', urls: gate.url, resume: false })
  const talk = messengerOf(client).conversation(bob.userId)
  talk.retain()
  await connected(client)
  const { orThrow: server } = w.server
  const ids: string[] = []
  for (const text of ['a', 'b', 'c']) {
    ids.push((await server.sendMessage({ senderId: bob.userId, receiverId: alice.userId, text }))._id)
  }
  await until('all', () => talk.value.messages.length === 3)
  gate.close()
  await until('the loss', () => client.status === 'reconnecting')
  await server.deleteMessage(ids[1] ?? '', bob.userId)
  gate.open()
  await until('one fewer', () => texts(talk.value.messages).join() === 'a,c')
})

test('an answer that got lost on its way stores nothing twice', async (t) => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  // Not opened: it has only HTTP to send with.
  const client = w.client(alice, { contract: 'social', urls: gate.url })
  client.hold('rooms')
  await connected(client)
  const talk = messengerOf(client).conversation(bob.userId)
  gate.loseAnswers(2)
  talk.send({ text: 'only once' })
  await until('sent', () => talk.value.messages[0]?.delivery === 'sent')
  assert.equal((await messengerOf(client).wire.page(bob.userId, 50)).length, 1)
})

test('contracts hear of each other’s messages, each in its own words, over one connection', async () => {
  const { alice, bob } = await pair()
  const hers = sit(alice, bob)
  const his = w.client(bob)
  const rooms = messengerOf(his, 'rooms').conversation(alice.userId)
  const social = messengerOf(his, 'social').conversation(alice.userId)
  rooms.retain()
  social.retain()
  await connected(his)
  await until('both loaded', () => rooms.value.status === 'ready' && social.value.status === 'ready')
  await until('two sockets', () => his.peek('social').connected && his.peek('rooms').connected)
  assert.equal(his.peek('social').raw.io.engine, his.peek('rooms').raw.io.engine)
  hers.talk.send({ text: 'to both' })
  await until('both', () => rooms.value.messages.length === 1 && social.value.messages.length === 1)
  rooms.send({ text: 'from rooms' })
  await until('the answer', () => texts(hers.talk.value.messages).join() === 'to both,from rooms')
  await assert.rejects(rooms.remove('any'), AskError)
})

test('a message that is refused says so, and images are', async () => {
  const { hers } = await both()
  const long = hers.talk.send({ text: 'x'.repeat(1_001) })
  await until('the refusal', () => hers.talk.value.messages[0]?.delivery === 'failed')
  assert.equal(hers.talk.value.messages[0]?.error, 'Invalid message data')
  hers.talk.discard(long.key)
  hers.talk.send({ image: 'data:image/png;base64,AAAA' })
  await until('that too', () => hers.talk.value.messages[0]?.delivery === 'failed')
  assert.match(hers.talk.value.messages[0]?.error ?? '', /Images/)
})

test('typing is told once, renewed, and ends', async () => {
  const { alice, bob, hers, his } = await both()
  const typing = typingOf(his.client)
  typing.retain()
  const told: string[] = []
  for (const event of [names.social.server.user_typing, names.social.server.user_stopped_typing]) {
    his.client.peek('social').on(event, () => told.push(event))
  }
  for (let i = 0; i < 5; i += 1) typingOf(hers.client).tell(bob.userId, true)
  await until('typing', () => typing.value.typingUsers.includes(alice.userId))
  hers.talk.send({ text: 'done' })
  await until('no typing', () => typing.value.typingUsers.length === 0)
  typingOf(hers.client).tell(bob.userId, false)
  await pause(200)
  assert.deepEqual(told, [names.social.server.user_typing, names.social.server.user_stopped_typing])
})

test('what is typed without a connection is told with the next one, unless the keys rest by then', async () => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  const his = sit(bob, alice)
  await connected(his.client)
  const told: string[] = []
  for (const event of [names.social.server.user_typing, names.social.server.user_stopped_typing]) {
    his.client.peek('social').on(event, () => told.push(event))
  }
  const hers = sit(alice, bob, gate.url)
  const typing = typingOf(hers.client)
  typing.retain()
  typing.tell(bob.userId, true)
  await until('typing, begun before the first connection', () => told.at(-1) === names.social.server.user_typing)

  await connected(hers.client)
  gate.close()
  await until('the connection to be lost', () => hers.client.status !== 'connected')
  await until('the end of what nobody goes on with', () => told.at(-1) === names.social.server.user_stopped_typing)
  typing.tell(bob.userId, true)
  gate.open()
  await until('typing, gone on with', () => told.at(-1) === names.social.server.user_typing)

  gate.close()
  await until('the connection to be lost', () => hers.client.status !== 'connected')
  await until('its end', () => told.at(-1) === names.social.server.user_stopped_typing)
  typing.tell(bob.userId, false)
  told.length = 0
  gate.open()
  await connected(hers.client)
  await pause(300)
  assert.deepEqual(told, [], 'nobody types')
  gate.end()
})
