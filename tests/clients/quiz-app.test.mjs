// What the app tells and asks of contract `quiz` (`contracts/quiz.md` section 5, `docs/QUIZ.md`).

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { next } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import {
  answers,
  asked,
  does,
  joins,
  leaderboardWhere,
  leaders,
  newId,
  newQuiz,
  numbers,
  ownQuiz,
  party,
  questions,
  quizSuite,
  scores,
  told,
  toldTimes,
} from './support/quiz.mjs'
import { count, flag, iso, shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

/** The call is refused with that status; gives the body. */
async function refused(call, status, wanted = {}) {
  const answer = await call
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  return shape(answer.body, { error: text, ...wanted })
}

const post = (world, path, body) => world.internal.post(`/internal/quiz/${path}`, body)
const get = (world, path) => world.internal.get(`/internal/quiz/${path}`)

test('a session as the app sees it, from the first who joins to the end', async (world) => {
  const all = questions(2, { timeLimit: 30 })
  const quizId = newId('quiz')
  await refused(get(world, quizId), 404, { error: 'Quiz session not found' })
  const [host, ada] = [await world.member(), await world.member()]
  const [hosts, hers] = [await world.connect(host), await world.connect(ada)]
  await world.app.register(quizId, all, { title: 'Capitals', hostId: host.userId })
  await refused(get(world, quizId), 404)
  await joins(hers, quizId)
  const waiting = shape(await world.app.session(quizId), {
    quizId,
    title: 'Capitals',
    hostId: host.userId,
    registered: true,
    status: 'waiting',
    createdAt: iso,
    participantCount: 1,
  })
  assert.equal(waiting.startedAt, undefined)
  assert.equal(waiting.question, undefined)
  assert.deepEqual(Object.keys(shape(waiting.participants[0], {
    userId: ada.userId,
    userName: ada.name,
    joinedAt: iso,
    score: 0,
    questionsAnswered: 0,
    finished: false,
    left: false,
  })).length, 7)
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct, { timeSpent: 1.5 })
  const active = shape(await world.app.session(quizId), { status: 'active', startedAt: iso })
  shape(active.question, { questionId: 'q1', index: 0, total: 2, timeLimit: 30, askedAt: iso, closesAt: iso, closed: false })
  await does(hosts, 'endQuiz', { quizId })
  shape(await world.app.session(quizId), { status: 'completed', completedAt: iso })
  const board = shape(await world.app.leaderboard(quizId), { quizId })
  assert.deepEqual(scores(leaders(board.leaderboard)), [[ada.userId, 1]])
  const { answers: [kept] } = await world.app.answers(quizId)
  assert.deepEqual(kept, { userId: ada.userId, questionId: 'q1', answer: all[0].correct, timeSpent: 1.5, submittedAt: kept.submittedAt, points: 1 })
  assert.ok(iso(kept.submittedAt))
})

test('a quiz is registered whole or not at all, and what is wrong is named', async (world) => {
  const good = { id: 'q1', correct: 'x' }
  const quizId = newId('quiz')
  const register = (body) => post(world, 'quizzes', { quizId, questions: [good], ...body })
  for (const [body, field] of [
    [{ questions: [] }, 'questions'],
    [{ questions: numbers(501).map((n) => ({ id: `q${n}`, correct: n })) }, 'questions'],
    [{ questions: [good, good] }, 'questions'],
    [{ quizId: 'quizzes' }, 'quizId'],
    [{ quizId: 'online' }, 'quizId'],
    [{ quizId: 'stats' }, 'quizId'],
    [{ questions: [{ ...good, anyOf: true }] }, 'questions[0].correct'],
    [{ questions: [good, { id: 'q2', correct: 1, points: 1_000_000_001 }] }, 'questions[1].points'],
    [{ questions: [{ ...good, timeLimit: 0 }] }, 'questions[0].timeLimit'],
    [{ questions: [{ ...good, timeLimit: 86_401 }] }, 'questions[0].timeLimit'],
    [{ title: 'x'.repeat(1_025) }, 'title'],
  ])
    await refused(register(body), 400, { field })
  for (const body of [
    { quizId: undefined },
    { quizId: 'two words' },
    { quizId: 'x'.repeat(2_000) },
    { questions: undefined },
    { questions: 'many' },
    { questions: [{ correct: 'x' }] },
    { questions: [{ id: 'q1' }] },
    { questions: [{ ...good, points: -1 }] },
    { questions: [{ ...good, points: 1.5 }] },
    { questions: [{ ...good, timeLimit: 1.5 }] },
    { questions: [{ ...good, timeLimit: -1 }] },
    { questions: [{ ...good, id: 'x y' }] },
    { hostId: 'two words' },
    { hostId: 7 },
  ])
    await refused(register(body), 400)
  await refused(register({ questions: numbers(10).map((n) => ({ id: `q${n}`, correct: 'x'.repeat(60_000) })) }), 413)
  await world.app.session(quizId).then(
    () => assert.fail('nothing of it was taken in'),
    () => {},
  )
  shape((await register({ questions: numbers(500).map((n) => ({ id: `q${n}`, correct: n, points: 0, timeLimit: 86_400 })) })).body, {
    success: true,
    quizId,
    questions: 500,
  })
})

