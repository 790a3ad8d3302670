// Messages: shown at once, stored once, never lost and never doubled, whatever the connection does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messengerOf, OutboxFull, type ChatMessage, type Conversation, type StoredMessage } from '@outrigger/client'
import { gateTo } from './support/gate.js'
import { connected, pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

const texts = (messages: readonly ChatMessage[]): (string | undefined)[] => messages.map((message) => message.text)

/** What the sidecar has stored between two people, as one of them sees it. */
async function storedBetween(who: Person, partner: Person): Promise<readonly StoredMessage[]> {
  const client = w.client(who)
  const page = await messengerOf(client).wire.page(partner.userId, 1000)
  client.close()
  return page
}

async function pair(): Promise<{ alice: Person; bob: Person }> {
  return { alice: await w.known(), bob: await w.known() }
}

function open(who: Person, partner: Person, url?: string): Conversation {
  const client = w.client(who, url === undefined ? {} : { urls: url })
  const conversation = messengerOf(client).conversation(partner.userId)
  conversation.retain()
  return conversation
}

test('a message is shown at once and becomes the stored one under the same key', async () => {
  const { alice, bob } = await pair()
  const [mine, theirs] = [open(alice, bob), open(bob, alice)]
  await until('both', () => mine.value.status === 'ready' && theirs.value.status === 'ready')
  const sent = mine.send({ text: 'hello' })
  assert.deepEqual(texts(mine.value.messages), ['hello'])
  assert.equal(mine.value.messages[0]?.id, null)
  await until('the stored message', () => mine.value.messages[0]?.delivery === 'sent')
  assert.equal(mine.value.messages[0]?.key, sent.key)
  await until('its arrival', () => theirs.value.messages.length === 1)
  assert.equal(theirs.value.messages[0]?.direction, 'in')
  assert.equal(theirs.value.messages[0]?.senderId, alice.userId)
})

test('another device of the sender shows it once, and so does the one it came from', async () => {
  const { alice, bob } = await pair()
  const [phone, laptop] = [open(alice, bob), open(alice, bob)]
  await until('both', () => phone.value.status === 'ready' && laptop.value.status === 'ready')
  for (let i = 0; i < 10; i += 1) phone.send({ text: `note ${i}` })
  const wanted = Array.from({ length: 10 }, (_, i) => `note ${i}`)
  await until('all on the laptop', () => laptop.value.messages.length === 10)
  await until('all sent', () => phone.value.messages.every((message) => message.delivery === 'sent'))
  assert.deepEqual(texts(phone.value.messages), wanted)
  assert.deepEqual(texts(laptop.value.messages), wanted)
})

test('written while the sidecar is down, stored once when it is back, in order', async () => {
  const { alice, bob } = await pair()
  const client = w.client(alice)
  const conversation = messengerOf(client).conversation(bob.userId)
  conversation.retain()
  await connected(client)
  await w.kill()
  await until('the loss', () => client.status === 'reconnecting')
  for (const text of ['one', 'two', 'three']) conversation.send({ text })
  await pause(700)
  assert.ok(conversation.value.messages.every((message) => message.id === null))
  await w.restart()
  await until('all sent', () => conversation.value.messages.every((message) => message.delivery === 'sent'))
  assert.deepEqual(texts(conversation.value.messages), ['one', 'two', 'three'])
  assert.deepEqual((await storedBetween(alice, bob)).map((document) => document.text), ['one', 'two', 'three'])
})

test('an answer that got lost on its way stores nothing twice', async (t) => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const conversation = open(alice, bob, gate.url)
  await until('ready', () => conversation.value.status === 'ready')
  gate.loseAnswers(2)
  conversation.send({ text: 'only once' })
  await until('sent', () => conversation.value.messages[0]?.delivery === 'sent')
  await pause(300)
  assert.deepEqual(texts(conversation.value.messages), ['only once'])
  assert.equal((await storedBetween(alice, bob)).length, 1)
})

