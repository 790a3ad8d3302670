// One stack and one browser for a test file; a story that fails leaves a picture and the app's log.

import { after, before, test as nodeTest } from 'node:test'
import { startStack } from './app-stack.mjs'
import { launch, picture } from './browser.mjs'

const STORY_MS = 90_000
const LOG_LINES = 40

/** `const story = appSuite('chat', { mode: 'dev' })`; a story gets `{ browser, stack }`. */
export function appSuite(name, options = {}) {
  let browser
  let stack
  before(async () => {
    stack = await startStack(typeof options === 'function' ? await options() : options)
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await stack?.stop()
  })
  return (title, run) =>
    nodeTest(title, { timeout: STORY_MS }, async () => {
      try {
        await run({ browser, stack })
      } catch (error) {
        await show(name, browser, stack)
        throw error
      } finally {
        await Promise.all(browser.contexts().map((context) => context.close()))
      }
    })
}

async function show(name, browser, stack) {
  const pages = browser.contexts().flatMap((context) => context.pages())
  for (const [index, page] of pages.entries()) await picture(page, `app-failed-${name}-${index}`, false).catch(() => {})
  const last = (text) => text.trimEnd().split('\n').slice(-LOG_LINES).join('\n')
  console.error(`--- the app:\n${last(stack.log())}\n--- the sidecar:\n${last(stack.sidecar().log())}\n---`)
}
