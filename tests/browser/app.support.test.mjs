// Contract `contacts` in the sample app: a guest asks, two admins want to help, each in a browser of their own. One of them gets
// it; when that one is gone the other takes over, and the guest loses nothing.

import assert from 'node:assert/strict'
import { atLogin, calm, newcomer, OUTAGE_MS, visitor } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'

/** The sidecar tells pages; on a busy machine. */
const ROUND_MS = 20_000

const story = appSuite('support', { sidecar: { CONTACTS_ADMIN_GRACE_MS: '1500', RATE_LIMITS: 'off' } })

const shows = (locator, ms = ROUND_MS) => locator.first().waitFor({ timeout: ms })
const row = ({ page }, kind, text) => page.locator(`[data-testid=${kind}]`, { hasText: text })
const button = ({ page }, name) => page.getByRole('button', { name, exact: true })
const said = ({ page }, text) => page.locator('[data-testid=said]', { hasText: text })
const status = ({ page }, word) => page.locator(`[data-testid=support][data-status=${word}]`)

async function open(who) {
  await who.page.goto(`${who.stack.url}/support`)
  await who.page.locator('[data-testid=via][data-via=socket]').waitFor({ timeout: OUTAGE_MS })
}

/** Somebody without an account. */
async function guest(browser, stack, options) {
  const who = { ...(await visitor(browser, stack, options)), name: 'Gwen' }
  await open(who)
  return who
}

async function ask({ page }, subject, { urgency = 'normal', message = 'Water comes in at the bow.' } = {}) {
  const name = page.getByLabel('Name')
  if ((await name.inputValue()) === '') {
    await name.fill('Gwen Guest')
    await page.getByLabel('Email').fill('gwen@example.test')
  }
  await page.getByLabel(/^Subject/).fill(subject)
  await page.getByLabel('How urgent is it?').selectOption(urgency)
  await page.getByLabel('Message', { exact: true }).fill(message)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await status({ page }, 'pending').waitFor({ timeout: ROUND_MS })
}

async function say({ page }, text) {
  await page.getByRole('region', { name: 'Chat' }).getByRole('textbox').fill(text)
  await page.getByRole('region', { name: 'Chat' }).getByRole('button', { name: 'Send', exact: true }).click()
}

/** The first admin, and one that the first has made. */
async function admins(browser, stack) {
  const ann = await atLogin(browser, stack, stack.admin)
  const bob = await newcomer(browser, stack, 'Bob')
  await ann.page.goto(`${stack.url}/admin/users`)
  await ann.page.getByRole('row', { name: bob.name }).getByRole('button', { name: 'Make admin' }).click()
  await bob.page.getByRole('link', { name: 'Monitor' }).waitFor({ timeout: ROUND_MS })
  for (const admin of [ann, bob]) await open(admin)
  for (const admin of [ann, bob]) await shows(admin.page.getByRole('heading', { name: /^Waiting/ }))
  return { ann, bob }
}

const claim = ({ page }, subject) => page.getByRole('button', { name: `Claim ${subject}`, exact: true })

/** Takes a request, and waits until the chat that is open is about it. */
async function take(admin, subject) {
  await claim(admin, subject).click()
  await shows(admin.page.getByRole('region', { name: 'Chat' }).getByRole('heading', { name: subject }))
}

