// Campaigns of many recipients: what a client is shown of them, at what rate, and what a restart leaves of them
// (`contracts/tracking.md` sections 5 and 7).

import assert from 'node:assert/strict'
import { ask, CONNECT, DISCONNECT, next, nextOf, settled } from './support/client.mjs'
import { eventually, pause, within } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'
import {
  BATCH,
  isWelcome,
  lastStatuses,
  newMessageId,
  numbers,
  ownTracking,
  PACE_MS,
  recipient,
  recipients,
  succeeded,
  told,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url)

const MANY = 100_000
const PAGE = 500
/** Shown of one message in a second, at most: recipients, and the message itself. */
const RECIPIENTS_PER_S = 500
const MESSAGES_PER_S = 5
const FAR_MS = 20_000

/** How it ends for the nth: nine of ten get it. */
const end = (n) => (n % 10 === 3 ? 'FAILED' : 'DELIVERED')

/** Counts what arrives, by name, from now on. */
function counter(socket) {
  const start = performance.now()
  const seen = {}
  socket.onAny((event) => {
    seen[event] = (seen[event] ?? 0) + 1
  })
  return { of: (event) => seen[event] ?? 0, seconds: () => (performance.now() - start) / 1_000 }
}

/** Every recipient in the pages of REST: status by id. */
async function inPages({ api }, owner, messageId, total) {
  const statuses = new Map()
  for (const page of numbers(Math.ceil(total / PAGE), 1)) {
    const { status, body } = await api.get(
      owner,
      `/api/socket/messages/${messageId}/recipients?limit=${PAGE}&page=${page}`,
    )
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.pagination.total, total)
    for (const one of body.recipients) statuses.set(one.id, one.status)
  }
  return statuses
}

const expected = (total, status = end) =>
  new Map(recipients(total, status).map(({ recipientId, status: last }) => [recipientId, last]))

/** Returns when this socket has been told how it ended for everyone. */
const allTold = (socket, messageId, wanted) =>
  eventually(
    () => {
      const seen = lastStatuses(socket, messageId)
      return [...wanted].filter(([id, status]) => seen.get(id) !== status).length
    },
    (missing) => missing === 0,
    'the last status of everyone',
    FAR_MS,
  )

test('a hundred thousand recipients: shown at the stated rate, none lost', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(owner)
  await world.app.register(owner, messageId, { totalRecipients: MANY, content: 'to everyone' })
  const admin = await world.connect(world.person({ admin: true }))
  succeeded(await ask(socket, 'track_message', messageId))
  succeeded(await ask(socket, 'subscribe_analytics'))
  await world.app.update(owner, messageId, 'SENDING')
  const seen = counter(socket)
  const seenByAdmin = counter(admin)
  const start = performance.now()
  for (const batch of numbers(MANY / BATCH)) {
    const answer = await world.app.recipients(owner, messageId, recipients(BATCH, end, batch * BATCH))
    const failed = (batch + 1) * (BATCH / 10)
    shape(answer, {
      changed: BATCH,
      ignored: 0,
      failedCount: failed,
      successCount: (batch + 1) * BATCH - failed,
      total: MANY,
    })
  }
  const took = (performance.now() - start) / 1_000
  world.t.diagnostic(`${MANY} recipients in ${took.toFixed(1)} s: ${(MANY / took).toFixed()} a second`)

  await pause(3_000)
  await settled(socket)
  const seconds = seen.seconds()
  const shown = seen.of('recipient_update')
  world.t.diagnostic(
    `${shown} recipient_update, ${seen.of('message_update')} message_update, ${seen.of('notification')} notification in ${seconds.toFixed(1)} s`,
  )
  assert.ok(shown <= RECIPIENTS_PER_S * (seconds + 1), `${shown} recipients in ${seconds} s are too many`)
  assert.ok(shown >= (RECIPIENTS_PER_S / 5) * seconds, `${shown} recipients in ${seconds} s are few`)
  assert.ok(seen.of('message_update') <= MESSAGES_PER_S * (seconds + 1) + 2, `${seen.of('message_update')} messages`)
  assert.ok(seen.of('notification') <= MESSAGES_PER_S * (seconds + 1) + 2, `${seen.of('notification')} notifications`)

  for (const [figures, event] of [
    [seen, 'analytics_update'],
    [seenByAdmin, 'global_analytics_update'],
  ]) {
    const kinds = 3
    assert.ok(figures.of(event) <= kinds * (seconds + 2), `${figures.of(event)} ${event} in ${seconds} s`)
  }

  await world.app.update(owner, messageId, 'SENT', { cost: 100 })
  const isLast = ({ type, data }) => type === 'dashboard_stats' && data.totalCost === 100
  const { data: dashboard } = await next(socket, 'analytics_update', isLast, FAR_MS)
  shape(dashboard, { totalContacts: MANY, totalMessages: 1, messagesSentToday: 90_000, deliveryRate: 90 })
  await next(admin, 'global_analytics_update', isLast, FAR_MS)
  const last = await next(socket, 'message_update', ({ status }) => status === 'SENT')
  assert.deepEqual(last, { messageId, status: 'SENT', successCount: 90_000, failedCount: 10_000, cost: 100 })

  const wanted = expected(MANY)
  assert.deepEqual(await inPages(world, owner, messageId, MANY), wanted)
  const updates = told(socket, 'recipient_update')
  assert.equal(new Set(updates.map(({ recipientId }) => recipientId)).size, updates.length, 'each once')
  for (const { recipientId, status, phone } of updates) {
    assert.equal(status, wanted.get(recipientId))
    assert.ok(phone)
  }
  const late = await world.connect(owner, { device: newDevice() })
  const reply = await ask(late, 'track_message', messageId)
  assert.deepEqual(reply, { success: true, totalRecipients: MANY, recipientsShown: PAGE })
  const { body } = await world.api.get(owner, `/api/socket/messages/${messageId}/recipients?status=FAILED&limit=1`)
  assert.equal(body.pagination.total, MANY / 10)
})

