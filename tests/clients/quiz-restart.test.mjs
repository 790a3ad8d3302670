// What a quiz keeps across a broken connection and a killed process, in the middle of a timed question
// (`contracts/quiz.md` sections 3 and 6).

import assert from 'node:assert/strict'
import { connected, forget, next, settled, silent } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { cut } from './support/feed.mjs'
import {
  answers,
  asked,
  does,
  joins,
  leaderboard,
  leaderboardWhere,
  neverTold,
  ownQuiz,
  party,
  published,
  questions,
  quizSuite,
  refuses,
  scores,
  told,
  toldTimes,
} from './support/quiz.mjs'
import { iso, shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const GRACE_MS = 500
const SLACK_MS = 2_500

/** Ends the process as a power failure does, and starts another on the same data after that time. */
async function killed(world, awayMs = 0) {
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  if (awayMs) await pause(awayMs)
  await world.again()
}

test('who loses the connection and is back within a minute has lost nothing, and nobody is told', async (world) => {
  const all = questions(2)
  const { quizId, hosts, players: [ada], sockets: [hers, his] } = await party(world, 2, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct)
  cut(hers)
  await next(hers, '@disconnect')
  await pause(1_500)
  const seen = await leaderboard(his, quizId)
  assert.ok(seen.some(({ userId }) => userId === ada.userId), 'still on the leaderboard')
  const again = await world.connect(ada)
  const { question } = await joins(again, quizId, { status: 'active', answered: 1, participantCount: 2 })
  shape(question, { questionId: 'q1', closed: false })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(again, quizId, 'q2')
  const rows = await leaderboardWhere(again, quizId, (rows) => rows[0].score === 1)
  assert.equal(rows[0].userId, ada.userId)
  await toldTimes(world, his, 'participantLeft', 0)
  assert.equal(told(his, 'participantJoined').filter(({ userId }) => userId === ada.userId).length, 0)
})

test('a stock client that reconnects by itself and joins again goes on', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(2)
  const { quizId } = await party(world, 0, { questions: all })
  const ada = await world.member()
  const hers = await connected(world.open(ada, { reconnection: true, transports: ['websocket', 'polling'] }))
  hers.on('connect', () => hers.emit('joinQuiz', { quizId, userId: ada.userId }))
  await joins(hers, quizId)
  await answers(hers, quizId, 'q1', all[0].correct)
  await forget(hers)
  await killed(world)
  shape(await next(hers, 'quizJoined'), { quizId, answered: 1, participantCount: 1, status: 'waiting' })
  assert.equal(await answers(hers, quizId, 'q2', all[1].correct), 2)
  await does(hers, 'finishQuiz', { quizId })
  await leaderboardWhere(hers, quizId, (rows) => rows[0].finished && rows[0].score === 2)
})

test('a session survives the end of the process in the middle of a timed question', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(2, { timeLimit: 8, points: 5 })
  const { quizId, host, hosts, players, sockets: [hers, his] } = await party(world, 3, { questions: all })
  const { startTime } = await does(hosts, 'startQuiz', { quizId })
  await does(hosts, 'nextQuestion', { quizId })
  const before = await asked(hers, quizId, 'q1', { timeLimit: 8 })
  const closing = Date.now() + Date.parse(before.closesAt) - Date.parse(before.serverTime)
  await answers(hers, quizId, 'q1', all[0].correct)
  await answers(his, quizId, 'q1', 'wrong')

  await killed(world)
  const [adas, bobs, carls] = [await world.connect(players[0]), await world.connect(players[1]), await world.connect(players[2])]
  for (const [socket, answered] of [[adas, 1], [bobs, 1], [carls, 0]]) {
    const { question } = await joins(socket, quizId, { status: 'active', participantCount: 3, answered })
    shape(question, { questionId: 'q1', index: 0, total: 2, timeLimit: 8, closesAt: before.closesAt, closed: false, serverTime: iso })
  }
  shape(await world.app.session(quizId), { status: 'active', startedAt: startTime, hostId: host.userId, participantCount: 3 })
  assert.ok((await leaderboard(adas, quizId)).every(({ score }) => score === 0), 'no score before it is closed')
  // Changed and given by the new process, in the time of the old one.
  assert.equal(await answers(bobs, quizId, 'q1', all[0].correct), 1)
  assert.equal(await answers(carls, quizId, 'q1', 'wrong'), 1)
  const rows = await leaderboardWhere(adas, quizId, (rows) => rows[0].score > 0)
  const late = Date.now() - closing
  assert.ok(late > -200 && late < GRACE_MS + SLACK_MS, `closed ${late} ms after its time`)
  assert.deepEqual(scores(rows), [[players[0].userId, 5], [players[1].userId, 5], [players[2].userId, 0]])
  await refuses(carls, 'submitAnswer', { quizId, questionId: 'q1', answer: all[0].correct }, 'This question is closed')

  const hosts2 = await world.connect(host)
  await does(hosts2, 'nextQuestion', { quizId })
  await asked(carls, quizId, 'q2', { index: 1 })
  await answers(carls, quizId, 'q2', all[1].correct)
  await does(hosts2, 'nextQuestion', { quizId }, { completed: true })
  const { leaderboard: last } = await next(bobs, 'quizCompleted')
  assert.deepEqual(scores(last), [[players[0].userId, 5], [players[1].userId, 5], [players[2].userId, 5]])
  await toldTimes(world, adas, 'participantLeft', 0)
  await toldTimes(world, adas, 'participantJoined', 0)
  await neverTold([hers, his, adas, bobs, carls, hosts2], ...all.map(({ correct }) => correct))
})

