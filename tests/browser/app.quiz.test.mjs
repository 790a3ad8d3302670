// Contract `quiz` in the sample app: a host and two players, each in a browser of their own. Questions close by the sidecar's
// clock, a lost connection and a reload cost nothing, and nobody learns what is right before the question is closed.

import assert from 'node:assert/strict'
import { eventually } from '../clients/support/deadline.mjs'
import { atLogin, calm, newcomer, OUTAGE_MS } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'
import { severable } from './support/severable.mjs'

/** The sidecar tells pages, which ask the app; on a busy machine. */
const ROUND_MS = 20_000

const story = appSuite('quiz')

const shows = (locator, ms = ROUND_MS) => locator.first().waitFor({ timeout: ms })
const quiz = ({ page }, status) => page.locator(`[data-testid=quiz]${status ? `[data-status=${status}]` : ''}`)
const inside = (who) => who.page.locator('[data-testid=quiz][data-joined=true]').waitFor({ timeout: OUTAGE_MS })
const button = ({ page }, name) => page.getByRole('button', { name, exact: true })
const state = ({ page }, word) => page.locator(`[data-testid=answer-state][data-state=${word}]`)
const leads = (who, name, score) => who.page.locator(`[data-testid=leader][data-score="${score}"]`, { hasText: name })
/** An answer carries its own words and nothing else. */
const option = ({ page }, words) => page.getByRole('group').getByRole('button', { name: words, exact: true })

async function write({ page }, number, { text, options, correct, seconds, points }) {
  await page.getByLabel(`What is asked in question ${number}`).fill(text)
  for (let more = 2; more < options.length; more += 1) {
    await page.getByRole('button', { name: `One more answer to question ${number}` }).click()
  }
  for (const [index, words] of options.entries()) {
    await page.getByLabel(`Answer ${index + 1} of question ${number}`, { exact: true }).fill(words)
  }
  await page.getByLabel(`Answer ${correct + 1} of question ${number} is right`).check()
  await page.getByLabel(`Seconds for question ${number}`).fill(String(seconds))
  await page.getByLabel(`Points for question ${number}`).fill(String(points))
}

const BOW = { text: 'Which end is the front?', options: ['The stern', 'The bow', 'The keel'], correct: 1, seconds: 60, points: 3 }
const REEF = { text: 'What does reefing do?', options: ['It makes the sail smaller', 'It drops the anchor'], correct: 0, seconds: 60, points: 1 }

/** Makes a quiz and waits in it, as its host. */
async function host(browser, stack, title, questions) {
  const hana = await newcomer(browser, stack, 'Hana')
  await hana.page.goto(`${stack.url}/quiz`)
  await hana.page.getByLabel('Title').fill(title)
  for (const [index, question] of questions.entries()) {
    if (index > 0) await button(hana, 'Add a question').click()
    await write(hana, index + 1, question)
  }
  await button(hana, 'Create quiz').click()
  await hana.page.getByTestId('code').waitFor()
  await inside(hana)
  return { ...hana, code: (await hana.page.getByTestId('code').textContent()).trim() }
}

/** Joins by the code, as typed by somebody in a hurry. */
async function play(who, code) {
  await who.page.goto(`${who.stack.url}/quiz`)
  await who.page.getByLabel('Code').fill(code.toLowerCase())
  await button(who, 'Join').click()
  await inside(who)
}

const seconds = ({ page }) => page.getByTestId('countdown').getAttribute('data-seconds').then(Number)

story('a host asks, two players answer, one of them through a tunnel and a reload', async ({ browser, stack }) => {
  const hana = await host(browser, stack, 'Boats', [BOW, { ...REEF, seconds: 6 }])
  const [ada, ben] = [await newcomer(browser, stack, 'Ada'), await newcomer(browser, stack, 'Ben')]
  const line = await severable(ben.page)
  await play(ada, hana.code)
  await play(ben, hana.code)
  for (const who of [hana, ada, ben]) await shows(who.page.getByText('2 players', { exact: true }))
  await shows(ada.page.getByText('The host starts when everyone is here.'))
  // Nobody reads ahead.
  const ahead = await ada.context.request.get(`${stack.url}/api/quizzes/${hana.code}/questions/q1`)
  assert.equal(ahead.status(), 403)

  await button(hana, 'Start').click()
  for (const who of [hana, ada, ben]) await shows(who.page.getByText(BOW.text))
  const counted = await Promise.all([hana, ada, ben].map(seconds))
  assert.ok(Math.max(...counted) - Math.min(...counted) <= 2, `one clock for all: ${counted.join()}`)
  assert.ok(counted.every((left) => left > 40 && left <= 60), counted.join())

  await line.cut()
  await ben.page.locator('[data-testid=quiz][data-joined=false]').waitFor({ timeout: ROUND_MS })
  await option(ben, 'The stern').click()
  await shows(state(ben, 'waiting'))
  await option(ada, 'The keel').click()
  await shows(state(ada, 'saved'))
  await option(ada, 'The bow').click()
  await shows(state(ada, 'saved'))
  await shows(hana.page.getByTestId('answers-in').getByText('1', { exact: true }))
  line.mend()
  await shows(state(ben, 'saved'), OUTAGE_MS)
  await shows(hana.page.getByTestId('answers-in').getByText('2', { exact: true }))
  // Both answered, and nothing tells who was right.
  for (const who of [hana, ada, ben]) assert.equal(await who.page.locator('[data-testid=leader][data-score="0"]').count(), 2)

  await ada.page.reload()
  await inside(ada)
  await shows(ada.page.getByText(BOW.text))
  for (const who of [hana, ben]) await shows(who.page.getByText('2 players', { exact: true }))

  await button(hana, 'Next question').click()
  for (const who of [hana, ada, ben]) {
    await shows(who.page.getByText(REEF.text))
    await shows(leads(who, ada.name, 3))
    await shows(leads(who, ben.name, 0))
  }
  // It closes by itself.
  await shows(ada.page.getByTestId('countdown').getByText('Time is up').first())
  assert.ok(await option(ada, REEF.options[0]).isDisabled())
  await button(hana, 'Finish').click()
  for (const who of [hana, ada, ben]) {
    await shows(quiz(who, 'completed'))
    await shows(who.page.getByRole('heading', { name: 'Final ranking' }))
    await shows(who.page.getByText('The bow', { exact: true }))
  }
  await shows(ben.page.getByText('You said: The stern'))
  const ranking = await hana.page.locator('[data-testid=leader] th').allTextContents()
  assert.deepEqual(ranking, [ada.name, ben.name])
  calm(hana, ada)
})

