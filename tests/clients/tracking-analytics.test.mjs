// Figures for those who subscribed to them, at most once a second each (`contracts/tracking.md` sections 3 and 7).

import assert from 'node:assert/strict'
import { ask, heard, next, settled, silent, untaken } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { count, iso, list, shape, text } from './support/shape.mjs'
import {
  DOORS,
  newMessageId,
  numbers,
  published,
  recipients,
  succeeded,
  titleOf,
  told,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url)

const KINDS = ['dashboard_stats', 'message_stats', 'usage_stats']
const SECOND_MS = 1_000
/** How much less than a second may be between two arrivals because of the way here. */
const JITTER_MS = 150

const number = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
const today = () => new Date().toISOString().slice(0, 10)

const SHAPES = {
  dashboard_stats: {
    totalContacts: count,
    totalMessages: count,
    messagesSentToday: count,
    deliveryRate: number,
    totalCost: number,
    recentMessages: list,
    contactGrowth: list,
    messageStats: list,
  },
  message_stats: {
    totalMessages: count,
    totalRecipients: count,
    totalSuccess: count,
    totalFailed: count,
    totalCost: number,
  },
  usage_stats: { monthlyMessages: count, monthlyContacts: count, monthlySpend: number, topTemplates: list },
}

/** Subscribes, and gives the figures that come at once, by kind. */
async function subscribed(socket) {
  succeeded(await ask(socket, 'subscribe_analytics'))
  const first = {}
  for (const _ of KINDS) {
    const { type, data } = await next(socket, 'analytics_update')
    assert.ok(KINDS.includes(type) && !(type in first), `${type} once`)
    first[type] = shape(data, SHAPES[type])
  }
  return first
}

/** Notes when each such event arrives. */
function arrivalsOf(socket, event) {
  const seen = []
  socket.on(event, (payload) => seen.push({ at: performance.now(), ...payload }))
  return seen
}

function apart(seen) {
  for (const [n, { at }] of seen.entries()) {
    const since = n > 0 ? at - seen[n - 1].at : Infinity
    assert.ok(since >= SECOND_MS - JITTER_MS, `${since.toFixed()} ms between two of ${seen[n].type}`)
  }
}

/** A message with four recipients: two delivered, one failed, one at the provider. */
async function campaign({ app }, owner, more = {}) {
  const messageId = newMessageId()
  await app.register(owner, messageId, { content: `content of ${messageId}`, templateId: 'template-1', ...more })
  await app.update(owner, messageId, 'SENDING')
  const statuses = ['DELIVERED', 'DELIVERED', 'FAILED', 'SENT']
  await app.recipients(
    owner,
    messageId,
    recipients(4, (n) => statuses[n]),
  )
  await app.update(owner, messageId, 'SENT', { cost: 0.5 })
  return messageId
}

for (const door of DOORS) {
  const title = titleOf(door)

  test(`whoever subscribes gets the figures at once, and others do not: ${title}`, async (world) => {
    const who = world.person()
    const [socket, other] = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
    const stranger = await world.connect(world.person(), door)
    const first = await subscribed(socket)
    shape(first.message_stats, { totalMessages: 0, totalRecipients: 0, totalSuccess: 0, totalFailed: 0, totalCost: 0 })
    for (const one of [other, stranger]) await silent(one, 'analytics_update')
    await world.app.analytics(who, 'usage_stats', { given: 'by the app' })
    assert.deepEqual(await next(socket, 'analytics_update', ({ type }) => type === 'usage_stats'), {
      type: 'usage_stats',
      data: { given: 'by the app' },
    })
    await published(world)
    for (const one of [other, stranger]) await silent(one, 'analytics_update')
  })

  test(`whoever has unsubscribed gets no more: ${title}`, async (world) => {
    const who = world.person()
    const [stays, leaves] = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
    for (const socket of [stays, leaves]) await subscribed(socket)
    succeeded(await ask(leaves, 'unsubscribe_analytics'))
    await world.app.analytics(who, 'dashboard_stats', { n: 1 })
    await next(stays, 'analytics_update', ({ data }) => data.n === 1)
    await published(world)
    await silent(leaves, 'analytics_update')
  })

  test(`figures come at most once a second, and the last wins: ${title}`, async (world) => {
    const [who, messageId] = [world.person(), newMessageId()]
    const socket = await world.connect(who, door)
    await subscribed(socket)
    const seen = arrivalsOf(socket, 'analytics_update')
    const most = 60
    for (const n of numbers(most, 1)) {
      for (const type of KINDS.slice(0, 2)) await world.app.analytics(who, type, { n })
      await pause(25)
    }
    for (const type of KINDS.slice(0, 2))
      await next(socket, 'analytics_update', (one) => one.type === type && one.data.n === most)
    for (const type of KINDS.slice(0, 2)) {
      const ofKind = seen.filter((one) => one.type === type)
      apart(ofKind)
      const values = ofKind.map(({ data }) => data.n)
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
        'never back',
      )
      assert.ok(values.length >= 2 && values.length <= 8, `${values} of ${most}`)
    }
    assert.ok(messageId)
  })
}

