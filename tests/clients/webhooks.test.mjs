// The sidecar tells the app (`docs/WEBHOOKS.md`): to a real receiver that checks every signature by hand.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { ask, connected, disconnection, LEGACY, next, settled } from './support/client.mjs'
import { eventually, pause, PROMPTLY_MS, within } from './support/deadline.mjs'
import { follower } from './support/feed.mjs'
import { deviceId, newDevice } from './support/people.mjs'
import { HANG, newReceiver } from './support/receiver.mjs'
import { accepted, count, iso, rejected, shape, text } from './support/shape.mjs'
import { newHome, startSidecar } from './support/sidecar.mjs'
import { ownProcess, suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const GRACE_MS = 300
const OFFLINE_MS = 600
const NOTIFICATIONS = { path: LEGACY, namespace: '/notifications' }
const MESSAGES_ONLY = { OUTRIGGER_WEBHOOK_EVENTS: 'message.stored' }
// Each delay is ± 20 %; what a busy machine adds on top.
const SLACK_MS = 700

const numbers = (total) => Array.from({ length: total }, (_, index) => index)
const byType = (webhooks) => webhooks.map(({ type }) => type)
const said = (webhooks) => webhooks.map(({ data }) => data.message.text)

/** A receiver, and a process of its own that reports to it. */
async function hooked(t, settings = {}, receiving = {}) {
  const receiver = await newReceiver(t, receiving)
  const world = await ownProcess(t, {
    RATE_LIMITS: 'off',
    SHUTDOWN_DRAIN_MS: '100',
    PRESENCE_GRACE_MS: String(GRACE_MS),
    OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS: String(OFFLINE_MS),
    ...receiver.settings(settings),
  })
  const send = async (from, to, line) => {
    const { status, body } = await world.rest.post(from, `/api/messages/send/${to.userId}`, { text: line })
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }
  return { ...world, receiver, send }
}

/** The figures of `/metrics` whose name begins so, by name and labels. */
async function metrics({ internal }, prefix) {
  const { body } = await internal.get('/metrics')
  const lines = String(body).split('\n').filter((line) => line.startsWith(prefix))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

async function listed({ internal }, query = '') {
  const { status, body } = await internal.get(`/internal/webhooks${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return shape(body, { waiting: count, dead: count, webhooks: Array.isArray })
}

// --- what is told ---------------------------------------------------------------------------------------------

for (const [kind, secret] of [
  ['its bytes', randomBytes(20).toString('hex')],
  ['base64 behind whsec_', `whsec_${randomBytes(32).toString('base64')}`],
]) {
  test(`webhooks are signed with the secret as ${kind}`, async ({ t }) => {
    const world = await hooked(t, MESSAGES_ONLY, { secret })
    const [ada, bob] = [await world.known(), await world.known()]
    const document = await world.send(ada, bob, 'Grüße 👩‍👩‍👧 "quoted"')
    const [webhook] = await world.receiver.took('message.stored', bob)
    shape(webhook.data.message, document)
    assert.equal(webhook.path, '/webhooks')
  })
}

test('a message is told of as stored, delivered and read, with what belongs to each', async ({ t }) => {
  const world = await hooked(t)
  const [ada, bob] = [await world.known(), await world.known()]
  const socket = await world.connect(bob)
  const document = await world.send(ada, bob, 'hello')
  const ids = { messageId: document._id, senderId: ada.userId, receiverId: bob.userId }
  const [stored] = await world.receiver.took('message.stored', bob)
  shape(stored, { id: text, at: iso, userId: bob.userId })
  shape(stored.data.message, document)
  assert.equal(stored.data.chatId, undefined)
  const [delivered] = await world.receiver.took('message.delivered', bob)
  shape(delivered.data, { ...ids, deliveredAt: iso })
  accepted(await ask(socket, 'messageRead', { messageId: document._id, senderId: ada.userId }))
  const [read] = await world.receiver.took('message.read', bob)
  shape(read.data, { ...ids, readAt: iso })
  assert.deepEqual(byType(world.receiver.about(bob)), ['user.connected', 'message.stored', 'message.delivered', 'message.read'])
  assert.deepEqual(world.receiver.about(ada), [])
})

test('a message is delivered once, by whichever device takes it first, also when it had to wait', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_EVENTS: 'message.delivered' })
  const [ada, bob] = [await world.known(), await world.known()]
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  const waiting = await world.send(ada, bob, 'for later')
  assert.deepEqual((await device.come()).missed, 1)
  await world.receiver.took('message.delivered', bob)
  for (const one of [{ device: newDevice() }, { transports: ['polling'] }]) await world.connect(bob, one)
  const live = await world.send(ada, bob, 'for all devices')
  await world.receiver.took('message.delivered', bob, 2)
  const last = await world.send(ada, bob, 'marker')
  const told = await world.receiver.took('message.delivered', bob, 3)
  assert.deepEqual(
    told.map(({ data }) => data.messageId),
    [waiting._id, live._id, last._id],
  )
})

test('a message of a chat is told once, of its sender, with the chat', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const [ada, bob] = [await world.known(), await world.known()]
  const chatId = `team-${ada.userId}`
  await world.internal.post(`/internal/rooms/chat_${chatId}/grant`, { userIds: [ada.userId, bob.userId] })
  const [from, to] = [await world.connect(ada), await world.connect(bob)]
  for (const socket of [from, to]) accepted(await ask(socket, 'joinChatRoom', { chatId }))
  accepted(await ask(from, 'sendChatMessage', { chatId, message: 'to all' }))
  const [webhook] = await world.receiver.took('message.stored', ada)
  shape(webhook.data, { chatId })
  shape(webhook.data.message, { senderId: ada.userId, text: 'to all' })
  await next(to, 'receiveChatMessage')
  const marker = await world.send(ada, bob, 'marker')
  const [direct] = await world.receiver.took('message.stored', bob)
  assert.equal(direct.data.message._id, marker._id, 'nothing of the chat was told of its other members')
})

test('a message that is not new is not told again', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const [ada, bob] = [await world.known(), await world.known()]
  const body = { text: 'once', clientMessageId: 'the-same' }
  for (const status of [201, 200, 200]) {
    assert.equal((await world.rest.post(ada, `/api/messages/send/${bob.userId}`, body)).status, status)
  }
  await world.send(ada, bob, 'marker')
  assert.deepEqual(said(await world.receiver.took('message.stored', bob, 2)), ['once', 'marker'])
})

test('only the types that are wanted are sent', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_EVENTS: 'message.read, notification.missed' })
  const [ada, bob] = [await world.known(), await world.known()]
  const socket = await world.connect(bob)
  const { _id: messageId } = await world.send(ada, bob, 'unwanted')
  accepted(await ask(socket, 'messageRead', { messageId, senderId: ada.userId }))
  await world.receiver.took('message.read', bob)
  await world.internal.post('/internal/notify', { userId: ada.userId, type: 't', title: 'x', message: 'm' })
  await world.receiver.took('notification.missed', ada)
  assert.deepEqual(byType(world.receiver.attempts).toSorted(), ['message.read', 'notification.missed'])
  await eventually(() => listed(world), ({ waiting }) => waiting === 0, 'none to wait')
})

// --- who is there ---------------------------------------------------------------------------------------------

test('a user comes with the first socket and goes with the last, whatever is between', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected' })
  const who = world.person()
  const first = await world.connect(who)
  const more = [
    await world.connect(who, { device: newDevice(), transports: ['polling'] }),
    await world.connect(who, NOTIFICATIONS),
  ]
  const [came] = await world.receiver.took('user.connected', who)
  assert.deepEqual(came.data, {})
  first.disconnect()
  for (const socket of more) socket.disconnect()
  // A page that is loaded again: back within the grace.
  const again = await world.connect(who)
  await pause(GRACE_MS * 2)
  assert.deepEqual(byType(world.receiver.about(who)), ['user.connected'], 'nothing of this was news')
  again.disconnect()
  const left = Date.now()
  const [went] = await world.receiver.took('user.disconnected', who)
  assert.deepEqual(went.data, { reason: 'left' })
  assert.ok(went.at_ms - left >= GRACE_MS - 50, `it was said after ${went.at_ms - left} ms already`)
  await world.connect(who)
  await world.receiver.took('user.connected', who, 2)
  assert.deepEqual(byType(world.receiver.about(who)), ['user.connected', 'user.disconnected', 'user.connected'])
})

test('who only watches is not there', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_EVENTS: 'user.connected' })
  const [admin, marker] = [world.person({ admin: true }), world.person()]
  await world.connect(admin, { namespace: '/monitor' })
  await world.connect(marker)
  await world.receiver.took('user.connected', marker)
  assert.deepEqual(world.receiver.about(admin), [])
})

test('a socket that waits for its token connects nobody', async ({ t }) => {
  const world = await hooked(t, { PENDING_AUTH_MS: '3000', OUTRIGGER_WEBHOOK_EVENTS: 'user.connected' })
  const who = world.person()
  const socket = await world.connect(who, { auth: {} })
  const marker = world.person()
  await world.connect(marker)
  await world.receiver.took('user.connected', marker)
  assert.deepEqual(world.receiver.about(who), [])
  accepted(await ask(socket, 'authenticate', { token: who.token }))
  await world.receiver.took('user.connected', who)
})

test('after a kill who does not come back is lost, and who does was never away', async ({ t }) => {
  const grace = 1_500
  const world = await hooked(t, {
    PRESENCE_GRACE_MS: String(grace),
    OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected',
  })
  const [gone, back, fresh] = [world.person(), world.person(), world.person()]
  await world.connect(gone)
  const socket = await world.connect(back, { reconnection: true })
  for (const who of [gone, back]) await world.receiver.took('user.connected', who)
  const returned = new Promise((done) => socket.once('connect', done))
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const restarted = Date.now()
  await within(returned, 'the user to come back')
  await world.connect(fresh)
  const [lost] = await world.receiver.took('user.disconnected', gone)
  assert.deepEqual(lost.data, { reason: 'lost' })
  assert.ok(lost.at_ms - restarted >= grace - 100, `it was said after ${lost.at_ms - restarted} ms already`)
  await world.receiver.took('user.connected', fresh)
  socket.disconnect()
  await world.receiver.took('user.disconnected', back)
  // One that was taken just before the kill may be sent again, with the same id.
  const once = (all) => all.filter(({ id }, n) => all.findIndex((other) => other.id === id) === n)
  const told = once(world.receiver.about(back))
  assert.deepEqual(byType(told), ['user.connected', 'user.disconnected'])
  assert.deepEqual(told[1].data, { reason: 'left' })
  assert.deepEqual(byType(once(world.receiver.about(gone))), ['user.connected', 'user.disconnected'])
})

test('who was online when the process was stopped properly is told of in the same way', async ({ t }) => {
  const world = await hooked(t, {
    PRESENCE_GRACE_MS: '1500',
    OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected',
  })
  const [gone, back] = [world.person(), world.person()]
  await world.connect(gone)
  const socket = await world.connect(back, { reconnection: true })
  for (const who of [gone, back]) await world.receiver.took('user.connected', who)
  await disconnectedBy(world, socket)
  const returned = new Promise((done) => socket.once('connect', done))
  await world.again()
  await within(returned, 'the user to come back')
  const [lost] = await world.receiver.took('user.disconnected', gone)
  assert.deepEqual(lost.data, { reason: 'lost' })
  assert.deepEqual(byType(world.receiver.about(back)), ['user.connected'], 'a deploy is no absence')
})

/** Stops the process of a world; returns when it is gone. */
async function disconnectedBy({ sidecar }, socket) {
  sidecar().signal('SIGTERM')
  await disconnection(socket, PROMPTLY_MS)
  assert.deepEqual(await within(sidecar().exited, 'the process to end', 10_000), { code: 0, signal: null })
}

// --- until it is taken ------------------------------------------------------------------------------------------

test('what fails is tried again, later and later, with the same id; others do not wait for it', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const [ada, bob, carol] = [await world.known(), await world.known(), await world.known()]
  world.receiver.answerWith(({ userId, data, before }) =>
    userId === bob.userId && data.message.text === '0' && before < 2 ? 500 : 200,
  )
  for (const n of numbers(5)) await world.send(ada, bob, `${n}`)
  await world.send(ada, carol, 'for carol')
  const [hers] = await world.receiver.took('message.stored', carol)
  const [firstOfHis] = await world.receiver.took('message.stored', bob, 5)
  assert.ok(hers.at_ms < firstOfHis.at_ms, 'hers did not wait for his')
  const his = world.receiver.attempts.filter(({ userId }) => userId === bob.userId)
  assert.deepEqual(said(his), ['0', '0', '0', '1', '2', '3', '4'], 'in order of the commits')
  const [first, second, third, following] = his
  assert.deepEqual([second.id, third.id], [first.id, first.id])
  assert.deepEqual([second.body, third.body], [first.body, first.body])
  assert.notEqual(following.id, first.id)
  const delays = [second.at_ms - first.at_ms, third.at_ms - second.at_ms]
  for (const [index, expected] of [1_000, 2_000].entries()) {
    assert.ok(delays[index] >= expected * 0.8 - 20, `attempt ${index + 2} came after ${delays[index]} ms`)
    assert.ok(delays[index] <= expected * 1.2 + SLACK_MS, `attempt ${index + 2} came after ${delays[index]} ms`)
  }
})

test('Retry-After of 429 and 503 is heeded, that of others is not', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const ada = await world.known()
  const people = new Map()
  for (const status of [429, 503, 500]) people.set((await world.known()).userId, status)
  world.receiver.answerWith(({ userId, before }) =>
    before === 0 ? { status: people.get(userId), headers: { 'retry-after': '3' } } : 200,
  )
  for (const [userId] of people) await world.send(ada, { userId }, 'busy')
  for (const [userId, status] of people) {
    await world.receiver.took('message.stored', { userId })
    const [first, second] = world.receiver.attempts.filter((one) => one.userId === userId)
    const waited = second.at_ms - first.at_ms
    if (status === 500) assert.ok(waited < 1_200 + SLACK_MS, `after ${waited} ms`)
    else assert.ok(waited >= 2_950 && waited < 3_600 + SLACK_MS, `${status}: after ${waited} ms`)
  }
})

test('a redirect is not followed, silence is not waited for, a broken answer is none', async ({ t }) => {
  const world = await hooked(t, { ...MESSAGES_ONLY, OUTRIGGER_WEBHOOK_TIMEOUT_MS: '400' })
  const ada = await world.known()
  const [moved, silent] = [await world.known(), await world.known()]
  world.receiver.answerWith(({ userId, before }) => {
    if (before > 0) return 204
    return userId === silent.userId ? HANG : { status: 307, headers: { location: '/elsewhere' } }
  })
  await world.send(ada, moved, 'redirected')
  await world.send(ada, silent, 'unanswered')
  for (const who of [moved, silent]) await world.receiver.took('message.stored', who)
  assert.ok(world.receiver.attempts.every(({ path }) => path === '/webhooks'))
  const tries = world.receiver.attempts.filter(({ userId }) => userId === silent.userId)
  assert.equal(tries.length, 2)
  assert.equal(tries[1].id, tries[0].id)
  const waited = tries[1].at_ms - tries[0].at_ms
  assert.ok(waited >= 1_150 && waited <= 400 + 1_200 + SLACK_MS, `tried again after ${waited} ms`)
})

test('every 2xx is taken', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const ada = await world.known()
  for (const status of [200, 201, 202, 204, 299]) {
    const who = await world.known()
    world.receiver.answerWith(() => status)
    await world.send(ada, who, 'taken')
    await world.receiver.took('message.stored', who)
  }
  await eventually(() => listed(world), ({ waiting }) => waiting === 0, 'none to wait')
  assert.equal(world.receiver.attempts.length, 5)
})

test('one that is gone for good is dead: listed, counted, out of the way, and alive again if asked', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const [ada, bob] = [await world.known(), await world.known()]
  world.receiver.answerWith(({ data }) => (data.message.text === 'dead' ? 410 : 200))
  await world.send(ada, bob, 'dead')
  await world.send(ada, bob, 'next')
  assert.deepEqual(said(await world.receiver.took('message.stored', bob)), ['next'])
  assert.equal(world.receiver.attempts.filter(({ data }) => data.message.text === 'dead').length, 1, 'at once')
  const { dead, webhooks } = await eventually(
    () => listed(world, '?state=dead'),
    ({ waiting }) => waiting === 0,
    'none to wait',
  )
  assert.deepEqual([dead, webhooks.length], [1, 1])
  const [entry] = webhooks
  shape(entry, {
    id: world.receiver.attempts[0].id,
    type: 'message.stored',
    userId: bob.userId,
    state: 'dead',
    createdAt: iso,
    attempts: 1,
    lastError: text,
  })
  assert.ok(!JSON.stringify(entry).includes('dead"}'), 'without its body')

  world.receiver.answerWith(() => 200)
  const retried = await world.internal.post(`/internal/webhooks/${entry.id}/retry`, {})
  assert.deepEqual([retried.status, retried.body], [200, { success: true }])
  await world.receiver.took('message.stored', bob, 2)
  assert.equal(world.receiver.attempts.at(-1).id, entry.id, 'the same id again')
  await eventually(() => listed(world), (seen) => seen.dead === 0 && seen.waiting === 0, 'an empty list')
  assert.equal((await world.internal.post(`/internal/webhooks/${entry.id}/retry`, {})).status, 404)
})

test('after its attempts one is dead; all of them can be tried again, or given up', async ({ t }) => {
  const world = await hooked(t, { ...MESSAGES_ONLY, OUTRIGGER_WEBHOOK_ATTEMPTS: '2' }, { answer: () => 500 })
  const ada = await world.known()
  const people = [await world.known(), await world.known(), await world.known()]
  for (const who of people) await world.send(ada, who, 'refused')
  const { webhooks } = await eventually(
    () => listed(world, '?state=dead&limit=2'),
    ({ dead }) => dead === 3,
    'three dead ones',
    6_000,
  )
  assert.equal(webhooks.length, 2, 'as many as asked for')
  const { webhooks: rest } = await listed(world, `?state=dead&limit=2&after=${webhooks[1].id}`)
  assert.equal(rest.length, 1)
  const ids = [...webhooks, ...rest].map(({ id }) => id)
  assert.equal(new Set(ids).size, 3)
  for (const one of [...webhooks, ...rest]) shape(one, { attempts: 2, state: 'dead' })
  assert.equal(world.receiver.attempts.length, 6)

  const given = await world.internal.remove(`/internal/webhooks/${ids[0]}`)
  assert.deepEqual([given.status, given.body], [200, { success: true }])
  assert.equal((await world.internal.remove(`/internal/webhooks/${ids[0]}`)).status, 404)
  world.receiver.answerWith(() => 200)
  const all = await world.internal.post('/internal/webhooks/retry', {})
  assert.deepEqual([all.status, all.body], [200, { success: true, retried: 2 }])
  await eventually(() => world.receiver.taken.length, (taken) => taken === 2, 'two taken')
  assert.deepEqual(world.receiver.taken.map(({ id }) => id).toSorted(), ids.slice(1).toSorted())
})

test('no more dead ones are kept than may wait', async ({ t }) => {
  const world = await hooked(t, { ...MESSAGES_ONLY, OUTRIGGER_WEBHOOK_QUEUE: '20' }, { answer: () => 410 })
  const [ada, bob] = [await world.known(), await world.known()]
  for (const n of numbers(50)) {
    await world.send(ada, bob, `${n}`)
    await eventually(() => world.receiver.attempts.length, (total) => total === n + 1, `attempt ${n}`)
  }
  const { webhooks } = await eventually(() => listed(world), ({ waiting }) => waiting === 0, 'none to wait')
  assert.ok(webhooks.length > 0 && webhooks.length <= 20, `${webhooks.length} dead ones`)
  assert.ok(webhooks.some(({ id }) => id === world.receiver.attempts.at(-1).id), 'the last one is among them')
})

test('a waiting one is listed, counted, and can be given up; the next one follows', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY, { answer: () => 503 })
  const [ada, bob] = [await world.known(), await world.known()]
  await world.send(ada, bob, 'first')
  await world.send(ada, bob, 'second')
  await world.receiver.attempt(({ userId }) => userId === bob.userId, 'the first one')
  const { webhooks } = await eventually(
    () => listed(world, '?state=waiting'),
    (seen) => seen.webhooks[0]?.attempts === 1,
    'the failure to be noted',
  )
  assert.deepEqual(
    webhooks.map(({ state, attempts, type }) => [state, attempts, type]),
    [
      ['waiting', 1, 'message.stored'],
      ['waiting', 0, 'message.stored'],
    ],
  )
  shape(webhooks[0], { lastError: text, dueAt: iso })
  world.receiver.answerWith(() => 200)
  assert.equal((await world.internal.remove(`/internal/webhooks/${webhooks[0].id}`)).status, 200)
  assert.deepEqual(said(await world.receiver.took('message.stored', bob)), ['second'])
  assert.equal(world.receiver.attempts.filter(({ id }) => id === webhooks[0].id).length, 1)
})

test('metrics say how many wait, are dead, were sent, failed', async ({ t }) => {
  const world = await hooked(t, MESSAGES_ONLY)
  const ada = await world.known()
  const verdicts = [410, 200, 503]
  world.receiver.answerWith(({ data }) => {
    const status = verdicts[Number(data.message.text)]
    return { status, headers: status === 503 ? { 'retry-after': '600' } : {} }
  })
  for (const n of numbers(3)) await world.send(ada, await world.known(), `${n}`)
  await eventually(
    () => metrics(world, 'outrigger_webhooks_'),
    (seen) =>
      seen.outrigger_webhooks_waiting === 1 &&
      seen.outrigger_webhooks_dead === 1 &&
      seen['outrigger_webhooks_sent_total{type="message.stored"}'] === 1 &&
      seen.outrigger_webhooks_failed_total === 2,
    'one of each, and two failures',
    10_000,
  )
})

test('the list wants the secret', async ({ t }) => {
  const world = await hooked(t)
  const headers = { authorization: 'Bearer wrong' }
  assert.equal((await world.internal.get('/internal/webhooks', headers)).status, 401)
  assert.equal((await world.internal.post('/internal/webhooks/retry', {}, headers)).status, 401)
  assert.equal((await world.internal.remove('/internal/webhooks/x', headers)).status, 401)
  assert.ok([404, 401].includes((await world.rest.get(world.person(), '/internal/webhooks')).status))
})

for (const signal of ['SIGKILL', 'SIGTERM']) {
  test(`what was stored before ${signal} is sent by the next process`, async ({ t }) => {
    const world = await hooked(t, MESSAGES_ONLY)
    const [ada, bob] = [await world.known(), await world.known()]
    await world.receiver.close()
    const texts = numbers(5).map((n) => `kept ${n}`)
    for (const line of texts) await world.send(ada, bob, line)
    const { webhooks } = await listed(world, '?state=waiting')
    world.sidecar().signal(signal)
    await within(world.sidecar().exited, 'the process to be gone', 10_000)
    await world.receiver.open()
    await world.again()
    const taken = await world.receiver.took('message.stored', bob, 5)
    assert.deepEqual(said(taken), texts)
    assert.deepEqual(taken.map(({ id }) => id), webhooks.map(({ id }) => id))
  })
}

test('a receiver that was killed before it could answer is told again, under the same id', async ({ t }) => {
  const world = await hooked(t, { ...MESSAGES_ONLY, OUTRIGGER_WEBHOOK_TIMEOUT_MS: '5000' }, { answer: () => HANG })
  const [ada, bob] = [await world.known(), await world.known()]
  await world.send(ada, bob, 'heard twice')
  await world.receiver.attempt(({ userId }) => userId === bob.userId, 'the first one')
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  world.receiver.answerWith(() => 200)
  await world.again()
  await world.receiver.took('message.stored', bob)
  assert.equal(new Set(world.receiver.attempts.map(({ id }) => id)).size, 1)
})

// --- missed -------------------------------------------------------------------------------------------------------

const MISSED = { OUTRIGGER_WEBHOOK_EVENTS: 'user.disconnected,message.missed,notification.missed' }

test('a message is missed if it is unread after a while and its receiver was away, or is', async ({ t }) => {
  const world = await hooked(t, MISSED)
  const [ada, away, late, leaving, present, reading] = await Promise.all(numbers(6).map(() => world.known()))
  const [leaver, reader] = [await world.connect(leaving), await world.connect(reading)]
  await world.connect(present)
  const sent = Date.now()
  for (const who of [away, late, leaving, present]) await world.send(ada, who, 'for you')
  const { _id: messageId } = await world.send(ada, reading, 'for you')
  await world.connect(late)
  leaver.disconnect()
  accepted(await ask(reader, 'messageRead', { messageId, senderId: ada.userId }))
  for (const who of [away, late, leaving]) {
    const [missed] = await world.receiver.took('message.missed', who)
    shape(missed.data.message, { senderId: ada.userId, receiverId: who.userId, text: 'for you', isRead: false })
    const waited = missed.at_ms - sent
    assert.ok(waited >= OFFLINE_MS - 50 && waited < OFFLINE_MS + 2_000, `it was told after ${waited} ms`)
  }
  await pause(OFFLINE_MS)
  for (const who of [present, reading]) assert.deepEqual(world.receiver.about(who), [])
  assert.equal(world.receiver.attempts.filter(({ type }) => type === 'message.missed').length, 3, 'once each')
})

test('who reads it first has not missed it: over a socket, a notification also over REST', async ({ t }) => {
  const world = await hooked(t, MISSED)
  const [ada, bob, carol] = [await world.known(), await world.known(), await world.known()]
  const { _id: messageId } = await world.send(ada, bob, 'read in time')
  const notify = async (title) => {
    await world.internal.post('/internal/notify', { userId: bob.userId, type: 't', title, message: 'm' })
  }
  for (const title of ['read over REST', 'read by all']) await notify(title)
  const { body } = await world.rest.get(bob, '/api/notifications')
  const list = body.notifications ?? body
  const first = list.find(({ title }) => title === 'read over REST')
  const patched = await fetch(`${world.sidecar().publicUrl}/api/notifications/${first.id}/read`, {
    method: 'PATCH',
    headers: { cookie: `authToken=${bob.token}` },
  })
  assert.equal(patched.status, 200)
  assert.equal((await world.rest.post(bob, '/api/notifications/read-all', {})).status, 200)
  const socket = await world.connect(bob)
  accepted(await ask(socket, 'messageRead', { messageId, senderId: ada.userId }))
  socket.disconnect()
  await world.send(ada, carol, 'marker')
  await world.receiver.took('message.missed', carol)
  await world.receiver.took('user.disconnected', bob)
  assert.deepEqual(byType(world.receiver.about(bob)), ['user.disconnected'])
})

test('a notification is missed like a message', async ({ t }) => {
  const world = await hooked(t, MISSED)
  const [away, present] = [await world.known(), await world.known()]
  await world.connect(present, NOTIFICATIONS)
  const notification = { type: 'order', title: 'Title', message: 'Text', data: { n: 1 } }
  for (const { userId } of [present, away]) await world.internal.post('/internal/notify', { userId, ...notification })
  const [missed] = await world.receiver.took('notification.missed', away)
  shape(missed.data.notification, { id: text, ...notification, timestamp: iso })
  await pause(OFFLINE_MS)
  assert.deepEqual(world.receiver.about(present), [])
})

test('a restart makes nobody miss what they are still to read', async ({ t }) => {
  const grace = 2_000
  const world = await hooked(t, { ...MISSED, PRESENCE_GRACE_MS: String(grace) })
  const [ada, back, gone] = [await world.known(), await world.known(), await world.known()]
  const socket = await world.connect(back, { reconnection: true })
  await world.connect(gone)
  for (const who of [back, gone]) await world.send(ada, who, 'unread')
  const returned = new Promise((done) => socket.once('connect', done))
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await pause(OFFLINE_MS)
  await world.again()
  const restarted = Date.now()
  await within(returned, 'the user to come back')
  const [missed] = await world.receiver.took('message.missed', gone)
  assert.ok(missed.at_ms - restarted >= grace - 100, `it was told after ${missed.at_ms - restarted} ms already`)
  await pause(OFFLINE_MS)
  assert.deepEqual(world.receiver.about(back), [], 'who was there, and is, has missed nothing')
})

test('the missed ones hold up nothing, and outlive the process', async ({ t }) => {
  const world = await hooked(t, { OUTRIGGER_WEBHOOK_EVENTS: 'message.stored,message.missed' })
  const [ada, bob] = [await world.known(), await world.known()]
  world.receiver.answerWith(({ type }) => (type === 'message.missed' ? 500 : 200))
  await world.send(ada, bob, 'one')
  await world.receiver.attempt(({ type }) => type === 'message.missed', 'the missed one')
  await world.send(ada, bob, 'two')
  assert.deepEqual(said(await world.receiver.took('message.stored', bob, 2)), ['one', 'two'])
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  world.receiver.answerWith(() => 200)
  await world.again()
  const missed = await world.receiver.took('message.missed', bob, 2)
  assert.deepEqual(said(missed).toSorted(), ['one', 'two'])
})

// --- what only the app can decide --------------------------------------------------------------------------------

const ACTIONS = { OUTRIGGER_WEBHOOK_ACTIONS: 'order:place, order:cancel', OUTRIGGER_WEBHOOK_EVENTS: 'client.event' }

test('an event the app decides about is acknowledged when it is stored, and told in order', async ({ t }) => {
  const world = await hooked(t, ACTIONS)
  const who = await world.known()
  const socket = await world.connect(who)
  await world.receiver.close()
  for (const n of numbers(5)) assert.deepEqual(await ask(socket, 'order:place', { n }), { ok: true })
  socket.emit('order:cancel', { n: 5 }, 'with a second argument', [3])
  assert.deepEqual(await ask(socket, 'order:cancel'), { ok: true })
  rejected(await ask(socket, 'order:unknown', { n: 1 }))
  await world.receiver.open()
  const told = await world.receiver.took('client.event', who, 7)
  assert.deepEqual(
    told.map(({ data }) => [data.event, data.args]),
    [
      ...numbers(5).map((n) => ['order:place', [{ n }]]),
      ['order:cancel', [{ n: 5 }, 'with a second argument', [3]]],
      ['order:cancel', []],
    ],
  )
  for (const { data } of told) shape(data, { deviceId: deviceId(who.device), contract: 'rooms' })
})

test('such an event is taken on every namespace of the apps, and says of which contract', async ({ t }) => {
  const world = await hooked(t, ACTIONS)
  for (const namespace of ['/auth', '/messenger', '/notifications']) {
    const who = await world.known()
    const socket = await world.connect(who, { path: LEGACY, namespace })
    accepted(await ask(socket, 'order:place', { namespace }))
    const [{ data }] = await world.receiver.took('client.event', who)
    shape(data, { event: 'order:place', args: [{ namespace }], contract: 'legacy' })
  }
})

test('what the app decides comes back to the client', async ({ t }) => {
  const world = await hooked(t, ACTIONS)
  const who = await world.known()
  const socket = await world.connect(who)
  accepted(await ask(socket, 'order:place', { n: 1 }))
  const [{ userId, data }] = await world.receiver.took('client.event', who)
  await world.internal.post('/internal/send-to-user', { userId, event: 'order:placed', data: data.args[0] })
  shape(await next(socket, 'order:placed'), { n: 1 })
})

test('nobody sends one without a token, nor one that is too large', async ({ t }) => {
  const world = await hooked(t, { ...ACTIONS, PENDING_AUTH_MS: '5000' })
  const who = await world.known()
  const pending = await connected(world.open(who, { auth: {} }))
  rejected(await ask(pending, 'order:place', { n: 1 }))
  const socket = await world.connect(who)
  rejected(await ask(socket, 'order:place', { blob: 'x'.repeat(900_000) }))
  accepted(await ask(socket, 'order:place', { n: 2 }))
  const told = await world.receiver.took('client.event', who)
  assert.deepEqual(told.map(({ data }) => data.args), [[{ n: 2 }]])
  assert.ok(socket.connected)
})

test('without such names an event of the app is unknown as ever', async ({ connect, known }) => {
  rejected(await ask(await connect(await known()), 'order:place', { n: 1 }))
})

// --- bounded --------------------------------------------------------------------------------------------------------

test('when too many wait, presence is left out first, then the rest, and nobody else is disturbed', async ({ t }) => {
  const world = await hooked(t, {
    OUTRIGGER_WEBHOOK_QUEUE: '20',
    OUTRIGGER_WEBHOOK_ACTIONS: 'order:place',
    OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected,message.stored,client.event',
  })
  const { receiver, send } = world
  const [ada, bob] = [await world.known(), await world.known()]
  const socket = await world.connect(bob)
  await receiver.took('user.connected', bob)
  await receiver.close()
  const waiting = async () => (await listed(world)).waiting
  for (const n of numbers(16)) await send(ada, bob, `${n}`)
  assert.equal(await waiting(), 16, 'four fifths')
  await world.connect(world.person())
  await pause(GRACE_MS)
  assert.equal(await waiting(), 16, 'presence is left out')
  accepted(await ask(socket, 'order:place', { n: 1 }))
  for (const n of numbers(3)) await send(ada, bob, `more ${n}`)
  assert.equal(await waiting(), 20, 'the limit')
  const refused = await ask(socket, 'order:place', { n: 2 })
  assert.deepEqual(refused, { ok: false, error: 'Service unavailable' })
  const document = await send(ada, bob, 'one more')
  shape(await next(socket, 'newMessage', ({ _id }) => _id === document._id), { text: 'one more' })
  assert.equal(await waiting(), 20)
  const dropped = await metrics(world, 'outrigger_webhooks_dropped_total')
  assert.equal(dropped['outrigger_webhooks_dropped_total{type="user.connected"}'], 1)
  assert.equal(dropped['outrigger_webhooks_dropped_total{type="message.stored"}'], 1)

  await receiver.open()
  await eventually(waiting, (total) => total === 0, 'all of them to be taken')
  accepted(await ask(socket, 'order:place', { n: 3 }))
  const told = await receiver.took('client.event', bob, 2)
  assert.deepEqual(told.map(({ data }) => data.args[0].n), [1, 3])
})

test('a flood is told of completely, of each user in order, of several at the same time', async ({ t }) => {
  const world = await hooked(t, { ...MESSAGES_ONLY, OUTRIGGER_WEBHOOK_CONCURRENCY: '4' })
  const ada = await world.known()
  const people = await Promise.all(numbers(8).map(() => world.known()))
  let open = 0
  let most = 0
  const busy = new Set()
  world.receiver.answerWith(({ userId }) => {
    busy.add(userId)
    open += 1
    most = Math.max(most, open)
    setImmediate(() => {
      open -= 1
    })
    return Math.random() < 0.02 ? 500 : 200
  })
  for (const n of numbers(30)) await Promise.all(people.map((who) => world.send(ada, who, `${n}`)))
  for (const who of people) {
    const told = await world.receiver.took('message.stored', who, 30, 20_000)
    assert.deepEqual(said(told), numbers(30).map(String))
  }
  assert.ok(most <= 4, `${most} at the same time`)
})

// --- secrets and faults -----------------------------------------------------------------------------------------------

test('neither secret nor text stands in the log, however much is logged', async ({ t }) => {
  const world = await hooked(t, { LOG: 'trace', OUTRIGGER_WEBHOOK_ACTIONS: 'order:place' })
  const [ada, bob] = [await world.known(), await world.known()]
  world.receiver.answerWith(({ before }) => (before === 0 ? 500 : 200))
  const socket = await world.connect(ada)
  await world.send(ada, bob, 'words-between-two')
  accepted(await ask(socket, 'order:place', { card: 'number-of-a-card' }))
  await world.receiver.took('message.stored', bob)
  await settled(socket)
  const log = world.sidecar().log()
  assert.ok(log.length > 0)
  for (const word of [world.receiver.secret, 'words-between-two', 'number-of-a-card']) {
    assert.ok(!log.includes(word), `"${word}" was logged`)
  }
})

test('serve says what is wrong with the settings of webhooks', async ({ t }) => {
  const url = 'http://127.0.0.1:9/webhooks'
  const secret = randomBytes(32).toString('hex')
  for (const [name, settings] of [
    ['OUTRIGGER_WEBHOOK_SECRET', { OUTRIGGER_WEBHOOK_URL: url }],
    ['OUTRIGGER_WEBHOOK_SECRET', { OUTRIGGER_WEBHOOK_URL: url, OUTRIGGER_WEBHOOK_SECRET: 'short' }],
    ['OUTRIGGER_WEBHOOK_SECRET', { OUTRIGGER_WEBHOOK_URL: url, OUTRIGGER_WEBHOOK_SECRET: 'whsec_not base64!' }],
    ['OUTRIGGER_WEBHOOK_SECRET', { OUTRIGGER_WEBHOOK_URL: url, OUTRIGGER_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }],
    ['OUTRIGGER_WEBHOOK_URL', { OUTRIGGER_WEBHOOK_URL: 'nowhere', OUTRIGGER_WEBHOOK_SECRET: secret }],
    ['OUTRIGGER_WEBHOOK_URL', { OUTRIGGER_WEBHOOK_URL: 'file:///etc/passwd', OUTRIGGER_WEBHOOK_SECRET: secret }],
    ...[
      ['OUTRIGGER_WEBHOOK_EVENTS', 'message.stored,message.eaten'],
      ['OUTRIGGER_WEBHOOK_ACTIONS', 'typing'],
      ['OUTRIGGER_WEBHOOK_ACTIONS', 'order:place,markNotificationRead'],
      ['OUTRIGGER_WEBHOOK_TIMEOUT_MS', 'soon'],
      ['OUTRIGGER_WEBHOOK_QUEUE', '-1'],
    ].map(([name, value]) => [name, { OUTRIGGER_WEBHOOK_URL: url, OUTRIGGER_WEBHOOK_SECRET: secret, [name]: value }]),
  ]) {
    const home = newHome()
    t.after(home.remove)
    const shown = JSON.stringify(settings)
    const outcome = await startSidecar(home, settings).catch((error) => error)
    if (!(outcome instanceof Error)) await outcome.stop()
    assert.ok(outcome instanceof Error, `it started with ${shown}`)
    assert.match(outcome.message, /ended before it was ready/, shown)
    assert.ok(outcome.message.includes(name), `the fault names ${name}: ${outcome.message}`)
    assert.ok(!outcome.message.includes(secret), 'and shows no secret')
  }
})
