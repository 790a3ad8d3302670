// Holds the same conversation with the sidecar and with each peer, and compares all that was sent: a peer that does less
// work, or other work, would make every ratio meaningless. Run by `bench/run --smoke`, or:
//
//   OUTRIGGER_BIN=target/debug/outrigger node --test bench/peers/surface.test.mjs

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import jwt from 'jsonwebtoken'
import { repository, startServer } from '../runner/servers.mjs'
import { whyPeersCannotStore } from '../runner/store.mjs'

// The websocket library that Socket.IO brings along.
const { WebSocket } = createRequire(createRequire(import.meta.url).resolve('engine.io'))('ws')

const SIDECAR = process.env.OUTRIGGER_BIN ?? join(repository, 'target/debug/outrigger')
const QUIET_MS = 150
const PATIENCE_MS = 5_000
/** The part that needs a store. */
const STORED = 'lines'

let heard

before(async () => {
  heard = await conversation('sidecar')
})

const noStore = whyPeersCannotStore()

for (const kind of ['ws', 'uws']) {
  let peer
  test(`${kind} says what the sidecar says`, async () => {
    peer = await conversation(kind)
    for (const [part, frames] of Object.entries(heard)) {
      if (part !== STORED) assert.deepEqual(peer[part], frames, part)
    }
  })
  test(`${kind} says of stored lines what the sidecar says`, { skip: noStore }, () => {
    assert.deepEqual(peer[STORED], heard[STORED])
  })
}

const open = new Set()
after(() => open.forEach((socket) => socket.terminate()))

async function conversation(kind) {
  const server = await startServer(kind, { binaries: { sidecar: SIDECAR } })
  try {
    return await talk(server, kind === 'sidecar' || noStore === undefined)
  } finally {
    open.forEach((socket) => socket.terminate())
    open.clear()
    await server.stop()
  }
}

