// Missing nothing on the sockets of `quiz`, across a broken connection and a killed process (`docs/RESUME.md`).

import assert from 'node:assert/strict'
import { ask, heard, next, settled } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { assertRising, cut, follower, isMarked, markOf, payloads } from './support/feed.mjs'
import { answers, does, DOORS, joins, newId, numbers, ownQuiz, quizSuite, ROOT, succeeded, titleOf } from './support/quiz.mjs'
import { shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const say = async (socket, to, message) =>
  succeeded(await ask(socket, 'privateMessage', { recipientId: to.userId, message }), { stored: true })

const words = (events) => payloads(events, 'privateMessage').map(({ message }) => message)

/** Bob's device keeps its position; Ada has a socket. */
async function pair(world, door = ROOT) {
  const [ada, bob] = [await world.member(), await world.member()]
  return { ada, bob, hers: await world.connect(ada, door), device: follower(world, bob, door) }
}

for (const door of DOORS) {
  test(`what happened meanwhile comes once and in order, before what is new: ${titleOf(door)}`, async (world) => {
    const { bob, hers, device } = await pair(world, door)
    shape(await device.come(), { recovered: false, missed: 0 })
    await device.leave()
    await say(hers, bob, 'one')
    await world.app.emitToUser(bob, 'marks:out', { n: 1 }, { durable: true })
    await world.app.emitToUser(bob, 'marks:maybe', { n: 2 })
    await say(hers, bob, 'two')
    const { replayed } = shape(await device.come(), { recovered: true })
    assert.deepEqual(words(replayed), ['one', 'two'])
    assert.deepEqual(payloads(replayed, 'marks:out'), [{ n: 1 }])
    assert.deepEqual(payloads(replayed, 'marks:maybe'), [], 'what is not durable is gone')
    assertRising(replayed)
    await say(hers, bob, 'three')
    await next(device.socket, 'privateMessage', ({ message }) => message === 'three')
    assert.deepEqual(words(device.all), ['one', 'two', 'three'])
    assertRising(device.all)
  })
}

test('a stock client that says nothing sees nothing of the feed', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const room = newId('room')
  for (const socket of [hers, his]) await does(socket, 'joinRoom', room)
  await say(hers, bob, 'x')
  await next(his, 'privateMessage')
  await does(hers, 'roomMessage', { roomId: room, message: 'x' })
  await next(his, 'roomMessage')
  for (const socket of [hers, his]) {
    await settled(socket)
    for (const { event, args } of heard(socket).filter((each) => !each.event.startsWith('@'))) {
      assert.equal(args.length, 1, `${event} has one argument`)
      assert.ok(!['resume', 'reset', 'outrigger:position'].includes(event), event)
    }
  }
})

test('events of state carry no mark', async (world) => {
  const { hers, device } = await pair(world)
  await device.come()
  const [room, quizId] = [newId('room'), newId('quiz')]
  for (const socket of [device.socket, hers]) {
    await does(socket, 'joinRoom', room)
    await joins(socket, quizId)
  }
  await does(hers, 'typing', { roomId: room, isTyping: true })
  await answers(hers, quizId, 'q1', 'x')
  await does(hers, 'finishQuiz', quizId)
  await next(device.socket, 'leaderboardUpdate', ({ leaderboard }) => leaderboard.some(({ finished }) => finished))
  await next(device.socket, 'userTyping')
  await settled(device.socket)
  for (const one of heard(device.socket).filter(({ event }) => event !== 'privateMessage' && !event.startsWith('@')))
    assert.equal(markOf(one), undefined, one.event)
})

test('a device that is cut off again and again misses nothing', async (world) => {
  const { bob, hers, device } = await pair(world)
  await device.come()
  const lines = []
  for (const round of numbers(6)) {
    for (const n of numbers(4)) {
      lines.push(`${round}.${n}`)
      await say(hers, bob, lines.at(-1))
      if (n === 1) cut(device.socket)
    }
    await pause(50)
    await device.come()
  }
  await device.live()
  assert.deepEqual(words(device.all), lines)
  assertRising(device.all.filter(isMarked))
})

test('rooms are entered again by the names that clients know', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, room] = [await world.connect(ada), newId('room')]
  await does(hers, 'joinRoom', room)
  const device = follower(world, bob, { chats: [room, 'admins', `user-${ada.userId}`, `quiz-${room}`] })
  await device.come()
  await device.leave()
  const { chats } = await device.come()
  assert.equal(chats.length, 1, JSON.stringify(chats))
  await next(hers, 'userJoinedRoom', ({ userId }) => userId === bob.userId)
  await does(hers, 'roomMessage', { roomId: room, message: 'hello' })
  shape(await next(device.socket, 'roomMessage'), { message: 'hello', roomId: room })
  await does(device.socket, 'roomMessage', { roomId: room, message: 'back again' })
  await next(hers, 'roomMessage', ({ message }) => message === 'back again')
})

test('what was acknowledged survives kill -9, and is told to who comes back', async ({ t }) => {
  const world = await ownQuiz(t)
  const { bob, hers, device } = await pair(world)
  await device.come()
  await device.leave()
  const lines = numbers(20).map((n) => `kept ${n}`)
  for (const message of lines) await say(hers, bob, message)
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const { replayed } = shape(await device.come(), { recovered: true })
  assert.deepEqual(words(replayed), lines)
  assertRising(replayed)
})
