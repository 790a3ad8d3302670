// From polling to a websocket, as stock clients go unless told otherwise; and networks that do not let them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as dial, createServer } from 'node:net'
import { arrivals, connected, next, nextOnes, openSocket, settled } from './support/client.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const USUAL = { transports: ['polling', 'websocket'] }

/** How long a client is watched for being cut off. */
const WATCHED_MS = 2_500

/** Passes everything on, but what comes behind the answer to a websocket's request: that `ends`, or gets lost. */
async function proxy(t, port, ends) {
  const connections = new Set()
  let asked = 0
  const server = createServer((near) => {
    const far = dial(port, '127.0.0.1')
    let websocket = false
    for (const [one, other] of [[near, far], [far, near]]) {
      connections.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
    near.on('data', (bytes) => {
      if (websocket) return
      websocket = /^upgrade: websocket/im.test(bytes)
      if (websocket) asked += 1
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (!websocket) return void near.write(bytes)
      if (!bytes.toString('latin1').startsWith('HTTP/1.1 101 ')) return
      near.write(bytes, () => ends && near.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const one of connections) one.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${server.address().port}`, asked: () => asked }
}

for (const [what, ends] of [['ends', true], ['loses all that comes on', false]]) {
  test(`behind a proxy that ${what} a websocket, a client goes on polling`, async (world) => {
    const { t, sidecar, internal } = world
    const who = await world.known()
    const between = await proxy(t, sidecar().port, ends)
    const socket = openSocket(between.url, { ...USUAL, auth: { token: who.token }, reconnection: true })
    await connected(socket)
    await settled(socket)
    const until = Date.now() + WATCHED_MS
    let sent = 0
    while (Date.now() < until) {
      await internal.post('/internal/send-to-user', { userId: who.userId, event: 'n', data: { n: sent } })
      assert.deepEqual(await next(socket, 'n'), { n: sent })
      sent += 1
    }
    assert.ok(sent > 10, `only ${sent} events in ${WATCHED_MS} ms`)
    assert.equal(between.asked(), 1, 'it has not asked again')
    assert.equal(socket.io.engine.transport.name, 'polling')
    assert.ok(!arrivals(socket).includes('@disconnect'))
  })
}

test('nothing is lost, doubled or turned round while clients go over', async ({ known, open, internal }) => {
  const EVENTS = 60
  const people = await Promise.all(Array.from({ length: 20 }, () => known()))
  const sockets = await Promise.all(people.map((who) => connected(open(who, USUAL))))
  const tell = async (n) => {
    const all = people.map((who) =>
      internal.post('/internal/send-to-user', { userId: who.userId, event: 'n', data: { n } }))
    await Promise.all(all)
  }
  for (let n = 0; n < EVENTS; n += 1) await tell(n)
  for (const socket of sockets) {
    const told = await nextOnes(socket, 'n', EVENTS)
    assert.deepEqual(told.map(({ n }) => n), Array.from({ length: EVENTS }, (_, n) => n))
    assert.equal(socket.io.engine.transport.name, 'websocket')
  }
})