story('one of two admins claims it, they talk, the admin is gone, the other goes on', async ({ browser, stack }) => {
  const { ann, bob } = await admins(browser, stack)
  const gwen = await guest(browser, stack)
  await ask(gwen, 'A leak', { urgency: 'urgent' })
  for (const admin of [ann, bob]) await shows(row(admin, 'waiting', 'A leak'))
  await take(ann, 'A leak')
  await shows(row(ann, 'mine', 'A leak'))
  await shows(row(bob, 'taken', ann.name))
  await row(bob, 'waiting', 'A leak').waitFor({ state: 'detached', timeout: ROUND_MS })
  await shows(ann.page.getByText('Water comes in at the bow.'))

  await say(ann, 'Where is the leak?')
  await shows(said(gwen, 'Where is the leak?'))
  await shows(gwen.page.getByText(`You are talking to ${ann.name}.`))
  const field = gwen.page.getByRole('region', { name: 'Chat' }).getByRole('textbox')
  await field.pressSequentially('At the')
  await shows(ann.page.getByTestId('typing').getByText('Gwen Guest is typing…'))
  await say(gwen, 'At the bow, below the line.')
  await shows(said(ann, 'At the bow, below the line.'))
  await gwen.page.reload()
  await shows(said(gwen, 'Where is the leak?'))
  await shows(said(gwen, 'At the bow, below the line.'))

  await ann.context.close()
  await shows(bob.page.locator('[data-testid=taken][data-lost=true]'), ROUND_MS)
  await bob.page.getByRole('button', { name: `Take over from ${ann.name}` }).click()
  await shows(row(bob, 'mine', 'A leak'))
  await shows(said(bob, 'At the bow, below the line.'))
  await say(bob, 'Bob here, I go on.')
  await shows(said(gwen, 'Bob here, I go on.'))
  await shows(gwen.page.getByText(`You are talking to ${bob.name}.`))
  await say(gwen, 'Thank you!')
  await shows(said(bob, 'Thank you!'))
  await button(bob, 'Resolve').click()
  await status(gwen, 'resolved').waitFor({ timeout: ROUND_MS })
  await shows(gwen.page.getByText(`${bob.name} marked this as resolved.`))
  await button(gwen, 'Ask something else').click()
  await shows(gwen.page.getByRole('form', { name: 'Ask for help' }))
  calm(bob, gwen)
})

story('of two who claim at once one is told who was quicker', async ({ browser, stack }) => {
  const { ann, bob } = await admins(browser, stack)
  const gwen = await guest(browser, stack)
  for (const subject of ['Round one', 'Round two', 'Round three']) {
    await ask(gwen, subject)
    for (const admin of [ann, bob]) await shows(claim(admin, subject))
    await Promise.all([ann, bob].map((admin) => claim(admin, subject).click().catch(() => {})))
    const theirs = async () => Promise.all([ann, bob].map((admin) => row(admin, 'mine', subject).count()))
    await Promise.race([ann, bob].map((admin) => shows(row(admin, 'mine', subject))))
    assert.deepEqual((await theirs()).reduce((sum, count) => sum + count), 1, 'exactly one has it')
    const [winner, loser] = (await row(ann, 'mine', subject).count()) === 1 ? [ann, bob] : [bob, ann]
    // Whoever clicked in time heard who was quicker; the other no longer could.
    await shows(row(loser, 'taken', winner.name))
    for (const race of await loser.page.getByTestId('lost-race').all()) {
      await race.getByText(`${winner.name} was quicker.`).waitFor()
      await race.getByRole('button', { name: 'Dismiss' }).click()
    }
    await row(winner, 'mine', subject).getByRole('button').click()
    await button(winner, 'Resolve').click()
    await status(gwen, 'resolved').waitFor({ timeout: ROUND_MS })
    await button(gwen, 'Ask something else').click()
  }
  calm(ann, bob, gwen)
})

story('a user asks with what is known of them; what was given back waits again; the queue is in order', async ({ browser, stack }) => {
  const ann = await atLogin(browser, stack, stack.admin)
  await open(ann)
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  assert.equal(await ada.page.getByLabel('Email').inputValue(), ada.email)
  await ask(ada, 'Whenever', { urgency: 'low' })
  const gwen = await guest(browser, stack)
  await ask(gwen, 'Sinking', { urgency: 'urgent' })
  for (const subject of ['Whenever', 'Sinking']) await shows(row(ann, 'waiting', subject))
  const order = await ann.page.locator('[data-testid=waiting] strong').allTextContents()
  assert.ok(order.indexOf('Sinking') < order.indexOf('Whenever'), order.join())
  await take(ann, 'Whenever')
  await shows(row(ann, 'mine', 'Whenever'))
  await ann.page.reload()
  await shows(row(ann, 'mine', 'Whenever'))
  await row(ann, 'mine', 'Whenever').getByRole('button').click()
  await say(ann, 'Hello Ada')
  await shows(said(ada, 'Hello Ada'))
  await button(ann, 'Give back').click()
  await shows(row(ann, 'waiting', 'Whenever'))
  assert.equal(await row(ann, 'mine', 'Whenever').count(), 0)
  calm(ann, ada, gwen)
})

