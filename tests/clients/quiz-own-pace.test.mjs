// Quizzes at one's own pace: taking part, answering, being done, leaving (`contracts/quiz.md` sections 2, 3 and 6).

import assert from 'node:assert/strict'
import { ask, forget, next, settled, silent } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import {
  answers,
  does,
  DOORS,
  joins,
  leaderboard,
  leaderboardWhere,
  neverTold,
  newId,
  newQuiz,
  numbers,
  party,
  passedOver,
  questions,
  quizSuite,
  refuses,
  scores,
  titleOf,
  told,
  toldTimes,
  unheard,
} from './support/quiz.mjs'
import { shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const NOT_IN = 'You have not joined this quiz'
const OVER = 'This quiz is over'

/** The row of someone, or `undefined`. */
const rowOf = (rows, who) => rows.find(({ userId }) => userId === who.userId)

for (const door of DOORS) {
  test(`who joins, answers, is done and leaves is told to the others: ${titleOf(door)}`, async (world) => {
    const [ada, bob] = [await world.member(), await world.member()]
    const [hers, his] = [await world.connect(ada, door), await world.connect(bob, door)]
    const stranger = await world.connect(await world.member(), door)
    const all = questions(2)
    const quizId = await newQuiz(world, all)
    assert.deepEqual(await joins(hers, quizId), { quizId, participantCount: 1, status: 'waiting', answered: 0 })
    await joins(his, quizId, { participantCount: 2, status: 'waiting' })
    assert.deepEqual(await next(hers, 'participantJoined'), { userId: bob.userId, userName: bob.name, participantCount: 2 })
    await unheard(world, [his], 'participantJoined')

    assert.equal(await answers(his, quizId, 'q1', all[0].correct, { timeSpent: 2.5 }), 1)
    assert.deepEqual(await next(hers, 'participantProgress'), { userId: bob.userId, userName: bob.name, questionsAnswered: 1 })
    await silent(his, 'participantProgress')

    await does(his, 'finishQuiz', { quizId })
    for (const socket of [hers, his])
      shape(await next(socket, 'participantFinished'), { quizId, userId: bob.userId, userName: bob.name, questionsAnswered: 1 })
    for (const socket of [hers, his]) {
      const rows = await leaderboardWhere(socket, quizId, (rows) => rowOf(rows, bob)?.finished)
      shape(rowOf(rows, bob), { userName: bob.name, score: 1, questionsAnswered: 1, finished: true, rank: 1 })
      shape(rowOf(rows, ada), { score: 0, questionsAnswered: 0, finished: false, rank: 2 })
    }
    await does(hers, 'leaveQuiz', { quizId })
    assert.deepEqual(await next(his, 'participantLeft'), { userId: ada.userId, userName: ada.name, participantCount: 1 })
    await unheard(world, [stranger], 'participantJoined', 'participantProgress', 'participantFinished', 'participantLeft', 'leaderboardUpdate')
    await unheard(world, [hers], 'participantLeft')
    await neverTold([hers, his, stranger], ...all.map(({ correct }) => correct))
  })
}

test('every event about one quiz takes its bare name as well', async (world) => {
  const socket = await world.connect(await world.member())
  const quizId = await newQuiz(world, questions(1))
  await does(socket, 'joinQuiz', quizId, { quizId, participantCount: 1 })
  for (const argument of [quizId, { quizId }]) {
    await does(socket, 'requestLeaderboard', argument)
    shape(await next(socket, 'leaderboardUpdate'), { quizId, leaderboard: Array.isArray })
  }
  await does(socket, 'finishQuiz', quizId)
  await does(socket, 'leaveQuiz', quizId)
})

test('who joins is whoever the token says', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const hers = await world.connect(ada)
  const quizId = await newQuiz(world, questions(1))
  await does(hers, 'joinQuiz', { quizId, userId: bob.userId })
  const { participants } = await world.app.session(quizId)
  assert.deepEqual(participants.map(({ userId }) => userId), [ada.userId])
  const kept = await ask(hers, 'submitAnswer', { quizId, questionId: 'q1', answer: 'x', userId: bob.userId })
  shape(kept, { success: true })
  assert.deepEqual((await world.app.answers(quizId)).answers.map(({ userId }) => userId), [ada.userId])
})

