// What happens to those who do too much: it is said when they may again, and what was written is not lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AskError, messengerOf, names, notificationsOf, preferencesOf, RestError, statusesOf } from '@outrigger/client'
import { connected, until } from './support/until.js'
import { world } from './support/world.js'

const w = world({
  RATE_LIMITS: 'social:send_message=2/2,social:set_status=1/300,social:mark_all_notifications_read=1/300',
})

test('messages beyond the limit wait, say until when, and are sent then, in order', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const client = w.client(alice, { contract: 'social' })
  const talk = messengerOf(client).conversation(bob.userId)
  talk.retain()
  await connected(client)
  for (const text of ['one', 'two', 'three', 'four', 'five']) talk.send({ text })
  const waiting = await until('one that waits', () => talk.value.messages.find(({ retryAt }) => retryAt !== undefined))
  assert.equal(waiting.delivery, 'waiting')
  assert.equal(waiting.error, 'Rate limit exceeded for messages')
  assert.ok(Date.parse(waiting.retryAt ?? '') - Date.now() <= 2_500)
  await until('all sent', () => talk.value.messages.every(({ delivery }) => delivery === 'sent'), 15_000)
  const stored = await messengerOf(client).wire.page(bob.userId, 50)
  assert.deepEqual(stored.map(({ text }) => text), ['one', 'two', 'three', 'four', 'five'])
})

test('a status set too often is refused with the time to wait, over both ways', async () => {
  const who = await w.known()
  const client = w.client(who)
  client.social()
  const errors: unknown[] = []
  client.social().on(names.social.server.error, (error) => errors.push(error))
  await connected(client)
  await statusesOf(client).set('busy')
  const refusal = await statusesOf(client).set('away').then(() => null, (error: unknown) => error)
  assert.ok(refusal instanceof AskError)
  assert.equal(refusal.kind, 'refused')
  assert.equal(refusal.message, 'Rate limit exceeded for status updates')
  assert.ok((refusal.retryAfterMs ?? 0) > 290_000)
  await until('the event', () => errors.length === 1)
  const overHttp = await statusesOf(client).setCustom('at sea').then(() => null, (error: unknown) => error)
  assert.ok(overHttp instanceof RestError)
  assert.equal(overHttp.status, 429)
  assert.ok((overHttp.retryAfterMs ?? 0) > 290_000)
  await assert.rejects(statusesOf(client).set(''), /Rate limit|Invalid status/)
})

test('marking all too often is taken back, and says when it is let through', async () => {
  const who = await w.known()
  const client = w.client(who)
  const list = notificationsOf(client, 'social')
  list.retain()
  await connected(client)
  await until('loaded', () => list.value.status === 'ready')
  await list.markAllRead()
  await w.server.orThrow.createNotification({ userId: who.userId, type: 'system', message: 'hello' })
  await until('one', () => list.value.unreadCount === 1)
  await list.markAllRead()
  assert.equal(list.value.error, 'Rate limit exceeded for bulk notification updates')
  assert.ok(list.value.retryAt !== null)
  assert.equal(list.value.notifications[0]?.read, false)
  assert.equal(list.value.unreadCount, 1)
})

test('preferences too', async () => {
  const client = w.client(await w.known())
  preferencesOf(client).retain()
  client.social()
  await connected(client)
  await preferencesOf(client).update({ mention: false })
  await preferencesOf(client).update({ theme: 'dark' })
  await until('both', () => preferencesOf(client).value.preferences['theme'] === 'dark')
  assert.equal(preferencesOf(client).value.preferences['mention'], false)
  await assert.rejects(preferencesOf(client).update({ theme: 'light' }), (error: AskError) => (error.retryAfterMs ?? 0) > 0)
})
