// A deploy: everyone is told, nobody comes back at the same moment, nothing is missed, and it ends in time.

import assert from 'node:assert/strict'
import { connect as tcp } from 'node:net'
import { CONNECT, DISCONNECT, forget, heard, LEGACY, next, nextOf, settled } from './support/client.mjs'
import { pause, within } from './support/deadline.mjs'
import { follower } from './support/feed.mjs'
import { iso, shape } from './support/shape.mjs'
import { ownProcess, suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const NOTICE_MS = 300
const DRAIN_MS = 2_000
const CROWD = 60
const ENDED = { code: 0, signal: null }

const draining = (t, settings = {}) =>
  ownProcess(t, {
    RATE_LIMITS: 'off',
    SHUTDOWN_NOTICE_MS: String(NOTICE_MS),
    SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
    ...settings,
  })

const numbers = (total) => Array.from({ length: total }, (_, index) => index)

/** Notes when and why each of these sockets was disconnected, in order. */
function departures(sockets) {
  const seen = []
  for (const socket of sockets) {
    socket.on('disconnect', (reason) => seen.push({ at: performance.now(), reason, active: socket.active }))
  }
  return seen
}

async function ended(sidecar, ms) {
  return within(sidecar.exited, 'the process to end', ms)
}

test('sixty clients are told, leave one after the other, come back by themselves and have missed nothing', async ({ t }) => {
  const world = await draining(t)
  const ada = await world.known()
  const crowd = await Promise.all(
    numbers(CROWD).map(async (n) => {
      const who = await world.known()
      const transports = n % 3 === 0 ? ['polling'] : ['websocket']
      const door = n % 4 === 0 ? { path: LEGACY, namespace: '/messenger' } : {}
      const device = follower(world, who, { ...door, transports, reconnection: true })
      await device.come()
      return { who, device }
    }),
  )
  const sockets = crowd.map(({ device }) => device.socket)
  for (const socket of sockets) await settled(socket)
  const send = async ({ who }, line) => {
    const { status } = await world.rest.post(ada, `/api/messages/send/${who.userId}`, { text: line })
    assert.equal(status, 201)
  }
  for (const one of crowd) await send(one, 'before')
  for (const socket of sockets) await next(socket, 'newMessage')

  const left = departures(sockets)
  const old = world.sidecar()
  const start = performance.now()
  old.signal('SIGTERM')
  for (const socket of sockets) {
    shape(await next(socket, 'server_shutdown'), { message: 'Server is shutting down', timestamp: iso })
  }
  assert.deepEqual(await ended(old, NOTICE_MS + DRAIN_MS + 4_000), ENDED)
  const took = performance.now() - start
  for (const socket of sockets) await nextOf(socket, [DISCONNECT])
  assert.equal(left.length, CROWD)
  assert.deepEqual([...new Set(left.map(({ reason }) => reason))], ['transport close'])
  assert.ok(left.every(({ active }) => active), 'each comes back by itself')

  const times = left.map(({ at }) => at - start).toSorted((a, b) => a - b)
  const shown = times.map((ms) => ms.toFixed()).join(' ')
  assert.ok(times[0] >= NOTICE_MS - 50, `the first was cut off before the notice was over: ${shown}`)
  assert.ok(times.at(-1) - times[0] >= DRAIN_MS * 0.6, `they are spread over the time of draining: ${shown}`)
  assert.ok(times.at(-1) <= NOTICE_MS + DRAIN_MS + 1_500, `the last waited too long: ${shown}`)
  const quarter = DRAIN_MS / 4
  for (const from of times) {
    const together = times.filter((ms) => ms >= from && ms < from + quarter).length
    assert.ok(together <= CROWD * 0.6, `${together} of ${CROWD} left within ${quarter} ms: ${shown}`)
  }
  assert.ok(took < NOTICE_MS + DRAIN_MS + 2_500, `the process ended after ${took.toFixed()} ms`)

  await world.again()
  assert.equal(world.sidecar().port, old.port)
  for (const one of crowd) await send(one, 'while some were away')
  for (const { device } of crowd) assert.equal((await device.answer(10_000)).recovered, true)
  for (const one of crowd) await send(one, 'after')
  for (const { device } of crowd) {
    await device.live()
    assert.deepEqual(
      device.all.map(({ args }) => args[0].text),
      ['before', 'while some were away', 'after'],
    )
  }
})

test('until it is cut off a client is served, and nobody new is let in', async ({ t }) => {
  const world = await draining(t, { SHUTDOWN_NOTICE_MS: '1500' })
  const [ada, bob] = [await world.known(), await world.known()]
  const socket = await world.connect(bob)
  world.sidecar().signal('SIGTERM')
  await next(socket, 'server_shutdown')
  await settled(socket)
  const fresh = world.open(await world.known())
  const outcome = await nextOf(fresh, [CONNECT, '@connect_error'], 1_300).catch(() => ({ event: 'nothing' }))
  assert.notEqual(outcome.event, CONNECT, 'a new one would be cut off at once')
  const sent = await world.rest.post(ada, `/api/messages/send/${bob.userId}`, { text: 'late' }).catch(() => null)
  if (sent?.status === 201) await next(socket, 'newMessage', ({ _id }) => _id === sent.body._id)
  assert.deepEqual(await ended(world.sidecar(), 6_000), ENDED)
})

test('with nobody there it ends at once', async ({ t }) => {
  const world = await draining(t, { SHUTDOWN_NOTICE_MS: '5000', SHUTDOWN_DRAIN_MS: '5000', SHUTDOWN_DEADLINE_MS: '15000' })
  const start = performance.now()
  world.sidecar().signal('SIGTERM')
  assert.deepEqual(await ended(world.sidecar(), 3_000), ENDED)
  assert.ok(performance.now() - start < 3_000)
})

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`a second ${signal} cuts it short, and still ends with 0`, async ({ t }) => {
    const world = await draining(t, {
      SHUTDOWN_NOTICE_MS: '8000',
      SHUTDOWN_DRAIN_MS: '8000',
      SHUTDOWN_DEADLINE_MS: '20000',
    })
    const sockets = []
    for (const n of numbers(10)) {
      sockets.push(await world.connect(await world.known(), { transports: n % 2 ? ['websocket'] : ['polling'] }))
    }
    const left = departures(sockets)
    world.sidecar().signal(signal)
    for (const socket of sockets) await next(socket, 'server_shutdown')
    await pause(300)
    assert.equal(left.length, 0, 'they have time to say goodbye')
    const start = performance.now()
    world.sidecar().signal(signal)
    assert.deepEqual(await ended(world.sidecar(), 4_000), ENDED)
    const took = performance.now() - start
    assert.ok(took < 3_000, `it took ${took.toFixed()} ms more`)
    for (const socket of sockets) await nextOf(socket, [DISCONNECT])
    assert.ok(left.every(({ active, reason }) => active === reason.startsWith('transport')))
  })
}

