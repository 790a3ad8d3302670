// Three hundred people who take part and answer at the same time (`contracts/quiz.md` section 3).

import assert from 'node:assert/strict'
import { ask, connected, heard, next, settled } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import {
  asked,
  does,
  joins,
  leaderboardWhere,
  leaders,
  neverTold,
  newQuiz,
  numbers,
  questions,
  quizSuite,
  told,
} from './support/quiz.mjs'
import { shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

const CROWD = 300
/** All of them have their acknowledgement after so long, also on a busy machine. */
const ANSWERED_MS = 10_000
/** A second's worth of news for each socket, at the most: progress of 20, two leaderboards; and some that were under way. */
const PROGRESS_A_SECOND = 20
const BOARDS_A_SECOND = 2
const UNDER_WAY = 3
/** Leaderboards and progress are out after so long. */
const QUIET_MS = 1_500

/** All of `CROWD` with a socket each, in one quiz; every third has a token, the others are guests (`undefined`). */
async function crowd(world, quizId) {
  const people = numbers(CROWD).map((n) => (n % 3 ? undefined : world.person()))
  const sockets = []
  for (const some of numbers(CROWD / 25)) {
    const part = people.slice(some * 25, (some + 1) * 25)
    const opened = part.map((who) => world.open(who, who ? {} : { auth: { token: null }, device: newDevice() }))
    sockets.push(...(await Promise.all(opened.map(connected))))
  }
  await Promise.all(sockets.map((socket) => joins(socket, quizId)))
  return { people, sockets }
}

/** Whether the nth answers that question rightly: of those with a token half of them do. */
const isRight = (n) => n % 2 === 0

/** What came of that name while `during` ran and a moment longer: per socket at most what the pace allows. */
async function paced(sockets, during) {
  const of = (name) => sockets.map((socket) => told(socket, name).length)
  const [progress, boards] = [of('participantProgress'), of('leaderboardUpdate')]
  const begin = Date.now()
  const result = await during()
  await pause(QUIET_MS)
  for (const socket of sockets) await settled(socket)
  const seconds = (Date.now() - begin) / 1000
  for (const [n, socket] of sockets.entries()) {
    const more = told(socket, 'participantProgress').length - progress[n]
    assert.ok(more <= PROGRESS_A_SECOND * seconds + UNDER_WAY, `${more} events of progress in ${seconds} s`)
    const shown = told(socket, 'leaderboardUpdate').length - boards[n]
    assert.ok(shown <= BOARDS_A_SECOND * seconds + UNDER_WAY, `${shown} leaderboards in ${seconds} s`)
  }
  return result
}

/** How many take part, as a socket was told last. */
const lastCount = (socket) => heard(socket).findLast(({ args: [told] }) => told?.participantCount !== undefined)?.args[0].participantCount

test('whoever joins while others do knows in the end how many take part', async (world) => {
  const together = 8
  for (const _ of numbers(25)) {
    const quizId = await newQuiz(world, questions(1))
    const people = numbers(together).map(() => world.person())
    const sockets = await Promise.all(people.map((who) => world.connect(who)))
    await Promise.all(sockets.map((socket) => does(socket, 'joinQuiz', { quizId })))
    const counts = () => sockets.map(lastCount)
    await eventually(counts, (told) => told.every((count) => count === together), `${together} take part`, 2_000)
    sockets.forEach((socket) => socket.disconnect())
  }
})

test('three hundred answers at once are all kept, told at a bearable pace and counted once', async (world) => {
  const host = await world.member()
  const all = questions(2, { timeLimit: 60, points: 10 })
  const quizId = await newQuiz(world, all, { hostId: host.userId })
  const hosts = await world.connect(host)
  const { people, sockets } = await crowd(world, quizId)
  shape(await world.app.session(quizId), { participantCount: CROWD })
  await does(hosts, 'startQuiz', { quizId })

  for (const [round, { id, correct }] of all.entries()) {
    await does(hosts, 'nextQuestion', { quizId }, { completed: false })
    for (const socket of sockets) await asked(socket, quizId, id)
    await paced(sockets, async () => {
      const begin = Date.now()
      const replies = await Promise.all(
        sockets.map((socket, n) => ask(socket, 'submitAnswer', { quizId, questionId: id, answer: isRight(n) ? correct : 'wrong' })),
      )
      const took = Date.now() - begin
      for (const reply of replies) assert.deepEqual(reply, { success: true, questionsAnswered: round + 1 })
      assert.ok(took < ANSWERED_MS, `${CROWD} answers took ${took} ms`)
      console.log(`# ${CROWD} answers at once: ${took} ms`)
    })
    const { answers, next: more } = await world.app.answers(quizId, `?limit=${CROWD * 2 + 1}`)
    assert.equal(more, undefined)
    assert.equal(answers.filter(({ questionId }) => questionId === id).length, CROWD, 'each is kept')
  }
  for (const one of told(sockets[0], 'leaderboardUpdate'))
    for (const { score } of one.leaderboard) assert.ok(score <= 10, 'of the question that stands nothing is told')

  const { leaderboard } = await does(hosts, 'endQuiz', { quizId }, { completed: true })
  assert.equal(leaders(leaderboard).length, 100)
  assert.ok(leaderboard.every(({ score }) => score === 20))
  for (const socket of sockets) assert.deepEqual((await next(socket, 'quizCompleted')).leaderboard, leaderboard)
  const { participants } = await world.app.session(quizId)
  assert.equal(participants.length, CROWD)
  assert.ok(participants.every(({ questionsAnswered, left }) => questionsAnswered === 2 && !left))
  assert.equal(participants.reduce((sum, { score }) => sum + score, 0), (CROWD / 2) * 20)
  const byId = new Map(participants.map((one) => [one.userId, one]))
  for (const [n, who] of people.entries())
    if (who) shape(byId.get(who.userId), { score: isRight(n) ? 20 : 0 })
  const some = sockets.filter((_, n) => n % 10 === 0)
  await neverTold([...some, hosts], ...all.map(({ correct }) => correct))
})

test('three hundred who answer at their own pace and are done at once', async (world) => {
  const all = questions(3)
  const quizId = await newQuiz(world, all)
  const { sockets } = await crowd(world, quizId)
  await paced(sockets, async () => {
    await Promise.all(
      sockets.map(async (socket, n) => {
        for (const [at, { id, correct }] of all.entries())
          shape(await ask(socket, 'submitAnswer', { quizId, questionId: id, answer: n > at ? correct : 'wrong' }), {
            success: true,
            questionsAnswered: at + 1,
          })
        await does(socket, 'finishQuiz', { quizId })
      }),
    )
  })
  const { participants } = await world.app.session(quizId)
  assert.equal(participants.length, CROWD)
  assert.ok(participants.every(({ finished, questionsAnswered }) => finished && questionsAnswered === 3))
  assert.equal(participants.reduce((sum, { score }) => sum + score, 0), CROWD * 3 - 1 - 2 - 3)
  // However long it is held back, the last one tells how it ended.
  const ended = (rows) => rows.length === 100 && rows.every(({ score, finished }) => score === 3 && finished)
  await leaderboardWhere(sockets[7], quizId, ended)
  assert.ok(told(sockets[7], 'participantFinished').length <= CROWD)
})
