// What the app's server asks in the words of contracts `quiz` and `contacts`, and e-mail.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { ContactChat, QuizSession } from '@outrigger/client'
import { OutriggerError } from '@outrigger/client/server'
import { until } from './support/until.js'
import { world } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

test('a quiz is led by the app', async () => {
  const { quiz, upsertUser } = w.server.orThrow
  const ada = w.person()
  await upsertUser(ada.userId, { email: ada.email, name: 'Ada' })
  const quizId = randomUUID()
  const missing = await w.server.quiz.getQuizSession(quizId)
  assert.equal(missing.error?.kind, 'not-found')
  const told = await quiz.registerQuiz(quizId, { title: 'Boats', questions: [{ id: 'q1', correct: ['oar', 'paddle'], anyOf: true, timeLimit: 30 }, { id: 'q2', correct: 1 }] })
  assert.equal(told.questions, 2)
  const client = w.client(ada)
  const session = new QuizSession(client, quizId)
  session.retain()
  await until('to be in', () => session.value.isJoined)
  const started = await quiz.startQuiz(quizId)
  assert.equal(started.status, 'active')
  const next = await quiz.nextQuestion(quizId)
  assert.equal(next.question?.questionId, 'q1')
  assert.ok(next.question?.closesAt)
  await until('the question', () => session.value.question?.questionId === 'q1')
  session.answer('Paddle')
  await until('it to be saved', () => session.value.answers['q1']?.state === 'saved')
  const page = await quiz.getAnswers(quizId)
  assert.deepEqual(page.answers.map(({ userId, answer, points }) => ({ userId, answer, points })), [{ userId: ada.userId, answer: 'Paddle', points: 1 }])
  await quiz.nextQuestion(quizId)
  const whole = await quiz.getQuizSession(quizId)
  assert.equal(whole.question?.questionId, 'q2')
  assert.deepEqual(whole.participants.map(({ userName, score }) => [userName, score]), [['Ada', 1]])
  await quiz.setQuizScore(quizId, ada.userId, 7)
  const over = await quiz.finishQuiz(quizId)
  assert.equal(over.status, 'completed')
  assert.equal((await quiz.getLeaderboard(quizId))[0]?.score, 7)
  await until('the end', () => session.value.status === 'completed')
  await assert.rejects(quiz.nextQuestion(quizId), (error) => error instanceof OutriggerError && error.kind === 'conflict')
})

test('who is there, figures, and events of the app’s own', async () => {
  const { quiz, upsertUser } = w.server.orThrow
  const ada = w.person()
  await upsertUser(ada.userId, { email: ada.email, name: 'Ada' })
  const client = w.client(ada)
  const heard: unknown[] = []
  client.quiz().raw.on('news', (data) => heard.push(data))
  await until('Ada', async () => (await quiz.getOnlineUsers()).some(({ userId }) => userId === ada.userId))
  assert.ok((await quiz.getOnlineUserCount()) >= 1)
  assert.equal((await quiz.getUserById(ada.userId)).name, 'Ada')
  assert.equal(await quiz.sendToUser(ada.userId, 'news', 'user'), true)
  assert.equal(await quiz.sendToUser('nobody', 'news', 'nobody'), false)
  await quiz.broadcastToRoom(`user-${ada.userId}`, 'news', 'room')
  await quiz.broadcastToAll('news', 'all')
  await until('all', () => heard.length === 3)
  assert.deepEqual(heard, ['user', 'room', 'all'])
  const stats = await quiz.getServerStats()
  assert.ok(stats.connections.currentConnections >= 1 && stats.uptime >= 0)
})

test('a request for help that the app hands over', async () => {
  const { contacts, upsertUser } = w.server.orThrow
  const [ada, root] = [w.person(), w.person({ admin: true })]
  await upsertUser(ada.userId, { email: ada.email, name: 'Ada' })
  await upsertUser(root.userId, { email: root.email, name: 'Root', role: 'admin' })
  const refused = await w.server.contacts.createContact({ name: 'Ada', email: 'nobody', message: 'Help' })
  assert.deepEqual([refused.error?.kind, refused.error?.message, refused.error?.field], ['invalid', 'Email is invalid', 'email'])
  const { contact, accessToken } = await contacts.createContact({
    name: 'Ada',
    email: ada.email,
    message: 'Help',
    priority: 'high',
    userId: ada.userId,
  })
  assert.ok(accessToken.length > 20)
  assert.equal((await contacts.listContacts({ userId: ada.userId })).total, 1)
  assert.equal((await contacts.listContacts({ status: 'pending' })).contacts[0]?.id, contact.id)
  const assigned = await contacts.assignContact(contact.id, root.userId)
  assert.equal(assigned.assigned, true)
  assert.equal(assigned.contact.assignedAdmin?.name, 'Root')
  const chat = new ContactChat(w.client(ada), contact.id)
  chat.retain()
  await until('the chat, by the user’s own token', () => chat.value.isJoined)
  await chat.send('Are you there?')
  const active = await contacts.getActiveChats()
  assert.deepEqual(active.map(({ contactId, adminId, roomId }) => [contactId, adminId, roomId]), [[contact.id, root.userId, `contact-${contact.id}`]])
  assert.equal((await contacts.getContactById(contact.id)).messages[0]?.message, 'Are you there?')
  assert.equal((await contacts.releaseContact(contact.id, root.userId)).contact.status, 'pending')
  await contacts.assignContact(contact.id, root.userId)
  assert.equal((await contacts.resolveContact(contact.id, root.userId)).resolved, true)
  await until('the end', () => chat.value.status === 'resolved')
  const { totalContacts, messagesExchanged } = await contacts.getStats()
  assert.deepEqual([totalContacts, messagesExchanged], [1, 1])

  const heard: unknown[] = []
  const client = w.client(root)
  client.contacts().raw.on('news', (data) => heard.push(data))
  await until('Root', () => client.peek('contacts').connected)
  await contacts.notifyAdmins('news', 'admins')
  assert.equal(await contacts.sendToUser(root.userId, 'news', 'root'), true)
  await until('both', () => heard.length === 2)
})

test('e-mail is previewed without a server to send by, and says what is missing', async () => {
  const { email, sendEmail } = w.server
  const listed = await email.templates()
  assert.equal(listed.value?.templates.length, 10)
  const shown = await email.preview('account-verification', { name: 'Ada <b>', otp: '123456' })
  assert.match(shown.value?.html ?? '', /Ada &lt;b&gt;/)
  assert.match(shown.value?.text ?? '', /123456/)
  const sample = await email.preview('quiz-completion')
  assert.ok(sample.value?.subject)
  // What the types refuse the sidecar refuses too.
  const missing = await email.preview('account-verification', { name: 'Ada' } as never)
  assert.deepEqual([missing.error?.kind, missing.error?.field], ['invalid', 'vars.otp'])
  const unsent = await sendEmail('welcome-email', 'ada@example.test', { name: 'Ada' })
  assert.deepEqual([unsent.error?.kind, unsent.error?.message], ['unavailable', 'E-mail is not configured'])
  await assert.rejects(w.server.orThrow.sendEmail('welcome-email', 'ada@example.test', { name: 'Ada' }), OutriggerError)
})
