// Quizzes held live: timed questions by the sidecar's clock, answers over an interruption, who leads, rooms, who is there.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  messengerOf,
  names,
  QuizRoomChat,
  QuizSession,
  rosterOf,
  serverClockOf,
  type OutriggerClient,
} from '@outrigger/client'
import type { QuizDraft } from '@outrigger/client/server'
import { gateTo } from './support/gate.js'
import { until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

async function someone(name: string): Promise<{ who: Person; client: OutriggerClient }> {
  const who = w.person()
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name })
  return { who, client: w.client(who) }
}

async function registered(hostId: string, questions: QuizDraft['questions']): Promise<string> {
  const quizId = `quiz-of-${randomUUID()}`
  await w.server.orThrow.quiz.registerQuiz(quizId, { title: 'Boats', hostId, questions })
  return quizId
}

async function joined(client: OutriggerClient, quizId: string): Promise<QuizSession> {
  const session = new QuizSession(client, quizId)
  session.retain()
  await until('to be in', () => session.value.isJoined)
  return session
}

const points = (session: QuizSession): Record<string, number> =>
  Object.fromEntries(session.value.leaderboard.map(({ userName, score }) => [userName, score]))

test('a host asks, two answer, and points count from when the question is closed', async () => {
  const [host, ada, ben] = [await someone('Host'), await someone('Ada'), await someone('Ben')]
  const quizId = await registered(host.who.userId, [
    { id: 'q1', correct: 2, points: 3, timeLimit: 30 },
    { id: 'q2', correct: 'Oar', timeLimit: 1 },
  ])
  const [lead, hers, his] = [await joined(host.client, quizId), await joined(ada.client, quizId), await joined(ben.client, quizId)]
  await until('all three', () => [lead, hers, his].every(({ value }) => value.participantCount === 3))
  assert.equal(hers.value.status, 'waiting')

  await lead.startQuiz()
  await until('the start', () => hers.value.status === 'active' && hers.value.startedAt !== null)
  await lead.nextQuestion()
  await until('it for both', () => his.value.question?.questionId === 'q1')
  const { index, total, timeLimit, closesAt, isClosed } = await until('the question', () => hers.value.question)
  assert.deepEqual({ index, total, timeLimit, isClosed }, { index: 0, total: 2, timeLimit: 30, isClosed: false })
  const left = (closesAt ?? 0) - serverClockOf(ada.client).value.offsetMs - Date.now()
  assert.ok(left > 25_000 && left <= 30_050, `${left} ms are left`)

  hers.answer(1)
  assert.equal(hers.value.answers['q1']?.answer, 1, 'shown at once')
  hers.answer(2)
  his.answer(0)
  await until('both to be saved', () => [hers, his].every(({ value }) => value.answers['q1']?.state === 'saved'))
  assert.equal(hers.value.answers['q1']?.answer, 2, 'the last one counts')
  assert.equal(hers.value.answered, 1)
  assert.ok((hers.value.answers['q1']?.timeSpent ?? -1) >= 0)
  await until('the host to see both', () => lead.value.answersIn === 2)
  assert.deepEqual(points(lead), { Host: 0, Ada: 0, Ben: 0 }, 'nothing tells what is right')

  await lead.nextQuestion()
  await until('the second', () => hers.value.question?.questionId === 'q2')
  await until('points', () => points(hers)['Ada'] === 3)
  assert.equal(lead.value.answersIn, 0)
  // The sidecar's timer closes it, whatever pages do.
  const late = (hers.value.question?.closesAt ?? 0) - serverClockOf(ada.client).value.offsetMs + 800 - Date.now()
  await new Promise((done) => setTimeout(done, late))
  his.answer('oar')
  await until('a refusal', () => his.value.answers['q2']?.state === 'refused')
  assert.equal(his.value.answers['q2']?.error, 'This question is closed')
  await lead.nextQuestion()
  await until('the end', () => [lead, hers, his].every(({ value }) => value.status === 'completed'))
  assert.equal(hers.value.question, null)
  assert.deepEqual(points(his), { Ada: 3, Ben: 0, Host: 0 })
  assert.equal(his.value.leaderboard[0]?.userName, 'Ada')
})

test('a player whose connection is lost answers all the same', async () => {
  const [host, ada] = [await someone('Host'), await someone('Ada')]
  const gate = await gateTo(w.sidecar.port)
  const away = w.client(ada.who, { urls: gate.url })
  const quizId = await registered(host.who.userId, [{ id: 'q1', correct: true, timeLimit: 60 }])
  const [lead, hers] = [await joined(host.client, quizId), await joined(away, quizId)]
  await lead.startQuiz()
  await lead.nextQuestion()
  await until('the question', () => hers.value.question?.questionId === 'q1')
  gate.close()
  await until('the loss', () => !hers.value.isJoined)
  assert.equal(hers.value.question?.questionId, 'q1', 'it stands all the same')
  hers.answer(true)
  assert.equal(hers.value.answers['q1']?.state, 'waiting')
  gate.open()
  await until('it to be saved', () => hers.value.answers['q1']?.state === 'saved')
  assert.equal(hers.value.isJoined, true)
  assert.equal(lead.value.participantCount, 2, 'nobody left')
  await lead.endQuiz()
  await until('the score', () => points(hers)['Ada'] === 1)
  gate.end()
})

