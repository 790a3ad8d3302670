// Each page as people see it: light, dark and on a phone, without a complaint, and good for those who cannot see it.

import assert from 'node:assert/strict'
import { atLogin, calm, newcomer, say, sees, talkTo, visitor } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'

const story = appSuite('pages')

story('login and register', async ({ browser, stack }) => {
  const nobody = { ...(await visitor(browser, stack)), name: 'nobody' }
  await look(nobody, 'login', '/login')
  await look(nobody, 'register', '/register')
  calm(nobody)
})

story('messages, notifications and sessions', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await talkTo(ada, ben)
  await talkTo(ben, ada)
  await say(ben, 'Did the tide tables for Saturday come in? I would like to be out before the wind turns.')
  await sees(ada, 'tide tables')
  await say(ada, 'Yes: low water is at 7:40. If we meet at seven we have plenty of time.')
  await sees(ben, 'low water')
  await say(ben, 'Seven it is.')
  await sees(ada, 'Seven it is.')
  await sees(ada, 'low water', 'Read')
  await look(ada, 'messages')
  await look(ada, 'notifications', '/notifications')
  await atLogin(browser, stack, ada)
  await look(ada, 'sessions', '/sessions')
  calm(ada, ben)
})

story('the three older namespaces share one connection', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  await ada.page.goto(`${stack.url}/legacy`)
  for (const name of ['/auth', '/messenger', '/notifications']) {
    await ada.page.getByRole('region', { name }).getByText('Connected', { exact: true }).waitFor()
  }
  await ada.page.getByRole('button', { name: 'Count the connections' }).click()
  await ada.page.getByText('3 sockets, 1 connection').waitFor()
  const messenger = ada.page.getByRole('region', { name: '/messenger' })
  await messenger.getByRole('button', { name: 'Send a test' }).click()
  await messenger.getByText('testResponse').waitFor()
  const notifications = ada.page.getByRole('region', { name: '/notifications' })
  await notifications.getByRole('button', { name: 'List the latest' }).click()
  await notifications.locator('summary', { hasText: 'List the latest' }).click()
  await notifications.getByText(/Good to have you here/).waitFor()
  await look(ada, 'namespaces')
  calm(ada)
})

story('the admin area, with the monitor', async ({ browser, stack }) => {
  const admin = await atLogin(browser, stack, stack.admin)
  const ben = await newcomer(browser, stack, 'Ben')
  await look(admin, 'users', '/admin/users')
  await admin.page.goto(`${stack.url}/admin/monitor`)
  await admin.page.getByText(ben.email).waitFor()
  await admin.page.getByRole('button', { name: 'Run socket test' }).click()
  await admin.page.getByText('5 of 5 checks passed').waitFor({ timeout: 20_000 })
  await admin.page.getByRole('button', { name: 'Broadcast' }).click()
  await admin.page.getByText(/Broadcast: reached/).waitFor()
  await admin.page.getByText(/This page got/).waitFor()
  await admin.page.getByRole('button', { name: 'Diagnose now' }).click()
  await look(admin, 'monitor')
  calm(admin, ben)
})

story('everything can be reached with the keyboard', async ({ browser, stack }) => {
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await ada.page.goto(`${stack.url}/`)
  await ada.page.keyboard.press('Tab')
  assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), 'Skip to content')
  await ada.page.keyboard.press('Enter')
  await ada.page.getByRole('button', { name: new RegExp(ben.name) }).focus()
  await ada.page.keyboard.press('Enter')
  await ada.page.getByLabel(/^Message to/).focus()
  await ada.page.keyboard.type('Written')
  await ada.page.keyboard.press('Shift+Enter')
  await ada.page.keyboard.type('without a mouse')
  await ada.page.keyboard.press('Enter')
  await sees(ada, 'without a mouse', 'Sent')
})
