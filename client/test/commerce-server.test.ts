// What the app's server asks in the words of contract `commerce`: emits, roles of events, throttling, and streams that keep
// their order without waiting.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerStreamOf, names, searchStreamOf, type OutriggerClient } from '@outrigger/client'
import { createOutrigger } from '@outrigger/client/server'
import { pause, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })
const { server: told } = names.commerce

async function someone(role: 'user' | 'seller' | 'admin' = 'user'): Promise<{ who: Person; client: OutriggerClient }> {
  const who = w.person()
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name: who.userId, role })
  const client = w.client(who)
  client.commerce()
  await until('the socket', () => client.standing.state.value.role !== null)
  return { who, client }
}

/** Everything of that name that a page hears. */
function hearing(client: OutriggerClient, event: string): unknown[] {
  const heard: unknown[] = []
  client.commerce().raw.on(event, (data) => heard.push(data))
  return heard
}

test('emits reach whom they name, and nobody else', async () => {
  const { commerce } = w.server.orThrow
  const [{ who: ada, client: buyer }, { client: seller }, { client: admin }] = [
    await someone(),
    await someone('seller'),
    await someone('admin'),
  ]
  const [hers, sellers, admins] = [buyer, seller, admin].map((client) => hearing(client, 'news')) as [unknown[], unknown[], unknown[]]
  await commerce.emitToUser(ada.userId, 'news', 'user')
  await commerce.emitToRole('user', 'news', 'role')
  await commerce.emitToAdmins('news', 'admins')
  await commerce.emitToSellers('news', 'sellers')
  await commerce.emitToAll('news', 'all')
  await until('all', () => [hers, sellers, admins].every((heard) => heard.includes('all')))
  assert.deepEqual(hers, ['user', 'role', 'all'])
  assert.deepEqual(sellers, ['sellers', 'all'])
  assert.deepEqual(admins, ['admins', 'all'])

  await buyer.commerce().ask(names.commerce.client['chat:join_room'], { roomId: 'product:oar' })
  assert.equal(await commerce.getRoomUserCount('product:oar'), 1)
  assert.equal(await commerce.getRoomUserCount('product:none'), 0)
  await commerce.emitToRoom('product:oar', 'news', 'room')
  await until('the room', () => hers.includes('room'))
  assert.equal(sellers.includes('room'), false)
  const sockets = await commerce.getUserSockets(ada.userId)
  assert.equal(sockets.length, 1)
  assert.notEqual(sockets[0], buyer.commerce().id, 'a socket’s own id is a credential')
  assert.equal(await commerce.isUserOnline(ada.userId), true)
  const faults: string[] = []
  buyer.update({ onLoggedOut: ({ message }) => faults.push(message) })
  assert.ok((await commerce.disconnectUser(ada.userId)) >= 1)
  await until('told', () => faults.length === 1)
  assert.deepEqual(faults, ['User disconnected by admin'])
  await until('gone', async () => !(await commerce.isUserOnline(ada.userId)))
})

test('the notification service tells who it should', async () => {
  const { notifications, registerOrder } = w.server.orThrow.commerce
  const [{ who: ada, client: buyer }, { who: sam, client: seller }, { client: admin }] = [
    await someone(),
    await someone('seller'),
    await someone('admin'),
  ]
  const news = (client: OutriggerClient): string[] => {
    const titles: string[] = []
    client.commerce().on(told.notification, ({ title, message }) => titles.push(`${title}: ${message}`))
    return titles
  }
  const [hers, his, admins] = [news(buyer), news(seller), news(admin)]
  await notifications.sendToUser(ada.userId, { type: 'note', title: 'Hello', message: 'Ada', priority: 'high' })
  await notifications.sendToAdmins({ type: 'note', title: 'Hello', message: 'admins' })
  await registerOrder({ orderId: 'o-77', orderNumber: '77', buyerId: ada.userId, tell: false })
  await notifications.notifyOrderStatus(ada.userId, { id: 'o-77' }, 'shipped')
  await notifications.notifySellerApplication(sam.userId, 'approved', null, { businessName: 'Oars & Co', moderator: 'Root' })
  await notifications.notifyProductModeration(sam.userId, { id: 'p', name: 'Oar' }, 'rejected', 'Too short')
  await notifications.notifyLowStock(sam.userId, { id: 'p', name: 'Oar', stock: 1 })
  await until('hers', () => hers.length === 2)
  assert.deepEqual(hers, ['Hello: Ada', 'Order Update: Order 77 is now shipped'])
  await until('his', () => his.length === 3)
  assert.match(his[2] ?? '', /^Low Stock Alert: Oar is running low \(1 left\)/)
  await until('theirs', () => admins.includes('Hello: admins'))
  await notifications.broadcastSystemNotification('Down at noon')
  await until('everyone', () => [hers, his, admins].every((all) => all.at(-1)?.endsWith('Down at noon')))
})

test('who may send an event changes at once', async () => {
  const { commerce } = w.server.orThrow
  const { client } = await someone()
  const { state } = client.standing
  assert.ok((await commerce.getEventsForRole('seller')).includes('seller:product_create'))
  assert.ok(!(await commerce.getEventsForRole('user')).includes('user:raffle'))
  await commerce.addEventRoleMapping('user:raffle', ['user', 'seller'])
  await until('it', () => state.value.events.includes('user:raffle'))
  assert.deepEqual((await commerce.getEventRoleMappings())['user:raffle']?.slice().sort(), ['seller', 'user'])
  assert.ok((await commerce.getEventsForRole('user')).includes('user:raffle'))
  await commerce.removeEventRoleMapping('user:raffle')
  await until('gone', () => !state.value.events.includes('user:raffle'))
})

