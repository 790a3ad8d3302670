// Quizzes that a host leads: start, one question after the other, limits by the sidecar's clock, the end
// (`contracts/quiz.md` sections 2, 3, 5 and 8).

import assert from 'node:assert/strict'
import { ask, forget, next, settled } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import {
  answers,
  asked,
  does,
  DOORS,
  joins,
  leaderboard,
  leaderboardWhere,
  leaders,
  neverTold,
  newId,
  newQuiz,
  party,
  questions,
  quizSuite,
  refuses,
  scores,
  succeeded,
  titleOf,
  told,
  toldTimes,
  unheard,
} from './support/quiz.mjs'
import { iso, shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const CLOSED = 'This question is closed'
const OVER = 'This quiz is over'
const NOT_HOST = 'Only the host can do this'
const NOT_ASKED = 'Question not found'
/** What is sent in time may be so long on its way. */
const GRACE_MS = 500
const SLACK_MS = 1_500

for (const door of DOORS) {
  test(`a quiz from its start to its end: ${titleOf(door)}`, async (world) => {
    const host = await world.member()
    const all = questions(2, (n) => ({ points: n * 10 }))
    const quizId = await newQuiz(world, all, { title: 'Capitals', hostId: host.userId })
    const [ada, bob] = [await world.member(), await world.member()]
    const [hosts, hers, his] = [await world.connect(host, door), await world.connect(ada, door), await world.connect(bob, door)]
    const stranger = await world.connect(await world.member(), door)
    for (const socket of [hers, his]) await joins(socket, quizId)

    const started = succeeded(await ask(hosts, 'startQuiz', { quizId }), { quizId, status: 'active', startTime: iso })
    for (const socket of [hers, his, hosts])
      assert.deepEqual(await next(socket, 'quizStarted'), { quizId, startTime: started.startTime, status: 'active' })

    const first = succeeded(await ask(hosts, 'nextQuestion', { quizId }), { quizId, completed: false })
    shape(first.question, { questionId: 'q1', index: 0, total: 2, closed: false })
    for (const socket of [hers, his, hosts]) {
      const question = await asked(socket, quizId, 'q1', { index: 0, total: 2 })
      assert.equal(question.timeLimit, undefined)
      assert.equal(question.closesAt, undefined)
    }
    await answers(hers, quizId, 'q1', all[0].correct)
    await answers(his, quizId, 'q1', 'wrong')
    for (const row of await leaderboard(his, quizId)) assert.equal(row.score, 0, 'before it is closed')

    await does(hosts, 'nextQuestion', quizId, { completed: false })
    for (const socket of [hers, his]) await asked(socket, quizId, 'q2', { index: 1, total: 2 })
    const rows = await leaderboardWhere(his, quizId, (rows) => rows[0].score === 10)
    assert.deepEqual(scores(rows), [[ada.userId, 10], [bob.userId, 0]])
    await answers(his, quizId, 'q2', all[1].correct)

    const over = succeeded(await ask(hosts, 'nextQuestion', { quizId }), { quizId, completed: true })
    assert.deepEqual(scores(leaders(over.leaderboard)), [[bob.userId, 20], [ada.userId, 10]])
    for (const socket of [hers, his, hosts])
      assert.deepEqual(await next(socket, 'quizCompleted'), { quizId, leaderboard: over.leaderboard })
    await refuses(hers, 'submitAnswer', { quizId, questionId: 'q2', answer: all[1].correct }, OVER)
    await refuses(hosts, 'nextQuestion', { quizId }, OVER)
    await unheard(world, [stranger], 'quizStarted', 'quizQuestion', 'quizCompleted', 'leaderboardUpdate')
    await neverTold([hers, his, hosts, stranger], ...all.map(({ correct }) => correct))
  })
}

test('the host, creators and admins lead, and nobody else', async (world) => {
  const host = await world.member()
  const leadersOf = [[host, true]]
  for (const [role, may] of [['Visitor', false], ['Creator', true], ['creator', true], ['Admin', true], ['SuperAdmin', true], ['nonsense', false], [undefined, false]]) {
    const who = await world.member()
    who.role = role
    who.token = who.quizToken()
    leadersOf.push([who, may])
  }
  for (const [who, may] of leadersOf) {
    const quizId = await newQuiz(world, questions(1), { hostId: host.userId })
    const player = await world.connect(await world.member())
    await joins(player, quizId)
    const socket = await world.connect(who, { auth: { token: who.token } })
    for (const event of ['startQuiz', 'nextQuestion', 'endQuiz']) {
      if (may) await does(socket, event, { quizId })
      else await refuses(socket, event, { quizId }, NOT_HOST)
    }
    await toldTimes(world, player, 'quizStarted', may ? 1 : 0)
    await toldTimes(world, player, 'quizCompleted', may ? 1 : 0)
    await toldTimes(world, socket, 'quizStarted', may ? 1 : 0)
  }
})

test('a quiz of which the app told nothing is led by creators and admins, and has no questions', async (world) => {
  const [creator, visitor] = [await world.connect(await world.member('Creator')), await world.connect(await world.member())]
  const quizId = newId('quiz')
  await joins(visitor, quizId)
  await refuses(visitor, 'startQuiz', { quizId }, NOT_HOST)
  await does(creator, 'startQuiz', { quizId }, { status: 'active' })
  shape(await next(visitor, 'quizStarted'), { quizId, status: 'active' })
  await refuses(creator, 'nextQuestion', { quizId }, 'This quiz has no questions')
  await answers(visitor, quizId, 'anything', 'x')
  await does(creator, 'endQuiz', { quizId }, { completed: true })
  shape(await next(visitor, 'quizCompleted'), { quizId })
  for (const event of ['nextQuestion', 'endQuiz']) await refuses(creator, event, newId('never'), 'Quiz not found')
})

test('the host needs nobody to be there, and hears what those in it hear', async (world) => {
  const { quizId, hosts } = await party(world, 0, { questions: questions(1) })
  await does(hosts, 'startQuiz', { quizId })
  await next(hosts, 'quizStarted')
  const late = await world.connect(await world.member())
  await joins(late, quizId, { status: 'active', participantCount: 1 })
  shape(await next(hosts, 'participantJoined'), { participantCount: 1 })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(late, quizId, 'q1')
  await answers(late, quizId, 'q1', 'x')
  shape(await next(hosts, 'participantProgress'), { questionsAnswered: 1 })
})

test('starting twice is one start', async (world) => {
  const { quizId, hosts, sockets: [hers] } = await party(world, 1, { questions: questions(1) })
  const first = await ask(hosts, 'startQuiz', { quizId })
  const again = await ask(hosts, 'startQuiz', { quizId })
  assert.deepEqual(again, first)
  await toldTimes(world, hers, 'quizStarted', 1)
})

test('asking for the next question of a quiz that waits starts it', async (world) => {
  const { quizId, hosts, sockets: [hers] } = await party(world, 1, { questions: questions(1) })
  await does(hosts, 'nextQuestion', { quizId })
  shape(await next(hers, 'quizStarted'), { quizId, status: 'active' })
  await asked(hers, quizId, 'q1')
})

test('what was not asked yet cannot be answered, nor what is closed', async (world) => {
  const all = questions(3)
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'startQuiz', { quizId })
  const answer = (n) => ({ quizId, questionId: `q${n}`, answer: all[n - 1].correct })
  for (const n of [1, 2, 3]) await refuses(hers, 'submitAnswer', answer(n), NOT_ASKED)
  await does(hosts, 'nextQuestion', { quizId })
  await refuses(hers, 'submitAnswer', answer(2), NOT_ASKED)
  await answers(hers, quizId, 'q1', 'wrong')
  await does(hosts, 'nextQuestion', { quizId })
  await refuses(hers, 'submitAnswer', answer(1), CLOSED)
  await refuses(hers, 'submitAnswer', { ...answer(1), questionId: 'q99' }, NOT_ASKED)
  await does(hosts, 'endQuiz', { quizId })
  const { leaderboard: rows } = await next(hers, 'quizCompleted')
  assert.deepEqual(scores(rows), [[ada.userId, 0]])
})

