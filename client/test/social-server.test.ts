// What contract `social` asks of the app's server, and what its clients hear of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { names, type OutriggerClient, type SocialMessage } from '@outrigger/client'
import { connected, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })
const { server: said } = names.social

/** Everything of these events that a person's social socket hears. */
async function ears(who: Person): Promise<{ client: OutriggerClient; heard: [string, unknown][] }> {
  const client = w.client(who)
  const heard: [string, unknown][] = []
  client.social().raw.onAny((event: string, payload: unknown) => {
    if (event !== 'resume' && event !== said.user_status_change) heard.push([event, payload])
  })
  await connected(client)
  return { client, heard }
}

function message(from: Person, to: Person): SocialMessage {
  const person = ({ userId }: Person) => ({ _id: userId, username: null, profileImage: null })
  const now = new Date().toISOString()
  return {
    _id: 'app-1',
    sender: person(from),
    receiver: person(to),
    message: 'kept by the app',
    isRead: false,
    seenBy: [],
    createdAt: now,
    updatedAt: now,
  }
}

test('an app that keeps its messages itself tells both sides in the contract’s words', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const [hers, his] = [await ears(alice), await ears(bob)]
  const rooms: string[] = []
  const words: readonly string[] = Object.values(said)
  his.client.rooms().raw.onAny((event: string) => {
    if (words.includes(event)) rooms.push(event)
  })
  await until('his other socket', () => his.client.rooms().connected)
  const { orThrow: server } = w.server
  const sent = message(alice, bob)
  await server.notifyMessage(sent, { idempotencyKey: `m-${alice.userId}` })
  await until('both', () => hers.heard.length === 1 && his.heard.length === 1)
  assert.deepEqual(his.heard[0], [said.receive_message, { type: 'new_message', message: sent, sender: sent.sender }])
  assert.deepEqual(hers.heard[0], [said.message_sent, { status: 'success', message: sent }])
  const readAt = new Date().toISOString()
  const read = { messageId: sent._id, readBy: bob.userId, readAt }
  const seen = { messageId: sent._id, seenBy: bob.userId, seenAt: readAt }
  await server.notifyMessageRead(alice.userId, read)
  await server.notifyMessageSeen(alice.userId, seen)
  const deleted = { messageId: sent._id, deletedBy: alice.userId }
  await server.notifyMessageDeleted([alice.userId, bob.userId], deleted)
  await until('the rest', () => hers.heard.length === 4 && his.heard.length === 2)
  assert.deepEqual(hers.heard.slice(1), [
    [said.message_read_confirmation, read],
    [said.message_seen, { ...seen, isRead: true }],
    [said.message_deleted, deleted],
  ])
  assert.deepEqual(his.heard[1], [said.message_deleted, deleted])
  assert.deepEqual(rooms, [], 'another contract’s sockets are not told')
})

test('stored messages are marked and deleted for their users, and by nobody else', async () => {
  const [alice, bob, eve] = [await w.known(), await w.known(), await w.known()]
  const hers = await ears(alice)
  const { orThrow: server } = w.server
  const { _id } = await server.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: 'hello' })
  await until('it', () => hers.heard.length === 1)
  const stranger = await w.server.markMessageRead(_id, eve.userId)
  assert.equal(stranger.error?.kind, 'unauthorized')
  const read = await server.markMessageSeen(_id, bob.userId)
  assert.equal(read.newlyRead, true)
  assert.equal((await server.markMessageRead(_id, bob.userId)).newlyRead, false)
  await until('once', () => hers.heard.length === 2)
  assert.equal(hers.heard[1]?.[0], said.message_seen)
  assert.equal((await w.server.deleteMessage(_id, bob.userId)).error?.kind, 'unauthorized')
  await server.deleteMessage(_id, alice.userId)
  await until('gone', () => hers.heard.at(-1)?.[0] === said.message_deleted)
  assert.equal((await w.server.deleteMessage(_id, alice.userId)).error?.kind, 'not-found')
})

test('one notification for many, once for each, and once for each key', async () => {
  const people = await Promise.all([w.known(), w.known(), w.known()])
  const [first] = people
  const { heard } = await ears(first as Person)
  const ids = people.map(({ userId }) => userId)
  const draft = { type: 'system', message: 'Down at noon' }
  const { orThrow: server } = w.server
  const key = `noon-${ids.join()}`
  const made = await server.createNotifications([...ids, ...ids], draft, { idempotencyKey: key })
  assert.equal(made.stored, 3)
  assert.deepEqual(Object.keys(made.notificationIds).sort(), [...ids].sort())
  assert.deepEqual(await server.createNotifications([...ids, ...ids], draft, { idempotencyKey: key }), made)
  await until('it', () => heard.length === 1)
  const tooMany = Array.from({ length: 1_001 }, (_, i) => `u${i}`)
  assert.equal((await w.server.createNotifications(tooMany, draft)).error?.kind, 'invalid')
})

test('without keys for it nothing is pushed, and that is said', async () => {
  const who = await w.known()
  const push = { title: 'Tide', body: 'It turns at seven' }
  const one = await w.server.sendPushNotification(who.userId, push, { retries: 0 })
  assert.equal(one.error?.status, 503)
  const many = await w.server.sendPushNotificationToUsers([who.userId], push, { retries: 0 })
  assert.equal(many.error?.message, 'Push notifications are not configured')
})

test('a token that was revoked opens nothing and closes what it opened', async () => {
  const who = await w.known()
  const faults: string[] = []
  const client = w.client(who, { contract: 'social', onError: ({ message }) => faults.push(message) })
  client.social()
  await connected(client)
  await w.server.orThrow.revokeToken({ token: who.token })
  await until('the end', () => client.status === 'refused')
  assert.deepEqual(faults, ['Authentication error: Token has been revoked'])
  client.reconnect()
  await until('refused again', () => faults.length === 2)
  assert.equal(client.snapshot.fault?.kind, 'token-invalid')
})

test('a user who was logged out is told, and does not come back', async () => {
  const who = await w.known()
  const logouts: string[] = []
  const client = w.client(who, { onLoggedOut: ({ message }) => logouts.push(message) })
  client.social()
  await connected(client)
  await w.server.orThrow.forceLogout(who.userId, { reason: 'See you' })
  await until('the logout', () => logouts.length === 1)
  assert.deepEqual(logouts, ['See you'])
  assert.equal(client.channelState('social').value.status, 'refused')
})
