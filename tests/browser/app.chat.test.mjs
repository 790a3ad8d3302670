// Two people write to each other through Next's proxy, however Next is run.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe } from 'node:test'
import { within } from '../clients/support/deadline.mjs'
import { atLogin, calm, connected, newcomer, reads, say, sees, socketsTo, talkTo } from './support/app-people.mjs'
import { appSuite } from './support/app-suite.mjs'

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')

/** Both directions, typing and read receipts. */
async function conversation({ browser, stack }) {
  const ada = await newcomer(browser, stack, 'Ada')
  const ben = await newcomer(browser, stack, 'Ben')
  await talkTo(ada, ben)
  await talkTo(ben, ada)
  await ben.page.getByLabel(/^Message to/).pressSequentially('Hel')
  await ada.page.getByText('Typing…').waitFor()
  await say(ben, 'Hello Ada')
  await sees(ada, 'Hello Ada')
  await sees(ben, 'Hello Ada', 'Read')
  await say(ada, 'Hello Ben')
  await sees(ben, 'Hello Ben')
  await sees(ada, 'Hello Ben', 'Read')
  for (const who of [ada, ben]) await reads(who, ['Hello Ada', 'Hello Ben'])
  calm(ada, ben)
  return { ada, ben }
}

describe('in production', () => {
  const story = appSuite('chat-production')

  story('two people chat over one websocket each, and no script sees a token', async (world) => {
    const { ada } = await conversation(world)
    assert.equal(await connected(ada.page), 'websocket')
    assert.equal(socketsTo(ada, '/api/socket').length, 1)
    assert.equal(await ada.page.evaluate(() => document.cookie), '')
    const kept = await ada.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    assert.ok(!kept.includes('eyJ'), 'a token is kept in the page')
  })

  story('all devices of both see the same, with an image, unread counts and history', async ({ browser, stack }) => {
    const ada = await newcomer(browser, stack, 'Ada')
    const ben = await newcomer(browser, stack, 'Ben')
    const phone = await atLogin(browser, stack, ada, { viewport: { width: 390, height: 780 } })
    await talkTo(phone, ben)
    await talkTo(ben, ada)
    await ben.page.getByLabel('Add an image').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PIXEL })
    await ben.page.getByAltText('The image you are about to send').waitFor()
    await say(ben, 'Look')
    const image = phone.page.getByAltText(`Image from ${ben.name}`)
    await image.waitFor()
    assert.ok(await image.evaluate((one) => one.decode().then(() => one.naturalWidth)), 'the image has no pixels')
    await say(phone, 'Nice')
    await talkTo(ada, ben)
    for (const who of [ada, phone, ben]) await sees(who, 'Nice')
    await ben.page.goto(`${stack.url}/notifications`)
    await say(ada, 'Are you there?')
    await sees(ada, 'Are you there?', 'Sent')
    await ben.page.goto(`${stack.url}/`)
    await ben.page.getByRole('button', { name: new RegExp(`${ada.name}.*1 unread`) }).waitFor()
    await talkTo(ben, ada)
    await sees(ada, 'Are you there?', 'Read')
    await sees(phone, 'Are you there?', 'Read')
    calm(ada, phone, ben)
  })

  // Next leaves such a connection open for ever by itself.
  story('an upgrade that nobody handles is answered', async ({ stack }) => {
    const answer = new Promise((done, failed) => {
      const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
      const call = request(`${stack.url}/nowhere`, { headers, family: 4 }, (response) => done(response.statusCode))
      call.once('upgrade', () => failed(new Error('upgraded')))
      call.once('error', failed)
      call.end()
    })
    assert.equal(await within(answer, 'an answer'), 404)
  })
})

describe('standalone', () => {
  const story = appSuite('chat-standalone', { mode: 'standalone' })
  story('two people chat', conversation)
})

describe('in development', () => {
  const story = appSuite('chat-development', { mode: 'dev' })
  story('two people chat, and StrictMode opens one socket', async (world) => {
    const { ada, ben } = await conversation(world)
    for (const who of [ada, ben]) {
      assert.equal(socketsTo(who, '/api/socket').length, 1, who.sockets.join(', '))
      assert.equal(socketsTo(who, '/api/socket-namespaces').length, 1, who.sockets.join(', '))
    }
  })
})

for (const transport of ['polling', 'websocket']) {
  describe(`${transport} only`, () => {
    const story = appSuite(`chat-${transport}`, { app: { SOCKET_TRANSPORTS: transport } })
    story('two people chat', async (world) => {
      const { ada, ben } = await conversation(world)
      for (const who of [ada, ben]) {
        assert.equal(await connected(who.page), transport)
        assert.equal(socketsTo(who, '/api/socket').length, transport === 'polling' ? 0 : 1)
      }
    })
  })
}
