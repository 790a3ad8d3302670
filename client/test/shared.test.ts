// Counting the users of a shared client.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { acquireClient, createOutriggerClient, releaseClient, retainClient, sharedClient } from '@outrigger/client'
import { connected, pause } from './support/until.js'
import { optionsOf, world } from './support/world.js'

const w = world()
const page = globalThis as { window?: object }

afterEach(() => {
  delete page.window
})

test('in a page, equal options give the same client; other servers give another', () => {
  page.window = {}
  const [first, again, other] = [['http://a', 'http://b'], ['http://a', 'http://b'], ['http://b']].map((urls) =>
    acquireClient({ urls }),
  )
  assert.ok(first && again && other)
  assert.equal(first, again)
  assert.notEqual(first, other)
  for (const client of [first, again, other]) releaseClient(client)
})

test('on a server nobody shares: pages of different users are rendered there', () => {
  assert.notEqual(sharedClient({ urls: 'http://a' }), sharedClient({ urls: 'http://a' }))
})

test('it closes after the last release, not before, and not if someone came back', async () => {
  page.window = {}
  const given = optionsOf(w.person(), w.sidecar.publicUrl)
  const client = acquireClient(given)
  client.rooms()
  await connected(client)
  assert.equal(acquireClient(given), client)
  releaseClient(client)
  await pause(300)
  assert.equal(client.status, 'connected')
  releaseClient(client)
  await pause(50)
  const release = retainClient(client)
  await pause(300)
  assert.equal(client.status, 'connected')
  release()
  release()
  await pause(300)
  assert.equal(client.status, 'offline')
  assert.notEqual(acquireClient(given), client)
})

test('a client made apart is counted too', async () => {
  const client = createOutriggerClient(optionsOf(w.person(), w.sidecar.publicUrl))
  const release = retainClient(client)
  client.rooms()
  await connected(client)
  release()
  await pause(300)
  assert.equal(client.status, 'offline')
})
