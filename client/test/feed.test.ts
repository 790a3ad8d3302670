// Where a client is in its user's feed, with sockets made here: what it asks for, and what it makes of the answers.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mock, test } from 'node:test'
import type { Socket } from 'socket.io-client'
import { names, TypedSocket, type Outcome } from '@outrigger/client'
import { JoinedChats } from '../dist/feed/joined-chats.js'
import { Position } from '../dist/feed/position.js'
import { Resumption, TOLD_WITHIN_MS, type Acquaintance, type FeedSocket } from '../dist/feed/resumption.js'
import { markOf, MOST_CHATS } from '../dist/feed/wire.js'

/** The part of a socket that is listened to. */
class Line extends EventEmitter {
  receiveBuffer: unknown[][] = []
  readonly #any: ((event: string, ...args: unknown[]) => void)[] = []

  onAny(listener: (event: string, ...args: unknown[]) => void): void {
    this.#any.push(listener)
  }

  /** As Socket.IO does: those who hear everything first. */
  say(event: string, ...args: unknown[]): void {
    for (const listener of this.#any) listener(event, ...args)
    this.emit(event, ...args)
  }
}

function follow(options: { isWanted?: boolean; chats?: string[]; acquaintance?: Acquaintance } = {}) {
  const line = new Line()
  const acquaintance = options.acquaintance ?? { speaksOfFeeds: null }
  const resumption = new Resumption(line as unknown as FeedSocket, {
    isWanted: options.isWanted ?? true,
    acquaintance,
    chats: () => options.chats ?? [],
  })
  const outcomes: Outcome[] = []
  resumption.onOutcome((outcome) => outcomes.push(outcome))
  return { line, resumption, outcomes, acquaintance }
}

const began = { recovered: false, from: 4, to: 4, feed: 'a', missed: 0, chats: [] }

test('a mark is an integer behind the payload, and nothing else is', () => {
  assert.equal(markOf([{}, 17]), 17)
  assert.equal(markOf([null, 1]), 1)
  for (const args of [[], [17], [{}], [{}, '17'], [{}, 1.5], [{}, 0], [{}, -1], [{}, () => 17], [{}, 2 ** 53]]) {
    assert.equal(markOf(args), null)
  }
})

test('a position only grows, but for a feed that begins anew', () => {
  const position = new Position()
  assert.deepEqual(position.request(['team']), {})
  position.reach(9)
  assert.equal(position.at, null, 'without a name a place says nothing')
  position.take(4, 'a')
  position.reach(9)
  position.reach(7)
  position.reach('12')
  assert.deepEqual(position.request([]), { seq: 9, feed: 'a' })
  position.take(8, 'a')
  assert.deepEqual(position.request(['team']), { seq: 9, feed: 'a', chats: ['team'] })
  position.take(2, 'b')
  assert.deepEqual(position.at, { seq: 2, feed: 'b' })
  position.begin(1, 'b')
  assert.deepEqual(position.at, { seq: 1, feed: 'b' }, 'an older database')
  position.forget()
  assert.deepEqual(position.request([]), {})
})

test('what was read from a broken connection is not heard twice, and what is in no feed is not lost', () => {
  const { line, resumption } = follow()
  line.say('resume', began)
  line.receiveBuffer = [
    ['newMessage', { text: 'comes again' }, 5],
    ['userTyping', { userId: 'u' }],
  ]
  assert.deepEqual(resumption.request(), { seq: 4, feed: 'a' })
  assert.deepEqual(line.receiveBuffer, [['userTyping', { userId: 'u' }]])
})

test('it asks for nothing first, then for what came behind the furthest place it was told of', () => {
  const { line, resumption, outcomes } = follow()
  assert.deepEqual(resumption.request(), {})
  resumption.connected()
  line.say('resume', began)
  assert.deepEqual(outcomes, [{ kind: 'began' }])
  line.say('newMessage', {}, 5)
  line.say('userTyping', { isTyping: true })
  line.say('outrigger:position', { seq: 11 })
  line.say('messageSent', {}, 10)
  assert.deepEqual(resumption.request(), { seq: 11, feed: 'a' })
})

test('what is replayed counts at once: a connection that breaks halfway goes on from there', () => {
  const { line, resumption, outcomes } = follow()
  line.say('resume', began)
  resumption.connected()
  line.say('newMessage', {}, 5)
  line.say('newMessage', {}, 6)
  resumption.disconnected()
  assert.deepEqual(resumption.request(), { seq: 6, feed: 'a' })
  line.say('newMessage', {}, 7)
  line.say('resume', { ...began, recovered: true, from: 6, to: 8, missed: 1, chats: ['team'] })
  assert.deepEqual(resumption.request(), { seq: 8, feed: 'a' })
  assert.deepEqual(outcomes.at(-1), { kind: 'recovered', chats: ['team'] })
})

test('a reset begins where it says, under the name it says', () => {
  const { line, resumption, outcomes } = follow()
  line.say('resume', { ...began, to: 900 })
  line.say('reset', { reason: 'unknown', to: 3, feed: 'b' })
  line.say('newMessage', {}, 4)
  assert.deepEqual(resumption.request(), { seq: 4, feed: 'b' })
  assert.deepEqual(outcomes.at(-1), { kind: 'lost', reason: 'unknown' })
})

test('a sidecar that says nothing is waited for once, and then no more', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const { line, resumption, outcomes, acquaintance } = follow({ chats: ['team'] })
  resumption.request()
  resumption.connected()
  mock.timers.tick(TOLD_WITHIN_MS - 1)
  assert.deepEqual(outcomes, [])
  mock.timers.tick(1)
  assert.deepEqual(outcomes, [{ kind: 'untold' }])
  assert.equal(acquaintance.speaksOfFeeds, false)
  resumption.disconnected()
  assert.deepEqual(resumption.request(), {}, 'it is asked all the same: it may have been replaced')
  resumption.connected()
  assert.deepEqual(outcomes, [{ kind: 'untold' }, { kind: 'untold' }])
  line.say('resume', began)
  assert.deepEqual(outcomes.at(-1), { kind: 'began' })
  resumption.disconnected()
  assert.deepEqual(resumption.request()?.chats, ['team'])
  assert.equal(resumption.hasNamed('team'), true)
  resumption.connected()
  assert.equal(outcomes.length, 3, 'known by now: it is waited for')
  resumption.disconnected()
  mock.timers.tick(TOLD_WITHIN_MS * 2)
  assert.equal(outcomes.length, 3, 'the wait ends with the connection')
})

