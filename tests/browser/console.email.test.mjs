// How e-mails look: the console's preview, and every template as a phone and a desktop show it, light and dark. The pictures
// are in tests/artifacts.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { internalApi } from '../clients/support/api.mjs'
import { eventually } from '../clients/support/deadline.mjs'
import { newPerson } from '../clients/support/people.mjs'
import { killAll, newHome, startSidecar } from '../clients/support/sidecar.mjs'
import { accessible, fits, launch, newPage, PHONE, picture } from './support/browser.mjs'

const STORY_MS = 120_000
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
    await run({ page, context, complaints })
  } catch (error) {
    await picture(page, `console-failed-${name.replaceAll(/\W+/g, '-')}`).catch(() => {})
    throw error
  } finally {
    await context.close()
  }
})

async function opened(page, who) {
  await page.goto(`${sidecar.publicUrl}/`)
  await page.locator('#place option').first().waitFor({ state: 'attached' })
  if (who) await page.getByLabel('Token', { exact: true }).last().fill(who.token)
  await page.getByRole('tab', { name: 'E-mails' }).click()
}

const template = (page) => page.getByLabel('Template, with sample data')
const frame = (page) => page.frameLocator('#email-frame')
/** Waits until the frame shows the e-mail of this subject. */
async function framed(page, name) {
  await page.locator(`#email-frame[title="The e-mail ${name}"]`).waitFor()
  await frame(page).locator('body.canvas').waitFor()
}

story('an admin leafs through all templates: as on a phone, as on a desk, as plain text', async ({ page, complaints }) => {
  await opened(page, person({ admin: true }))
  await page.locator('#email-live').waitFor()
  const names = await template(page).locator('option').allTextContents()
  assert.equal(names.length, 10)
  await framed(page, names[0])
  const subjects = new Set()
  for (const name of names) {
    assert.equal(await template(page).inputValue(), name)
    await framed(page, name)
    const subject = page.locator('#email-subject')
    await page.waitForFunction((seen) => {
      const { textContent } = document.getElementById('email-subject')
      return textContent !== '' && !seen.includes(textContent)
    }, [...subjects])
    subjects.add(await subject.textContent())
    await page.getByRole('button', { name: 'Next', exact: true }).click()
  }
  assert.equal(await template(page).inputValue(), names[0], 'round once')
  await template(page).selectOption('account-verification')
  await framed(page, 'account-verification')
  await page.getByRole('radio', { name: 'Phone' }).check()
  const width = await page.locator('#email-frame').evaluate((element) => element.clientWidth)
  assert.ok(Math.abs(width - 375) <= 2, `${width} pixels wide`)
  await picture(page, 'console-email-phone-width', false)
  await page.getByRole('radio', { name: 'Plain text' }).check()
  await page.locator('#email-text', { hasText: /\d{6}/ }).waitFor()
  assert.doesNotMatch(await page.locator('#email-text').textContent(), /<[a-z]/)
  await accessible(page, 'an e-mail as plain text')
  await picture(page, 'console-email-text', false)
  await page.getByRole('radio', { name: 'Desktop' }).check()
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await accessible(page, `the preview, ${colorScheme}`)
    await picture(page, `console-email-${colorScheme}`)
  }
  await page.setViewportSize(PHONE)
  await fits(page, 'the preview')
  assert.deepEqual(complaints, [])
})

story('on a phone it is shown as on a phone', async ({ page, complaints }) => {
  await page.setViewportSize(PHONE)
  await opened(page, person({ admin: true }))
  await page.locator('#email-live').waitFor()
  await framed(page, await template(page).inputValue())
  assert.ok(await page.getByRole('radio', { name: 'Phone' }).isChecked())
  await fits(page, 'the preview on a phone')
  await accessible(page, 'the preview on a phone')
  await page.locator('#email-frame').scrollIntoViewIfNeeded()
  await picture(page, 'console-email-phone', false)
  assert.deepEqual(complaints, [])
})

story('an e-mail in the frame can do nothing', async ({ page }) => {
  await opened(page, person({ admin: true }))
  await page.locator('#email-live').waitFor()
  await framed(page, await template(page).inputValue())
  const inside = page.frames().find((one) => one !== page.mainFrame())
  assert.ok(!inside.url().includes('token'), 'the token stands in no address')
  // Of no origin, and without scripts.
  assert.equal(await page.locator('#email-frame').evaluate((element) => element.contentDocument), null)
  assert.equal(await page.locator('#email-frame').getAttribute('sandbox'), '')
})

story('whoever is no admin sees none', async ({ page }) => {
  await opened(page)
  await page.getByText('The token does not hold, or there is none.').waitFor()
  await page.getByLabel('Token', { exact: true }).last().fill(person().token)
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.getByText('This is for admins.').first().waitFor()
  await page.getByLabel('Token', { exact: true }).last().fill(person({ admin: true }).token)
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.locator('#email-live').waitFor()
})

story('an admin’s cookie is enough', async ({ page, context }) => {
  const admin = person({ admin: true })
  await context.addCookies([{ name: 'authToken', value: admin.token, url: sidecar.publicUrl, httpOnly: true }])
  await page.goto(`${sidecar.publicUrl}/`)
  await page.getByLabel('Cookie').check()
  await page.getByRole('tab', { name: 'E-mails' }).click()
  await page.locator('#email-live').waitFor()
  await framed(page, await template(page).inputValue())
})

story('an e-mail is light or dark as the device is', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await opened(page, person({ admin: true }))
  await page.locator('#email-live').waitFor()
  await framed(page, await template(page).inputValue())
  const ground = () => frame(page).locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  await eventually(ground, (dark) => dark !== light, 'the frame to be dark')
})

const WIDTHS = [375, 1200]
story('every template fits and can be read by all, at both widths, light and dark', async ({ page, complaints }) => {
  const { templates } = await internal.get('/internal/email/templates').then(({ body }) => body)
  assert.equal(templates.length, 10)
  for (const { name } of templates) {
    const { body } = await internal.post('/internal/email/preview', { template: name })
    await page.setContent(body.html)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 })
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme })
        await fits(page, `${name} at ${width}`)
        await accessible(page, `${name} at ${width}, ${colorScheme}`)
        await picture(page, `email-${name}-${width}-${colorScheme}`)
      }
    }
  }
  assert.deepEqual(complaints, [])
})
