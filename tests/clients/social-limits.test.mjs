// How often is too often (`contracts/social.md` section 2, "Rate limit"): fixed windows for each user and event.

import assert from 'node:assert/strict'
import { ask, LEGACY, next, nextOnes, silent } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { newHome, startSidecar } from './support/sidecar.mjs'
import { shape } from './support/shape.mjs'
import { notify, object, ownSocial, socialSuite, succeeded } from './support/social.mjs'

const { test } = socialSuite(import.meta.url, { RATE_LIMITS: 'on' })

const MESSAGES = 'Rate limit exceeded for messages'

/** Messages of one user to another, made by the app, which has no limits here. */
async function written({ internal }, from, to, total) {
  const ids = []
  for (let n = 0; n < total; n += 1) {
    const call = { senderId: from.userId, receiverId: to.userId, text: `message ${n}` }
    ids.push((await internal.post('/internal/messages', call)).body._id)
  }
  return ids
}

async function notified(world, who, total) {
  const ids = []
  for (let n = 0; n < total; n += 1) ids.push(await notify(world, who))
  return ids
}

/**
 * event, times, seconds, words, and what makes the arguments: given the world, who asks, another person and how many
 * are wanted.
 */
const LIMITS = [
  ['send_message', 10, 60, MESSAGES, (_, __, other) => (n) => ({ receiverId: other.userId, message: `${n}` })],
  [
    'message_read',
    20,
    60,
    'Rate limit exceeded for read confirmations',
    async (world, who, other, total) => {
      const ids = await written(world, other, who, total)
      return (n) => ({ messageId: ids[n] })
    },
  ],
  [
    'delete_message',
    5,
    60,
    'Rate limit exceeded for message deletion',
    async (world, who, other, total) => {
      const ids = await written(world, who, other, total)
      return (n) => ({ messageId: ids[n] })
    },
  ],
  [
    'typing_start',
    10,
    30,
    'Rate limit exceeded for typing events',
    (_, __, other) => () => ({ receiverId: other.userId }),
  ],
  ['set_status', 3, 300, 'Rate limit exceeded for status updates', () => (n) => ({ status: `status ${n}` })],
  [
    'mark_notification_read',
    20,
    60,
    'Rate limit exceeded for notification updates',
    async (world, who, _, total) => {
      const ids = await notified(world, who, total)
      return (n) => ({ notificationId: ids[n] })
    },
  ],
  [
    'delete_notification',
    10,
    60,
    'Rate limit exceeded for notification deletion',
    async (world, who, _, total) => {
      const ids = await notified(world, who, total)
      return (n) => ({ notificationId: ids[n] })
    },
  ],
  ['mark_all_notifications_read', 3, 300, 'Rate limit exceeded for bulk notification updates', () => () => ({})],
  [
    'update_notification_preferences',
    2,
    300,
    'Rate limit exceeded for preference updates',
    () => (n) => ({ preferences: { n } }),
  ],
]

/** What a refusal for coming too often looks like, in the acknowledgement and as `error`. */
async function tooOften(socket, reply, event, words, seconds) {
  shape(reply, { status: 'failure', error: words })
  const told = await next(socket, 'error')
  shape(told, { message: words, event, code: 'RATE_LIMITED' })
  for (const { retryAfter } of [reply, told]) {
    assert.ok(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= seconds, `retryAfter ${retryAfter}`)
  }
}

for (const [event, times, seconds, words, prepare] of LIMITS) {
  test(`${event} is limited to ${times} in ${seconds} s for each user`, async (world) => {
    const [who, other] = [await world.member(), await world.member()]
    const argument = await prepare(world, who, other, times + 3)
    const sockets = [
      await world.connect(who),
      await world.connect(who, { path: LEGACY, namespace: '/social', device: newDevice() }),
    ]
    for (let n = 0; n < times; n += 1) succeeded(await ask(sockets[n % 2], event, argument(n)))
    for (let n = times; n < times + 3; n += 1) {
      const socket = sockets[n % 2]
      await tooOften(socket, await ask(socket, event, argument(n)), event, words, seconds)
    }
    for (const socket of sockets) {
      await silent(socket, 'error')
      assert.ok(socket.connected, 'to come too often costs no connection')
    }
  })
}

test('what is refused has no effect, and others are not held up', async (world) => {
  const [who, other, third] = [await world.member(), await world.member(), await world.member()]
  const [socket, to, from] = [await world.connect(who), await world.connect(other), await world.connect(third)]
  for (let n = 0; n < 15; n += 1) await ask(socket, 'send_message', { receiverId: other.userId, message: `${n}` })
  assert.deepEqual(
    (await nextOnes(to, 'receive_message', 10)).map(({ message }) => message.message),
    Array.from({ length: 10 }, (_, n) => `${n}`),
  )
  await silent(to, 'receive_message')
  succeeded(await ask(from, 'send_message', { receiverId: other.userId, message: 'another user' }))
  succeeded(await ask(socket, 'typing_start', { receiverId: other.userId }))
})