test('where nobody wants it nothing is asked, and every connection is a new one', () => {
  const { line, resumption, outcomes } = follow({ isWanted: false })
  line.say('resume', began)
  assert.equal(resumption.request(), undefined)
  resumption.connected()
  assert.deepEqual(outcomes, [{ kind: 'untold' }])
})

test('no more chats are named than may be, those joined last', () => {
  const chats = new JoinedChats()
  for (let i = 0; i < MOST_CHATS + 5; i += 1) chats.add(`chat${i}`)
  assert.equal(chats.list().length, MOST_CHATS)
  assert.equal(chats.list().at(-1), `chat${MOST_CHATS + 4}`)
  chats.add('chat7')
  chats.remove('chat7')
  assert.equal(chats.list().at(-1), 'chat7', 'someone else is still in it')
  chats.remove('chat7')
  assert.ok(!chats.list().includes('chat7'))
})

test('typed listeners are given the payload alone, and end one by one', () => {
  const line = new Line()
  const socket = new TypedSocket('rooms', line as unknown as Socket)
  const heard: unknown[][] = []
  const listener = (...args: unknown[]): void => {
    heard.push(args)
  }
  const end = socket.on(names.rooms.server.userTyping, listener)
  socket.on(names.rooms.server.userTyping, listener)
  socket.on(names.rooms.server.testMessage, listener)
  line.say('userTyping', 'payload', 17)
  assert.deepEqual(heard, [['payload'], ['payload']])
  end()
  end()
  line.say('userTyping', 'payload', 18)
  assert.equal(heard.length, 3)
  socket.off(names.rooms.server.userTyping, listener)
  socket.off(names.rooms.server.userTyping, listener)
  line.say('userTyping', 'payload', 19)
  assert.equal(heard.length, 3)
  line.say('testMessage', 'other')
  assert.equal(heard.length, 4)
})