test('leading what is not there or over is refused in words', async (world) => {
  const never = newId('never')
  for (const path of ['next', 'end', 'finish']) await refused(post(world, `${never}/${path}`, {}), 404, { error: 'Quiz session not found' })
  await refused(post(world, `${never}/score`, { userId: 'x', score: 1 }), 404, { error: 'Not in this quiz' })
  await refused(get(world, `${never}/leaderboard`), 404, { error: 'Quiz session not found' })
  await refused(get(world, `${never}/answers`), 404, { error: 'Quiz session not found' })
  const unregistered = newId('quiz')
  shape(await world.app.start(unregistered), { quizId: unregistered, status: 'active', startTime: iso })
  await refused(post(world, `${unregistered}/next`, {}), 409, { error: 'The quiz has no questions' })
  const quizId = await newQuiz(world, questions(1))
  await world.app.start(quizId)
  await world.app.end(quizId)
  for (const path of ['next', 'end', 'finish']) await refused(post(world, `${quizId}/${path}`, {}), 409, { error: 'The quiz is over' })
  for (const id of ['two%20words', 'x'.repeat(2_000)]) await refused(post(world, `${id}/start`, {}), 400)
  shape(await world.app.start(quizId), { status: 'active' })
})

test('starting again is the same start', async (world) => {
  const quizId = await newQuiz(world, questions(1))
  const first = await world.app.start(quizId)
  assert.deepEqual(await world.app.start(quizId), first)
})

test('a call repeated by its key is done once', async (world) => {
  const { quizId, sockets: [hers] } = await party(world, 1, { questions: questions(3) })
  const headers = { 'idempotency-key': randomUUID() }
  const once = await world.internal.post(`/internal/quiz/${quizId}/next`, {}, headers)
  const again = await world.internal.post(`/internal/quiz/${quizId}/next`, {}, headers)
  assert.deepEqual([again.status, again.body], [once.status, once.body])
  await asked(hers, quizId, 'q1')
  await toldTimes(world, hers, 'quizQuestion', 1)
})

test('scores of the app are whole numbers of someone who takes part', async (world) => {
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: questions(1) })
  for (const score of [1.5, '7', null, undefined, 2 ** 53]) await refused(post(world, `${quizId}/score`, { userId: ada.userId, score }), 400)
  await refused(post(world, `${quizId}/score`, { score: 1 }), 400)
  await refused(post(world, `${quizId}/score`, { userId: 'nobody', score: 1 }), 404, { error: 'Not in this quiz' })
  for (const score of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0, 12]) {
    await world.app.score(quizId, ada, score)
    await leaderboardWhere(hers, quizId, (rows) => rows[0].score === score)
  }
})

test('the app can say that someone is done, or all of it', async (world) => {
  const all = questions(1)
  const { quizId, players: [ada, bob], sockets: [hers, his] } = await party(world, 2, { questions: all })
  await answers(hers, quizId, 'q1', all[0].correct)
  await answers(his, quizId, 'q1', all[0].correct)
  shape(await world.app.finish(quizId, ada), { success: true })
  shape(await next(his, 'participantFinished'), { quizId, userId: ada.userId, questionsAnswered: 1 })
  await leaderboardWhere(his, quizId, (rows) => rows[0].score === 1)
  await refused(post(world, `${quizId}/finish`, { userId: 'nobody' }), 404, { error: 'Not in this quiz' })
  const { leaderboard } = shape(await world.app.finish(quizId), { quizId, status: 'completed' })
  assert.deepEqual(scores(leaders(leaderboard)).toSorted(), [[ada.userId, 1], [bob.userId, 1]].toSorted())
  assert.deepEqual((await next(hers, 'quizCompleted')).leaderboard, leaderboard)
})