test('who reloads finds the question and how many were answered', async () => {
  const [host, ada] = [await someone('Host'), await someone('Ada')]
  const quizId = await registered(host.who.userId, [{ id: 'q1', correct: 1, timeLimit: 60 }])
  const [lead, hers] = [await joined(host.client, quizId), await joined(ada.client, quizId)]
  await lead.startQuiz()
  await lead.nextQuestion()
  await until('the question', () => hers.value.question !== null)
  hers.answer(1)
  await until('it to be saved', () => hers.value.answers['q1']?.state === 'saved')
  ada.client.close()
  const again = await joined(w.client(ada.who), quizId)
  assert.equal(again.value.answered, 1)
  assert.equal(again.value.question?.questionId, 'q1')
  assert.equal(again.value.status, 'active')
})

test('only a host leads', async () => {
  const [host, ada] = [await someone('Host'), await someone('Ada')]
  const quizId = await registered(host.who.userId, [{ id: 'q1', correct: 1 }])
  const hers = await joined(ada.client, quizId)
  await assert.rejects(hers.startQuiz(), { name: 'AskError', kind: 'refused', message: 'Only the host can do this' })
})

test('a guest takes part', async () => {
  const host = await someone('Host')
  const quizId = await registered(host.who.userId, [{ id: 'q1', correct: 1, timeLimit: 60 }])
  const lead = await joined(host.client, quizId)
  const guest = await joined(w.client(null, { getToken: () => null }), quizId)
  await until('both', () => lead.value.participantCount === 2)
  await lead.startQuiz()
  await lead.nextQuestion()
  await until('the question', () => guest.value.question !== null)
  guest.answer(1)
  await until('it to be saved', () => guest.value.answers['q1']?.state === 'saved')
})

test('a room: what is said, who is typing, how many are there, and which rooms are nobody’s', async () => {
  const [ada, ben] = [await someone('Ada'), await someone('Ben')]
  const roomId = `room-${randomUUID().slice(0, 8)}`
  const [hers, his] = [new QuizRoomChat(ada.client, roomId), new QuizRoomChat(ben.client, roomId)]
  hers.retain()
  await until('Ada', () => hers.value.isJoined)
  his.retain()
  await until('both', () => hers.value.memberCount === 2 && his.value.memberCount === 2)
  hers.setTyping(true)
  await until('typing', () => his.value.typing.join() === 'Ada')
  const told: boolean[] = []
  ben.client.peek('quiz').on(names.quiz.server.userTyping, ({ isTyping }) => told.push(isTyping))
  ada.client.reconnect()
  await until('her to be gone, and back', () => told.join() === 'false,true')
  assert.deepEqual(his.value.typing, ['Ada'])
  await hers.send('hello')
  await until('it on both', () => [hers, his].every(({ value }) => value.messages.length === 1))
  assert.deepEqual(his.value.messages[0]?.message, 'hello')
  assert.equal(his.value.messages[0]?.senderName, 'Ada')
  assert.deepEqual(his.value.typing, [])
  const another = new QuizRoomChat(ada.client, `user-${ben.who.userId}`)
  another.retain()
  await until('a refusal', () => another.value.error !== null)
  assert.equal(another.value.error, 'Room not available')
})

test('who is there, and how they say to be', async () => {
  const [ada, ben] = [await someone('Ada'), await someone('Ben')]
  const [hers, his] = [rosterOf(ada.client), rosterOf(ben.client)]
  hers.retain()
  his.retain()
  const ofAda = () => his.value.users.find(({ userId }) => userId === ada.who.userId)
  await until('Ada', () => ofAda()?.status === 'online')
  assert.equal(ofAda()?.name, 'Ada')
  await hers.setStatus('busy')
  await until('busy', () => ofAda()?.status === 'busy')
  await hers.setStatus('invisible')
  await until('nobody', () => ofAda() === undefined)
  ada.client.close()
})

test('messages of two are heard in the words of the quiz', async () => {
  const [ada, ben] = [await someone('Ada'), await someone('Ben')]
  const his = messengerOf(ben.client, 'quiz').conversation(ada.who.userId)
  const hers = messengerOf(ada.client, 'quiz').conversation(ben.who.userId)
  hers.retain()
  his.retain()
  await until('both', () => [ada, ben].every(({ client }) => client.peek('quiz').connected))
  hers.send({ text: 'Good luck' })
  await until('it', () => his.value.messages[0]?.text === 'Good luck')
  await until('that it is stored', () => hers.value.messages[0]?.delivery === 'sent')
  his.markRead()
  await until('that it is read', async () => (await w.client(ben.who).rest.call<{ total: number }>('/api/messages/unread')).body.total === 0)
})