test('what was missed while away is there after the reconnect, over several pages, each once', async (t) => {
  const { alice, bob } = await pair()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  const conversation = open(alice, bob, gate.url)
  await w.server.orThrow.sendMessage({ senderId: bob.userId, receiverId: alice.userId, text: 'before' })
  await until('the first', () => conversation.value.messages.length === 1)
  gate.close()
  const wanted = ['before', ...Array.from({ length: 120 }, (_, i) => `missed ${i}`)]
  for (const text of wanted.slice(1)) {
    await w.server.orThrow.sendMessage({ senderId: bob.userId, receiverId: alice.userId, text })
  }
  gate.open()
  await until('all of them', () => conversation.value.messages.length === wanted.length)
  assert.deepEqual(texts(conversation.value.messages), wanted)
})

test('history comes in pages, older ones when asked', async () => {
  const { alice, bob } = await pair()
  for (let i = 0; i < 120; i += 1) {
    await w.server.orThrow.sendMessage({ senderId: bob.userId, receiverId: alice.userId, text: `${i}` })
  }
  const conversation = open(alice, bob)
  await until('the newest page', () => conversation.value.status === 'ready')
  assert.equal(conversation.value.messages.length, 50)
  assert.equal(conversation.value.hasMore, true)
  await conversation.loadOlder()
  await conversation.loadOlder()
  assert.deepEqual(texts(conversation.value.messages), Array.from({ length: 120 }, (_, i) => `${i}`))
  assert.equal(conversation.value.hasMore, false)
})

test('read receipts reach the sender, and unread counts fall', async () => {
  const { alice, bob } = await pair()
  const mine = open(alice, bob)
  const bobs = w.client(bob)
  const messenger = messengerOf(bobs)
  messenger.retain()
  await until('ready', () => mine.value.status === 'ready' && bobs.status === 'connected')
  mine.send({ text: 'one' })
  mine.send({ text: 'two' })
  await until('two unread', () => messenger.unread.value.byUser[alice.userId] === 2)
  const theirs = messenger.conversation(alice.userId)
  theirs.retain()
  await until('both loaded', () => theirs.value.messages.length === 2)
  theirs.markRead()
  await until('receipts', () => mine.value.messages.every((message) => message.delivery === 'read'))
  assert.ok(mine.value.messages[0]?.readAt)
  await until('none unread', () => messenger.unread.value.total === 0)
  assert.equal((await messenger.wire.unread()).total, 0)
})

test('a message that is refused says so, and can be discarded', async () => {
  const alice = await w.known()
  const conversation = open(alice, { ...alice, userId: 'nobody-knows' } as Person)
  await until('no history', () => conversation.value.status === 'failed')
  const sent = conversation.send({ text: 'hello?' })
  await until('the refusal', () => conversation.value.messages[0]?.delivery === 'failed')
  assert.equal(conversation.value.messages[0]?.error, 'Receiver not found.')
  conversation.discard(sent.key)
  assert.equal(conversation.value.messages.length, 0)
})

test('what waits is bounded, and refused rather than forgotten', async () => {
  const { alice, bob } = await pair()
  const client = w.client(alice, { urls: 'http://127.0.0.1:9' })
  client.hold('rooms')
  const { outbox } = messengerOf(client)
  for (let i = 0; i < 200; i += 1) outbox.add(bob.userId, { text: `${i}` })
  assert.throws(() => outbox.add(bob.userId, { text: 'one more' }), OutboxFull)
  assert.equal(outbox.pending(bob.userId)[0]?.text, '0')
  for (const message of outbox.pending(bob.userId)) outbox.discard(message.key)
})

test('a client that was closed sends nothing more: its token may be another user’s by now', async () => {
  const { alice, bob } = await pair()
  let token = alice.token
  const client = w.client(alice, { getToken: () => token })
  const conversation = messengerOf(client).conversation(bob.userId)
  const release = conversation.retain()
  await connected(client)
  await w.kill()
  conversation.send({ text: 'from alice' })
  await pause(200)
  release()
  client.close()
  const eve = await (async () => {
    await w.restart()
    return w.known()
  })()
  token = eve.token
  await pause(1_500)
  assert.equal((await storedBetween(eve, bob)).length, 0)
  // She comes back: it is hers to send.
  token = alice.token
  conversation.retain()
  await until('sent', () => conversation.value.messages[0]?.delivery === 'sent')
  assert.equal((await storedBetween(alice, bob)).length, 1)
})
