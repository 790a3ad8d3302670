// Contract `tracking` in the sample app: a campaign as it happens, on two devices, over an outage; figures and news.

import assert from 'node:assert/strict'
import { eventually } from '../clients/support/deadline.mjs'
import { atLogin, calm, newcomer, OUTAGE_MS, socketsTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'

/** A campaign takes about eight seconds, whatever its size. */
const CAMPAIGN_MS = 30_000

const story = appSuite('campaign')

const campaign = ({ page }) => page.getByTestId('campaign')
const news = ({ page }) => page.getByRole('region', { name: 'News' })
const figures = ({ page }) => page.getByRole('region', { name: 'In all' })
const is = (who, status, ms = CAMPAIGN_MS) =>
  who.page.locator(`[data-testid=campaign][data-status=${status}]`).waitFor({ timeout: ms })
const progress = (who) => campaign(who).getByRole('progressbar').evaluate(({ value }) => value)

/** What stands under a name in the campaign's counts, as a number. */
const count = async (who, name) => {
  const entry = campaign(who).locator('dl > div', { has: who.page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
  return Number((await entry.locator('dd').textContent()).replaceAll(/[^0-9.]/g, ''))
}

async function open(who) {
  // Of this page, not of the one before it.
  who.sockets.length = 0
  await who.page.goto(`${who.stack.url}/campaign`)
  await figures(who).getByText('Delivery rate').waitFor()
}

async function send({ page }, { content, recipients, failing }) {
  await page.getByLabel('Message', { exact: true }).fill(content)
  await page.getByLabel('Recipients', { exact: true }).fill(String(recipients))
  await page.getByLabel('Failing, percent').fill(String(failing))
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

story('a campaign grows before the eyes, and its figures and news with it', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await send(ada, { content: 'Regatta on Sunday', recipients: 400, failing: 20 })
  await is(ada, 'SENDING')
  const seen = new Set()
  await eventually(
    async () => {
      seen.add(await progress(ada))
      return progress(ada)
    },
    (part) => part === 1,
    'everyone to be decided',
    CAMPAIGN_MS,
  )
  const between = [...seen].filter((part) => part > 0 && part < 1)
  assert.ok(between.length >= 4, `the bar moved: ${[...seen].join(', ')}`)
  await is(ada, 'SENT')
  await eventually(
    async () => (await count(ada, 'Sent or delivered')) + (await count(ada, 'Failed')),
    (sum) => sum === 400,
    'all of them counted',
  )
  const failed = await count(ada, 'Failed')
  assert.ok(failed > 20 && failed < 180, `${failed} of 400 failed`)
  assert.equal(await count(ada, 'Cost'), 3.16)
  assert.match(await campaign(ada).getByRole('img').getAttribute('aria-label'), new RegExp(`${failed} failed, of 400`))
  assert.ok((await campaign(ada).locator('polyline').first().getAttribute('points')).split(' ').length > 10, 'the chart has points')
  await campaign(ada).getByText('+1 202 555').first().waitFor()
  await figures(ada).getByRole('button', { name: /Regatta on Sunday/ }).waitFor()
  await news(ada).getByText('Message sent', { exact: true }).waitFor()
  await news(ada).getByText(/delivered, \d+ failed/).first().waitFor()
  assert.equal(socketsTo(ada, '/api/socket').length, 1, ada.sockets.join(', '))
  calm(ada)
})

story('another device that comes late, and a reload, go on with it', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await send(ada, { content: 'Lights out', recipients: 200, failing: 0 })
  await is(ada, 'SENDING')
  await ada.page.reload()
  await is(ada, 'SENDING')
  const phone = await atLogin(browser, stack, ada, { viewport: { width: 390, height: 780 } })
  await phone.page.goto(ada.page.url())
  for (const who of [ada, phone]) {
    await is(who, 'SENT')
    await eventually(() => count(who, 'Sent or delivered'), (number) => number === 200, 'all on both')
  }
  const late = await newcomer(browser, stack, 'Eve')
  await late.page.goto(ada.page.url())
  await late.page.getByText('You can only track your own messages').first().waitFor()
  calm(ada, phone, late)
})

story('the sidecar may go and come back meanwhile: nothing is lost', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await send(ada, { content: 'Through the storm', recipients: 300, failing: 10 })
  await eventually(() => progress(ada), (part) => part > 0.1, 'a beginning', CAMPAIGN_MS)
  await stack.killSidecar()
  await campaign(ada).getByText('as last known').waitFor()
  await stack.restartSidecar()
  await is(ada, 'SENT', CAMPAIGN_MS + OUTAGE_MS)
  await eventually(
    async () => (await count(ada, 'Sent or delivered')) + (await count(ada, 'Failed')),
    (sum) => sum === 300,
    'everyone to be counted',
    OUTAGE_MS,
  )
})

story('wrong words are said where they are, and the keyboard is enough', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  const { keyboard } = ada.page
  await ada.page.getByLabel('Message', { exact: true }).focus()
  await keyboard.press('Control+A')
  await keyboard.type('Without a mouse')
  await keyboard.press('Tab')
  await keyboard.press('Control+A')
  await keyboard.type('30')
  await keyboard.press('Enter')
  await is(ada, 'SENT')
  await figures(ada).getByRole('button', { name: /Without a mouse/ }).focus()
  await keyboard.press('Enter')
  await news(ada).getByRole('button', { name: /^Hide.*now active/ }).focus()
  await keyboard.press('Enter')
  assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), 'News', 'focus is not lost')
  assert.equal(await news(ada).getByText('now active').count(), 0)
  const mark = news(ada).getByRole('button', { name: /^Mark read.*Message sent$/ })
  await mark.click()
  await mark.waitFor({ state: 'detached' })
  await ada.page.reload()
  await news(ada).getByText('Message sent', { exact: true }).waitFor()
  assert.equal(await mark.count(), 0, 'what was read stays read')
  await ada.page.getByLabel('Message', { exact: true }).fill('   ')
  await ada.page.getByRole('button', { name: 'Send', exact: true }).click()
  await ada.page.getByText('A message has 1 to 1600 characters').waitFor()
  assert.equal(await ada.page.getByLabel('Message', { exact: true }).getAttribute('aria-invalid'), 'true')
  assert.ok(ada.complaints.every((one) => one.includes('/api/campaigns')), ada.complaints.join('; '))
})

story('it looks right, light, dark and on a phone', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await send(ada, { content: 'The regatta is moved to Sunday, 10:00.', recipients: 800, failing: 12 })
  await eventually(() => progress(ada), (part) => part > 0.5, 'half of it', CAMPAIGN_MS)
  await look(ada, 'campaign')
  calm(ada)
})
