// The sidecar goes away in the middle: nothing is lost, nothing doubled, nothing thrown.

import assert from 'node:assert/strict'
import { connected, newcomer, reads, say, sees, talkTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'
import { picture } from './support/browser.mjs'

const story = appSuite('outage')
const AWAY = 'Reconnecting…'

/** What pages threw; that calls fail while nobody answers is no fault of theirs. */
const thrown = ({ complaints }) => complaints.filter((text) => !/Failed to load resource|WebSocket connection to/.test(text))

async function two({ browser, stack }) {
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await talkTo(ada, ben)
  await talkTo(ben, ada)
  return { ada, ben }
}

story('a restart in the middle loses and doubles no message', async (world) => {
  const { stack } = world
  const { ada, ben } = await two(world)
  const expected = []
  for (let n = 1; n <= 12; n += 1) {
    const writer = n % 2 === 0 ? ada : ben
    expected.push(`${writer.firstName} ${n}`)
    await say(writer, `${writer.firstName} ${n}`)
    if (n < 5) await sees(n % 2 === 0 ? ben : ada, `${writer.firstName} ${n}`)
    if (n === 4) await stack.killSidecar()
    if (n === 8) await stack.restartSidecar()
  }
  for (const who of [ada, ben]) await connected(who.page)
  const sorted = (texts) => [...texts].sort()
  // Two people who cannot hear each other write in no order between them; each one's own order holds.
  for (const who of [ada, ben]) {
    for (const text of expected) await sees(who, text)
    const found = await who.page.locator('[role=log] [data-direction]').evaluateAll((all) => all.map((one) => one.children[1].textContent))
    assert.deepEqual(sorted(found), sorted(expected), `what ${who.name} reads`)
    for (const name of ['Ada', 'Ben']) {
      assert.deepEqual(found.filter((text) => text.startsWith(name)), expected.filter((text) => text.startsWith(name)))
    }
  }
  // And after a reload, when nothing is remembered but what is stored.
  await ada.page.reload()
  const again = ada.page.locator('[role=log] [data-direction]')
  await again.first().waitFor()
  assert.equal(await again.count(), expected.length)
  assert.deepEqual([...thrown(ada), ...thrown(ben)], [])
})

story('while the sidecar is down messages are stored, and a closed page sends them all the same', async (world) => {
  const { stack, browser } = world
  const { ada, ben } = await two(world)
  await stack.killSidecar()
  await ada.page.getByRole('status').getByText(AWAY).waitFor()
  await say(ada, 'Written into the dark')
  await sees(ada, 'Written into the dark', 'Stored, will be delivered')
  await picture(ada.page, 'app-outage')
  // The page works without the sidecar, and remembers.
  await ada.page.reload()
  await sees(ada, 'Written into the dark', 'Stored, will be delivered')
  const carl = await newcomerWithoutSockets(browser, stack)
  await ada.context.close()
  await stack.restartSidecar()
  await sees(ben, 'Written into the dark')
  await reads(ben, ['Written into the dark'])
  // Who registered meanwhile is known now.
  await talkTo({ ...ben, page: await reloaded(ben) }, carl)
  await say(ben, 'Welcome')
  await sees(ben, 'Welcome', 'Sent')
  assert.deepEqual([...thrown(ben), ...thrown(ada)], [])
})

async function newcomerWithoutSockets(browser, stack) {
  const context = await browser.newContext()
  const identity = { firstName: 'Carl', lastName: 'Dark', email: `carl.${Date.now()}@example.test`, password: 'long enough' }
  const answer = await context.request.post(`${stack.url}/api/users`, { data: identity, headers: { origin: stack.url } })
  assert.equal(answer.status(), 201)
  assert.equal((await answer.json()).socketReady, true)
  await context.close()
  return { ...identity, name: 'Carl Dark' }
}

async function reloaded({ page }) {
  await page.reload()
  await connected(page)
  return page
}
