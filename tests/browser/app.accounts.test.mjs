// What an admin and a user do with accounts, seen from pages that are open meanwhile.

import assert from 'node:assert/strict'
import { atLogin, calm, connected, newcomer, visitor } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { picture } from './support/browser.mjs'

const story = appSuite('accounts')

const atUsers = async ({ browser, stack }) => {
  const admin = await atLogin(browser, stack, stack.admin)
  await admin.page.goto(`${stack.url}/admin/users`)
  return admin
}

const cookieOf = async ({ context }) => (await context.cookies()).find(({ name }) => name === 'authToken')

story('a deactivated user is told, logged out, and kept out until activated', async (world) => {
  const { browser, stack } = world
  const ben = await newcomer(browser, stack, 'Ben')
  const admin = await atUsers(world)
  const row = admin.page.getByRole('row', { name: ben.name })
  await row.getByText(', Online').waitFor({ state: 'attached' })
  await row.getByRole('button', { name: 'Deactivate' }).click()
  await ben.page.getByRole('alert').getByText('An admin deactivated your account').waitFor()
  await picture(ben.page, 'app-deactivated')
  await ben.page.waitForURL(/\/login\?fault=deactivated/)
  await ben.page.getByText('An admin deactivated this account.').waitFor()
  await row.getByText(', Offline').waitFor({ state: 'attached' })
  await ben.page.getByLabel('Email').fill(ben.email)
  await ben.page.getByLabel('Password').fill(ben.password)
  await ben.page.getByRole('button', { name: 'Log in', exact: true }).click()
  await ben.page.getByText('This account is deactivated').waitFor()
  await row.getByRole('button', { name: 'Activate' }).click()
  await row.getByText('Active', { exact: true }).waitFor()
  await ben.page.getByRole('button', { name: 'Log in', exact: true }).click()
  await ben.page.waitForURL((url) => url.pathname === '/')
  assert.equal(await connected(ben.page), 'websocket')
})

story('a new admin gets the rights without a reload, and loses them so', async (world) => {
  const { browser, stack } = world
  const ben = await newcomer(browser, stack, 'Ben')
  const admin = await atUsers(world)
  await ben.page.evaluate(() => (globalThis.loadedOnce = true))
  const before = await cookieOf(ben)
  const row = admin.page.getByRole('row', { name: ben.name })
  await row.getByRole('button', { name: 'Make admin' }).click()
  const monitor = ben.page.getByRole('link', { name: 'Monitor' })
  await monitor.waitFor()
  const after = await cookieOf(ben)
  assert.notEqual(after.value, before.value, 'the cookie was not replaced')
  assert.ok(after.httpOnly)
  await connected(ben.page)
  // The new right holds at the sidecar too.
  assert.equal((await ben.context.request.get(`${stack.url}/api/socket-test`)).status(), 200)
  await row.getByRole('button', { name: 'Take admin' }).click()
  await monitor.waitFor({ state: 'detached' })
  await connected(ben.page)
  assert.equal(await ben.page.evaluate(() => globalThis.loadedOnce), true, 'the page was loaded again')
  // What an admin's cookie allowed ends with the right, for whoever kept a copy of it.
  const copy = await fetch(`${stack.sidecar().publicUrl}/api/socket-test`, { headers: { cookie: `authToken=${after.value}` } })
  assert.equal(copy.status, 401)
  await ben.page.getByRole('link', { name: /Notifications.*unread/ }).click()
  await ben.page.getByRole('heading', { name: /You are an admin now/ }).waitFor()
  calm(admin)
})

story('ending a device closes its pages and no others; everywhere ends all', async ({ browser, stack }) => {
  const laptop = await newcomer(browser, stack, 'Ada')
  const phone = await atLogin(browser, stack, laptop, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1' })
  await laptop.page.goto(`${stack.url}/sessions`)
  await laptop.page.getByRole('button', { name: 'Log out Safari on iOS' }).click()
  await phone.page.waitForURL(/\/login\?fault=ended/)
  await laptop.page.getByText('Safari on iOS').first().waitFor({ state: 'detached' })
  assert.equal(await connected(laptop.page), 'websocket')
  const tablet = await atLogin(browser, stack, laptop)
  await laptop.page.getByRole('button', { name: 'Log out everywhere' }).click()
  for (const who of [laptop, tablet]) {
    await who.page.waitForURL(/\/login/)
    await who.page.goto(`${stack.url}/`)
    await who.page.waitForURL(/\/login/)
  }
})

story('strangers get nothing: no page, no other origin, no admin route for users', async ({ browser, stack }) => {
  const nobody = await visitor(browser, stack)
  for (const path of ['/', '/notifications', '/sessions', '/legacy', '/admin/users', '/admin/monitor']) {
    await nobody.page.goto(stack.url + path)
    assert.equal(new URL(nobody.page.url()).pathname, '/login', path)
  }
  const ben = await newcomer(browser, stack, 'Ben')
  const { request } = ben.context
  const elsewhere = { origin: 'http://localhost:1' }
  assert.equal((await request.post(`${stack.url}/api/auth/logout`, { headers: elsewhere })).status(), 403)
  assert.equal((await request.get(`${stack.url}/api/users`)).status(), 403)
  assert.equal((await request.get(`${stack.url}/api/socket-test`)).status(), 403)
  await ben.page.goto(`${stack.url}/admin/users`)
  assert.equal(new URL(ben.page.url()).pathname, '/')
})

story('who is logged out in the monitor is logged out of the app', async ({ browser, stack }) => {
  const ben = await newcomer(browser, stack, 'Ben')
  const admin = await atLogin(browser, stack, stack.admin)
  await admin.page.goto(`${stack.url}/admin/monitor`)
  const user = admin.page.getByRole('listitem').filter({ hasText: ben.email })
  await user.getByRole('button', { name: `Log out ${ben.email} everywhere` }).click()
  // It asks once more.
  await user.getByRole('button', { name: `Yes, log out ${ben.email} everywhere` }).click()
  await ben.page.waitForURL(/\/login\?fault=ended/)
  await ben.page.goto(`${stack.url}/`)
  await ben.page.waitForURL(/\/login/)
  // And may come back.
  await ben.page.getByLabel('Email').fill(ben.email)
  await ben.page.getByLabel('Password').fill(ben.password)
  await ben.page.getByRole('button', { name: 'Log in', exact: true }).click()
  await ben.page.waitForURL((url) => url.pathname === '/')
  assert.equal(await connected(ben.page), 'websocket')
})
