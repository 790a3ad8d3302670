// Logging in at a provider: a real OpenID Connect server on this machine stands in for Google, and for GitHub in its
// own words.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { OAuth2Server } from 'oauth2-mock-server'
import { connected, visitor } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'

const provider = new OAuth2Server()
after(() => provider.stop())

/** What the provider says of whoever logs in next. */
let google = {}
let github = {}
let emails = []
const codes = []

async function settings() {
  await provider.issuer.keys.generate('RS256')
  await provider.start(0, '127.0.0.1')
  provider.service.on('beforeUserinfo', (answer, request) => {
    const { searchParams } = new URL(request.url, 'http://provider')
    answer.body = searchParams.has('emails') ? emails : searchParams.has('github') ? github : google
  })
  provider.service.on('beforeAuthorizeRedirect', (redirect) => codes.push(redirect.url.searchParams.get('code')))
  const at = `http://127.0.0.1:${provider.address().port}`
  const addresses = (name, query) => ({
    [`${name}_CLIENT_ID`]: 'sample',
    [`${name}_CLIENT_SECRET`]: 'provider-secret',
    [`${name}_AUTHORIZE_URL`]: `${at}/authorize`,
    [`${name}_TOKEN_URL`]: `${at}/token`,
    [`${name}_USERINFO_URL`]: `${at}/userinfo${query}`,
  })
  return { app: { ...addresses('GOOGLE', ''), ...addresses('GITHUB', '?github'), GITHUB_EMAILS_URL: `${at}/userinfo?emails` } }
}

const story = appSuite('oauth', settings)

/** Follows the button of a provider; gives where the app sent the browser. */
async function through(page, stack, label) {
  const landed = page.waitForResponse((answer) => answer.url().includes('/callback') && answer.status() >= 300)
  await page.goto(`${stack.url}/login`)
  await page.getByRole('link', { name: `Continue with ${label}` }).click()
  return new URL((await landed).headers().location, stack.url)
}

story('Google: a new user is registered, connected, and the same one the next time', async ({ browser, stack }) => {
  google = { sub: 'g-1', email: 'gina@example.test', email_verified: true, given_name: 'Gina', family_name: 'Ortiz' }
  const first = await visitor(browser, stack)
  const landed = await through(first.page, stack, 'Google')
  assert.equal(landed.pathname + landed.search, '/?auth=google&socket=connect')
  assert.equal(await connected(first.page), 'websocket')
  await first.page.getByText('Gina Ortiz').waitFor()
  assert.equal(await first.page.evaluate(() => location.search + document.cookie), '')
  // Another address at the provider is still the same person.
  google = { ...google, email: 'gina.new@example.test' }
  const second = await visitor(browser, stack)
  await through(second.page, stack, 'Google')
  await second.page.getByText('Gina Ortiz').waitFor()
  await second.page.goto(`${stack.url}/sessions`)
  await second.page.getByText(/with google/).nth(1).waitFor()
})

story('GitHub: its own words for a person, with the verified address', async ({ browser, stack }) => {
  github = { id: 4711, login: 'hub', name: 'Hubert Blaine', email: null }
  emails = [
    { email: 'old@example.test', primary: false, verified: true },
    { email: 'hub@example.test', primary: true, verified: true },
  ]
  const { page } = await visitor(browser, stack)
  const landed = await through(page, stack, 'GitHub')
  assert.equal(landed.pathname + landed.search, '/?auth=github&socket=connect')
  await connected(page)
  await page.getByText('Hubert Blaine').waitFor()
})

story('an address that nobody verified, or that has a password already, lets nobody in', async ({ browser, stack }) => {
  const { page } = await visitor(browser, stack)
  google = { sub: 'g-2', email: 'unsure@example.test', email_verified: false, name: 'Unsure' }
  assert.equal((await through(page, stack, 'Google')).search, '?fault=email')
  await page.getByText('no verified email address').waitFor()
  google = { sub: 'g-3', email: stack.admin.email, email_verified: true, name: 'Not the admin' }
  assert.equal((await through(page, stack, 'Google')).search, '?fault=exists')
  assert.equal(await page.evaluate(() => fetch('/api/auth/refresh', { method: 'POST' }).then((one) => one.status)), 401)
})

story('an answer that this browser did not ask for is refused', async ({ browser, stack }) => {
  google = { sub: 'g-4', email: 'eve@example.test', email_verified: true, name: 'Eve' }
  const eve = await visitor(browser, stack)
  await through(eve.page, stack, 'Google')
  const victim = await visitor(browser, stack)
  // Eve's own answer, slipped to someone else.
  await victim.page.goto(`${stack.url}/api/auth/google/callback?code=${codes.at(-1)}&state=made-up`)
  assert.equal(new URL(victim.page.url()).search, '?fault=state')
})
