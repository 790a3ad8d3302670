// The console at `/`, as people use it: test client, live monitor, self test.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { io } from '../clients/node_modules/socket.io-client/build/esm-debug/index.js'
import { internalApi, publicApi } from '../clients/support/api.mjs'
import { chatOf, newPerson } from '../clients/support/people.mjs'
import { killAll, newHome, startSidecar } from '../clients/support/sidecar.mjs'
import { accessible, fits, launch, newPage, PHONE, picture } from './support/browser.mjs'

const STORY_MS = 60_000
const home = newHome()
const sockets = []
let browser
let sidecar
const person = (options) => newPerson(home.jwtSecret, options)
const internal = internalApi(() => sidecar)
const rest = publicApi(() => sidecar)

before(async () => {
  sidecar = await startSidecar(home)
  browser = await launch()
})

after(async () => {
  for (const socket of sockets) socket.disconnect()
  await browser?.close()
  await sidecar?.stop().finally(killAll)
  home.remove()
})

const story = (name, options, run) => test(name, { timeout: STORY_MS }, async () => {
  const { page, context, complaints } = await newPage(browser, options)
  try {
    await run({ page, context, complaints })
  } catch (error) {
    await picture(page, `console-failed-${name.replaceAll(/\W+/g, '-')}`).catch(() => {})
    throw error
  } finally {
    await context.close()
  }
})

async function opened(page) {
  await page.goto(`${sidecar.publicUrl}/`)
  await page.locator('#place option').first().waitFor({ state: 'attached' })
}

async function connect(page, who, place = '/api/socket  /  (rooms)') {
  await page.getByLabel('Path and namespace').selectOption({ label: place })
  if (who) await page.getByLabel('Token', { exact: true }).last().fill(who.token)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.locator('#state[data-state=connected]').waitFor()
}

const tab = (page, name) => page.getByRole('tab', { name }).click()
const logged = (page, name) => page.locator('#log li', { has: page.locator('.name', { hasText: name }) })

/** A stock client of somebody else. */
async function elsewhere(who, headers = {}) {
  const socket = io(sidecar.publicUrl, {
    path: '/api/socket',
    transports: ['websocket'],
    auth: { token: who.token },
    forceNew: true,
    extraHeaders: { 'X-Forwarded-For': who.device.ip, 'User-Agent': who.device.userAgent, ...headers },
  })
  sockets.push(socket)
  await new Promise((done, failed) => {
    socket.once('connect', done)
    socket.once('connect_error', failed)
  })
  return socket
}

story('a page of its own, without a complaint, light and dark, on a desk and on a phone', {}, async ({ page, complaints }) => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await opened(page)
    for (const name of ['Client', 'Live monitor', 'Self test', 'Guide']) {
      await tab(page, name)
      await accessible(page, `${name}, ${colorScheme}`)
    }
    await picture(page, `console-guide-${colorScheme}`)
  }
  await page.setViewportSize(PHONE)
  for (const name of ['Guide', 'Self test', 'Live monitor', 'Client']) {
    await tab(page, name)
    await fits(page, name)
  }
  await picture(page, 'console-client-phone', false)
  assert.deepEqual(complaints, [])
})