test('a client that stays is told how it ended for everyone, changes in between are merged', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  const total = 2_000
  const socket = await world.connect(owner)
  await world.app.update(owner, messageId, 'SENDING')
  const steps = ['PENDING', 'SENDING', 'SENT', end]
  for (const status of steps) await world.app.recipients(owner, messageId, recipients(total, status))
  await world.app.update(owner, messageId, 'SENT')
  await allTold(socket, messageId, expected(total))
  await pause(3 * PACE_MS)
  await settled(socket)
  const frames = told(socket, 'recipient_update').length
  world.t.diagnostic(`${frames} frames for ${total * steps.length} changes`)
  assert.ok(frames < total * 3, `${frames} frames`)
  shape(told(socket, 'message_update').at(-1), { status: 'SENT', successCount: 1_800, failedCount: 200 })
  const notes = told(socket, 'notification').filter(({ type }) => type === 'delivery_update')
  const sum = (name) => notes.reduce((so, { data }) => so + (data[name] ?? 0), 0)
  assert.deepEqual([sum('delivered'), sum('failed')], [1_800, 200])
})

test('campaigns of different people do not hold each other up, and do not mix', async (world) => {
  const total = 600
  const campaigns = []
  for (const _ of numbers(4)) {
    const owner = world.person()
    campaigns.push({ owner, messageId: newMessageId(), socket: await world.connect(owner) })
  }
  await Promise.all(
    campaigns.map(({ owner, messageId }) => world.app.recipients(owner, messageId, recipients(total, end))),
  )
  await Promise.all(campaigns.map(({ socket, messageId }) => allTold(socket, messageId, expected(total))))
  for (const { socket, messageId } of campaigns) {
    const foreign = told(socket, 'recipient_update').filter((one) => one.messageId !== messageId)
    assert.deepEqual(foreign, [])
  }
})

for (const many of [2, 30]) {
  test(`${many} campaigns of one owner are told side by side, to a client that stays`, async (world) => {
    const owner = world.person()
    const socket = await world.connect(owner)
    const ids = numbers(many).map(newMessageId)
    await Promise.all(ids.map((id) => world.app.recipients(owner, id, recipients(500, end))))
    await Promise.all(ids.map((id) => allTold(socket, id, expected(500))))
    assert.deepEqual(told(socket, DISCONNECT), [], 'it was not taken for one that does not read')
  })
}

