// Contract `commerce` in the sample app: a buyer, a seller and an admin, each in a browser of their own, see at once what the
// others do; one cart in two tabs; a product is let in; somebody is disconnected.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { eventually } from '../clients/support/deadline.mjs'
import { atLogin, calm, newcomer, OUTAGE_MS, socketsTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { look } from './support/looks.mjs'

/** The sidecar asks the app, which tells the sidecar, which tells pages; on a busy machine. */
const ROUND_MS = 20_000

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

const suite = appSuite('orders', async () => {
  await new Promise((done) => relay.listen(0, '127.0.0.1', done))
  relay.unref()
  return {
    app: { OUTRIGGER_WEBHOOK_SECRET: secret },
    sidecar: {
      OUTRIGGER_WEBHOOK_URL: `http://127.0.0.1:${relay.address().port}/api/outrigger/webhooks`,
      OUTRIGGER_WEBHOOK_SECRET: secret,
    },
  }
})
const story = (name, run) =>
  suite(name, async (parts) => {
    app = parts.stack.url.replace('localhost', '127.0.0.1')
    await run(parts)
  })

const region = ({ page }, name) => page.getByRole('region', { name, exact: true })
const cart = (who) => region(who, 'Cart')
const news = (who) => region(who, 'News')
const products = (who) => region(who, 'Products')
/** A button whose hidden words say what it is about. */
const button = ({ page }, does, what) =>
  page.getByRole('button', { name: new RegExp(`^${does}\\W+${what.replaceAll(/[-.]/g, '\\$&')}( \\d+)?$`) })
const item = (who, kind, status, text) =>
  who.page.locator(`[data-testid=${kind}]${status ? `[data-status="${status}"]` : ''}`, { hasText: text })
const shows = (locator, ms = ROUND_MS) => locator.first().waitFor({ timeout: ms })

async function open(who) {
  // Of this page, not of the one before it.
  who.sockets.length = 0
  await who.page.goto(`${who.stack.url}/orders`)
  await connected(who)
}

const connected = (who) => who.page.locator('[data-testid=via][data-via=socket]').waitFor({ timeout: OUTAGE_MS })
const isA = (who, role) => who.page.locator(`[data-testid=role][data-role=${role}]`).waitFor({ timeout: ROUND_MS })

async function sell(who) {
  await isA(who, 'user')
  await who.page.getByRole('button', { name: 'Start selling' }).click()
  await isA(who, 'seller')
}

async function offer({ page }, name, price, description) {
  await page.getByLabel('Product', { exact: true }).fill(name)
  await page.getByLabel('Price', { exact: true }).fill(String(price))
  await page.getByLabel('Description', { exact: true }).fill(description)
  await page.getByRole('button', { name: 'Offer', exact: true }).click()
}

/** Someone who sells a product that an admin has let in. */
async function market(browser, stack, product, price = 40) {
  const admin = await atLogin(browser, stack, stack.admin)
  const sam = await newcomer(browser, stack, 'Sam')
  await open(admin)
  await isA(admin, 'admin')
  await open(sam)
  await sell(sam)
  await offer(sam, product, price, 'Ash, two and a half metres')
  await shows(item(admin, 'waiting', null, product))
  await button(admin, 'Approve', product).click()
  await shows(item(sam, 'offer', 'approved', product))
  return { admin, sam }
}

async function buy(who, product) {
  await button(who, 'Add to cart', product).click()
  await cart(who).getByText(product).waitFor()
  await cart(who).getByRole('button', { name: 'Place order' }).click()
  await cart(who).getByText(/^Order R-\S+ is placed$/).waitFor()
  const [, number] = /^Order (\S+) is placed$/.exec(await cart(who).getByRole('status').textContent())
  return number
}

story('one buys, the admin and the seller see it; the seller ships, the buyer sees it', async ({ browser, stack }) => {
  const { admin, sam } = await market(browser, stack, 'Ash oar')
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await isA(ada, 'user')
  const number = await buy(ada, 'Ash oar')
  await admin.page.getByText('1 since you are here').waitFor({ timeout: ROUND_MS })
  await shows(item(admin, 'incoming', 'pending', number))
  await shows(item(ada, 'bought', 'pending', number))
  await shows(item(sam, 'sold', 'pending', number))
  for (const [deed, status] of [['Prepare', 'processing'], ['Ship', 'shipped'], ['Mark delivered', 'delivered']]) {
    await button(sam, deed, number).click()
    await shows(item(ada, 'bought', status, number))
    await shows(item(sam, 'sold', status, number))
    await shows(item(admin, 'incoming', status, number))
  }
  assert.equal(await item(ada, 'bought', null, number).locator('[aria-current=step]').textContent(), 'Delivered')
  await ada.page.reload()
  await shows(item(ada, 'bought', 'delivered', number))
  for (const who of [ada, sam, admin]) assert.ok(socketsTo(who, '/api/socket').length <= 2, who.sockets.join(', '))
  calm(ada, sam, admin)
})

story('a cart is the same in two tabs and on a phone, and there after a reload', async ({ browser, stack }) => {
  await market(browser, stack, 'Bailer', 12)
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  const tab = { ...ada, page: await ada.context.newPage() }
  await tab.page.goto(`${stack.url}/orders`)
  await connected(tab)
  const phone = await atLogin(browser, stack, ada, { viewport: { width: 390, height: 780 } })
  await open(phone)
  await button(ada, 'Add to cart', 'Bailer').click()
  for (const who of [tab, phone]) await shows(cart(who).getByRole('img', { name: '1 of Bailer' }))
  await tab.page.getByRole('button', { name: 'One Bailer more' }).click()
  await tab.page.getByRole('button', { name: 'One Bailer more' }).click()
  for (const who of [ada, tab, phone]) await shows(cart(who).getByRole('img', { name: '3 of Bailer' }))
  await ada.page.locator('[data-testid=cart][data-synced=true]').waitFor()
  await ada.page.reload()
  await shows(cart(ada).getByRole('img', { name: '3 of Bailer' }))
  await shows(cart(ada).getByText('$36.00'))
  await buy(phone, 'Bailer')
  for (const who of [ada, tab]) await shows(cart(who).getByText('It is empty.'))
  calm(ada, phone)
})

story('an admin lets a product in, or not, and its seller hears why', async ({ browser, stack }) => {
  const { admin, sam } = await market(browser, stack, 'Sail')
  await shows(news(sam).getByRole('heading', { name: /approved/i }).or(news(sam).getByText(/Sail/)))
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await shows(products(ada).getByText('Sail', { exact: true }))
  await offer(sam, 'Anchor', 99.5, 'Rusty')
  await shows(item(admin, 'waiting', null, 'Anchor'))
  await admin.page.getByLabel('Note to the seller of Anchor').fill('Too rusty')
  await button(admin, 'Reject', 'Anchor').click()
  await shows(item(sam, 'offer', 'rejected', 'Too rusty'))
  assert.equal(await products(ada).getByText('Anchor').count(), 0)
  // The contract's own limit for sellers, in its words.
  await offer(sam, 'Yacht', 10_001, 'Nearly new')
  await shows(sam.page.getByText('Price exceeds maximum allowed for seller: 10000'))
  await sam.page.getByRole('button', { name: 'Stop selling' }).click()
  await isA(sam, 'user')
  calm(admin, sam, ada)
})

story('an admin sees who is here, tells everyone, and disconnects somebody', async ({ browser, stack }) => {
  const admin = await atLogin(browser, stack, stack.admin)
  await open(admin)
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await shows(item(admin, 'here', null, ada.email))
  await admin.page.getByLabel('Tell everyone').fill('The market closes at noon.')
  await admin.page.getByRole('button', { name: 'Announce' }).click()
  await shows(news(ada).getByText('The market closes at noon.'))
  await shows(news(admin).getByText('The market closes at noon.'))
  const mark = news(ada).getByRole('button', { name: /^Mark read\W+The market/ })
  await mark.click()
  await mark.waitFor({ state: 'detached' })
  await admin.page.getByLabel('What the one who is disconnected is told').fill('Closed for today')
  await admin.page.getByRole('button', { name: new RegExp(`^Disconnect\\W+${ada.name}$`) }).click()
  await ada.page.waitForURL((url) => url.pathname === '/login', { timeout: ROUND_MS })
  await item(admin, 'here', null, ada.email).waitFor({ state: 'detached', timeout: ROUND_MS })
  const names = await admin.page.locator('[data-testid=here] strong').allTextContents()
  assert.ok(!names.includes(ada.name), names.join())
  calm(admin)
})

story('what was ordered and told while the sidecar was down is there when it is back', async ({ browser, stack }) => {
  const { sam } = await market(browser, stack, 'Rudder')
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  const number = await buy(ada, 'Rudder')
  await shows(item(sam, 'sold', 'pending', number))
  await shows(item(ada, 'bought', 'pending', number))
  await stack.killSidecar()
  await ada.page.locator('[data-testid=via][data-via=none]').waitFor({ timeout: ROUND_MS })
  await button(ada, 'Add to cart', 'Rudder').click()
  await cart(ada).getByText('Telling your other pages…').waitFor()
  await stack.restartSidecar()
  await connected(ada)
  await connected(sam)
  await ada.page.locator('[data-testid=cart][data-synced=true]').waitFor({ timeout: ROUND_MS })
  await button(sam, 'Prepare', number).click()
  await shows(item(ada, 'bought', 'processing', number))
  await eventually(() => item(ada, 'bought', null, number).count(), (count) => count === 1, 'the order to be there once')
})

story('the keyboard is enough', async ({ browser, stack }) => {
  const { sam } = await market(browser, stack, 'Rope')
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  const { keyboard } = ada.page
  await button(ada, 'Add to cart', 'Rope').focus()
  await keyboard.press('Enter')
  await ada.page.getByRole('button', { name: 'One Rope less' }).focus()
  await keyboard.press('Enter')
  assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), 'Cart', 'focus is not lost')
  await button(ada, 'Add to cart', 'Rope').focus()
  await keyboard.press('Space')
  await ada.page.getByRole('button', { name: 'Place order' }).focus()
  await keyboard.press('Enter')
  await cart(ada).getByText(/is placed$/).waitFor()
  assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), 'Cart', 'focus is not lost')
  const ship = sam.page.getByRole('button', { name: /^Prepare\W+R-/ })
  await ship.waitFor({ timeout: ROUND_MS })
  await ship.focus()
  await sam.page.keyboard.press('Enter')
  await shows(sam.page.locator('[data-testid=sold][data-status=processing]'))
  calm(ada, sam)
})