test('the room may be joined and left by its name as well', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  succeeded(await ask(socket, 'join_room', `analytics_${who.userId}`))
  await world.app.analytics(who, 'message_stats', { n: 1 })
  await next(socket, 'analytics_update', ({ data }) => data.n === 1)
  succeeded(await ask(socket, 'leave_room', `analytics_${who.userId}`))
  await settled(socket)
  const before = told(socket, 'analytics_update').length
  await world.app.analytics(who, 'message_stats', { n: 2 })
  await pause(SECOND_MS + 200)
  await settled(socket)
  assert.equal(told(socket, 'analytics_update').length, before)
})

test('figures are computed from what happened', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  await subscribed(socket)
  const ids = [await campaign(world, who), await campaign(world, who)]
  const ofTwo = ({ type, data }) => type === 'message_stats' && data.totalCost === 1 && data.totalRecipients === 8
  const { data: stats } = await next(socket, 'analytics_update', ofTwo)
  assert.deepEqual(stats, { totalMessages: 2, totalRecipients: 8, totalSuccess: 6, totalFailed: 2, totalCost: 1 })
  const { data: dashboard } = await next(
    socket,
    'analytics_update',
    ({ type, data }) => type === 'dashboard_stats' && data.totalCost === 1,
  )
  shape(dashboard, {
    ...SHAPES.dashboard_stats,
    totalContacts: 4,
    totalMessages: 2,
    messagesSentToday: 6,
    deliveryRate: 50,
    totalCost: 1,
  })
  assert.deepEqual(
    dashboard.recentMessages.map(({ id }) => id),
    ids.toReversed(),
  )
  for (const one of dashboard.recentMessages) {
    shape(one, {
      id: text,
      content: `content of ${one.id}`,
      status: 'SENT',
      totalRecipients: 4,
      sentAt: iso,
      createdAt: iso,
    })
  }
  assert.deepEqual(dashboard.contactGrowth, [{ date: today(), count: 4 }])
  assert.deepEqual(dashboard.messageStats, [{ date: today(), sent: 6, delivered: 4, failed: 2 }])
  const { data: usage } = await next(
    socket,
    'analytics_update',
    ({ type, data }) => type === 'usage_stats' && data.monthlySpend === 1,
  )
  shape(usage, { monthlyMessages: 8, monthlyContacts: 4, monthlySpend: 1 })
  shape(usage.topTemplates[0], { id: 'template-1', name: text, usageCount: 2 })
  assert.ok('category' in usage.topTemplates[0])
})

test('the rate of delivery has two decimals', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await subscribed(socket)
  await world.app.recipients(
    who,
    messageId,
    recipients(3, (n) => (n ? 'DELIVERED' : 'FAILED')),
  )
  await next(socket, 'analytics_update', ({ type, data }) => type === 'dashboard_stats' && data.deliveryRate === 66.67)
})

test('at most the five latest messages are shown', async (world) => {
  const who = world.person()
  const ids = []
  for (const _ of numbers(7)) ids.push(await campaign(world, who))
  const { dashboard_stats: dashboard } = await subscribed(await world.connect(who))
  assert.deepEqual(
    dashboard.recentMessages.map(({ id }) => id),
    ids.slice(-5).toReversed(),
  )
  shape(dashboard, { totalMessages: 7 })
})

test('what happens computes figures at most once a second too', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await subscribed(socket)
  const seen = arrivalsOf(socket, 'analytics_update')
  const rounds = 40
  for (const n of numbers(rounds)) {
    await world.app.recipients(who, messageId, recipients(10, 'SENT', n * 10))
    await pause(50)
  }
  for (const type of KINDS.slice(0, 2))
    await eventually(
      () => seen.findLast((one) => one.type === type)?.data,
      (data) => (data?.totalContacts ?? data?.totalRecipients) === rounds * 10,
      `the last ${type}`,
    )
  for (const type of KINDS) apart(seen.filter((one) => one.type === type))
})