test('three signals end it whatever still holds it, and it says so', async ({ t }) => {
  const world = await draining(t, {
    SHUTDOWN_NOTICE_MS: '8000',
    SHUTDOWN_DRAIN_MS: '8000',
    SHUTDOWN_DEADLINE_MS: '30000',
  })
  const [ada, bob] = [await world.known(), await world.known()]
  await world.connect(bob)
  const half = await halfARequest(world.sidecar(), ada, bob)
  t.after(() => half.destroy())
  let over = false
  const exit = ended(world.sidecar(), 10_000).finally(() => {
    over = true
  })
  const start = performance.now()
  for (const n of numbers(3)) {
    assert.equal(over, false, `after ${n} signals the request still holds it`)
    world.sidecar().signal('SIGTERM')
    await pause(200)
  }
  assert.deepEqual(await exit, { code: 130, signal: null })
  assert.ok(performance.now() - start < 2_000, 'at once')
})

/** A request whose body never ends. */
async function halfARequest({ port }, from, to) {
  const socket = tcp(port, '127.0.0.1')
  await new Promise((done) => socket.once('connect', done))
  socket.on('error', () => {})
  socket.write(
    `POST /api/messages/send/${to.userId} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: authToken=${from.token}\r\n` +
      'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"text":',
  )
  await pause(100)
  return socket
}

test('whatever holds it, it has ended by its deadline', async ({ t }) => {
  const world = await draining(t, { SHUTDOWN_DRAIN_MS: '500', SHUTDOWN_DEADLINE_MS: '2500' })
  const [ada, bob] = [await world.known(), await world.known()]
  const half = await halfARequest(world.sidecar(), ada, bob)
  t.after(() => half.destroy())
  await world.connect(bob)
  const start = performance.now()
  world.sidecar().signal('SIGTERM')
  await ended(world.sidecar(), 5_000)
  const took = performance.now() - start
  assert.ok(took < 2_500 + 1_000, `it ended after ${took.toFixed()} ms`)
})

test('what was acknowledged while it was ending is there afterwards', async ({ t }) => {
  const world = await draining(t, { SHUTDOWN_DRAIN_MS: '500' })
  const [ada, bob] = [await world.known(), await world.known()]
  await world.connect(bob)
  const acknowledged = []
  const sender = (async () => {
    for (let n = 0; ; n += 1) {
      const answer = await world.rest.post(ada, `/api/messages/send/${bob.userId}`, { text: `${n}` }).catch(() => null)
      if (answer?.status !== 201) return
      acknowledged.push(`${n}`)
    }
  })()
  await pause(100)
  world.sidecar().signal('SIGTERM')
  assert.deepEqual(await ended(world.sidecar(), 6_000), ENDED)
  await sender
  await world.again()
  const { body } = await world.rest.get(bob, `/api/messages/${ada.userId}?limit=100`)
  const stored = new Set(body.map((one) => one.text))
  assert.ok(acknowledged.length > 0)
  assert.deepEqual(
    acknowledged.slice(-50).filter((line) => !stored.has(line)),
    [],
    'acknowledged, and not stored',
  )
})

test('what ends is not announced to the feed', async ({ t }) => {
  const world = await draining(t, { SHUTDOWN_DRAIN_MS: '200' })
  const bob = await world.known()
  const device = follower(world, bob, { reconnection: true })
  await device.come()
  await forget(device.socket)
  world.sidecar().signal('SIGTERM')
  await nextOf(device.socket, ['server_shutdown'])
  await ended(world.sidecar(), 6_000)
  await world.again()
  shape(await device.answer(10_000), { recovered: true, missed: 0 })
  assert.ok(heard(device.socket).every(({ event, args }) => event !== 'server_shutdown' || args.length === 1))
})
