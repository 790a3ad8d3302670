// What the app sends to clients of `commerce` in its own words: every event of the contract that only the app sends reaches
// its audience unchanged; streams keep their order; throttled events keep their last value
// (`contracts/commerce.md` sections 3, 5 and 6).

import assert from 'node:assert/strict'
import { next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  newId,
  numbers,
  ownCommerce,
  published,
  SIDE_DOORS,
  told,
  unheard,
} from './support/commerce.mjs'
import { pause, PATIENCE_MS } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const at = new Date(0).toISOString()
const userId = 'u-1'
const failure = { userId, filename: 'a.wav', error: 'TIMEOUT', message: 'took too long', timestamp: at }

/** Events for one user, as the app makes them (section 3). */
const TO_USER = {
  'order:created': { orderId: 'o-1', orderNumber: 'N-1', total: 12.5, message: 'placed' },
  'order:received': { orderId: 'o-1', productName: 'Vase' },
  'order:status:changed': { orderId: 'o-1', newStatus: 'shipped', timestamp: 1 },
  'product:approved': { productId: 'p-1', productName: 'Vase', message: 'approved' },
  'seller:application:approved': { message: 'approved', businessName: 'Clay & Co' },
  'moderation:product_approved': { productId: 'p-1', productName: 'Vase', status: 'approved', note: null, timestamp: at },
  'moderation:product_rejected': { productId: 'p-1', productName: 'Vase', status: 'rejected', note: 'x', timestamp: at },
  'moderation:seller_approved': { applicationId: 'a-1', status: 'approved', note: null, timestamp: at },
  'moderation:seller_rejected': { applicationId: 'a-1', status: 'rejected', note: 'x', timestamp: at },
  'notification:new': { id: 'n-1', type: 't', title: 'T', message: 'M', data: null, priority: 'high', timestamp: at },
  notification: { type: 't', title: 'T', message: 'M', data: {}, priority: 'normal', timestamp: at },
  recognition_started: { userId, filename: 'a.jpg', fileSize: 3, timestamp: at },
  recognition_completed: {
    userId,
    filename: 'a.jpg',
    craftName: 'Batik',
    confidence: 0.93,
    allPredictions: [{ name: 'Batik', confidence: 0.93 }],
    processingTime: 12,
    totalTime: 20,
    timestamp: at,
  },
  recognition_failed: { ...failure, filename: 'a.jpg' },
  voice_recording_started: { userId, filename: 'a.wav', fileSize: 3, language: 'en', timestamp: at },
  voice_recording_completed: {
    userId,
    filename: 'a.wav',
    text: 'blue vase',
    language: 'en',
    confidence: 0.8,
    provider: 'x',
    processingTime: 12,
    totalTime: 20,
    timestamp: at,
  },
  voice_recording_failed: failure,
  voice_search_started: { userId, query: 'blue vase', timestamp: at },
  voice_search_results: {
    userId,
    query: 'q',
    results: [],
    batch: 1,
    totalBatches: 1,
    isComplete: true,
    totalResults: 0,
    totalCount: 0,
  },
  voice_search_completed: { userId, query: 'q', totalResults: 12, totalCount: 40, page: 1, pages: 4 },
  voice_search_failed: { userId, query: 'q', error: 'E', message: 'M' },
  chatbot_started: { userId, message: 'hello', timestamp: at },
  chatbot_token: { userId, token: 'He', timestamp: at },
  chatbot_completed: { userId, response: 'Hello', timestamp: at },
  chatbot_error: { userId, error: 'E', message: 'M', errorType: 'T', timeout: true, partialResponse: 'He', timestamp: at },
  'resource:anything': 'of any name and kind',
}
/** Events for admins. */
const TO_ADMINS = {
  'seller:application:new': { applicationId: 'a-1', businessName: 'Clay & Co', applicantEmail: 'a@example.test' },
  'seller:product:new': { sellerId: 's', sellerName: 'S', product: {}, timestamp: 1 },
  'order:new': { userId, userName: 'U', order: {}, timestamp: 1 },
  'dashboard:stats:update': { sales: 7 },
  'moderation:product_status_changed': { productId: 'p', productName: 'V', status: 'approved', moderator: 'Mo', timestamp: at },
  'moderation:seller_status_changed': { applicationId: 'a', userName: 'U', status: 'approved', moderator: 'Mo', timestamp: at },
  'analytics:live_stats': {
    totalEvents: 3,
    craftViews: 1,
    searches: 2,
    uniqueUsers: 1,
    topSearches: [{ _id: 'vase', count: 2, searchType: 'text' }],
    recentActivity: [],
    timeRange: '24h',
    lastUpdated: at,
  },
  'analytics:search': { userId, query: 'vase', searchType: 'voice', resultsCount: 3, timestamp: at },
  'analytics:craft_view': { userId, craftId: 'c', craftName: 'Batik', category: 'textile', timestamp: at },
}

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`what the app says to a user arrives as it was said: ${door.path} ${door.namespace}`, async (world) => {
    const { user, hers, sellers, admins } = await crew(world, door)
    const device = await world.connect(user, { ...DOORS[0], device: newDevice(), transports: ['polling'] })
    for (const [event, payload] of Object.entries(TO_USER)) {
      await world.app.emitToUser(user, event, payload)
      for (const socket of [hers, device]) assert.deepEqual(await next(socket, event), payload, event)
    }
    await unheard(world, [sellers, admins], ...Object.keys(TO_USER))
  })

  test(`what the app says to admins, to sellers, to all: ${door.path} ${door.namespace}`, async (world) => {
    const { hers, sellers, admins } = await crew(world, door)
    for (const [event, payload] of Object.entries(TO_ADMINS)) {
      await world.app.emitToRole('admin', event, payload)
      assert.deepEqual(await next(admins, event), payload, event)
    }
    const policy = { message: 'Product moderation policy has been updated', effectiveDate: at }
    await world.app.emitToRole('seller', 'product:policy:updated', policy)
    assert.deepEqual(await next(sellers, 'product:policy:updated'), policy)
    const announcement = { title: 'Scheduled Maintenance', message: 'at 2 AM', priority: 'high' }
    await world.app.emitToAll('system:announcement', announcement)
    for (const socket of [hers, sellers, admins])
      assert.deepEqual(await next(socket, 'system:announcement'), announcement)
    await unheard(world, [hers, sellers], ...Object.keys(TO_ADMINS))
    await unheard(world, [hers, admins], 'product:policy:updated')
  })
}