test('joining again is no news, on another device neither', async (world) => {
  const { quizId, players, sockets } = await party(world, 2, { questions: questions(1) })
  const [, bob] = players
  await forget(sockets[0])
  await joins(sockets[1], quizId, { participantCount: 2 })
  const second = await world.connect(bob, { ...DOORS[2], device: newDevice() })
  await answers(sockets[1], quizId, 'q1', 'x')
  await joins(second, quizId, { participantCount: 2, answered: 1 })
  await toldTimes(world, sockets[0], 'participantJoined', 1)
  await does(sockets[1], 'leaveQuiz', { quizId })
  await toldTimes(world, sockets[0], 'participantLeft', 0)
  await does(second, 'leaveQuiz', { quizId })
  shape(await next(sockets[0], 'participantLeft'), { userId: bob.userId, participantCount: 1 })
})

test('the last answer to a question counts, and a question is counted once', async (world) => {
  const all = questions(2)
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  assert.equal(await answers(hers, quizId, 'q1', all[0].correct), 1)
  assert.equal(await answers(hers, quizId, 'q1', 'changed my mind'), 1)
  assert.equal(await answers(hers, quizId, 'q2', 'wrong'), 2)
  assert.equal(await answers(hers, quizId, 'q2', all[1].correct), 2)
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(hers, quizId, (rows) => rows[0].finished)
  assert.deepEqual(scores(rows), [[ada.userId, 1]])
  shape(rows[0], { questionsAnswered: 2 })
})

test('answers to everything at once are all kept', async (world) => {
  const all = questions(40)
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await Promise.all(all.map(({ id, correct }) => answers(hers, quizId, id, correct)))
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(hers, quizId, (rows) => rows[0].finished)
  assert.deepEqual(scores(rows), [[ada.userId, 40]])
  assert.equal((await world.app.answers(quizId)).answers.length, 40)
})

test('nobody learns from any score which answer is right before being done', async (world) => {
  const all = questions(3, { points: 5 })
  const { quizId, players, sockets } = await party(world, 2, { questions: all })
  const [hers, his] = sockets
  await answers(hers, quizId, 'q1', all[0].correct)
  await answers(hers, quizId, 'q2', 'wrong')
  for (const socket of sockets)
    for (const row of await leaderboard(socket, quizId)) assert.equal(row.score, 0, 'while answers can be changed')
  // Longer than leaderboards are held back.
  await pause(1_200)
  for (const socket of sockets)
    for (const update of told(socket, 'leaderboardUpdate')) assert.ok(update.leaderboard.every(({ score }) => score === 0))
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(his, quizId, (rows) => rows[0].finished)
  assert.deepEqual(scores(rows), [[players[0].userId, 5], [players[1].userId, 0]])
  for (const event of ['submitAnswer', 'finishQuiz']) {
    const reply = await ask(hers, event, { quizId, questionId: 'q2', answer: all[1].correct })
    if (event === 'submitAnswer') assert.deepEqual(reply, { success: false, error: OVER })
    else shape(reply, { success: true })
  }
  assert.deepEqual(scores(await leaderboard(his, quizId))[0], [players[0].userId, 5], 'nobody is done twice')
  await neverTold(sockets, ...all.map(({ correct }) => correct), 'changed', '"wrong"')
})