async function talk(server, canStore) {
  const parts = {}
  const token = (userId, secret = server.secrets.jwt) =>
    jwt.sign({ userId, email: `${userId}@example.test`, jti: `token-${userId}` }, secret, { expiresIn: 3600 })
  const enter = (path, namespace, shown) => connect(server.public, path, namespace, shown)

  const follower = await enter('/socket.io', '/', token('ann'))
  parts.welcome = follower.take()
  const [ann, bob] = [await enter('/socket.io', '/quiz', token('ann')), await enter('/socket.io', '/quiz', token('bob'))]
  await settle([ann, bob, follower])
  parts.quizArrival = [first(ann.take(), 'onlineUsers'), first(bob.take(), 'onlineUsers')]
  for (const one of [ann, bob]) {
    await one.ask('joinRoom', { roomId: 'hall', roomType: 'chat' })
    // Who comes is told in its own time: whoever joins meanwhile may hear of it too.
    await settle([ann, bob])
  }
  parts.quizRoom = [without(ann.take(), 'onlineUsers', 'userOnline'), without(bob.take(), 'onlineUsers', 'userOnline')]
  await ann.ask('roomMessage', { roomID: 'hall', content: 'hello', _id: '7' })
  await ann.ask('roomMessage', { roomID: 'elsewhere', content: 'hello', _id: '8' })
  await settle([ann, bob])
  // What else is said about a refusal is the contract's business.
  parts.quizMessage = [without(ann.take(), 'messageError', 'onlineUsers').slice(0, 1), without(bob.take(), 'onlineUsers')]

  const [cid, dot] = [await enter('/api/socket', '/', token('cid')), await enter('/api/socket', '/', token('dot'))]
  await settle([cid, dot])
  parts.roomsArrival = [first(cid.take(), 'getOnlineUsers'), first(dot.take(), 'getOnlineUsers')]
  for (const one of [cid, dot]) await one.ask('joinChatRoom', { chatId: 'cid_dot' })
  await dot.ask('joinChatRoom', { chatId: 'ann_cid' })
  if (canStore) await cid.ask('sendChatMessage', { chatId: 'cid_dot', message: 'hello' })
  await cid.ask('sendChatMessage', { chatId: 'ann_dot', message: 'hello' })
  await settle([cid, dot])
  const passing = ['getOnlineUsers', 'userOnlineStatus', 'ping']
  parts[STORED] = [sorted(without(cid.take(), ...passing)), sorted(without(dot.take(), ...passing))]

  const all = [follower, ann, bob, cid, dot]
  const answers = []
  const call = async (path, body, secret = server.secrets.internal) => {
    const answer = await fetch(server.internal + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const said = await answer.json()
    // The words of refusals are for people.
    answers.push([path, answer.status, answer.status === 200 ? said : Object.keys(said)])
  }
  const event = { event: 'news', data: { text: 'x'.repeat(20), n: 1 } }
  await call('/internal/send-to-user', { userId: 'ann', ...event })
  await call('/internal/send-to-user', { userId: 'nobody', ...event })
  await call('/internal/send-to-room', { room: 'chat_cid_dot', ...event })
  await call('/internal/send-to-room', { room: 'hall', contract: 'quiz', ...event })
  await call('/internal/send-to-all', event)
  await call('/internal/send-to-all', { event: 'nothing' })
  await call('/internal/send-to-all', { data: 1 })
  await call('/internal/send-to-all', { event: '', data: 1 })
  await call('/internal/send-to-all', { event: 'disconnect', data: 1 })
  await call('/internal/send-to-all', event, 'wrong')
  await settle(all)
  parts.answers = answers
  parts.emitted = all.map((one) => sorted(without(one.take(), ...passing, 'onlineUsers', 'userOnline')))

  const strangers = []
  for (const [path, namespace] of [['/socket.io', '/'], ['/socket.io', '/quiz'], ['/api/socket', '/']]) {
    const stranger = await enter(path, namespace, token('eve', 'another secret, of more than thirty bytes'))
    strangers.push(stranger.take())
  }
  parts.refused = strangers
  return parts
}

/** A bare Engine.IO client: it sees frames, not what a library makes of them. */
async function connect(url, path, namespace, token) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}/?EIO=4&transport=websocket`)
  open.add(socket)
  const prefix = namespace === '/' ? '' : `${namespace},`
  let frames = []
  let acks = 0
  const waiting = new Map()
  const answered = new Promise((done) => {
    socket.on('message', (data) => {
      const text = data.toString()
      if (text === '2') return socket.send('3')
      if (!text.startsWith('4')) return undefined
      if (/^4[04]/.test(text)) done()
      frames.push(plain(text.replace(prefix, '')))
      const ack = /^43(\d+)/.exec(text.replace(prefix, ''))
      return ack && waiting.get(Number(ack[1]))?.()
    })
  })
  await within(new Promise((done, failed) => socket.once('open', done).once('error', failed)), 'a connection')
  socket.send(`40${prefix}${JSON.stringify({ token })}`)
  await within(answered, 'the answer to CONNECT')
  await pause()
  return {
    take: () => frames.splice(0),
    lastAt: () => frames.length,
    ask: async (event, argument) => {
      acks += 1
      const reply = new Promise((done) => waiting.set(acks, done))
      socket.send(`42${prefix}${acks}${JSON.stringify([event, argument])}`)
      await within(reply, `the acknowledgement of ${event}`)
    },
  }
}

/** A frame without what differs from run to run: times, and ids of sockets. */
function plain(text) {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/welcome_\d+/g, 'welcome_MS')
    .replace(/"sid":"[^"]+"/g, '"sid":"SID"')
}

const named = (frame) => /^42\["([^"]+)"/.exec(frame)?.[1]
const without = (frames, ...names) => frames.filter((frame) => !names.includes(named(frame)))
const first = (frames, name) => frames.find((frame) => named(frame) === name)
/** Whether an acknowledgement or the own event comes first is open. */
const sorted = (frames) => [...frames].sort()

const pause = () => new Promise((done) => setTimeout(done, QUIET_MS))
const settle = () => pause()

function within(promise, what) {
  let timer
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`waited in vain for ${what}`)), PATIENCE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