story('connect, emit with an acknowledgement, watch, and send a message over REST', {}, async ({ page, complaints }) => {
  const [who, other] = [person(), person()]
  const theirs = await elsewhere(other)
  await opened(page)
  await connect(page, who)
  await page.locator('#fact-latency', { hasText: 'ms' }).waitFor()
  await page.locator('#fact-transport', { hasText: 'websocket' }).waitFor()
  await logged(page, 'getOnlineUsers').first().waitFor()

  await page.getByLabel('Event', { exact: true }).selectOption('checkUserOnline')
  assert.deepEqual(JSON.parse(await page.getByLabel('Argument, as JSON').inputValue()), { userId: '' })
  await page.getByLabel('Argument, as JSON').fill(`{"userId": "${other.userId}"`)
  await page.getByRole('button', { name: 'Emit' }).click()
  await page.getByText('This is not JSON').waitFor()
  await page.getByLabel('Argument, as JSON').fill(`{"userId": "${other.userId}"}`)
  await page.getByLabel('Argument, as JSON').press('Control+Enter')
  await page.locator('#ack', { hasText: '"isOnline": true' }).waitFor()

  await page.getByLabel('Event', { exact: true }).selectOption('typing')
  await page.getByLabel('Argument, as JSON').fill(JSON.stringify({ receiverId: other.userId, isTyping: true }))
  const heard = new Promise((done) => theirs.once('userTyping', done))
  await page.getByRole('button', { name: 'Emit' }).click()
  assert.equal((await heard).userId, who.userId)

  await page.getByLabel('To the user with the id').fill(other.userId)
  await page.getByLabel('Text', { exact: true }).first().fill('Hello from the console')
  const message = new Promise((done) => theirs.once('newMessage', done))
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  assert.equal((await message).text, 'Hello from the console')
  await page.locator('#message-result', { hasText: 'Stored as' }).waitFor()
  await logged(page, 'messageSent').first().waitFor()

  await internal.post('/internal/emit-token-update', { userId: who.userId, newToken: who.anotherToken() })
  const updated = logged(page, 'tokenUpdated').first()
  await updated.locator('summary').click()
  assert.match(await updated.locator('pre').textContent(), /"newToken": "•••"/)

  await page.getByLabel('Filter by name or content').fill('isonline')
  assert.equal(await logged(page, 'getOnlineUsers').count(), 0)
  await page.getByLabel('Filter by name or content').fill('')
  await page.getByRole('button', { name: 'Pause' }).click()
  await elsewhere(person())
  await page.getByText(/waiting/).waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await accessible(page, 'a connected client')
  await picture(page, 'console-client-light')
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await page.locator('#state[data-state=idle]').waitFor()
  assert.deepEqual(complaints, [])
})

story('a cookie is enough, and any contract and namespace can be tried', {}, async ({ page, context, complaints }) => {
  const who = person()
  await context.addCookies([{ name: 'authToken', value: who.token, url: sidecar.publicUrl, httpOnly: true }])
  await opened(page)
  await page.getByLabel('Cookie').check()
  await connect(page, null, '/api/socket-namespaces  /notifications  (legacy)')
  await page.getByLabel('Event', { exact: true }).selectOption('getNotifications')
  await page.getByRole('button', { name: 'Emit' }).click()
  await page.locator('#ack', { hasText: '"notifications": []' }).waitFor()
  await internal.post('/internal/notify', { userId: who.userId, type: 'info', title: 'Parcel', message: 'It is here' })
  await logged(page, 'notification').first().waitFor()
  assert.deepEqual(complaints, [])
})

