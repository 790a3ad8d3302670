// Contract `social` in the sample app, beside the app's other contract: two people, what they hear of each other, and limits.

import assert from 'node:assert/strict'
import { PROMPTLY_MS, within } from '../clients/support/deadline.mjs'
import { atLogin, calm, connected, newcomer, say, sees, socketsTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'

const story = appSuite('social')

/** Longest that a push takes from the browser's service to the screen, on a busy machine. */
const PUSH_MS = 30_000

const notices = ({ page }) => page.getByRole('region', { name: 'Notifications' })
const notice = (who, text) => notices(who).getByRole('listitem').filter({ hasText: text })
const people = ({ page }) => page.getByRole('region', { name: 'People' })
const thread = ({ page }, other) => page.getByRole('region', { name: `Conversation with ${other.name}` })
const message = ({ page }, text) => page.locator('[role=log] [data-direction]', { hasText: text })

/** Goes to the page, picks someone, and hears what is said. */
async function meet(who, other) {
  // Of this page, not of the one before it.
  who.sockets.length = 0
  await who.page.goto(`${who.stack.url}/social`)
  await people(who).getByRole('button', { name: other.name }).click()
  await thread(who, other).waitFor()
  await connected(who.page)
}

async function setStatus({ page }, word) {
  await page.getByLabel('Your status').fill(word)
  await page.getByRole('button', { name: 'Set status' }).click()
}

async function two(browser, stack) {
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await meet(ada, ben)
  await meet(ben, ada)
  return { ada, ben }
}

story('two people: typing, seen, deleted, notified, and how they are', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  await thread(ada, ben).getByText('Online').waitFor()
  await ben.page.getByLabel(/^Message to/).pressSequentially('Hel')
  await thread(ada, ben).getByText('Typing…').waitFor()
  await say(ben, 'Hello Ada')
  await sees(ada, 'Hello Ada')
  await thread(ada, ben).getByText('Typing…').waitFor({ state: 'detached', timeout: PROMPTLY_MS })
  await sees(ben, 'Hello Ada', 'Seen')
  await notice(ada, `${ben.name} sent you a message`).waitFor()

  await say(ben, 'That was for someone else')
  await sees(ada, 'That was for someone else')
  await message(ben, 'for someone else').getByRole('button', { name: /^Delete/ }).click()
  for (const who of [ada, ben]) await message(who, 'for someone else').waitFor({ state: 'detached' })

  await setStatus(ben, 'at the harbour')
  await ben.page.getByText('Others see: at the harbour').waitFor()
  await thread(ada, ben).getByText('at the harbour').waitFor()
  await people(ada).getByText('at the harbour').waitFor()
  await setStatus(ben, 'invisible')
  await thread(ada, ben).getByText('Offline').waitFor()

  await thread(ben, ada).getByRole('button', { name: `Follow ${ada.name}` }).click()
  await thread(ben, ada).getByRole('button', { name: `Following ${ada.name}` }).waitFor()
  await notice(ada, `${ben.name} started following you`).waitFor()
  for (const who of [ada, ben]) assert.equal(socketsTo(who, '/api/socket').length, 1, who.sockets.join(', '))
  calm(ada, ben)
})

story('all devices agree on notifications, and preferences are kept', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  const phone = await atLogin(browser, stack, ada, { viewport: { width: 390, height: 780 } })
  await phone.page.goto(`${stack.url}/social`)
  await say(ben, 'One')
  await say(ben, 'Two')
  for (const who of [ada, phone]) await notices(who).getByText('3 unread').waitFor()
  await notice(ada, 'Welcome').or(notice(ada, 'Good to have you')).first().getByRole('button', { name: /^Mark read/ }).click()
  for (const who of [ada, phone]) await notices(who).getByText('2 unread').waitFor()
  const ofBen = notice(phone, `${ben.name} sent you a message`)
  await ofBen.first().getByRole('button', { name: /^Remove/ }).click()
  for (const who of [ada, phone]) {
    await notices(who).getByText('1 unread').waitFor()
    await notice(who, `${ben.name} sent you a message`).waitFor()
  }
  await notices(ada).getByRole('button', { name: 'Mark all read' }).click()
  for (const who of [ada, phone]) await notices(who).getByText('Nothing unread').waitFor()
  await notices(phone).getByRole('button', { name: 'Remove all' }).click()
  for (const who of [ada, phone]) await notices(who).getByText('Nothing here yet.').waitFor()

  await ada.page.getByLabel('New followers').uncheck()
  await ada.page.getByRole('button', { name: 'Save' }).click()
  await ada.page.getByText('Saved.').waitFor()
  await thread(ben, ada).getByRole('button', { name: `Follow ${ada.name}` }).click()
  await thread(ben, ada).getByRole('button', { name: `Following ${ada.name}` }).waitFor()
  await say(ben, 'Three')
  await notice(ada, `${ben.name} sent you a message`).waitFor()
  assert.equal(await notice(ada, 'started following you').count(), 0)
  await ada.page.reload()
  await ada.page.getByLabel('New followers').waitFor()
  await ada.page.locator('label', { hasText: 'New followers' }).locator('input:not(:checked)').waitFor()
  calm(ada, phone, ben)
})

