// The app is told what happens, and shows it; a page says whether a lost connection cost anything.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { atLogin, calm, connected, newcomer, reads, say, sees, talkTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { accessible, DESKTOP, fits, PHONE, picture } from './support/browser.mjs'

const secret = randomBytes(32).toString('hex')
/** The app's port is known only when it runs: what the sidecar posts goes through here. */
let app = null
const relay = createServer((incoming, outgoing) => {
  if (!app) return outgoing.writeHead(503).end()
  const { url, method, headers } = incoming
  const passed = request(app + url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode)
    answer.pipe(outgoing)
  })
  passed.on('error', () => outgoing.writeHead(502).end())
  incoming.pipe(passed)
})

const story = appSuite('webhooks', async () => {
  await new Promise((done) => relay.listen(0, '127.0.0.1', done))
  relay.unref()
  return {
    app: { OUTRIGGER_WEBHOOK_SECRET: secret },
    sidecar: {
      OUTRIGGER_WEBHOOK_URL: `http://127.0.0.1:${relay.address().port}/api/outrigger/webhooks`,
      OUTRIGGER_WEBHOOK_SECRET: secret,
      OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS: '300',
    },
  }
})

story('an admin sees what the app was told, live: whom it would send an e-mail', async ({ browser, stack }) => {
  const admin = await atLogin(browser, stack, stack.admin)
  await admin.page.goto(`${stack.url}/admin/webhooks`)
  await admin.page.getByText('Nothing yet.').waitFor()
  await accessible(admin.page, 'webhooks, empty')
  await picture(admin.page, 'app-webhooks-empty')
  app = stack.url.replace('localhost', '127.0.0.1')
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await ben.context.close()
  await talkTo(ada, ben)
  await say(ada, 'Are you there?')
  await sees(ada, 'Are you there?')
  const list = admin.page.getByRole('list', { name: 'Webhooks' })
  await list.getByText('user.connected').first().waitFor()
  await list.getByText('message.stored').first().waitFor()
  const missed = list.getByRole('listitem').filter({ hasText: 'message.missed' })
  await missed.getByText(`would send an e-mail to ${ben.email}`).waitFor({ timeout: 40_000 })
  assert.ok(!(await list.textContent()).includes('Are you there?'), 'what people wrote is not shown')
  for (const [look, options] of Object.entries({ light: DESKTOP, phone: PHONE })) {
    await admin.page.setViewportSize(options)
    await fits(admin.page, `webhooks, ${look}`)
    await accessible(admin.page, `webhooks, ${look}`)
    await picture(admin.page, `app-webhooks-${look}`)
  }
  await admin.page.emulateMedia({ colorScheme: 'dark' })
  await accessible(admin.page, 'webhooks, dark')
  calm(admin, ada)
})

story('only the sidecar may tell, and only admins may look', async ({ browser, stack }) => {
  const url = `${stack.url}/api/outrigger/webhooks`
  const post = await fetch(url, { method: 'POST', body: '{}', headers: { 'webhook-id': '1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' } })
  assert.equal(post.status, 401)
  const ada = await newcomer(browser, stack, 'Ada')
  assert.equal((await ada.context.request.get(url)).status(), 403)
  assert.equal((await fetch(url)).status, 401)
})

story('a lost connection that cost nothing says so, and goes away again', async (world) => {
  const { browser, stack } = world
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await talkTo(ada, ben)
  await talkTo(ben, ada)
  await say(ben, 'Before')
  await sees(ada, 'Before')
  const said = ada.page.getByTestId('recovery')
  assert.equal(await said.textContent(), '')
  await stack.killSidecar()
  await stack.restartSidecar()
  await connected(ben.page)
  await say(ben, 'After')
  await said.getByText('Nothing was missed.').waitFor({ timeout: 20_000 })
  await fits(ada.page, 'recovery')
  await accessible(ada.page, 'recovery')
  await picture(ada.page, 'app-recovery')
  await reads(ada, ['Before', 'After'])
  await said.getByText('Nothing was missed.').waitFor({ state: 'detached' })
  assert.equal(await said.textContent(), '')
})
