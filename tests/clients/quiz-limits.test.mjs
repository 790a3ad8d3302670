// How often is too often on contract `quiz`: 100 events a minute of each user, all together (`contracts/quiz.md` section 2).

import assert from 'node:assert/strict'
import { ask, connected, next } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { DOORS, newId, numbers, ownQuiz, quizSuite, told } from './support/quiz.mjs'
import { shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url, { RATE_LIMITS: 'on' })

const MOST = 100
const MINUTE_S = 60
const TOO_OFTEN = 'Rate limit exceeded'
const seconds = (most) => (value) => Number.isInteger(value) && value >= 1 && value <= most

/** A socket that has sent nothing yet. */
const fresh = (world, who, options) => connected(world.open(who, options))

/** Different events, which count the same, refused or not. */
const EVENTS = [
  ['ping', { timestamp: 1 }],
  ['joinRoom', { roomId: 'lobby' }],
  ['roomMessage', { roomId: 'lobby', message: 'x' }],
  ['typing', { roomId: 'lobby', isTyping: true }],
  ['updatePresence', 'away'],
  ['requestLeaderboard', 'never'],
  ['joinQuiz', {}],
  ['nonsense', null],
]
const event = (n) => EVENTS[n % EVENTS.length]

async function tooOften(socket, [name, argument], most = MINUTE_S) {
  const reply = await ask(socket, name, argument)
  shape(reply, { success: false, error: TOO_OFTEN, retryAfter: seconds(most) })
  const said = await next(socket, 'messageError', ({ error }) => error === TOO_OFTEN)
  assert.deepEqual(said, { error: TOO_OFTEN, event: name, retryAfter: said.retryAfter })
  assert.ok(seconds(most)(said.retryAfter), `${said.retryAfter}`)
}

test('a user has 100 events a minute, over all sockets and doors, whatever they are', async (world) => {
  const who = await world.member()
  const sockets = [await fresh(world, who), await fresh(world, who, { ...DOORS[3], device: newDevice() })]
  const other = await fresh(world, await world.member())
  for (const n of numbers(MOST)) {
    const reply = await ask(sockets[n % 2], ...event(n))
    assert.notEqual(reply.error, TOO_OFTEN, `the ${n + 1}th`)
  }
  for (const socket of sockets) for (const n of numbers(3)) await tooOften(socket, event(n))
  assert.equal((await ask(other, 'ping', {})).success, true, 'others are not held up')
  await pause(20)
  for (const socket of sockets) assert.ok(socket.connected)
})

test('each guest socket has 100 of its own', async (world) => {
  const device = newDevice()
  const [one, two] = [await fresh(world, undefined, { device, auth: { token: null } }), await fresh(world, undefined, { device })]
  for (const _ of numbers(MOST)) assert.equal((await ask(one, 'ping', {})).success, true)
  await tooOften(one, ['ping', {}])
  assert.equal((await ask(two, 'ping', {})).success, true)
})

test('what is refused for its frequency has no effect', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await fresh(world, ada), await fresh(world, bob)]
  const room = newId('room')
  for (const socket of [hers, his]) await ask(socket, 'joinRoom', room)
  for (const _ of numbers(MOST - 1)) await ask(hers, 'ping', {})
  await tooOften(hers, ['roomMessage', { roomId: room, message: 'too much' }])
  await tooOften(hers, ['privateMessage', { recipientId: bob.userId, message: 'too much' }])
  await tooOften(hers, ['leaveRoom', room])
  await ask(his, 'roomMessage', { roomId: room, message: 'hello' })
  // An acknowledgement does not wait for the socket's own copy.
  for (const socket of [hers, his]) shape(await next(socket, 'roomMessage'), { message: 'hello' })
  assert.deepEqual(told(his, 'privateMessage'), [])
  assert.deepEqual(told(his, 'roomMessage').map(({ message }) => message), ['hello'])
})

test('who goes on for another hundred is closed, and so is only that socket', async (world) => {
  const who = await world.member()
  const [socket, calm] = [await fresh(world, who), await fresh(world, who, { device: newDevice() })]
  for (const n of numbers(MOST)) await ask(socket, ...event(n))
  for (const _ of numbers(110)) socket.emit('ping', {})
  await next(socket, '@disconnect')
  assert.ok(calm.connected)
  await tooOften(calm, ['ping', {}])
})

test('a window ends', async ({ t }) => {
  const world = await ownQuiz(t, { RATE_LIMITS: 'quiz:event=3/1' })
  const socket = await fresh(world, await world.member())
  for (const _ of numbers(2)) {
    for (const _ of numbers(3)) assert.equal((await ask(socket, 'ping', {})).success, true)
    await tooOften(socket, ['ping', {}], 1)
    await pause(1_100)
  }
})

test('the limit may be another, and refusals of one window do not add up to those of the next', async ({ t }) => {
  const world = await ownQuiz(t, { RATE_LIMITS: 'quiz:event=2/1' })
  const socket = await fresh(world, await world.member())
  for (const _ of numbers(3)) {
    for (const _ of numbers(60)) await ask(socket, 'ping', {})
    await pause(1_100)
    assert.equal((await ask(socket, 'ping', {})).success, true)
  }
  assert.ok(socket.connected)
})

test('what a stock client does in a minute is far from too often', async (world) => {
  const who = await world.member()
  const socket = await fresh(world, who)
  await ask(socket, 'joinRoom', { roomId: `user-${who.userId}`, roomType: 'personal' })
  for (const _ of numbers(2)) for (const _ of numbers(6)) assert.equal((await ask(socket, 'ping', { timestamp: Date.now() })).success, true)
})

test('what the app does is not limited', async (world) => {
  const who = await world.member()
  const socket = await fresh(world, who)
  for (const n of numbers(150)) await world.app.emitToUser(who, 'news', { n })
  await next(socket, 'news', ({ n }) => n === 149)
  assert.equal(told(socket, 'news').length, 150)
})