test('batches at the same time are counted right', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  await world.app.register(owner, messageId)
  const updates = numbers(10).flatMap((n) => [recipients(200, 'SENT', n * 100), recipients(200, end, n * 100)])
  await Promise.all(updates.map((one) => world.app.recipients(owner, messageId, one)))
  const total = 1_100
  const { body } = await world.internal.get(`/internal/tracking/messages/${messageId}`)
  shape(body, { successCount: total * 0.9, failedCount: total * 0.1, totalRecipients: total })
  assert.deepEqual(await inPages(world, owner, messageId, total), expected(total))
})

// --- a restart in the middle ---------------------------------------------------------------------------

/** A client that tracks the message again whenever it is connected. */
async function tracker(world, owner, messageId) {
  const socket = world.open(owner, { reconnection: true })
  socket.on('connect', () => socket.emit('track_message', messageId))
  await next(socket, 'notification', isWelcome)
  return socket
}

for (const [signal, how] of [
  ['SIGKILL', 'a killed process'],
  ['SIGTERM', 'a deploy'],
]) {
  test(`a campaign goes on after ${how}`, async ({ t }) => {
    const world = await ownTracking(t)
    const [owner, messageId, total] = [world.person(), newMessageId(), 400]
    await world.app.register(owner, messageId, { totalRecipients: total })
    const socket = await tracker(world, owner, messageId)
    await world.app.update(owner, messageId, 'SENDING')
    await world.app.recipients(owner, messageId, recipients(total, 'SENT'))
    await world.app.recipients(owner, messageId, recipients(total / 2, end))
    // What is under way when it ends: the app does not know, and says it again.
    const last = world.app.recipients(owner, messageId, recipients(total / 2, end, total / 2)).catch(() => 'lost')
    if (signal === 'SIGTERM') await last
    world.sidecar().signal(signal)
    await within(world.sidecar().exited, 'the process to end', FAR_MS)
    await last
    await world.again()
    await nextOf(socket, [CONNECT], FAR_MS)
    const before = await inPages(world, owner, messageId, total)
    for (const [id, status] of expected(total / 2)) assert.equal(before.get(id), status, 'what was answered is kept')
    await world.app.recipients(owner, messageId, recipients(total / 2, end, total / 2))
    await allTold(socket, messageId, expected(total))
    await world.app.update(owner, messageId, 'SENT')
    const sent = await next(socket, 'message_update', ({ status }) => status === 'SENT')
    shape(sent, { messageId, successCount: total * 0.9, failedCount: total * 0.1 })
    assert.deepEqual(await inPages(world, owner, messageId, total), expected(total))
  })
}

test('figures, owners and what was told survive a killed process', async ({ t }) => {
  const world = await ownTracking(t)
  const [owner, thief, messageId] = [world.person(), world.person(), newMessageId()]
  await world.app.register(owner, messageId, { content: 'kept', totalRecipients: 10 })
  await world.app.update(owner, messageId, 'SENDING', { cost: 2 })
  await world.app.recipients(owner, messageId, recipients(10, end))
  const get = async (path) => (await world.api.get(owner, `/api/socket/${path}`)).body
  const paths = ['messages', `messages/${messageId}`, `messages/${messageId}/recipients`, 'notifications']
  const kinds = ['dashboard_stats', 'message_stats', 'usage_stats'].map((kind) => `analytics/${kind}`)
  const before = await Promise.all([...paths, ...kinds].map(get))
  world.sidecar().signal('SIGKILL')
  await within(world.sidecar().exited, 'the killed process to be gone')
  await world.again()
  assert.deepEqual(await Promise.all([...paths, ...kinds].map(get)), before)
  const hers = await world.connect(thief)
  assert.ok((await ask(hers, 'track_message', messageId)).error)
  const socket = await world.connect(owner)
  succeeded(await ask(socket, 'track_message', messageId), { totalRecipients: 10, recipientsShown: 10 })
  await world.app.recipient(owner, messageId, recipient(3, 'DELIVERED'))
  shape(
    await next(
      socket,
      'recipient_update',
      ({ status, recipientId }) => status === 'DELIVERED' && recipientId === recipient(3).recipientId,
    ),
    {},
  )
})
