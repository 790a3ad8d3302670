// Messages sent to many: followed by their owner, over reconnects, from a page that came late; nobody else's business.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  analyticsOf,
  names,
  recipientsOf,
  systemNotificationsOf,
  trackedMessage,
  trackedMessages,
  trackerOf,
  type MessageTracker,
  type OutriggerClient,
} from '@outrigger/client'
import type { RecipientUpdateDraft } from '@outrigger/client/server'
import { connected, pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

const newId = (): string => `m-${randomUUID()}`

function updates(count: number, status: RecipientUpdateDraft['status']): RecipientUpdateDraft[] {
  return Array.from({ length: count }, (_, i) => ({ recipientId: `r${i}`, phone: `+1555${i}`, status }))
}

/** Someone who follows a message, and what they see of it. */
async function follow(who: Person, messageId: string): Promise<{ client: OutriggerClient; tracker: MessageTracker }> {
  const client = w.client(who)
  const tracker = trackerOf(client, messageId)
  tracker.retain()
  await until('the socket', () => client.peek('tracking').connected)
  return { client, tracker }
}

test('a campaign from its start to its end', async () => {
  const alice = await w.known()
  const id = newId()
  const { orThrow: server } = w.server
  const { message } = await server.registerMessage(id, alice.userId, { content: 'Regatta on Sunday', totalRecipients: 3 })
  assert.equal(message.status, 'DRAFT')
  const { client, tracker } = await follow(alice, id)
  await until('the state', () => tracker.value.phase === 'tracking' && tracker.value.status === 'DRAFT')
  assert.equal(tracker.value.totalRecipients, 3)
  assert.equal(tracker.value.progress, 0)
  assert.equal((await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })).changed, true)
  await until('sending', () => tracker.value.status === 'SENDING')
  await server.broadcastRecipientUpdates(alice.userId, id, updates(3, 'SENT'))
  await until('all of them', () => tracker.value.recipients.size === 3 && tracker.value.progress === 1)
  const failed = { recipientId: 'r1', phone: '+15551', status: 'FAILED', errorMessage: 'unknown number' } as const
  await server.broadcastRecipientUpdate(alice.userId, { messageId: id, ...failed })
  await until('its end', () => tracker.value.failedCount === 1 && tracker.value.recipients.get('r1')?.status === 'FAILED')
  assert.deepEqual(tracker.value.recipients.get('r1'), failed)
  assert.deepEqual([...tracker.value.recipients.keys()], ['r0', 'r2', 'r1'], 'what changed last is last')
  await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENT', cost: 0.03 })
  await until('the end', () => tracker.value.isOver)
  const { status, successCount, failedCount, cost } = tracker.value
  assert.deepEqual({ status, successCount, failedCount, cost }, { status: 'SENT', successCount: 2, failedCount: 1, cost: 0.03 })
  const back = await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })
  assert.equal(back.changed, false, 'nothing goes backwards')
  assert.equal((await server.getTrackedMessage(id)).counts.failed, 1)

  const list = await trackedMessages(client)
  assert.equal(list.messages[0]?.id, id)
  assert.equal((await trackedMessage(client, id)).content, 'Regatta on Sunday')
  const page = await recipientsOf(client, id, { status: 'SENT', limit: 1, page: 2 })
  assert.equal(page.pagination.total, 2)
  assert.equal(page.recipients[0]?.id, 'r2')
})

test('what happened while the connection was away is there when it is back', async () => {
  const alice = await w.known()
  const id = newId()
  const { orThrow: server } = w.server
  await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })
  await server.broadcastRecipientUpdates(alice.userId, id, updates(5, 'PENDING'))
  const { client, tracker } = await follow(alice, id)
  await until('all', () => tracker.value.recipients.size === 5)
  client.tracking().raw.io.engine.close()
  await until('away', () => !tracker.value.isCurrent)
  assert.equal(tracker.value.status, 'SENDING', 'the last that was known stays')
  await server.broadcastRecipientUpdates(alice.userId, id, updates(5, 'DELIVERED'))
  await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'DELIVERED' })
  await until('back', () => tracker.value.isCurrent && tracker.value.status === 'DELIVERED' && tracker.value.progress === 1)
  await until('each', () => [...tracker.value.recipients.values()].every(({ status }) => status === 'DELIVERED'))
})