test('answers are listed page by page', async (world) => {
  const quizId = newId('quiz')
  const people = []
  for (const _ of numbers(3)) {
    const who = await world.member()
    const socket = await world.connect(who)
    await joins(socket, quizId)
    for (const n of numbers(4)) await answers(socket, quizId, `q${n}`, n)
    people.push(who)
  }
  const wanted = people
    .map(({ userId }) => userId)
    .toSorted()
    .flatMap((userId) => numbers(4).map((n) => `${userId} q${n}`))
  const seen = []
  let query = '?limit=5'
  for (;;) {
    const { answers: some, next: more } = await world.app.answers(quizId, query)
    assert.ok(some.length <= 5)
    seen.push(...some.map(({ userId, questionId }) => `${userId} ${questionId}`))
    if (!more) break
    query = `?limit=5&afterUser=${more.afterUser}&afterQuestion=${more.afterQuestion}`
  }
  assert.deepEqual(seen, wanted)
  for (const bad of ['?limit=0', '?limit=1001', '?limit=x', '?afterUser=x', '?afterQuestion=x', '?limit=-1'])
    await refused(get(world, `${quizId}/answers${bad}`), 400)
})

test('who is there and the figures of the process', async ({ t }) => {
  const world = await ownQuiz(t)
  const ada = await world.member()
  const hers = await world.connect(ada)
  await world.connectGuest()
  await joins(hers, newId('quiz'))
  const online = shape(await world.app.online(), { count: 1, timestamp: iso })
  assert.deepEqual(online.users, [{ userId: ada.userId, name: ada.name, status: 'online', lastActivity: online.users[0].lastActivity }])
  const stats = await eventually(
    () => world.app.stats(),
    ({ connections }) => connections.peakConnections === 2,
    'the peak',
  )
  shape(stats, { onlineUsers: 1, activeRooms: count, quizSessions: 1, uptime: count, timestamp: iso })
  shape(stats.connections, { totalConnections: 2, currentConnections: 2, peakConnections: 2, lastPeak: iso })
  assert.ok(stats.memoryUsage.rss > 1_000_000)
  hers.disconnect()
  await eventually(() => world.app.stats(), ({ connections }) => connections.currentConnections === 1, 'one connection')
  shape((await world.app.stats()).connections, { totalConnections: 2, peakConnections: 2 })
  const user = await world.internal.get(`/internal/users/${ada.userId}`)
  assert.equal(user.status, 200)
  assert.ok(JSON.stringify(user.body).includes(ada.name))
})

test('the app reaches users, rooms and everybody, and is told whom it reached', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  await world.app.emitToUser(ada, 'scoreReleased', { marks: 7 })
  assert.deepEqual(await next(hers, 'scoreReleased'), { marks: 7 })
  const room = newId('room')
  await does(his, 'joinRoom', room)
  await world.app.emitToRoom(room, 'note', [1, 'x', null])
  assert.deepEqual(await next(his, 'note'), [1, 'x', null])
  await world.app.emitToAll('maintenance', { minutes: 5 })
  for (const socket of [hers, his]) assert.deepEqual(await next(socket, 'maintenance'), { minutes: 5 })
  assert.deepEqual(told(his, 'scoreReleased'), [])
  const reached = await world.internal.post('/internal/send-to-user', {
    userId: world.person().userId,
    event: 'x',
    data: 1,
    contract: 'quiz',
  })
  assert.equal(reached.status, 200)
  shape(reached.body, { success: true })
})

test('nothing of this is for anybody without the secret', async (world) => {
  const quizId = await newQuiz(world, questions(1))
  await world.app.start(quizId)
  const admin = await world.member('Admin')
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Bearer ${admin.token}` }]) {
    for (const [method, path] of [
      ['POST', 'quizzes'],
      ['POST', `${quizId}/start`],
      ['POST', `${quizId}/next`],
      ['POST', `${quizId}/end`],
      ['POST', `${quizId}/finish`],
      ['POST', `${quizId}/score`],
      ['GET', quizId],
      ['GET', `${quizId}/answers`],
      ['GET', `${quizId}/leaderboard`],
      ['GET', 'online'],
      ['GET', 'stats'],
    ]) {
      const { status } = await fetch(`${world.sidecar().internalUrl}/internal/quiz/${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: method === 'POST' ? '{}' : undefined,
        signal: AbortSignal.timeout(5_000),
      })
      assert.equal(status, 401, `${method} ${path}`)
      const onPublic = await fetch(`${world.sidecar().publicUrl}/internal/quiz/${path}`, { method, headers, signal: AbortSignal.timeout(5_000) })
      assert.equal(onPublic.status, 404, `${method} ${path} where everybody comes`)
    }
  }
  shape(await world.app.session(quizId), { status: 'active', registered: flag })
})
