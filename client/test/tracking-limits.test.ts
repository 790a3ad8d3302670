// What contract `tracking` says to who asks too much: a page that follows many messages gets to all of them.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { AskError, names, trackerOf } from '@outrigger/client'
import { connected, until } from './support/until.js'
import { world } from './support/world.js'

const w = world()
const { client: said } = names.tracking

test('too many events are refused until a time that is said, and a tracker waits for it', async () => {
  const alice = await w.known()
  const client = w.client(alice)
  const socket = client.tracking()
  await connected(client)
  let refused: unknown
  for (let i = 0; i < 80 && !refused; i += 1) {
    await socket.ask(said.get_rooms).catch((error: unknown) => {
      refused = error
    })
  }
  assert.ok(refused instanceof AskError)
  assert.equal(refused.kind, 'refused')
  assert.ok(refused.retryAfterMs !== undefined && refused.retryAfterMs <= 60_000, String(refused.retryAfterMs))
  const id = `m-${randomUUID()}`
  await w.server.orThrow.registerMessage(id, alice.userId, 1)
  const tracker = trackerOf(client, id)
  tracker.retain()
  await until('the refusal', () => tracker.value.retryAt !== null)
  assert.equal(tracker.value.phase, 'loading', 'it will be asked again')
  assert.ok(tracker.value.error)
})