story('contract commerce: who one is, what one may send, counts, and what is refused', {}, async ({ page, complaints }) => {
  const [admin, buyer] = [person({ admin: true }), person()]
  for (const [who, role] of [[admin, 'admin'], [buyer, 'user']]) {
    await internal.put(`/internal/users/${who.userId}`, { email: who.email, role })
  }
  const emit = async (event, argument, answer) => {
    await page.getByLabel('Event', { exact: true }).selectOption(event)
    if (argument !== undefined) await page.getByLabel('Argument, as JSON').fill(JSON.stringify(argument))
    await page.getByRole('button', { name: 'Emit' }).click()
    await page.locator('#ack', { hasText: answer }).waitFor()
  }
  const place = '/api/socket  /commerce  (commerce)'
  await opened(page)
  await connect(page, buyer, place)
  await logged(page, 'connection:success').first().waitFor()
  await page.locator('#fact-role', { hasText: /^user, \d+ events$/ }).waitFor()
  await page.locator('#event option', { hasText: 'admin:broadcast (not allowed)' }).waitFor({ state: 'attached' })
  await emit('chat:join_room', { roomId: 'product:oar' }, '"success": true')
  await emit('user:cart_update', { cart: ['oar'] }, '"success": true')
  await emit('admin:stats', undefined, '"UNAUTHORIZED"')
  await page.locator('#ack[data-ok=false]').waitFor()
  await logged(page, 'error:unauthorized').first().waitFor()
  await emit('chat:message', {}, 'Missing required field: message')
  await internal.post('/internal/commerce/announcement', { title: 'Maintenance', message: 'Down at noon' })
  await logged(page, 'system:announcement').first().waitFor()
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await page.locator('#state[data-state=idle]').waitFor()
  assert.equal(await page.locator('#role-row').isVisible(), false)

  await connect(page, admin, place)
  await page.locator('#fact-role', { hasText: /^admin, \d+ events$/ }).waitFor()
  await emit('admin:stats', undefined, '"totalConnections"')
  await page.locator('#fact-here', { hasText: /\d+ users?, \d+ connections?/ }).waitFor()
  await accessible(page, 'contract commerce')
  await picture(page, 'console-commerce-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await picture(page, 'console-commerce-dark')
  await page.setViewportSize(PHONE)
  await fits(page, 'contract commerce on a phone')
  await picture(page, 'console-commerce-phone')
  await internal.post('/internal/commerce/disconnect', { userId: admin.userId, reason: 'Enough for today' })
  await page.locator('#state[data-state=ended]').waitFor()
  await page.locator('#fault', { hasText: 'Enough for today' }).waitFor()
  assert.deepEqual(complaints, [])
})

story('contract tracking: rooms, a message, figures, announcements, and what is refused', {}, async ({ page, complaints }) => {
  const who = person()
  const place = '/api/socket  /tracking  (tracking)'
  const argument = page.getByLabel('Argument, as JSON')
  const emit = async (event, value, answer) => {
    await page.getByLabel('Event', { exact: true }).selectOption(event)
    if (value !== undefined) {
      assert.equal(await argument.inputValue(), '""', 'a text is wanted')
      await argument.fill(JSON.stringify(value))
    }
    await page.getByRole('button', { name: 'Emit' }).click()
    await page.locator('#ack', { hasText: answer }).waitFor()
  }
  await opened(page)
  await connect(page, who, place)
  await logged(page, 'notification').first().getByText('Real-time updates are now active').waitFor()
  await emit('join_room', `user_${who.userId}`, '"success": true')
  await emit('get_rooms', undefined, `user_${who.userId}`)
  await emit('track_message', 'spring-sale', '"error"')
  await page.locator('#ack[data-ok=false]').waitFor()
  await logged(page, 'notification').first().getByText('Request denied').waitFor()
  await internal.post('/internal/tracking/messages', { messageId: 'spring-sale', userId: who.userId, totalRecipients: 2 })
  await emit('track_message', 'spring-sale', '"totalRecipients": 2')
  const recipients = ['r1', 'r2'].map((recipientId) => ({ recipientId, phone: '+1555', status: 'SENT' }))
  const many = { userId: who.userId, messageId: 'spring-sale', updates: recipients }
  await internal.post('/internal/tracking/recipient-updates', many)
  await logged(page, 'recipient_update').first().waitFor()
  await logged(page, 'message_update').first().getByText('"successCount":2').waitFor()
  await emit('subscribe_analytics', undefined, '"success": true')
  await logged(page, 'analytics_update').filter({ hasText: 'dashboard_stats' }).first().waitFor()
  await internal.post('/internal/tracking/broadcast', { title: 'Maintenance', message: 'Down at noon' })
  await logged(page, 'notification').first().getByText('Down at noon').waitFor()
  await picture(page, 'console-tracking-light')
  await internal.post('/internal/force-logout', { userId: who.userId, reason: 'Time to go', revoke: false })
  await page.locator('#state[data-state=ended]').waitFor()
  await page.locator('#fault').getByText('Time to go').waitFor()
  assert.deepEqual(complaints, [])
  await page.getByLabel('Token', { exact: true }).last().fill('nonsense')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.locator('#fault').getByText('The token does not hold').waitFor()
})

story('what is wrong is explained: token, right, and the sidecar gone', {}, async ({ page }) => {
  await opened(page)
  const fault = page.locator('#fault')
  const attempt = async (token, words, state = 'refused') => {
    await page.getByLabel('Token', { exact: true }).last().fill(token)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.locator(`#state[data-state=${state}]`).waitFor()
    await fault.getByText(words).waitFor()
    if (state === 'reconnecting') await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  }
  const who = person()
  await attempt(who.anotherToken({ expiresIn: -60 }), 'The token has expired')
  await attempt(newPerson('another secret, as long as it has to be').token, 'The token was signed with another secret')
  await attempt('', 'No token arrived')
  await page.getByLabel('Path and namespace').selectOption({ label: '/api/socket  /monitor  (monitor)' })
  await attempt(who.token, 'This is for admins')
  await page.getByLabel('Path and namespace').selectOption({ label: '/api/socket  /  (rooms)' })

  // Routes see no websockets.
  await page.getByLabel('Transport').selectOption('polling')
  await page.route('**/api/socket/**', (route) => route.fulfill({ status: 403, body: '{"error":"Origin not allowed"}' }))
  await attempt(who.token, 'This origin is not allowed', 'reconnecting')
  await page.unroute('**/api/socket/**')
  await page.route('**/*', (route) => route.abort())
  await attempt(who.token, 'The sidecar does not answer', 'reconnecting')
  await page.unroute('**/*')
  await page.getByLabel('Transport').selectOption('websocket')

  await connect(page, who)
  await internal.post('/internal/force-logout', { userId: who.userId, reason: 'Time to go' })
  await page.locator('#state[data-state=ended]').waitFor()
  await fault.getByText('Time to go').waitFor()
  await picture(page, 'console-fault-light', false)
})

story('an admin watches who comes and what passes, and disconnects a device', {}, async ({ page, complaints }) => {
  const admin = person({ admin: true, userId: 'ada-admin' })
  const [ann, bob] = [person({ userId: 'ann' }), person({ userId: 'bob' })]
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36'
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1'
  const annHere = await elsewhere(ann, { 'User-Agent': chrome })
  const bobHere = await elsewhere(bob, { 'User-Agent': phone })
  for (const socket of [annHere, bobHere]) await socket.emitWithAck('joinChatRoom', { chatId: chatOf(ann, bob) })

  await opened(page)
  await connect(page, admin)
  await tab(page, 'Live monitor')
  const row = (who) => page.locator(`#users > li[data-user="${who.userId}"]`)
  await row(ann).getByText('Chrome on Linux').waitFor()
  await page.locator('#rooms').getByText(chatOf(ann, bob)).waitFor()
  await page.locator('#totals [data-health=ok]').waitFor()

  const second = await elsewhere(ann, { 'User-Agent': 'Another/1.0', 'X-Forwarded-For': '10.9.9.9' })
  await row(ann).getByText('10.9.9.9').waitFor()
  await rest.post(ann, `/api/messages/send/${bob.userId}`, { text: 'nobody else may read this' })
  annHere.emit('typing', { receiverId: bob.userId, isTyping: true })
  await page.locator('#passing tr', { hasText: 'newMessage' }).first().waitFor()
  await page.locator('#passing tr', { hasText: 'typing' }).first().waitFor()
  await page.locator('#rates tr', { hasText: 'newMessage' }).waitFor()
  assert.ok(!(await page.locator('body').innerText()).includes('nobody else may read this'))

  await page.getByLabel('Filter users').fill('iphone')
  await row(ann).waitFor({ state: 'hidden' })
  await page.getByLabel('Filter users').fill('')
  await accessible(page, 'the live monitor')
  await picture(page, 'console-monitor-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await accessible(page, 'the live monitor, dark')
  await picture(page, 'console-monitor-dark')
  await page.setViewportSize(PHONE)
  await fits(page, 'the live monitor')
  await page.locator('#work').evaluate((work) => work.scrollIntoView())
  await picture(page, 'console-monitor-phone', false)
  await page.setViewportSize({ width: 1360, height: 900 })

  const loggedOut = new Promise((done) => second.once('force_logout', done))
  await row(ann).locator('.devices li', { hasText: '10.9.9.9' }).getByRole('button').click()
  await page.getByLabel('What the user is told').fill('This device looks lost')
  await page.getByLabel('Their tokens no longer hold').uncheck()
  await accessible(page, 'the confirmation')
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
  assert.equal((await loggedOut).reason, 'This device looks lost')
  await row(ann).getByText('10.9.9.9').waitFor({ state: 'detached' })
  assert.ok(annHere.connected)
  bobHere.disconnect()
  await row(bob).waitFor({ state: 'detached' })
  assert.deepEqual(complaints, [])
})

story('the monitor’s namespace can be driven by hand while the monitor is shown', {}, async ({ page, complaints }) => {
  await opened(page)
  await connect(page, person({ admin: true }), '/api/socket-namespaces  /monitor  (monitor)')
  await tab(page, 'Live monitor')
  await page.locator('#totals').getByText('watching').waitFor()
  await tab(page, 'Client')
  await page.getByLabel('Event', { exact: true }).selectOption('monitor:snapshot')
  await page.getByRole('button', { name: 'Emit' }).click()
  await page.locator('#ack', { hasText: '"uptimeSeconds"' }).waitFor()
  await logged(page, 'monitor:update').first().waitFor()
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await tab(page, 'Live monitor')
  await page.getByRole('button', { name: 'Watch' }).waitFor()
  assert.deepEqual(complaints, [])
})

story('whoever is no admin is told so', {}, async ({ page }) => {
  await opened(page)
  await connect(page, person())
  await tab(page, 'Live monitor')
  await page.getByText('This is for admins').first().waitFor()
  await tab(page, 'Self test')
  await page.getByRole('button', { name: 'Run the self test' }).click()
  await page.locator('#test-summary', { hasText: 'This is for admins' }).waitFor()
})

story('the self test runs and its three actions reach people', {}, async ({ page, complaints }) => {
  const [admin, who] = [person({ admin: true }), person()]
  const theirs = await elsewhere(who)
  await opened(page)
  await connect(page, admin)
  await tab(page, 'Self test')
  await page.getByRole('button', { name: 'Run the self test' }).click()
  await page.locator('#test-summary', { hasText: '5 of 5 passed' }).waitFor()
  assert.equal(await page.locator('#checks [data-verdict=pass]').count(), 5)

  const heard = (event) => new Promise((done) => theirs.once(event, done))
  const form = (action) => page.locator(`form[data-action=${action}]`)
  const answered = (action) => form(action).locator('output', { hasText: 'Reached' }).waitFor()
  let said = heard('testMessage')
  await page.getByLabel('User’s id').fill(who.userId)
  await form('sendToUser').getByRole('button').click()
  assert.equal((await said).message, 'Hello from the console')
  await answered('sendToUser')
  said = heard('testMessage')
  await form('broadcast').getByRole('button').click()
  assert.equal((await said).message, 'Hello, everyone')
  await answered('broadcast')
  said = heard('getOnlineUsers')
  await form('emitOnlineUsers').getByRole('button').click()
  assert.ok((await said).includes(who.userId))
  await accessible(page, 'the self test')
  await picture(page, 'console-self-test-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await picture(page, 'console-self-test-dark')
  assert.deepEqual(complaints, [])
})

story('all of it by keyboard', {}, async ({ page }) => {
  await opened(page)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip')
  await page.getByRole('tab', { name: 'Client' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.locator('#panel-monitor').waitFor()
  await page.keyboard.press('End')
  await page.locator('#panel-guide').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.locator('#panel-client').waitFor()
  await page.getByLabel('Token', { exact: true }).last().fill(person().token)
  await page.keyboard.press('Enter')
  await page.locator('#state[data-state=connected]').waitFor()
})

story('the console comes back by itself after the sidecar was restarted', {}, async ({ page }) => {
  await opened(page)
  await connect(page, person())
  const port = sidecar.port
  await sidecar.stop()
  await page.locator('#state[data-state=reconnecting]').waitFor()
  sidecar = await startSidecar(home, { PORT: String(port) })
  await page.locator('#state[data-state=connected]').waitFor({ timeout: 20_000 })
})