test('a question whose time ended while nobody was there to see is closed, and its answers count', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(1, { timeLimit: 1 })
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct)
  await killed(world, 2_000)
  const shown = await eventually(
    () => world.app.leaderboard(quizId),
    ({ leaderboard: rows }) => rows[0]?.score === 1,
    'the score of what was closed meanwhile',
  )
  assert.deepEqual(scores(shown.leaderboard), [[ada.userId, 1]])
  const again = await world.connect(ada)
  const { question } = await joins(again, quizId, { status: 'active', answered: 1 })
  shape(question, { questionId: 'q1', closed: true })
  await refuses(again, 'submitAnswer', { quizId, questionId: 'q1', answer: 'x' }, 'This question is closed')
})

test('what was acknowledged is kept, however often the process ends', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(3)
  const { quizId, players: [ada, bob], sockets } = await party(world, 2, { questions: all })
  let [hers, his] = sockets
  for (const [n, { id, correct }] of all.entries()) {
    assert.equal(await answers(hers, quizId, id, correct), n + 1)
    await answers(his, quizId, id, 'wrong')
    await killed(world)
    ;[hers, his] = [await world.connect(ada), await world.connect(bob)]
    await joins(hers, quizId, { answered: n + 1, status: 'waiting' })
    await joins(his, quizId, { answered: n + 1 })
  }
  await does(hers, 'finishQuiz', { quizId })
  await killed(world)
  his = await world.connect(bob)
  await joins(his, quizId, { answered: 3 })
  const rows = await leaderboard(his, quizId)
  assert.deepEqual(scores(rows), [[ada.userId, 3], [bob.userId, 0]])
  assert.deepEqual(rows.map(({ finished }) => finished), [true, false])
})

test('a quiz that is over stays over, with its leaderboard', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(1)
  const { quizId, host, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(hosts, 'endQuiz', { quizId })
  await killed(world)
  const again = await world.connect(ada)
  await joins(again, quizId, { status: 'completed' })
  assert.deepEqual(scores(await leaderboard(again, quizId)), [[ada.userId, 1]])
  await refuses(again, 'submitAnswer', { quizId, questionId: 'q1', answer: 'x' }, 'This quiz is over')
  const hosts2 = await world.connect(host)
  await does(hosts2, 'startQuiz', { quizId }, { status: 'active' })
  shape(await next(again, 'quizStarted'), { quizId })
})

test('a sidecar that is asked to end tells nobody that the others left', async ({ t }) => {
  const world = await ownQuiz(t)
  const { quizId, sockets: [hers, his] } = await party(world, 2, { questions: questions(1) })
  await published(world)
  await settled(hers)
  await world.sidecar().stop()
  for (const socket of [hers, his]) assert.deepEqual(told(socket, 'participantLeft'), [])
  await world.again()
  shape(await world.app.session(quizId), { participantCount: 2, status: 'waiting' })
  const watcher = await world.connect(await world.member())
  await silent(watcher, 'participantLeft')
})