test('what is right is compared as people would', async (world) => {
  const cases = [
    ['Kigali', '  kIGALI ', true],
    ['Kigali', 'Kigal', false],
    [4, 4.0, true],
    [4, '4', false],
    [true, true, true],
    [true, 'true', false],
    [null, null, true],
    [['a', 'b'], ['A', ' b '], true],
    [['a', 'b'], ['b', 'a'], false],
    [{ x: 1, y: 'Z' }, { y: 'z', x: 1 }, true],
    ['4.0', '4', false],
  ]
  const all = cases.map(([correct], n) => ({ id: `q${n}`, correct, points: 2 ** n }))
  all.push({ id: 'any', correct: ['red', 'Blue', 7], anyOf: true, points: 100_000 })
  all.push({ id: 'free', correct: 'x' })
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  for (const [n, [, answer]] of cases.entries()) await answers(hers, quizId, `q${n}`, answer)
  await answers(hers, quizId, 'any', 'bLuE')
  await answers(hers, quizId, 'free', 'X ')
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(hers, quizId, (rows) => rows[0].finished)
  const expected = cases.reduce((sum, [, , right], n) => sum + (right ? 2 ** n : 0), 0) + 100_000 + 1
  assert.deepEqual(scores(rows), [[ada.userId, expected]])
})

test('what clients say of scores and times counts for nothing', async (world) => {
  const all = questions(1)
  const { quizId, sockets: [hers] } = await party(world, 1, { questions: all })
  const more = { score: 100, points: 100, correct: true, finished: true, timeSpent: -5, submittedAt: '1970-01-01T00:00:00Z' }
  await answers(hers, quizId, 'q1', 'wrong', more)
  await does(hers, 'finishQuiz', { quizId, score: 100 })
  const [row] = await leaderboardWhere(hers, quizId, (rows) => rows[0].finished)
  shape(row, { score: 0, questionsAnswered: 1 })
  const { answers: [kept] } = await world.app.answers(quizId)
  shape(kept, { answer: 'wrong', points: 0 })
  assert.ok(Math.abs(Date.parse(kept.submittedAt) - Date.now()) < 10_000)
})

test('of those with the same score whoever had it first leads, then who joined first', async (world) => {
  const all = questions(2)
  const { quizId, players, sockets } = await party(world, 4, { questions: all })
  // The third is right before the second; the first and the fourth never are.
  await answers(sockets[2], quizId, 'q1', all[0].correct)
  await pause(20)
  await answers(sockets[1], quizId, 'q1', all[0].correct)
  await answers(sockets[3], quizId, 'q1', 'wrong')
  for (const n of [3, 0, 1, 2]) await does(sockets[n], 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(sockets[0], quizId, (rows) => rows.every(({ finished }) => finished))
  assert.deepEqual(
    rows.map(({ userId, rank }) => [userId, rank]),
    [2, 1, 0, 3].map((n, at) => [players[n].userId, at + 1]),
  )
})

test('who has not joined is passed over, and so is a quiz that is not held', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const quizId = await newQuiz(world, questions(1))
  await joins(his, quizId)
  await passedOver(hers, 'submitAnswer', { quizId, questionId: 'q1', answer: 'x' }, NOT_IN)
  await passedOver(hers, 'finishQuiz', { quizId }, NOT_IN)
  const never = newId('never')
  await passedOver(hers, 'submitAnswer', { quizId: never, questionId: 'q1', answer: 'x' }, NOT_IN)
  await passedOver(hers, 'finishQuiz', { quizId: never }, NOT_IN)
  await passedOver(hers, 'requestLeaderboard', never, 'Quiz not found')
  await does(hers, 'leaveQuiz', { quizId })
  await does(hers, 'leaveQuiz', { quizId: never })
  await unheard(world, [his], 'participantProgress', 'participantLeft', 'participantFinished')
  assert.deepEqual((await world.app.answers(quizId)).answers, [])
})

