// Headless Chromium, and pages that remember every complaint of theirs.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = fileURLToPath(new URL('.', import.meta.url))
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const ARTIFACTS = resolve(here, '../../artifacts')
export const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const PHONE = { width: 360, height: 740 }
export const DESKTOP = { width: 1360, height: 900 }

/** Far longer than anything takes on an idle machine: only a failure waits so long. */
export const PATIENCE_MS = 20_000

export function launch() {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page of a browser context of its own, so that no story sees another's cookies. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, context, complaints }
}

/** Fails if axe finds a fault that is serious or critical. */
export async function accessible(page, what) {
  // The page's own policy lets no foreign script in; what the test evaluates is not a script of the page.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  const found = violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, impact, nodes }) => `${impact}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  assert.deepEqual(found, [], `axe on ${what}`)
}

/** A picture for people, under `tests/artifacts`. */
export async function picture(page, name, fullPage = true) {
  mkdirSync(ARTIFACTS, { recursive: true })
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage })
}

/** Fails if the page is wider than its window. */
export async function fits(page, what) {
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }))
  assert.ok(wide <= room, `${what} is ${wide} pixels wide in a window of ${room}`)
}