story('it looks right, light, dark and on a phone', async ({ browser, stack }) => {
  const { admin, sam } = await market(browser, stack, 'Steering oar', 129.9)
  const ada = await newcomer(browser, stack, 'Ada')
  await open(ada)
  await look({ ...ada }, 'orders-empty')
  const number = await buy(ada, 'Steering oar')
  await shows(item(sam, 'sold', 'pending', number))
  await button(sam, 'Prepare', number).click()
  await shows(item(ada, 'bought', 'processing', number))
  await offer(sam, 'Outrigger float', 480, 'Carved of one piece of albizia, sealed twice; take it with a friend, it is long.')
  await shows(item(admin, 'waiting', null, 'Outrigger float'))
  await button(ada, 'Add to cart', 'Steering oar').click()
  await cart(ada).getByRole('img', { name: '1 of Steering oar' }).waitFor()
  await admin.page.getByLabel('Tell everyone').fill('The market closes at noon.')
  await admin.page.getByLabel('It matters').check()
  await admin.page.getByRole('button', { name: 'Announce' }).click()
  await shows(news(ada).getByText('The market closes at noon.'))
  await look(ada, 'orders-buyer')
  await look(sam, 'orders-seller')
  await look(admin, 'orders-admin')
  calm(ada, sam, admin)
})