test('what is missing or too long is said in words', async (world) => {
  const { quizId, sockets: [hers] } = await party(world, 1, { questions: questions(2) })
  for (const event of ['joinQuiz', 'leaveQuiz', 'finishQuiz', 'requestLeaderboard', 'startQuiz', 'nextQuestion', 'endQuiz'])
    for (const argument of ['', {}, { quizId: '' }, { quizId: {} }, 'two words', 'x'.repeat(2_000)])
      await refuses(hers, event, argument, 'Quiz ID is required')
  await refuses(hers, 'submitAnswer', { questionId: 'q1', answer: 'x' }, 'Quiz ID is required')
  await refuses(hers, 'submitAnswer', { quizId, answer: 'x' }, 'Question ID is required')
  await refuses(hers, 'submitAnswer', { quizId, questionId: 'q1' }, 'Answer is required')
  await refuses(hers, 'submitAnswer', { quizId, questionId: 'q9', answer: 'x' }, 'Question not found')
  await refuses(hers, 'submitAnswer', { quizId, questionId: 'q1', answer: 'x'.repeat(4_095) }, 'Answer is too long')
  assert.equal(await answers(hers, quizId, 'q1', 'x'.repeat(4_094)), 1, 'with its quotes 4 kB')
  assert.equal(await answers(hers, quizId, 'q2', null), 2, '`null` is an answer')
})

test('any JSON is an answer, and comes back to the app as it was', async (world) => {
  const quizId = newId('quiz')
  const socket = await world.connect(await world.member())
  await joins(socket, quizId)
  const given = ['text', 7, 0.5, true, null, ['a', 1, [null]], { choice: 'b', marks: [1, 2] }, '', []]
  for (const [n, answer] of given.entries()) await answers(socket, quizId, `q${n}`, answer, { timeSpent: n })
  const { answers: kept } = await world.app.answers(quizId)
  assert.deepEqual(kept.map(({ answer }) => answer), given)
  for (const [n, one] of kept.entries()) shape(one, { questionId: `q${n}`, timeSpent: n, points: 0, submittedAt: text })
})

test('a quiz that nobody registered keeps answers of all kinds, and no score', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const quizId = newId('quiz')
  await joins(hers, quizId, { participantCount: 1, status: 'waiting' })
  await joins(his, quizId)
  for (const n of numbers(3)) assert.equal(await answers(hers, quizId, `anything ${n}`.replace(' ', '-'), 'x'), n + 1)
  await does(hers, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(his, quizId, (rows) => rows.some(({ finished }) => finished))
  shape(rowOf(rows, ada), { score: 0, questionsAnswered: 3, finished: true })
  await world.app.score(quizId, ada, 7)
  await world.app.score(quizId, bob, -2)
  const scored = await leaderboardWhere(his, quizId, (rows) => rowOf(rows, bob)?.score === -2 && rowOf(rows, ada)?.score === 7)
  assert.deepEqual(scores(scored), [[ada.userId, 7], [bob.userId, -2]])
})

test('a quiz that nobody registered takes 500 answers of each', async (world) => {
  const quizId = newId('quiz')
  const socket = await world.connect(await world.member())
  await joins(socket, quizId)
  for (const tens of numbers(10))
    await Promise.all(numbers(50, tens * 50).map((n) => answers(socket, quizId, `q${n}`, n)))
  await refuses(socket, 'submitAnswer', { quizId, questionId: 'q500', answer: 'x' }, 'Too many answers')
  assert.equal(await answers(socket, quizId, 'q7', 'changed'), 500, 'what is there may be changed')
})

