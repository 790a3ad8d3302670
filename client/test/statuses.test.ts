// Statuses in contract `social`: asked for, followed, hidden, and for whom the app says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusesOf, type OutriggerClient, type UserStatuses } from '@outrigger/client'
import { connected, pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

async function sit(who: Person): Promise<{ client: OutriggerClient; statuses: UserStatuses }> {
  const client = w.client(who)
  const statuses = statusesOf(client)
  statuses.retain()
  client.social()
  await connected(client)
  return { client, statuses }
}

test('coming, saying something, hiding and going are seen by who watches', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const { statuses } = await sit(bob)
  statuses.watch(alice.userId)
  const seen = (): string | undefined => statuses.value.byUser[alice.userId]?.status
  await until('not there', () => seen() === 'offline')
  const hers = await sit(alice)
  await until('there', () => seen() === 'online')
  await hers.statuses.set('at the harbour')
  await until('her word', () => seen() === 'at the harbour')
  assert.equal(statuses.value.byUser[alice.userId]?.isOnline, true)
  const later = await sit(bob)
  later.statuses.watch(alice.userId)
  await until('the same for who asks later', () => later.statuses.value.byUser[alice.userId]?.status === 'at the harbour')
  await hers.statuses.set('invisible')
  await until('hidden', () => seen() === 'offline')
  assert.ok(statuses.value.byUser[alice.userId]?.lastSeen)
  await hers.statuses.set('online')
  await until('there again', () => seen() === 'online')
  hers.client.close()
  await until('gone', () => seen() === 'offline')
})

test('a line of their own is there for who asks', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const hers = await sit(alice)
  await hers.statuses.setCustom('back at noon')
  const { statuses } = await sit(bob)
  statuses.watch(alice.userId)
  await until('the line', () => statuses.value.byUser[alice.userId]?.customStatus === 'back at noon')
})

test('followers hear it, strangers do not; an unknown status stays unknown', async () => {
  const [alice, bob, eve] = [await w.known(), await w.known(), await w.known()]
  const { orThrow: server } = w.server
  assert.equal(await server.getFollowers(alice.userId), null)
  await server.setFollowers(alice.userId, [bob.userId])
  assert.deepEqual(await server.getFollowers(alice.userId), [bob.userId])
  const [his, theirs] = [await sit(bob), await sit(eve)]
  const hers = await sit(alice)
  await hers.statuses.set('busy')
  await until('his', () => his.statuses.value.byUser[alice.userId]?.status === 'busy')
  await pause(200)
  assert.equal(theirs.statuses.value.byUser[alice.userId], undefined)
  his.statuses.watch('nobody-knows')
  await pause(200)
  assert.equal(his.statuses.value.byUser['nobody-knows'], undefined)
})

test('the app says it for a user', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const hers = await sit(alice)
  const { statuses } = await sit(bob)
  statuses.watch(alice.userId)
  const { orThrow: server } = w.server
  assert.equal((await server.setUserStatus(alice.userId, 'on call')).status, 'on call')
  await until('her word', () => statuses.value.byUser[alice.userId]?.status === 'on call')
  await server.setUserOffline(alice.userId)
  await until('hidden', () => statuses.value.byUser[alice.userId]?.isOnline === false)
  await server.setUserOnline(alice.userId)
  await until('there', () => statuses.value.byUser[alice.userId]?.status === 'online')
  hers.client.close()
})