test('figures given by the app stand until something changes', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  await subscribed(socket)
  await world.app.analytics(who, 'message_stats', { of: 'the app' })
  await next(socket, 'analytics_update', ({ data }) => data.of === 'the app')
  await campaign(world, who)
  shape(
    (await next(socket, 'analytics_update', ({ type, data }) => type === 'message_stats' && data.totalRecipients === 4))
      .data,
    SHAPES.message_stats,
  )
})

test("one user's haste does not hold up another, and no one sees another's", async (world) => {
  const people = [world.person(), world.person()]
  const sockets = []
  for (const who of people) {
    sockets.push(await world.connect(who))
    await subscribed(sockets.at(-1))
  }
  for (const n of numbers(20)) await world.app.analytics(people[0], 'message_stats', { whose: people[0].userId, n })
  await world.app.analytics(people[1], 'message_stats', { whose: people[1].userId, n: 0 })
  for (const [index, socket] of sockets.entries()) {
    await next(socket, 'analytics_update', ({ data }) => data.n === (index ? 0 : 19))
    await settled(socket)
    const foreign = told(socket, 'analytics_update').filter(
      ({ data }) => data.whose && data.whose !== people[index].userId,
    )
    assert.deepEqual(foreign, [])
  }
})

test('figures of the app are given as they are, whatever they look like', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  await subscribed(socket)
  const odd = { deep: [1, null, { ä: '🚣' }], big: 9007199254740991, small: 1e-7, text: '"\\\n' }
  for (const type of KINDS) {
    await world.app.analytics(who, type, odd)
    assert.deepEqual(await next(socket, 'analytics_update', (one) => one.type === type && one.data.text), {
      type,
      data: odd,
    })
  }
})

// --- of everyone ----------------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`figures of everyone go to admins only, at most once a second: ${titleOf(door)}`, async (world) => {
    const admin = await world.connect(world.person({ admin: true }), door)
    const byRole = world.person()
    const roles = await world.connect(byRole, { ...door, auth: { token: byRole.trackingToken({ role: 'admin' }) } })
    const user = await world.connect(world.person(), door)
    succeeded(await ask(user, 'subscribe_analytics'))
    const seen = arrivalsOf(admin, 'global_analytics_update')
    for (const n of numbers(30, 1)) {
      await world.app.globalAnalytics('usage_stats', { n })
      await pause(50)
    }
    const last = ({ type, data }) => type === 'usage_stats' && data.n === 30
    for (const socket of [admin, roles])
      assert.deepEqual(await next(socket, 'global_analytics_update', last), { type: 'usage_stats', data: { n: 30 } })
    apart(seen.filter(({ type }) => type === 'usage_stats'))
    await silent(user, 'global_analytics_update')
    assert.equal(told(user, 'analytics_update').filter(({ data }) => data.n).length, 0)
  })
}

test('for admins, what happens to anyone is counted', async (world) => {
  const admin = await world.connect(world.person({ admin: true }))
  const who = world.person()
  const socket = await world.connect(who)
  await campaign(world, who)
  const { data } = await next(admin, 'global_analytics_update', ({ type }) => type === 'message_stats')
  shape(data, SHAPES.message_stats)
  assert.ok(data.totalMessages >= 1)
  const { data: dashboard } = await next(admin, 'global_analytics_update', ({ type }) => type === 'dashboard_stats')
  shape(dashboard, SHAPES.dashboard_stats)
  await published(world)
  await silent(socket, 'global_analytics_update')
  assert.deepEqual(untaken(socket, 'analytics_update'), [], 'who has not subscribed gets none')
})

test('who subscribes after a campaign sees it in the first figures', async (world) => {
  const who = world.person()
  await campaign(world, who)
  const first = await subscribed(await world.connect(who))
  shape(first.message_stats, { totalMessages: 1, totalRecipients: 4, totalSuccess: 3, totalFailed: 1, totalCost: 0.5 })
  const rest = async (type) => (await world.api.get(who, `/api/socket/analytics/${type}`)).body
  for (const type of KINDS) {
    const body = await rest(type)
    assert.deepEqual(body.data ?? body, first[type], type)
  }
})

test('nothing comes by itself while nothing happens', async (world) => {
  const who = world.person()
  await campaign(world, who)
  const socket = await world.connect(who)
  await subscribed(socket)
  await pause(2 * SECOND_MS)
  await settled(socket)
  const figures = heard(socket).filter(({ event }) => event === 'analytics_update')
  assert.equal(figures.length, KINDS.length)
})