test('rooms are addressed as this contract spells them', async (world) => {
  const { user, seller, hers, sellers, admins } = await crew(world)
  const [product, chat] = [`product:${newId('p')}`, `chat:${newId('team')}`]
  const granted = await world.internal.post(`/internal/rooms/${encodeURIComponent(chat)}/grant`, { userIds: [user.userId] })
  assert.equal(granted.status, 200)
  for (const roomId of [product, chat, 'lobby']) await does(hers, 'chat:join_room', { roomId })
  await does(sellers, 'chat:join_room', { roomId: product })
  const count = async (room, contract = '') => {
    const { status, body } = await world.internal.get(`/internal/rooms/${encodeURIComponent(room)}/count${contract}`)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  for (const [room, sockets] of [
    [product, [hers, sellers]],
    [chat, [hers]],
    [`user:${user.userId}`, [hers]],
    [`user:${seller.userId}`, [sellers]],
    ['role:user', [hers]],
    ['role:admin', [admins]],
  ]) {
    await world.app.emitToRoom(room, 'room:says', { room })
    for (const socket of sockets) assert.deepEqual(await next(socket, 'room:says'), { room })
  }
  const { status } = await world.internal.post('/internal/send-to-room', {
    room: 'lobby',
    event: 'room:says',
    data: 'plain',
    contract: 'commerce',
  })
  assert.equal(status, 200)
  assert.equal(await next(hers, 'room:says'), 'plain')
  for (const socket of [hers, sellers, admins]) await silent(socket, 'room:says')
  assert.deepEqual(await count(product), { room: product, count: 2, users: 2 })
  assert.deepEqual(await count(`user:${user.userId}`), { room: `user:${user.userId}`, count: 1, users: 1 })
  assert.deepEqual(await count('lobby', '?contract=commerce'), { room: 'lobby', count: 1, users: 1 })
  await world.connect(user, { device: newDevice() })
  assert.deepEqual(await count(`user:${user.userId}`), { room: `user:${user.userId}`, count: 2, users: 1 })
  assert.deepEqual(await count(`product:${newId('never')}`).then((one) => one.count), 0)
  for (const room of ['product:', 'role:king']) {
    const refused = await world.internal.post('/internal/send-to-room', { room, event: 'e', data: 1 })
    assert.equal(refused.status, 400, room)
  }
})

test('the room of a bare id is nobody’s', async (world) => {
  const { user, hers } = await crew(world)
  const call = { room: user.userId, event: 'bare:id', data: 1, contract: 'commerce' }
  await world.internal.post('/internal/send-to-room', call)
  await unheard(world, [hers], 'bare:id')
})

test('the app counts the sockets of a user, under names that open nothing', async (world) => {
  const { user, hers } = await crew(world)
  const device = await world.connect(user, { ...DOORS[2], device: newDevice() })
  const { body } = await world.internal.get(`/internal/users/${user.userId}/connections`)
  shape(body, { userId: user.userId, connections: 2 })
  assert.equal(body.socketIds.length, 2)
  assert.equal(new Set(body.socketIds).size, 2)
  for (const id of body.socketIds) assert.match(id, /^conn_\w+$/)
  for (const socket of [hers, device]) assert.ok(!JSON.stringify(body).includes(socket.id))
})

// --- streams ------------------------------------------------------------------------------------------------

test('2,000 tokens of the chatbot come in order, over every door and transport', async (world) => {
  const user = await world.member()
  const sockets = [
    ...(await Promise.all(DOORS.map((door) => world.connect(user, { ...door, device: newDevice() })))),
    await world.connect(user, { transports: ['polling'], device: newDevice() }),
  ]
  const call = (token) => ({
    path: '/internal/send-to-user',
    body: { userId: user.userId, event: 'chatbot_token', data: { userId: user.userId, token, timestamp: at } },
  })
  const words = numbers(2_000).map((n) => `word-${n} `)
  await world.app.emitToUser(user, 'chatbot_started', { userId: user.userId, message: 'tell me', timestamp: at })
  for (let from = 0; from < words.length; from += 100) {
    const calls = words.slice(from, from + 100).map(call)
    const { status, body } = await world.internal.post('/internal/batch', { calls })
    assert.equal(status, 200, JSON.stringify(body))
  }
  const response = words.join('')
  await world.app.emitToUser(user, 'chatbot_completed', { userId: user.userId, response, timestamp: at })
  for (const socket of sockets) {
    shape(await next(socket, 'chatbot_completed', undefined, 2 * PATIENCE_MS), { response })
    assert.deepEqual(
      told(socket, 'chatbot_token').map(({ token }) => token),
      words,
    )
    const names = [told(socket, 'chatbot_started').length, told(socket, 'chatbot_completed').length]
    assert.deepEqual(names, [1, 1])
  }
})

test('tokens that are sent one by one come in order', async (world) => {
  const { user, hers } = await crew(world)
  for (const n of numbers(300)) await world.app.emitToUser(user, 'chatbot_token', { userId: user.userId, token: `${n}` })
  await published(world)
  await settled(hers)
  assert.deepEqual(
    told(hers, 'chatbot_token').map(({ token }) => token),
    numbers(300).map(String),
  )
})

test('results of a voice search come in batches of five, in order', async (world) => {
  const { user, hers } = await crew(world)
  const results = numbers(42).map((n) => ({ productId: `p-${n}` }))
  const totalBatches = Math.ceil(results.length / 5)
  const facts = { userId: user.userId, query: 'vase', totalResults: 42, totalCount: 99 }
  await world.app.emitToUser(user, 'voice_search_started', { userId: user.userId, query: 'vase' })
  const calls = numbers(totalBatches).map((n) => ({
    ...facts,
    results: results.slice(5 * n, 5 * n + 5),
    batch: n + 1,
    totalBatches,
    isComplete: n + 1 === totalBatches,
  }))
  for (const call of calls) await world.app.emitToUser(user, 'voice_search_results', call)
  await world.app.emitToUser(user, 'voice_search_completed', { ...facts, page: 1, pages: 3 })
  await next(hers, 'voice_search_completed')
  assert.deepEqual(told(hers, 'voice_search_results'), calls)
  assert.deepEqual(
    told(hers, 'voice_search_results').flatMap((one) => one.results),
    results,
  )
})

// --- throttles ------------------------------------------------------------------------------------------------

/** Sends values 0..total as fast as the app can. */
const burst = async (world, event, total, more) => {
  for (const n of numbers(total)) await world.app.throttled({ event, data: { n }, ...more })
}

for (const [event, windowMs, more] of [
  ['analytics:live_stats', 5_000, {}],
  ['analytics:search', 2_000, {}],
  ['analytics:craft_view', 2_000, {}],
  ['shop:figures', 1_000, {}],
  ['shop:figures:often', 300, { everyMs: 300 }],
]) {
  test(`${event} is told at once, then not for ${windowMs} ms, then as it is by then`, async (world) => {
    const { hers, sellers, admins } = await crew(world)
    const begin = Date.now()
    await burst(world, event, 20, more)
    assert.deepEqual(await next(admins, event), { n: 0 })
    assert.ok(Date.now() - begin < windowMs, 'at once')
    const last = await next(admins, event, undefined, 2 * windowMs + PATIENCE_MS)
    const took = Date.now() - begin
    assert.deepEqual(last, { n: 19 }, 'the last value')
    assert.ok(took >= windowMs - 50, `after ${took} ms already`)
    await unheard(world, [hers, sellers], event)
    await settled(admins)
    assert.equal(told(admins, event).length, 2)
  })
}

test('each audience and each event has a window of its own', async (world) => {
  const { user, hers, sellers, admins } = await crew(world)
  await does(hers, 'chat:join_room', { roomId: 'product:7' })
  const every = { everyMs: 60_000 }
  await world.app.throttled({ event: 'shop:one', data: 'admins', ...every })
  await world.app.throttled({ event: 'shop:one', data: 'sellers', role: 'seller', ...every })
  await world.app.throttled({ event: 'shop:one', data: 'user', userId: user.userId, ...every })
  await world.app.throttled({ event: 'shop:one', data: 'room', room: 'product:7', ...every })
  await world.app.throttled({ event: 'shop:two', data: 'another', ...every })
  await world.app.throttled({ event: 'shop:one', data: 'late', ...every })
  assert.equal(await next(admins, 'shop:one'), 'admins')
  assert.equal(await next(sellers, 'shop:one'), 'sellers')
  assert.equal(await next(hers, 'shop:one'), 'user')
  assert.equal(await next(hers, 'shop:one'), 'room')
  assert.equal(await next(admins, 'shop:two'), 'another')
  await published(world)
  for (const socket of [hers, sellers, admins]) await silent(socket, 'shop:one')
})

test('what comes once in a window is told once', async (world) => {
  const { admins } = await crew(world)
  await world.app.throttled({ event: 'shop:once', data: 1, everyMs: 200 })
  assert.equal(await next(admins, 'shop:once'), 1)
  await pause(500)
  await published(world)
  await silent(admins, 'shop:once')
  await world.app.throttled({ event: 'shop:once', data: 2, everyMs: 200 })
  assert.equal(await next(admins, 'shop:once'), 2)
})

test('figures for the dashboard are told to admins at once', async (world) => {
  const { hers, sellers, admins } = await crew(world)
  for (const stats of [{ sales: 1 }, { sales: 2, nested: [null] }]) {
    await world.app.dashboard(stats)
    assert.deepEqual(await next(admins, 'dashboard:stats:update'), stats)
  }
  await unheard(world, [hers, sellers], 'dashboard:stats:update')
})

test('many keys are no reason to fail', async ({ t }) => {
  const world = await ownCommerce(t)
  const { admins } = await crew(world)
  for (const n of numbers(1_100)) await world.app.throttled({ event: `shop:${n}`, data: n, everyMs: 60_000 })
  assert.equal(await next(admins, 'shop:1099'), 1099)
  await world.app.throttled({ event: 'shop:1099', data: 'again', everyMs: 60_000 })
  assert.equal(await next(admins, 'shop:1099'), 'again', 'beyond the limit it is told at once')
})