test('over a restart of the sidecar, too', async () => {
  const alice = await w.known()
  const id = newId()
  await w.server.orThrow.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })
  await w.server.orThrow.broadcastRecipientUpdates(alice.userId, id, updates(2, 'SENT'))
  const { tracker } = await follow(alice, id)
  await until('all', () => tracker.value.recipients.size === 2)
  await w.kill()
  await until('away', () => !tracker.value.isCurrent)
  await w.restart()
  await until('back', () => tracker.value.isCurrent && tracker.value.successCount === 2, 20_000)
  await w.server.orThrow.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENT' })
  await until('news', () => tracker.value.status === 'SENT')
})

test('others may not look, and whoever asked too early is let in once the app tells', async () => {
  const [alice, eve] = [await w.known(), await w.known()]
  const id = newId()
  const hers = await follow(alice, id)
  await until('refused', () => hers.tracker.value.phase === 'refused')
  assert.ok(hers.tracker.value.error)
  await w.server.orThrow.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })
  await until('let in', () => hers.tracker.value.phase === 'tracking' && hers.tracker.value.status === 'SENDING')
  const theirs = await follow(eve, id)
  await until('refused', () => theirs.tracker.value.phase === 'refused')
  const taken = await w.server.broadcastMessageUpdate(eve.userId, { messageId: id, status: 'SENT' })
  assert.equal(taken.error?.kind, 'conflict')
  assert.equal((await w.server.registerMessage(id, eve.userId)).error?.kind, 'conflict')
  await pause(200)
  assert.equal(theirs.tracker.value.status, null)
  assert.equal(hers.tracker.value.status, 'SENDING')
  assert.equal(await trackedMessage(theirs.client, id).then(() => null, (error: { status: number }) => error.status), 404)
})

test('12,000 recipients go in three calls; a page keeps those that changed last', async () => {
  const alice = await w.known()
  const id = newId()
  const { orThrow: server } = w.server
  const seen: number[] = []
  const taken = await server.broadcastRecipientUpdates(alice.userId, id, updates(12_000, 'SENT'), {
    onProgress: ({ changed }) => seen.push(changed),
    idempotencyKey: id,
  })
  assert.deepEqual(seen, [5_000, 10_000, 12_000])
  assert.deepEqual([taken.changed, taken.successCount, taken.total], [12_000, 12_000, 12_000])
  const { tracker } = await follow(alice, id)
  await until('the state', () => tracker.value.successCount === 12_000 && tracker.value.recipients.size === 500, 20_000)
  await server.broadcastRecipientUpdates(alice.userId, id, updates(1_200, 'DELIVERED'))
  await until('all that changed', () => tracker.value.recipients.get('r1199')?.status === 'DELIVERED', 20_000)
  assert.equal(tracker.value.recipients.size, 1_000, 'no more than that are kept')
  const none = await server.broadcastRecipientUpdates(alice.userId, id, [])
  assert.deepEqual([none.changed, none.total], [0, 12_000], 'of none it says how it stands')
})

test('figures come at once, when something changes, and as the app gives them', async () => {
  const [alice, admin] = [await w.known(), w.person({ admin: true })]
  const { orThrow: server } = w.server
  const analytics = analyticsOf(w.client(alice))
  analytics.retain()
  await until('the first ones', () => {
    const { message_stats, dashboard_stats, usage_stats } = analytics.value.own
    return message_stats?.totalMessages === 0 && dashboard_stats !== undefined && usage_stats !== undefined
  })
  await server.registerMessage(newId(), alice.userId, 40)
  await until('news', () => analytics.value.own.message_stats?.totalRecipients === 40)
  await until('all kinds', () => analytics.value.own.dashboard_stats?.recentMessages.length === 1)
  await server.broadcastAnalyticsUpdate(alice.userId, { type: 'usage_stats', data: { monthlySpend: 12.5 } })
  await until('the app’s', () => analytics.value.own.usage_stats?.monthlySpend === 12.5)
  assert.equal(analytics.value.global.message_stats, undefined, 'everyone’s are for admins')
  const theirs = analyticsOf(w.client(admin))
  theirs.retain()
  await until('the subscription', () => theirs.value.isCurrent)
  await server.broadcastGlobalAnalytics({ type: 'message_stats', data: { totalMessages: 7 } })
  await until('everyone’s', () => theirs.value.global.message_stats?.totalMessages === 7)
  assert.equal(analytics.value.global.message_stats, undefined)
})