test('figures for admins: the first at once, the last always', async () => {
  const { commerce } = w.server.orThrow
  const { client } = await someone('admin')
  const heard = hearing(client, 'figures') as { n: number }[]
  for (let n = 1; n <= 20; n += 1) await commerce.throttledEmit('figures', { n }, 400)
  await until('the last', () => heard.at(-1)?.n === 20)
  assert.equal(heard[0]?.n, 1)
  assert.ok(heard.length < 20, `${heard.length} of 20`)
  const stats = await commerce.getLiveStatsAndBroadcast(() => ({ totalEvents: 3, searches: 1 }))
  assert.deepEqual(stats, { totalEvents: 3, searches: 1 })
  const lives = hearing(client, told['analytics:live_stats'])
  await commerce.getLiveStatsAndBroadcast(async () => ({ totalEvents: 4 }))
  await until('within its window', () => lives.length === 1, 8_000)
})

test('2,000 words of an answer arrive in order, in few calls, and nobody waits for one', async () => {
  const { who, client } = await someone()
  const answer = answerStreamOf(client)
  answer.retain()
  const heard: string[] = []
  client.commerce().on(told.chatbot_token, ({ token }) => heard.push(token))
  const words = Array.from({ length: 2_000 }, (_, i) => `${i} `)
  const sent = await w.server.commerce.streamChatbot(who.userId, 'Count', words)
  assert.deepEqual(sent, { ok: true, value: words.join('') })
  await until('the end', () => answer.value.phase === 'completed')
  assert.deepEqual(heard, words)
  assert.equal(answer.value.text, words.join(''))
  assert.deepEqual([answer.value.question, answer.value.tokens, answer.value.hasGap], ['Count', 2_000, false])

  const stream = w.server.commerce.createStream(who.userId)
  const begin = performance.now()
  for (let i = 0; i < 1_000; i += 1) assert.equal(stream.emit('n', { i }), true)
  assert.ok(performance.now() - begin < 500, 'it does not wait')
  const done = await stream.done()
  assert.ok(done.ok)
  assert.equal(done.value.sent, 1_000)
  assert.ok(done.value.calls <= 12, `${done.value.calls} calls`)
})

test('words that come slowly are shown as they come; an answer that fails says so, and to the app too', async () => {
  const { who, client } = await someone()
  const answer = answerStreamOf(client)
  answer.retain()
  async function* slowly(): AsyncGenerator<string> {
    yield 'One '
    await until('the first to be shown', () => answer.value.text === 'One ')
    yield 'two '
    throw new TypeError('the model is tired')
  }
  await assert.rejects(w.server.commerce.streamChatbot(who.userId, 'Count', slowly(), { excuse: 'Ask me later' }), /tired/)
  await until('the end', () => answer.value.phase === 'failed')
  assert.deepEqual([answer.value.text, answer.value.error], ['One two ', 'Ask me later'])
})

test('results come in fives, the last says that it is', async () => {
  const { who, client } = await someone()
  const search = searchStreamOf(client)
  search.retain()
  const parts = hearing(client, told.voice_search_results) as { results: number[]; batch: number; totalBatches: number; isComplete: boolean }[]
  const found = Array.from({ length: 12 }, (_, i) => i)
  assert.deepEqual(await w.server.commerce.streamSearchResults(who.userId, 'oars', Promise.resolve(found), { totalCount: 40 }), { ok: true, value: 12 })
  await until('the end', () => search.value.phase === 'completed')
  assert.deepEqual(search.value.results, found)
  assert.equal(search.value.totalCount, 40)
  assert.deepEqual(
    parts.map(({ results, batch, totalBatches, isComplete }) => [results.length, batch, totalBatches, isComplete]),
    [
      [5, 1, 3, false],
      [5, 2, 3, false],
      [2, 3, 3, true],
    ],
  )
  await w.server.commerce.streamSearchResults(who.userId, 'nothing', [])
  await until('nothing', () => search.value.query === 'nothing' && search.value.phase === 'completed')
  assert.deepEqual(search.value.results, [])
  await assert.rejects(w.server.commerce.streamSearchResults(who.userId, 'x', Promise.reject(new Error('no index'))), /no index/)
  await until('failed', () => search.value.phase === 'failed')
})

test('a stream to a sidecar that is away fails once, says why, and holds nobody up', async () => {
  const away = createOutrigger({ url: 'http://127.0.0.1:9', secret: w.home.internalSecret })
  const stream = away.commerce.createStream('bob', { retries: 0, timeoutMs: 500 })
  assert.equal(stream.emit('n', 1), true)
  const done = await stream.done()
  assert.equal(done.error?.kind, 'unreachable')
  assert.equal(stream.emit('n', 2), false)
  const full = w.server.commerce.createStream('bob')
  let taken = 0
  while (taken < 20_000 && full.emit('n', taken)) taken += 1
  assert.equal(taken, 10_000, 'bounded')
  assert.equal((await full.done()).error?.kind, 'too-large')
  const refused = w.server.commerce.createStream('bob')
  refused.emit('connect', {})
  refused.emit('n', 1)
  assert.equal((await refused.done()).error?.kind, 'invalid')
  await pause(10)
})