story('the sidecar is killed in the middle of a question, and nobody loses anything', async ({ browser, stack }) => {
  const hana = await host(browser, stack, 'Storm', [BOW, REEF])
  const ada = await newcomer(browser, stack, 'Ada')
  await play(ada, hana.code)
  await button(hana, 'Start').click()
  await shows(ada.page.getByText(BOW.text))
  await option(ada, 'The bow').click()
  await shows(state(ada, 'saved'))
  await stack.killSidecar()
  await ada.page.locator('[data-testid=via][data-via=none]').waitFor({ timeout: ROUND_MS })
  await stack.restartSidecar()
  await inside(ada)
  await inside(hana)
  await shows(ada.page.getByText(BOW.text))
  await button(hana, 'Next question').click()
  await shows(leads(ada, ada.name, 3))
  await shows(ada.page.getByText(REEF.text))
})

story('it can be held again, ended early, and only its host leads it', async ({ browser, stack }) => {
  const hana = await host(browser, stack, 'Twice', [BOW, REEF])
  const ada = await newcomer(browser, stack, 'Ada')
  await play(ada, hana.code)
  assert.equal(await button(ada, 'Start').count(), 0)
  for (const round of ['first', 'second']) {
    await button(hana, round === 'first' ? 'Start' : 'Start again').click()
    await shows(ada.page.getByText(BOW.text))
    assert.equal(await ada.page.locator('[aria-pressed=true]').count(), 0, `${round}: nothing is answered yet`)
    await option(ada, 'The bow').click()
    await shows(state(ada, 'saved'))
    await button(hana, 'End now').click()
    await shows(quiz(ada, 'completed'))
    await shows(leads(ada, ada.name, 3))
  }
  await ada.page.goto(`${stack.url}/quiz`)
  await ada.page.getByLabel('Code').fill('AAAAAA')
  await button(ada, 'Join').click()
  await shows(ada.page.getByText('There is no quiz with this code'))
})

story('the keyboard is enough', async ({ browser, stack }) => {
  const hana = await host(browser, stack, 'Keys', [BOW, REEF])
  const ada = await newcomer(browser, stack, 'Ada')
  await ada.page.goto(`${stack.url}/quiz`)
  await ada.page.getByLabel('Code').focus()
  await ada.page.keyboard.type(hana.code)
  await ada.page.keyboard.press('Enter')
  await inside(ada)
  await button(hana, 'Start').focus()
  await hana.page.keyboard.press('Enter')
  await shows(ada.page.getByText(BOW.text))
  const focused = () => hana.page.evaluate(() => document.activeElement.tagName)
  await eventually(focused, (tag) => tag === 'H2', 'focus to stay with what changed')
  await option(ada, 'The stern').focus()
  await ada.page.keyboard.press('Tab')
  await ada.page.keyboard.press('Space')
  await shows(state(ada, 'saved'))
  assert.equal(await option(ada, 'The bow').getAttribute('aria-pressed'), 'true')
  calm(ada, hana)
})

story('it looks right, light, dark and on a phone', async ({ browser, stack }) => {
  const lobby = await atLogin(browser, stack, stack.admin)
  await look(lobby, 'quiz-lobby', '/quiz')
  const hana = await host(browser, stack, 'An evening about boats', [{ ...BOW, seconds: 300 }, { ...REEF, seconds: 300 }])
  await look(hana, 'quiz-host-waiting')
  const [ada, ben] = [await newcomer(browser, stack, 'Ada'), await newcomer(browser, stack, 'Ben')]
  await play(ada, hana.code)
  await play(ben, hana.code)
  await look(ada, 'quiz-player-waiting')
  await button(hana, 'Start').click()
  await shows(ada.page.getByText(BOW.text))
  await option(ada, 'The bow').click()
  await shows(state(ada, 'saved'))
  await shows(hana.page.getByTestId('answers-in').getByText('1', { exact: true }))
  await look(ada, 'quiz-player-asked')
  await look(hana, 'quiz-host-asked')
  await button(hana, 'Next question').click()
  await shows(leads(ada, ada.name, 3))
  await button(hana, 'Finish').click()
  await shows(ada.page.getByText('You knew'))
  await shows(ada.page.getByText('You answered 1 of 2 questions.'))
  await look(ada, 'quiz-over')
  calm(ada, ben, hana, lobby)
})