test('notifications: stored ones stay read, others are there while the page is', async () => {
  const alice = await w.known()
  const { orThrow: server } = w.server
  const draft = { title: 'Balance', message: 'You have 40 messages left', data: { left: 40 } }
  const { notificationId } = await server.sendNotificationToUser(alice.userId, draft)
  const here = systemNotificationsOf(w.client(alice))
  here.retain()
  const titles = (): string[] => here.value.notifications.map(({ title }) => title)
  await until('what is stored, and the welcome', () => titles().includes('Balance') && titles().includes('Connected'))
  await server.broadcastSystemNotification({ title: 'Maintenance', message: 'Down at noon' })
  await until('the announcement', () => titles().includes('Maintenance'))
  const id = newId()
  await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'FAILED' })
  await until('its notification', () => here.value.notifications.some(({ type }) => type === 'message_failed'))
  assert.equal(here.value.unreadCount, 4)
  assert.ok(notificationId)
  await here.markRead(notificationId)
  const welcome = here.value.notifications.find(({ title }) => title === 'Connected')
  assert.ok(welcome)
  await here.markRead(welcome.id)
  assert.equal(here.value.unreadCount, 2)
  assert.equal(here.value.error, null)
  here.dismiss(welcome.id)
  assert.ok(!titles().includes('Connected'))
  const elsewhere = systemNotificationsOf(w.client(alice))
  elsewhere.retain()
  await until('the same elsewhere', () =>
    elsewhere.value.notifications.some((one) => one.id === notificationId && one.read && one.message === draft.message),
  )
})

test('who is there, counted and pinged; who is logged out does not come back', async () => {
  const alice = await w.known()
  const faults: string[] = []
  const client = w.client(alice, { onLoggedOut: ({ message }) => faults.push(message) })
  const socket = client.tracking()
  await connected(client)
  const pings: unknown[] = []
  socket.on(names.tracking.server.ping, (ping) => pings.push(ping))
  const { orThrow: server } = w.server
  assert.ok((await server.pingAllClients()).reached.sockets >= 1)
  await until('the ping', () => pings.length === 1)
  assert.ok((await server.getOnlineUsersCount()) >= 1)
  assert.equal(await server.isUserOnline(alice.userId), true)
  const { totalConnections, uniqueUsers, userConnections } = await server.getConnectionStats()
  assert.ok(totalConnections >= 1 && uniqueUsers >= 1)
  assert.deepEqual(userConnections.find(({ userId }) => userId === alice.userId), { userId: alice.userId, socketCount: 1 })
  await server.forceLogout(alice.userId, { reason: 'See you' })
  await until('the logout', () => faults.length === 1)
  assert.deepEqual(faults, ['See you'])
})

test('a token that does not hold is refused in the contract’s words', async () => {
  const faults: [string, string][] = []
  const nobody = w.client(null, { onError: ({ kind, message }) => faults.push([kind, message]) })
  nobody.tracking()
  await until('refused', () => nobody.status === 'refused')
  assert.deepEqual(faults, [['token-missing', 'Authentication token required']])
  faults.length = 0
  const bad = w.client(null, { getToken: () => 'nonsense', onError: ({ kind, message }) => faults.push([kind, message]) })
  bad.tracking()
  await until('refused', () => bad.status === 'refused')
  assert.deepEqual(faults, [['token-invalid', 'Invalid authentication token']])
})