test('time is what the sidecar says: a question closes by itself, with a grace for the network', async (world) => {
  const all = questions(2, { timeLimit: 2, points: 3 })
  const { quizId, hosts, players, sockets: [hers, his] } = await party(world, 2, { questions: all })
  await does(hosts, 'startQuiz', { quizId })
  await does(hosts, 'nextQuestion', { quizId })
  const question = await asked(hers, quizId, 'q1', { timeLimit: 2, closesAt: iso })
  const left = Date.parse(question.closesAt) - Date.parse(question.serverTime)
  assert.ok(left > 1_500 && left <= 2_000, `${left} ms are left`)
  const begin = Date.now()
  await answers(hers, quizId, 'q1', all[0].correct, { timeSpent: 99_999 })
  const rows = await leaderboardWhere(his, quizId, (rows) => rows[0].score === 3)
  const after = Date.now() - begin
  assert.ok(after > 1_500 && after < 2_000 + GRACE_MS + SLACK_MS, `closed after ${after} ms though nobody asked`)
  assert.deepEqual(scores(rows), [[players[0].userId, 3], [players[1].userId, 0]])
  await refuses(his, 'submitAnswer', { quizId, questionId: 'q1', answer: all[0].correct, timeSpent: 0.1, submittedAt: question.serverTime }, CLOSED)
  const late = await world.connect(await world.member())
  const joined = await joins(late, quizId, { status: 'active' })
  shape(joined.question, { questionId: 'q1', closed: true, timeLimit: 2, index: 0, total: 2 })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(late, quizId, 'q2', { timeLimit: 2 })
})