story('the sidecar is killed and started again; the chat goes on', async ({ browser, stack }) => {
  const ann = await atLogin(browser, stack, stack.admin)
  await open(ann)
  const gwen = await guest(browser, stack)
  await ask(gwen, 'Fog')
  await take(ann, 'Fog')
  await say(ann, 'Before')
  await shows(said(gwen, 'Before'))
  await stack.killSidecar()
  await gwen.page.locator('[data-testid=support][data-joined=false]').waitFor({ timeout: ROUND_MS })
  await stack.restartSidecar()
  await gwen.page.locator('[data-testid=support][data-joined=true]').waitFor({ timeout: OUTAGE_MS })
  await ann.page.locator('[data-testid=admin-chat][data-joined=true]').waitFor({ timeout: OUTAGE_MS })
  await say(gwen, 'After')
  await shows(said(ann, 'After'))
  await shows(said(gwen, 'Before'))
})

story('the keyboard is enough', async ({ browser, stack }) => {
  const ann = await atLogin(browser, stack, stack.admin)
  await open(ann)
  const gwen = await guest(browser, stack)
  const { keyboard } = gwen.page
  await gwen.page.getByLabel('Name').focus()
  for (const text of ['Gwen', 'gwen@example.test', 'Knots']) {
    await keyboard.type(text)
    await keyboard.press('Tab')
  }
  await keyboard.press('Tab')
  await keyboard.type('Which one?')
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await status(gwen, 'pending').waitFor({ timeout: ROUND_MS })
  await claim(ann, 'Knots').focus()
  await ann.page.keyboard.press('Enter')
  await shows(ann.page.getByRole('region', { name: 'Chat' }).getByRole('heading', { name: 'Knots' }))
  await ann.page.getByLabel('Answer to Gwen').focus()
  await ann.page.keyboard.type('A bowline')
  await ann.page.keyboard.press('Enter')
  await shows(said(gwen, 'A bowline'))
  assert.equal(await ann.page.evaluate(() => document.activeElement.tagName), 'INPUT', 'the next answer can be typed at once')
  calm(ann, gwen)
})

story('it looks right, light, dark and on a phone', async ({ browser, stack }) => {
  const ann = await atLogin(browser, stack, stack.admin)
  await open(ann)
  const gwen = await guest(browser, stack)
  await look(gwen, 'support-form')
  for (const [subject, urgency] of [['A question about sails', 'low'], ['The mast creaks', 'high']]) {
    const one = await guest(browser, stack)
    await ask(one, subject, { urgency })
  }
  await ask(gwen, 'Water in the boat', { urgency: 'urgent', message: 'It comes in at the bow, and there is more each minute. What shall I do first?' })
  await shows(row(ann, 'waiting', 'The mast creaks'))
  await look(gwen, 'support-pending')
  await take(ann, 'Water in the boat')
  await say(ann, 'Close the forward hatch, then bail. Are you alone?')
  await shows(said(gwen, 'Close the forward hatch'))
  await say(gwen, 'There are two of us.')
  await shows(said(ann, 'There are two of us.'))
  await look(gwen, 'support-chat')
  await look(ann, 'support-desk')
  await button(ann, 'Resolve').click()
  await status(gwen, 'resolved').waitFor({ timeout: ROUND_MS })
  await look(gwen, 'support-resolved')
  const ada = await newcomer(browser, stack, 'Ada')
  await look(ada, 'support-user', '/support')
  calm(ann, gwen, ada)
})
