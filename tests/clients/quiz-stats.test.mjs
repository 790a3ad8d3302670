// What takes half a minute or a minute on contract `quiz`: figures every 30 s, and the minute in which who lost the
// connection may come back (`contracts/quiz.md` sections 3 and 6). This is the one file of stories that waits so long; the
// second story goes on where the first one ends.

import assert from 'node:assert/strict'
import { next, settled } from './support/client.mjs'
import { cut } from './support/feed.mjs'
import { newDevice } from './support/people.mjs'
import { answers, does, DOORS, joins, leaderboard, newQuiz, questions, quizSuite, told } from './support/quiz.mjs'
import { count, iso, shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const EVERY_MS = 30_000
const SLACK_MS = 4_000
const AWAY_MS = 60_000

const all = questions(2)
let quizId
let gone
let watcher
let cutAt

const SHORT = ['activeRooms', 'onlineUsers', 'quizSessions', 'timestamp']
const WHOLE = ['activeRooms', 'connections', 'memoryUsage', 'onlineUsers', 'quizSessions', 'timestamp', 'uptime']

test('figures come every 30 s: all of them to admins, the short form to everyone else', async (world) => {
  quizId = await newQuiz(world, all)
  ;[gone, watcher] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(gone), await world.connect(watcher)]
  for (const socket of [hers, his]) await joins(socket, quizId)
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(his, 'joinRoom', 'lobby')
  cut(hers)
  cutAt = Date.now()
  await next(hers, '@disconnect')

  const creator = await world.connect(await world.member('Creator'))
  const guest = await world.connectGuest()
  const admins = [
    await world.connect(await world.member('Admin')),
    await world.connect(await world.member('SuperAdmin'), { ...DOORS[2], device: newDevice() }),
  ]
  const begin = Date.now()
  for (const socket of admins) {
    const stats = shape(await next(socket, 'serverStats', undefined, EVERY_MS + SLACK_MS), {
      onlineUsers: 4,
      activeRooms: count,
      quizSessions: 1,
      uptime: count,
      timestamp: iso,
    })
    assert.deepEqual(Object.keys(stats).toSorted(), WHOLE)
    shape(stats.connections, { totalConnections: count, currentConnections: 5, peakConnections: count, lastPeak: iso })
    assert.ok(stats.connections.totalConnections >= 6 && stats.connections.peakConnections >= 5)
    assert.ok(stats.memoryUsage.rss > 1_000_000, JSON.stringify(stats.memoryUsage))
    assert.ok(stats.activeRooms >= 1)
    assert.ok(stats.uptime >= 29 && stats.uptime < 120, `${stats.uptime} s`)
  }
  for (const socket of [his, creator, guest]) {
    const stats = shape(await next(socket, 'serverStats', undefined, SLACK_MS), { onlineUsers: 4, quizSessions: 1, timestamp: iso })
    assert.deepEqual(Object.keys(stats).toSorted(), SHORT)
  }
  assert.ok(Date.now() - begin < EVERY_MS + SLACK_MS)
  await settled(his)
  assert.equal(told(his, 'serverStats').length, 1)
  assert.deepEqual(told(his, 'participantLeft'), [], 'half a minute is no leaving')
})

test('who is not back after a minute has left, and the answers are kept for when they are', async (world) => {
  const his = await world.connect(watcher)
  await joins(his, quizId, { participantCount: 2 })
  assert.equal((await leaderboard(his, quizId)).length, 2)
  shape(await next(his, 'participantLeft', undefined, AWAY_MS - (Date.now() - cutAt) + SLACK_MS), {
    userId: gone.userId,
    userName: gone.name,
    participantCount: 1,
  })
  const after = Date.now() - cutAt
  assert.ok(after > AWAY_MS - 2_000 && after < AWAY_MS + SLACK_MS, `left after ${after} ms`)
  assert.deepEqual((await leaderboard(his, quizId)).map(({ userId }) => userId), [watcher.userId])
  const hers = await world.connect(gone)
  await joins(hers, quizId, { participantCount: 2, answered: 1 })
  shape(await next(his, 'participantJoined'), { userId: gone.userId, participantCount: 2 })
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboard(his, quizId)
  shape(rows[0], { userId: gone.userId, score: 1, finished: true })
})
