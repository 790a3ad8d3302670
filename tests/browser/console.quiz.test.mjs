// Contracts `quiz` and `contacts` tried by hand in the console at `/`: as a host, as an admin, and as a guest without a token.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { internalApi } from '../clients/support/api.mjs'
import { newPerson } from '../clients/support/people.mjs'
import { killAll, newHome, startSidecar } from '../clients/support/sidecar.mjs'
import { accessible, launch, newPage, picture } from './support/browser.mjs'

const STORY_MS = 60_000
const home = newHome()
let browser
let sidecar
const person = (options) => newPerson(home.jwtSecret, options)
const internal = internalApi(() => sidecar)

before(async () => {
  sidecar = await startSidecar(home)
  browser = await launch()
})

after(async () => {
  await browser?.close()
  await sidecar?.stop().finally(killAll)
  home.remove()
})

const story = (name, run) => test(name, { timeout: STORY_MS }, async () => {
  const { page, context, complaints } = await newPage(browser)
  try {
    await run({ page, complaints })
  } catch (error) {
    await picture(page, `console-failed-${name.replaceAll(/\W+/g, '-')}`).catch(() => {})
    throw error
  } finally {
    await context.close()
  }
})

async function connect(page, who, place) {
  await page.goto(`${sidecar.publicUrl}/`)
  await page.locator('#place option').first().waitFor({ state: 'attached' })
  await page.getByLabel('Path and namespace').selectOption({ label: place })
  await page.getByLabel('Token', { exact: true }).last().fill(who?.token ?? '')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.locator('#state[data-state=connected]').waitFor()
}

const logged = (page, name) => page.locator('#log li', { has: page.locator('.name', { hasText: name }) })

async function emit(page, event, argument, answer) {
  await page.getByLabel('Event', { exact: true }).selectOption(event)
  if (argument !== undefined) await page.getByLabel('Argument, as JSON').fill(JSON.stringify(argument))
  await page.getByRole('button', { name: 'Emit' }).click()
  await page.locator('#ack', { hasText: answer }).waitFor()
}

story('contract quiz: join, ask, answer, who leads, and what is refused', async ({ page, complaints }) => {
  const host = person()
  await internal.post('/internal/quiz/quizzes', { quizId: 'boats', hostId: host.userId, questions: [{ id: 'q1', correct: 1, timeLimit: 60 }] })
  await connect(page, host, '/api/socket  /quiz  (quiz)')
  await logged(page, 'onlineUsers').first().waitFor()
  await emit(page, 'joinQuiz', { quizId: 'boats' }, '"participantCount": 1')
  await emit(page, 'startQuiz', { quizId: 'boats' }, '"status": "active"')
  await emit(page, 'nextQuestion', { quizId: 'boats' }, '"questionId": "q1"')
  await logged(page, 'quizQuestion').first().waitFor()
  await emit(page, 'submitAnswer', { quizId: 'boats', questionId: 'q1', answer: 1 }, '"questionsAnswered": 1')
  await emit(page, 'endQuiz', { quizId: 'boats' }, '"score": 1')
  await logged(page, 'quizCompleted').first().waitFor()
  await emit(page, 'joinRoom', { roomId: 'admins' }, 'Room not available')
  await page.locator('#ack[data-ok=false]').waitFor()
  await page.getByLabel('Event', { exact: true }).selectOption('updatePresence')
  assert.equal(await page.getByLabel('Argument, as JSON').inputValue(), '"online"', 'one of the words is there')
  await emit(page, 'updatePresence', 'busy', '"success": true')
  await logged(page, 'onlineUsers').first().getByText('busy').waitFor()
  await accessible(page, 'contract quiz')
  await picture(page, 'console-quiz-light')
  assert.deepEqual(complaints, [])
})

story('contract contacts: an admin claims, answers and resolves what a guest asked', async ({ page, complaints }) => {
  const admin = person({ admin: true })
  const { body } = await internal.post('/internal/contacts', { name: 'Gwen', email: 'gwen@example.test', message: 'Help', priority: 'urgent' })
  const { id } = body.contact
  await connect(page, admin, '/api/socket  /contacts  (contacts)')
  await emit(page, 'getPendingContacts', undefined, id)
  await emit(page, 'claimContact', id, '"status": "in_progress"')
  await emit(page, 'sendContactMessage', { contactId: id, message: 'Hello Gwen' }, '"success": true')
  await logged(page, 'contactMessage').first().waitFor()
  await emit(page, 'resolveContact', id, '"status": "resolved"')
  await emit(page, 'claimContact', 'contact_1_abcdefghi', 'Contact not found')
  await page.locator('#ack[data-ok=false]').waitFor()
  await picture(page, 'console-contacts-light')
  assert.deepEqual(complaints, [])
})

story('a guest, without a token, may ask for help and no more', async ({ page, complaints }) => {
  await connect(page, null, '/api/socket  /contacts  (contacts)')
  await emit(page, 'submitContactForm', { name: 'Gwen', email: 'nobody', message: 'Help' }, 'Email is invalid')
  await page.locator('#ack[data-ok=false]').waitFor()
  await emit(page, 'submitContactForm', { name: 'Gwen', email: 'gwen@example.test', message: 'Help' }, '"accessToken"')
  await emit(page, 'getPendingContacts', undefined, '"error"')
  await page.locator('#ack[data-ok=false]').waitFor()
  assert.deepEqual(complaints, [])
})