story('who does too much is told until when, and nothing written is lost', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  for (let i = 1; i <= 11; i += 1) await say(ada, `Message ${i}.`)
  await sees(ben, 'Message 10.')
  await sees(ada, 'Message 11.', 'that was a lot at once')
  assert.equal(await message(ben, 'Message 11.').count(), 0)
  for (const word of ['one', 'two', 'three', 'four']) {
    await setStatus(ada, word)
    await ada.page.getByText(word === 'four' ? 'Rate limit exceeded for status updates. Try again in 5 minutes.' : `Others see: ${word}`).waitFor()
  }
  calm(ada, ben)
})

story('what was missed while the sidecar was down is there when it is back', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  await say(ben, 'Before')
  await sees(ada, 'Before')
  await stack.killSidecar()
  await say(ada, 'Written meanwhile')
  await sees(ada, 'Written meanwhile', 'ing…')
  await stack.restartSidecar()
  await sees(ada, 'Written meanwhile', 'Seen')
  await sees(ben, 'Written meanwhile')
  assert.equal(await message(ben, 'Written meanwhile').count(), 1)
})

story('everything can be done with the keyboard', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  const { keyboard } = ada.page
  await ada.page.goto(`${stack.url}/social`)
  await people(ada).getByRole('button', { name: ben.name }).waitFor()
  const focused = () => ada.page.evaluate(() => (document.activeElement.textContent || document.activeElement.id).slice(0, 80))
  /** Goes on with Tab until something is reached. */
  const tabTo = async (wanted) => {
    for (let i = 0; i < 60; i += 1) {
      await keyboard.press('Tab')
      if (wanted.test(await focused())) return
    }
    assert.fail(`nothing like ${wanted} can be reached`)
  }
  await tabTo(/^own-status$/)
  await keyboard.type('busy')
  await keyboard.press('Enter')
  await thread(ben, ada).getByText('busy').waitFor()
  await tabTo(new RegExp(ben.name))
  await keyboard.press('Enter')
  await thread(ada, ben).waitFor()
  await tabTo(/^message-text$/)
  await keyboard.type('No mouse here')
  await keyboard.press('Enter')
  await sees(ben, 'No mouse here')
  await sees(ada, 'No mouse here', 'Seen')
  // Back into the list of messages, to the button of the last one.
  await message(ada, 'No mouse here').getByRole('button', { name: /^Delete/ }).focus()
  await keyboard.press('Enter')
  await message(ben, 'No mouse here').waitFor({ state: 'detached' })
  // Focus is not lost: it comes here once the removal is acknowledged, which may be after the other heard of it.
  await ada.page.waitForFunction(() => document.activeElement.getAttribute('role') === 'log')
  await tabTo(/^Remove: /)
  await keyboard.press('Enter')
  await notices(ada).getByText('Nothing here yet.').waitFor()
  assert.equal(await focused(), 'Notifications')
  await tabTo(/^own-status$|^Save|^Push/)
  calm(ada, ben)
})

story('it looks right, light, dark and on a phone', async ({ browser, stack }) => {
  const { ada, ben } = await two(browser, stack)
  await say(ben, 'The regatta is on Saturday after all. Are you in?')
  await sees(ada, 'regatta')
  await say(ada, 'Of course. I will bring the charts.')
  await sees(ben, 'charts')
  await sees(ada, 'charts', 'Seen')
  await thread(ben, ada).getByRole('button', { name: `Follow ${ada.name}` }).click()
  await notice(ada, 'started following you').waitFor()
  await setStatus(ben, 'at the harbour')
  await thread(ada, ben).getByText('at the harbour').waitFor()
  await look(ada, 'social')
  await ada.page.reload()
  await people(ada).getByRole('button', { name: ben.name }).waitFor()
  await look(ada, 'social-people')
  calm(ada, ben)
})

/** Has the worker take note of what it shows; gives what waits until it has shown something. */
async function watchShowing(worker) {
  await worker.evaluate(() => {
    const { registration } = self
    const show = registration.showNotification.bind(registration)
    self.hasShown = new Promise((done, failed) => {
      registration.showNotification = (...what) => show(...what).then(done, failed)
    })
  })
  return () => within(worker.evaluate(() => self.hasShown), 'the worker to show something', PUSH_MS)
}

story('the page’s service worker shows what is pushed', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await ada.context.grantPermissions(['notifications'], { origin: stack.url })
  await ada.page.goto(`${stack.url}/social`)
  await ada.page.evaluate(() => navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready))
  const hasShown = await watchShowing(ada.context.serviceWorkers()[0] ?? (await ada.context.waitForEvent('serviceworker')))
  const devtools = await ada.context.newCDPSession(ada.page)
  const registered = new Promise((done) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(stack.url) && !isDeleted)
      if (mine) done(mine.registrationId)
    })
  })
  await devtools.send('ServiceWorker.enable')
  const pushed = { title: 'New Follower', body: 'Ben started following you', type: 'new_follow', timestamp: new Date().toISOString() }
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: stack.url,
    registrationId: await within(registered, 'the registration', PUSH_MS),
    data: JSON.stringify(pushed),
  })
  // Not asked for meanwhile: a notification that is listed before it is on display is dropped from Chromium's store.
  await hasShown()
  const shown = await ada.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }))
  })
  assert.deepEqual(shown, [{ title: 'New Follower', body: 'Ben started following you', tag: 'new_follow' }])
  calm(ada)
})
