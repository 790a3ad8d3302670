// How often is too often (`contracts/tracking.md` section 7): 60 events of a user in 60 seconds.

import assert from 'node:assert/strict'
import { ask, next, settled, silent } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape, text } from './support/shape.mjs'
import {
  DOORS,
  newMessageId,
  notification,
  numbers,
  ownTracking,
  published,
  succeeded,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url, { RATE_LIMITS: 'on' })

const MOST_EVENTS = 60
const MOST_READS = 300
const WINDOW_S = 60

/** What a refusal for coming too often looks like. */
async function tooOften(socket, event, ...args) {
  const reply = await ask(socket, event, ...args)
  shape(reply, { error: text })
  notification(await next(socket, 'notification'), {
    id: 'warning_',
    type: 'warning',
    title: 'Request denied',
    message: reply.error,
    data: (data) => data.event === event,
  })
}

test('a user has sixty events a minute, over all sockets and events', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  await world.app.register(who, messageId)
  const sockets = [await world.connect(who), await world.connect(who, { ...DOORS[3], device: newDevice() })]
  const other = await world.connect(world.person())
  const events = [
    ['get_rooms'],
    ['track_message', messageId],
    ['untrack_message', messageId],
    ['join_room', `user_${who.userId}`],
    ['ping', {}],
    ['unsubscribe_analytics'],
  ]
  for (const n of numbers(MOST_EVENTS)) {
    const reply = await ask(sockets[n % 2], ...events[n % events.length])
    assert.equal(reply?.error, undefined, `the ${n + 1}th, ${events[n % events.length][0]}: ${reply?.error}`)
  }
  for (const n of numbers(4)) await tooOften(sockets[n % 2], ...events[n])
  for (const socket of sockets) assert.ok(socket.connected, 'to come too often costs no connection')
  assert.ok(Array.isArray(await ask(other, 'get_rooms')), 'others are not held up')
  await world.app.update(who, messageId, 'SENDING')
  for (const socket of sockets)
    shape(await next(socket, 'message_update', ({ status }) => status === 'SENDING'), { messageId })
})

test('pong is not counted, nor what is sent to the user', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  for (const n of numbers(3 * MOST_EVENTS)) socket.emit('pong', { timestamp: new Date(n).toISOString() })
  await settled(socket)
  assert.ok(Array.isArray(await ask(socket, 'get_rooms')))
  await silent(socket, 'notification')
})

test('what is refused for other reasons counts too', async ({ person, connect }) => {
  const [who, other] = [person(), person()]
  const socket = await connect(who)
  for (const _ of numbers(MOST_EVENTS)) {
    shape(await ask(socket, 'join_room', `user_${other.userId}`), { error: text })
    await next(socket, 'notification')
  }
  await tooOften(socket, 'get_rooms')
})

async function limited(request, seconds) {
  const { status, headers, body } = await request
  assert.equal(status, 429, JSON.stringify(body))
  shape(body, { error: text })
  const wait = Number(headers.get('retry-after'))
  assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= seconds, `Retry-After: ${headers.get('retry-after')}`)
}

test('what is said over REST shares the counter of the sockets', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const post = () => world.api.post(who, `/api/socket/notify/${who.userId}`, { title: 't', message: 'm' })
  for (const n of numbers(MOST_EVENTS)) {
    if (n % 2) assert.ok(Array.isArray(await ask(socket, 'get_rooms')))
    else assert.equal((await post()).status, 200)
  }
  await limited(post(), WINDOW_S)
  shape(await ask(socket, 'get_rooms'), { error: text })
  await published(world)
})

test('looking is allowed three hundred times a minute', async (world) => {
  const who = world.person()
  const get = (n) =>
    world.api.get(who, ['/api/socket/online-count', '/api/socket/messages', '/api/socket/stats'][n % 3])
  for (const n of numbers(MOST_READS)) assert.equal((await get(n)).status, 200, `the ${n + 1}th`)
  await limited(get(0), WINDOW_S)
  assert.ok(Array.isArray(await ask(await world.connect(who), 'get_rooms')), 'a counter of its own')
})

test('a window ends', async ({ t }) => {
  const world = await ownTracking(t, { RATE_LIMITS: 'tracking:event=3/1' })
  const socket = await world.connect(world.person())
  for (const _ of numbers(3)) assert.ok(Array.isArray(await ask(socket, 'get_rooms')))
  shape(await ask(socket, 'get_rooms'), { error: text })
  await pause(1_100)
  for (const _ of numbers(3)) assert.ok(Array.isArray(await ask(socket, 'get_rooms')))
  shape(await ask(socket, 'get_rooms'), { error: text })
  await next(socket, 'notification')
})

test('what the app sends is not limited', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  for (const n of numbers(2 * MOST_EVENTS)) {
    const body = { recipientId: `r${n}`, phone: '1', status: 'SENT' }
    await world.app.recipient(who, messageId, body)
  }
  succeeded(await ask(socket, 'track_message', messageId), { recipientsShown: 2 * MOST_EVENTS })
})
