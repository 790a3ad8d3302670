// Every client generation of Socket.IO protocol 5, over every transport, on both paths.

import assert from 'node:assert/strict'
import { ask, disconnection, LEGACY, next, ROOMS, settled, silent, VERSIONS } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import { accepted, iso, shape } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const TRANSPORTS = [['websocket'], ['polling'], ['polling', 'websocket']]

/** What the two paths call the same things. */
const SYSTEMS = [
  { title: 'rooms', path: ROOMS, account: '/', messages: '/' },
  { title: 'legacy', path: LEGACY, account: '/auth', messages: '/messenger' },
]

async function arriveOn({ connect }, who, { path, account, messages }, client) {
  const first = await connect(who, { path, namespace: account, ...client })
  const second = account === messages ? first : await connect(who, { over: first, namespace: messages })
  return { account: first, messages: second }
}

async function upgraded(socket) {
  await eventually(
    () => socket.io.engine.transport.name,
    (name) => name === 'websocket',
    'the upgrade from polling to websocket',
  )
}

for (const version of Object.keys(VERSIONS)) {
  for (const transports of TRANSPORTS) {
    for (const system of SYSTEMS) {
      const title = `client ${version} over ${transports.join(' then ')} on ${system.title}`

      test(`${title}: authenticates, talks, is acknowledged, is logged out`, async (world) => {
        const client = { version, transports }
        const [a, b] = [await world.known(), await world.known()]
        const [ours, theirs] = [
          await arriveOn(world, a, system, client),
          await arriveOn(world, b, system, client),
        ]
        if (transports.length > 1) await Promise.all([ours, theirs].map((one) => upgraded(one.account)))

        accepted(await ask(ours.account, 'authenticate', { token: a.token }))
        shape(await next(ours.account, 'authenticated'), { userId: a.userId, socketId: ours.account.id })

        const text = `from ${title}: äöü 🚣`
        const { body } = await world.rest.post(a, `/api/messages/send/${b.userId}`, { text })
        shape(await next(theirs.messages, 'newMessage'), { _id: body._id, text, timestamp: iso })
        shape(await next(ours.messages, 'messageSent'), { _id: body._id, text })

        accepted(await ask(theirs.messages, 'messageRead', { messageId: body._id, senderId: a.userId }))
        shape(await next(ours.messages, 'messageReadReceipt'), { messageId: body._id, readBy: b.userId })
        assert.deepEqual(await ask(ours.messages, 'checkUserOnline', { userId: b.userId }), { isOnline: true })

        await world.internal.post('/internal/force-logout', { userId: b.userId, reason: 'enough' })
        shape(await next(theirs.account, 'force_logout'), { reason: 'enough', timestamp: iso })
        assert.equal(await disconnection(theirs.account), 'io server disconnect')
        await settled(ours.account)
      })
    }
  }
}

for (const transports of TRANSPORTS) {
  test(`many events in both directions keep their order over ${transports.join(' then ')}`, async (world) => {
    const who = world.person()
    const socket = await world.connect(who, { transports })
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    for (const n of numbers) {
      await world.internal.post('/internal/send-to-user', { userId: who.userId, event: 'count', data: { n } })
    }
    const seen = []
    for (const _ of numbers) seen.push((await next(socket, 'count')).n)
    assert.deepEqual(seen, numbers)
    const replies = await Promise.all(numbers.map(() => ask(socket, 'pong', { timestamp: new Date().toISOString() })))
    replies.forEach(accepted)
  })
}

test('clients of all generations hear each other', async (world) => {
  const people = Object.keys(VERSIONS).map((version) => ({ who: world.person(), version }))
  const sockets = []
  for (const { who, version } of people) sockets.push(await world.connect(who, { version }))
  for (const [from, socket] of sockets.entries()) {
    const to = (from + 1) % people.length
    socket.emit('typing', { receiverId: people[to].who.userId, isTyping: true })
    shape(await next(sockets[to], 'userTyping'), { userId: people[from].who.userId })
    await silent(socket, 'userTyping')
  }
})
