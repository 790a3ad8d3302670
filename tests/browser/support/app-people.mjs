// People at the sample app: what they do with its pages, in their words.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { eventually } from '../../clients/support/deadline.mjs'
import { newPage } from './browser.mjs'

/** Longest that an outage may be felt, in milliseconds: reconnecting waits longer after each failure. */
export const OUTAGE_MS = 20_000
/** In development a page is compiled when it is first asked for. */
const FIRST_PAGE_MS = 45_000

/** So that no two people of a story have the same name. */
const SURNAMES = ['Lindqvist', 'Okafor', 'Marchetti', 'Tanaka', 'Novak', 'Delgado', 'Haddad', 'Byrne']
let people = 0

/** Someone with a browser of their own, registered and logged in. */
export async function newcomer(browser, stack, firstName, options = {}) {
  people += 1
  const identity = {
    firstName,
    lastName: `${SURNAMES[people % SURNAMES.length]}${people > SURNAMES.length ? people : ''}`,
    email: `${firstName.toLowerCase()}.${randomBytes(4).toString('hex')}@example.test`,
    password: randomBytes(9).toString('base64url'),
  }
  const who = await visitor(browser, stack, options)
  await who.page.goto(`${stack.url}/register`)
  await who.page.getByLabel('First name').fill(identity.firstName)
  await who.page.getByLabel('Last name').fill(identity.lastName)
  await enter(who.page, identity, 'Create account')
  return { ...who, ...identity, name: `${identity.firstName} ${identity.lastName}` }
}

/** Someone who has an account, with a browser of their own: another device. */
export async function atLogin(browser, stack, identity, options = {}) {
  const who = await visitor(browser, stack, options)
  await who.page.goto(`${stack.url}/login`)
  await enter(who.page, identity, 'Log in')
  return { ...identity, ...who }
}

/** A browser without anyone. */
export async function visitor(browser, stack, options = {}) {
  const one = await newPage(browser, options)
  const sockets = []
  one.page.on('websocket', (socket) => sockets.push(socket.url()))
  return { ...one, stack, sockets }
}

async function enter(page, { email, password }, button) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.waitForURL((url) => url.pathname === '/', { timeout: FIRST_PAGE_MS })
  await connected(page)
}

/** Waits until the page is connected; gives what carries it. */
export async function connected(page, ms = OUTAGE_MS) {
  const state = page.getByTestId('connection')
  await page.locator('[data-testid=connection][data-status=connected]').waitFor({ state: 'attached', timeout: ms })
  return state.getAttribute('data-transport')
}

/** Opens the conversation with someone. */
export async function talkTo({ page, stack }, other) {
  if (new URL(page.url()).pathname !== '/') await page.goto(`${stack.url}/`)
  await page.getByRole('region', { name: 'People' }).getByRole('button', { name: other.name }).click()
  await page.getByRole('heading', { level: 2, name: other.name }).waitFor()
}

export async function say({ page }, text) {
  await page.getByLabel(/^Message to/).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** Waits until a text is shown in the conversation, and its sender's note if one is given. */
export async function sees({ page }, text, note, ms = OUTAGE_MS) {
  const message = page.locator('[role=log] [data-direction]', { hasText: text })
  const wanted = note ? message.filter({ hasText: note }) : message
  await wanted.first().waitFor({ timeout: ms })
}

/** The texts of the conversation, in order. */
export function texts({ page }) {
  return page.locator('[role=log] [data-direction]').evaluateAll((all) => all.map((one) => one.children[1].textContent))
}

/** Waits until exactly these texts stand in the conversation, in this order. */
export async function reads(who, expected, ms = OUTAGE_MS) {
  const same = (found) => JSON.stringify(found) === JSON.stringify(expected)
  await eventually(() => texts(who), same, `${who.name} to read ${JSON.stringify(expected)}`, ms)
}

/** Nothing was complained of in the page's console. */
export function calm(...all) {
  for (const { complaints, name } of all) assert.deepEqual(complaints, [], `the console of ${name}`)
}

export const socketsTo = ({ sockets }, path) => sockets.filter((url) => new URL(url).pathname.replace(/\/$/, '') === path)