test('an answer right after the time is on its way still, and a later one is too late', async (world) => {
  const all = questions(1, { timeLimit: 1 })
  const { quizId, hosts, players, sockets: [hers, his] } = await party(world, 2, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  const { closesAt, serverTime } = await asked(hers, quizId, 'q1')
  const closing = Date.now() + Date.parse(closesAt) - Date.parse(serverTime)
  await pause(closing + 150 - Date.now())
  await answers(hers, quizId, 'q1', all[0].correct)
  await pause(closing + GRACE_MS + 200 - Date.now())
  await refuses(his, 'submitAnswer', { quizId, questionId: 'q1', answer: all[0].correct }, CLOSED)
  const rows = await leaderboardWhere(his, quizId, (rows) => rows[0].score === 1)
  assert.equal(rows[0].userId, players[0].userId)
})

test('a score is told when its question is closed, and not before', async (world) => {
  const all = questions(1, { timeLimit: 3 })
  const { quizId, hosts, sockets } = await party(world, 3, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  for (const socket of sockets) await answers(socket, quizId, 'q1', all[0].correct)
  await answers(sockets[2], quizId, 'q1', 'wrong after all')
  await pause(1_300)
  for (const socket of [...sockets, hosts]) {
    assert.ok((await leaderboard(socket, quizId)).every(({ score }) => score === 0))
    for (const one of told(socket, 'leaderboardUpdate')) assert.ok(one.leaderboard.every(({ score }) => score === 0))
  }
  const { leaderboard: shown } = await world.app.leaderboard(quizId)
  assert.ok(shown.every(({ score }) => score === 0))
  const rows = await leaderboardWhere(sockets[0], quizId, (rows) => rows[0].score > 0)
  assert.deepEqual(rows.map(({ score }) => score), [1, 1, 0])
  await neverTold([...sockets, hosts], all[0].correct, 'wrong after all')
})

test('of those with the same score whoever had it first leads', async (world) => {
  const all = questions(2)
  const { quizId, hosts, players, sockets } = await party(world, 3, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  for (const n of [2, 0, 1]) {
    await answers(sockets[n], quizId, 'q1', all[0].correct)
    await pause(15)
  }
  await does(hosts, 'nextQuestion', { quizId })
  // Everybody has the same again, and the first one to have it is another.
  for (const n of [1, 2, 0]) {
    await answers(sockets[n], quizId, 'q2', all[1].correct)
    await pause(15)
  }
  const { leaderboard: rows } = await ask(hosts, 'endQuiz', { quizId })
  assert.deepEqual(leaders(rows).map(({ userId }) => userId), [1, 2, 0].map((n) => players[n].userId))
  assert.deepEqual(rows.map(({ score, rank }) => [score, rank]), [[2, 1], [2, 2], [2, 3]])
})

test('who joins in the middle is told what stands', async (world) => {
  const all = questions(2, { timeLimit: 30 })
  const { quizId, hosts } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  const late = await world.connect(await world.member())
  const { question } = await joins(late, quizId, { status: 'active', answered: 0, participantCount: 2 })
  shape(question, { questionId: 'q1', index: 0, total: 2, timeLimit: 30, closesAt: iso, closed: false, serverTime: iso })
  await answers(late, quizId, 'q1', all[0].correct)
})

test('own-pace scores and being done begin anew when a host starts', async (world) => {
  const all = questions(1)
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(hers, 'finishQuiz', { quizId })
  await leaderboardWhere(hers, quizId, (rows) => rows[0].score === 1)
  await does(hosts, 'startQuiz', { quizId })
  shape((await leaderboard(hers, quizId))[0], { userId: ada.userId, score: 0, finished: false })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', 'wrong')
  await does(hosts, 'endQuiz', { quizId })
  assert.deepEqual(scores((await next(hers, 'quizCompleted')).leaderboard), [[ada.userId, 0]])
})

test('what was set by the app is not counted over', async (world) => {
  const all = questions(1)
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await world.app.score(quizId, ada, 42)
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(hosts, 'endQuiz', { quizId })
  assert.deepEqual(scores((await next(hers, 'quizCompleted')).leaderboard), [[ada.userId, 42]])
})

test('a quiz that is over is looked at as it is, and a start after that begins another one', async (world) => {
  const all = questions(1)
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(hosts, 'endQuiz', { quizId })
  const late = await world.connect(await world.member())
  await joins(late, quizId, { status: 'completed', participantCount: 1 })
  assert.deepEqual(scores(await leaderboard(late, quizId)), [[ada.userId, 1]])
  await refuses(hosts, 'endQuiz', { quizId }, OVER)
  await forget(hers)
  await does(hosts, 'startQuiz', { quizId }, { status: 'active' })
  shape(await next(hers, 'quizStarted'), { quizId, status: 'active' })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(hers, quizId, 'q1')
  assert.deepEqual(scores(await leaderboard(hers, quizId)).find(([userId]) => userId === ada.userId), [ada.userId, 0])
  await answers(hers, quizId, 'q1', all[0].correct)
})

test('the host is no participant, unless also playing', async (world) => {
  const { quizId, host, hosts } = await party(world, 1, { questions: questions(1) })
  await does(hosts, 'startQuiz', { quizId })
  assert.equal((await world.app.session(quizId)).participantCount, 1)
  await joins(hosts, quizId, { participantCount: 2 })
  assert.ok((await world.app.session(quizId)).participants.some(({ userId }) => userId === host.userId))
})

test('the quiz goes on without its host, and another device of theirs leads', async (world) => {
  const all = questions(2, { timeLimit: 2 })
  const { quizId, host, hosts, sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(hers, quizId, 'q1')
  hosts.disconnect()
  await answers(hers, quizId, 'q1', all[0].correct)
  await leaderboardWhere(hers, quizId, (rows) => rows[0].score === 1)
  const again = await world.connect(host, { device: newDevice() })
  await does(again, 'nextQuestion', { quizId })
  await asked(hers, quizId, 'q2')
})

test('the app leads as a host does', async (world) => {
  const all = questions(1, { timeLimit: 30 })
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  shape(await world.app.start(quizId), { quizId, status: 'active', startTime: iso })
  shape(await next(hers, 'quizStarted'), { quizId })
  const { question } = shape(await world.app.next(quizId), { quizId, status: 'active' })
  shape(question, { questionId: 'q1', index: 0, total: 1, timeLimit: 30, askedAt: iso, closesAt: iso })
  await asked(hers, quizId, 'q1')
  await answers(hers, quizId, 'q1', all[0].correct)
  const { leaderboard: rows } = shape(await world.app.next(quizId), { quizId, status: 'completed' })
  assert.deepEqual(scores(leaders(rows)), [[ada.userId, 1]])
  assert.deepEqual((await next(hers, 'quizCompleted')).leaderboard, rows)
  await settled(hers)
})

test('two hosts who ask at once ask one question after the other', async (world) => {
  const all = questions(6)
  const { quizId, host, hosts, sockets: [hers] } = await party(world, 1, { questions: all })
  const other = await world.connect(host, { device: newDevice() })
  const replies = await Promise.all([hosts, other, hosts, other].map((socket) => ask(socket, 'nextQuestion', { quizId })))
  assert.deepEqual(replies.map(({ question }) => question.questionId).toSorted(), ['q1', 'q2', 'q3', 'q4'])
  for (const n of [1, 2, 3, 4]) await asked(hers, quizId, `q${n}`)
  assert.deepEqual(told(hers, 'quizQuestion').map(({ questionId }) => questionId), ['q1', 'q2', 'q3', 'q4'])
})

test('a quiz that is led keeps its questions until it is over', async (world) => {
  const all = questions(2)
  const { quizId, host, hosts, sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  const other = { quizId, questions: questions(2) }
  const refused = await world.internal.post('/internal/quiz/quizzes', other)
  assert.equal(refused.status, 409, JSON.stringify(refused.body))
  await world.app.register(quizId, all, { title: 'The same questions', hostId: host.userId })
  await answers(hers, quizId, 'q1', all[0].correct)
  await does(hosts, 'endQuiz', { quizId })
  shape((await next(hers, 'quizCompleted')).leaderboard[0], { score: 1 })
  await world.app.register(quizId, other.questions)
})