test('typing_stop has a counter of its own, and is refused without a word', async (world) => {
  const [who, other] = [await world.member(), await world.member()]
  const [socket, to] = [await world.connect(who), await world.connect(other)]
  for (let n = 0; n < 10; n += 1) succeeded(await ask(socket, 'typing_start', { receiverId: other.userId }))
  for (let n = 0; n < 15; n += 1) assert.ok(object(await ask(socket, 'typing_stop', { receiverId: other.userId })))
  await nextOnes(to, 'user_stopped_typing', 10)
  await silent(to, 'user_stopped_typing')
  await silent(socket, 'error')
})

test('REST and sockets share the counters', async (world) => {
  const [who, other] = [await world.member(), await world.member()]
  const socket = await world.connect(who)
  const body = { receiverId: other.userId, message: 'x' }
  for (let n = 0; n < 5; n += 1) {
    succeeded(await ask(socket, 'send_message', body))
    assert.equal((await world.apiAt(n % 2 ? '' : '/social').post(who, '/api/messages', body)).status, 201)
  }
  await tooOften(socket, await ask(socket, 'send_message', body), 'send_message', MESSAGES, 60)
  await limited(world.api.post(who, '/api/messages', body), 60, MESSAGES)
})

/** The answer of REST to who comes too often. */
async function limited(request, seconds, words) {
  const { status, headers, body } = await request
  assert.equal(status, 429, JSON.stringify(body))
  assert.equal(body.status, 'failure')
  if (words) assert.equal(body.error, words)
  assert.ok(
    Number.isInteger(body.retryAfter) && body.retryAfter >= 1 && body.retryAfter <= seconds,
    JSON.stringify(body),
  )
  assert.equal(headers.get('retry-after'), String(body.retryAfter))
}

/** method, path, times, seconds, body, words: routes of REST and the counter of each. */
const ROUTES = [
  ['patch', '/api/messages/x/read', 20, 60, undefined, 'Rate limit exceeded for read confirmations'],
  ['remove', '/api/messages/x', 5, 60, undefined, 'Rate limit exceeded for message deletion'],
  ['patch', '/api/users/status', 3, 300, { status: 'x' }, 'Rate limit exceeded for status updates'],
  ['patch', '/api/notifications/x/read', 20, 60, undefined, 'Rate limit exceeded for notification updates'],
  ['remove', '/api/notifications/x', 10, 60, undefined, 'Rate limit exceeded for notification deletion'],
  ['patch', '/api/notifications/read-all', 3, 300, undefined, 'Rate limit exceeded for bulk notification updates'],
  [
    'patch',
    '/api/notifications/preferences',
    2,
    300,
    { preferences: {} },
    'Rate limit exceeded for preference updates',
  ],
  ['remove', '/api/notifications', 3, 300],
  ['patch', '/api/messages/x/seen', 120, 60],
  ['get', '/api/messages', 300, 60],
]

for (const [method, path, times, seconds, body, words] of ROUTES) {
  test(`${method} ${path} is limited to ${times} in ${seconds} s`, async (world) => {
    const who = await world.member()
    const ask = () => world.api[method](who, path, body)
    for (let n = 0; n < times; n += 1) {
      const { status } = await ask()
      assert.notEqual(status, 429, `already the ${n + 1}th`)
    }
    await limited(ask(), seconds, words)
  })
}

test('a window opens with the first hit, and what is refused does not prolong it', async ({ t }) => {
  const world = await ownSocial(t, { RATE_LIMITS: 'social:send_message=3/2' })
  const [who, other] = [await world.member(), await world.member()]
  const socket = await world.connect(who)
  const send = () => ask(socket, 'send_message', { receiverId: other.userId, message: 'x' })
  const opened = performance.now()
  succeeded(await send())
  await pause(1_000)
  for (let n = 0; n < 2; n += 1) succeeded(await send())
  while (performance.now() - opened < 1_700) {
    shape(await send(), { status: 'failure', error: MESSAGES, retryAfter: 1 })
    await pause(100)
  }
  await pause(2_050 - (performance.now() - opened))
  for (let n = 0; n < 3; n += 1) succeeded(await send(), { message: object })
  shape(await send(), { status: 'failure', retryAfter: 2 })
})

test('what is not named keeps its figures', async ({ t }) => {
  const world = await ownSocial(t, { RATE_LIMITS: 'social:send_message=100/60, social:typing_start=1/30' })
  const [who, other] = [await world.member(), await world.member()]
  const socket = await world.connect(who)
  for (let n = 0; n < 20; n += 1)
    succeeded(await ask(socket, 'send_message', { receiverId: other.userId, message: 'x' }))
  succeeded(await ask(socket, 'typing_start', { receiverId: other.userId }))
  shape(await ask(socket, 'typing_start', { receiverId: other.userId }), { status: 'failure' })
  for (let n = 0; n < 3; n += 1) succeeded(await ask(socket, 'set_status', { status: `${n}` }))
  shape(await ask(socket, 'set_status', { status: 'x' }), { status: 'failure' })
})

test('limits that mean nothing are refused at the start', async ({ t }) => {
  for (const value of ['nonsense=1/1', 'social:send_message=0/60', 'social:send_message=x', 'perhaps']) {
    const home = newHome()
    t.after(home.remove)
    await assert.rejects(startSidecar(home, { RATE_LIMITS: value }), /RATE_LIMITS/, value)
  }
})