test('who is done stays on the leaderboard; who leaves before is shown again with the answers kept', async (world) => {
  const all = questions(2)
  const { quizId, players, sockets } = await party(world, 3, { questions: all })
  const [done, gone, stays] = sockets
  await answers(done, quizId, 'q1', all[0].correct)
  await does(done, 'finishQuiz', { quizId })
  await does(done, 'leaveQuiz', { quizId })
  await answers(gone, quizId, 'q1', all[0].correct)
  await does(gone, 'leaveQuiz', { quizId })
  const ids = async () => (await leaderboard(stays, quizId)).map(({ userId }) => userId)
  assert.deepEqual(await ids(), [players[0].userId, players[2].userId])
  await passedOver(gone, 'submitAnswer', { quizId, questionId: 'q2', answer: 'x' }, NOT_IN)
  await joins(gone, quizId, { answered: 1 })
  shape(await next(stays, 'participantJoined', ({ userId }) => userId === players[1].userId), { participantCount: 3 })
  await answers(gone, quizId, 'q2', 'wrong')
  await does(gone, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(stays, quizId, (rows) => rowOf(rows, players[1])?.finished)
  shape(rowOf(rows, players[1]), { score: 1, questionsAnswered: 2 })
})

test('who leaves hears nothing more of the quiz', async (world) => {
  const { quizId, sockets: [hers, his] } = await party(world, 2, { questions: questions(1) })
  await does(hers, 'leaveQuiz', { quizId })
  await forget(hers)
  await answers(his, quizId, 'q1', 'x')
  await does(his, 'finishQuiz', { quizId })
  await leaderboardWhere(his, quizId, (rows) => rows[0].finished)
  await settled(hers)
  for (const event of ['participantProgress', 'participantFinished', 'leaderboardUpdate']) await silent(hers, event)
})

test('guests take part, each socket for itself, by the name of all guests', async (world) => {
  const all = questions(1)
  const quizId = await newQuiz(world, all)
  const hers = await world.connect(await world.member())
  await joins(hers, quizId)
  const [one, two] = [await world.connectGuest(), await world.connectGuest()]
  await joins(one, quizId, { participantCount: 2 })
  shape(await next(hers, 'participantJoined'), { userName: 'Guest', userId: text, participantCount: 2 })
  await joins(two, quizId, { participantCount: 3 })
  await answers(one, quizId, 'q1', all[0].correct)
  shape(await next(two, 'participantProgress'), { userName: 'Guest', questionsAnswered: 1 })
  for (const socket of [one, two]) await does(socket, 'finishQuiz', { quizId })
  const rows = await leaderboardWhere(hers, quizId, (rows) => rows.filter(({ finished }) => finished).length === 2)
  assert.deepEqual(rows.map(({ userName, score }) => [userName, score]).slice(0, 1), [['Guest', 1]])
  const ids = new Set(rows.map(({ userId }) => userId))
  assert.equal(ids.size, 3)
  for (const socket of [one, two]) assert.ok(![...ids].includes(socket.id), 'the id of a socket is a credential')
})

test('a user is in at most 20 quizzes', async (world) => {
  const socket = await world.connect(await world.member())
  const ids = numbers(20).map(() => newId('quiz'))
  for (const quizId of ids) await joins(socket, quizId)
  await refuses(socket, 'joinQuiz', { quizId: newId('quiz') }, 'You are in too many quizzes')
  await joins(socket, ids[3])
  await does(socket, 'leaveQuiz', ids[0])
  await joins(socket, newId('quiz'))
})

test('two quizzes do not mix', async (world) => {
  const [first, second] = [await newQuiz(world, questions(1)), await newQuiz(world, questions(1))]
  const [hers, his] = [await world.connect(await world.member()), await world.connect(await world.member())]
  await joins(hers, first)
  await joins(his, second)
  await answers(hers, first, 'q1', 'x')
  await does(hers, 'finishQuiz', first)
  await leaderboardWhere(hers, first, (rows) => rows[0].finished)
  await unheard(world, [his], 'participantJoined', 'participantProgress', 'participantFinished')
  assert.ok(told(his, 'leaderboardUpdate').every(({ quizId }) => quizId === second))
})

test('new questions of a quiz at own pace hold from then on, and answers keep their points', async (world) => {
  const all = questions(1)
  const { quizId, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await answers(hers, quizId, 'q1', all[0].correct)
  const more = questions(2)
  await world.app.register(quizId, more)
  await answers(hers, quizId, 'q2', more[1].correct)
  await does(hers, 'finishQuiz', quizId)
  const rows = await leaderboardWhere(hers, quizId, (rows) => rows[0].finished)
  assert.deepEqual(scores(rows), [[ada.userId, 2]])
})

test('leaderboards show the first hundred at most', async (world) => {
  const quizId = newId('quiz')
  const sockets = await Promise.all(numbers(105).map(() => world.connectGuest()))
  await Promise.all(sockets.map((socket) => joins(socket, quizId)))
  assert.equal((await leaderboard(sockets[0], quizId)).length, 100)
  shape(await world.app.session(quizId), { participantCount: 105 })
})
