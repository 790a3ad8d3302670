// What clients of `quiz` are told when the store does not take it, and that it works again later.

import assert from 'node:assert/strict'
import { next, silent } from './support/client.mjs'
import { within } from './support/deadline.mjs'
import { lock, LOCKED_MS } from './support/lock.mjs'
import { answers, asked, does, joins, leaderboardWhere, newId, ownQuiz, party, questions, quizSuite, scores } from './support/quiz.mjs'
import { shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

/** The socket asks for what cannot be stored, for as long as the sidecar waits for a lock. */
async function fails(socket, event, argument) {
  const reply = new Promise((done) => socket.emit(event, argument, done))
  shape(await within(reply, `an answer to ${event}`, LOCKED_MS), { success: false, error: text })
  const { error } = await next(socket, 'messageError', (one) => one.event === event)
  assert.ok(text(error), error)
}

test('what the store does not take is refused, and nothing of it is told or counts', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(2)
  const { quizId, hosts, players: [ada, bob], sockets: [hers, his] } = await party(world, 2, { questions: all })
  const room = newId('room')
  for (const socket of [hers, his]) await does(socket, 'joinRoom', room)
  await does(hosts, 'nextQuestion', { quizId })
  await asked(hers, quizId, 'q1')
  const release = await lock(t, world)
  await Promise.all([
    fails(hers, 'submitAnswer', { quizId, questionId: 'q1', answer: all[0].correct }),
    fails(his, 'roomMessage', { roomId: room, message: 'lost' }),
    fails(hers, 'privateMessage', { recipientId: bob.userId, message: 'lost' }),
    fails(hosts, 'nextQuestion', { quizId }),
    fails(hosts, 'joinQuiz', { quizId: newId('quiz') }),
  ])
  for (const socket of [hers, his, hosts])
    for (const event of ['participantProgress', 'roomMessage', 'privateMessage', 'messageDelivered', 'quizCompleted']) await silent(socket, event)
  await silent(hers, 'quizQuestion')
  assert.ok(hers.connected && his.connected && hosts.connected)

  await release()
  assert.equal(await answers(hers, quizId, 'q1', all[0].correct), 1, 'the first that is kept')
  shape(await next(his, 'participantProgress'), { userId: ada.userId, questionsAnswered: 1 })
  await does(his, 'roomMessage', { roomId: room, message: 'again' })
  shape(await next(hers, 'roomMessage'), { message: 'again' })
  await does(hosts, 'nextQuestion', { quizId })
  await asked(hers, quizId, 'q2')
  const rows = await leaderboardWhere(his, quizId, (rows) => rows[0].score === 1)
  assert.deepEqual(scores(rows), [[ada.userId, 1], [bob.userId, 0]])
})

test('a question whose time ends while nothing can be stored is closed as soon as it can', async ({ t }) => {
  const world = await ownQuiz(t)
  const all = questions(1, { timeLimit: 1 })
  const { quizId, hosts, players: [ada], sockets: [hers] } = await party(world, 1, { questions: all })
  await does(hosts, 'nextQuestion', { quizId })
  await answers(hers, quizId, 'q1', all[0].correct)
  const release = await lock(t, world)
  await new Promise((done) => setTimeout(done, 2_500))
  await release()
  const { leaderboard: rows } = await next(
    hers,
    'leaderboardUpdate',
    ({ leaderboard }) => leaderboard[0]?.score === 1,
    LOCKED_MS,
  )
  assert.deepEqual(scores(rows), [[ada.userId, 1]])
  await joins(hers, quizId, { status: 'active', answered: 1 })
})
