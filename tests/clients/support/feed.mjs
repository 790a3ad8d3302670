// What a client keeps so that it misses nothing, and what it is told when it comes back (`docs/RESUME.md`).

import assert from 'node:assert/strict'
import { CONNECT, connected, DISCONNECT, heard, nextOf, settled } from './client.mjs'
import { count, flag, shape, text } from './shape.mjs'

export const RESUME = 'resume'
export const RESET = 'reset'
export const POSITION = 'outrigger:position'

/** Ends a connection as a broken network does: no goodbye on the wire. */
export function cut(socket) {
  const { transport } = socket.io.engine
  if (transport.ws?.terminate) transport.ws.terminate()
  else socket.io.engine.close()
}

/** The `seq` behind the contract's own arguments, or `undefined`. */
export function markOf({ event, args }) {
  const last = args.at(-1)
  const isMark = args.length > 1 && Number.isSafeInteger(last) && event !== CONNECT
  return isMark ? last : undefined
}

export const isMarked = (one) => markOf(one) !== undefined

/**
 * Whether what comes now is of a connection that the client has closed: a stock client keeps what was on its way
 * then, and delivers it just before its next `connect`, when it has told its position already.
 */
export function isLate(socket) {
  const last = heard(socket).findLast(({ event }) => event === CONNECT || event === DISCONNECT)
  return last?.event === DISCONNECT
}

/** Payloads of the durable events in `events`, by name if given. */
export function payloads(events, name) {
  return events.filter((one) => isMarked(one) && (name ?? one.event) === one.event).map(({ args }) => args[0])
}

/**
 * A device of `who` in one namespace that keeps its position over as many connections as the story likes.
 * `options` are those of `connect`; `from`, a position to begin with instead of none; `chats`, to be joined again;
 * `companions`, names of events that come unmarked in front of a marked one, which is of the same matter.
 */
export function follower(world, who, { from = {}, chats, token, companions = [], ...options } = {}) {
  let position = from
  let socket
  const all = []

  const auth = (show) =>
    show({ token: token?.() ?? who.token, resume: chats && 'seq' in position ? { ...position, chats } : position })

  const keep = (event, ...args) => {
    if (isLate(socket)) return
    if (event === RESUME || event === RESET) position = { seq: args[0].to, feed: args[0].feed }
    else if (event === POSITION) position = { ...position, seq: Math.max(position.seq ?? 0, args[0].seq) }
    else {
      const mark = markOf({ event, args })
      if (mark === undefined) return
      all.push({ event, args })
      // Before `resume` the name of the feed is the one it was asked for.
      if ('feed' in position) position = { ...position, seq: mark }
    }
  }

  const device = {
    get socket() {
      return socket
    },
    get position() {
      return { ...position }
    },
    /** Every durable event of all connections, in order of arrival. */
    get all() {
      return all
    },
    /** Opens a connection; returns with what the server said of the position. `opened` gets the socket at once. */
    async come({ opened, ...more } = {}) {
      socket = world.open(who, { auth, ...options, ...more })
      socket.onAny(keep)
      opened?.(socket)
      await connected(socket)
      return device.answer()
    },
    /** The next `resume` or `reset` on the connection there is, checked against what came before it. */
    async answer(ms) {
      const { event, args } = await nextOf(socket, [RESUME, RESET], ms)
      return event === RESUME ? recovery(socket, args, companions) : resetting(socket, args)
    },
    /** Says goodbye and is away. */
    async leave() {
      await settled(socket)
      socket.disconnect()
    },
    /** What came since the last `resume` or `reset`, when all that was sent before now is here. */
    async live() {
      await published(world, who)
      await settled(socket)
      return sinceAnswer(socket).filter(isMarked)
    },
  }
  return device
}

/**
 * All that was published before now has been handed to the sockets: an answer over HTTP may be here before the event it
 * is about. An event for no contract's clients takes the same way and is answered at its end.
 */
async function published(world, who) {
  const { status, body } = await world.internal.post('/internal/send-to-user', {
    userId: who.userId,
    event: 'nothing',
    data: null,
    contract: 'none',
  })
  assert.equal(status, 200, JSON.stringify(body))
}

const isAnswer = ({ event }) => event === RESUME || event === RESET

/** Events of the last connection of this socket, in front of and behind its answer. */
function lastConnection(socket) {
  const events = heard(socket)
  return events.slice(events.findLastIndex(({ event }) => event === CONNECT) + 1)
}

function sinceAnswer(socket) {
  const events = lastConnection(socket)
  return events.slice(events.findIndex(isAnswer) + 1)
}

function beforeAnswer(socket) {
  const events = lastConnection(socket)
  assert.equal(events.filter(isAnswer).length, 1, 'one answer for one connection')
  return events.slice(0, events.findIndex(isAnswer))
}

/** `resume`: what was missed has just been sent, in order, and nothing of the feed besides. */
function recovery(socket, args, companions) {
  assert.equal(args.length, 1, '`resume` itself has no mark')
  const [said] = args
  shape(said, { recovered: flag, to: count, feed: text, missed: count, chats: Array.isArray })
  const before = beforeAnswer(socket).filter((one) => isMarked(one) || !companions.includes(one.event))
  const replayed = before.filter(isMarked)
  assert.equal(replayed.length, said.missed, 'as many events as it says')
  if (said.missed > 0) {
    assert.ok(isMarked(before.at(-1)), 'nothing comes between the last of what was missed and `resume`')
    const others = before.slice(before.findIndex(isMarked)).filter((one) => !isMarked(one))
    assert.deepEqual(others, [], 'only what was missed comes between the first of it and `resume`')
  }
  assertRising(replayed)
  if (!said.recovered) assert.equal(said.missed, 0)
  if (said.missed > 0) {
    assert.ok(markOf(replayed[0]) > said.from, 'nothing that the client had already')
    assert.ok(markOf(replayed.at(-1)) <= said.to)
  }
  return { ...said, reason: undefined, replayed }
}

/** `reset`: nothing of what was missed was told. */
function resetting(socket, args) {
  assert.equal(args.length, 1, '`reset` itself has no mark')
  const [said] = args
  shape(said, { reason: text, to: count, feed: text })
  assert.deepEqual(beforeAnswer(socket).filter(isMarked), [], 'never a silent part')
  return { ...said, recovered: undefined, replayed: [] }
}

/** Each event once and in the order of the feed. */
export function assertRising(events) {
  const marks = events.map(markOf)
  for (const [index, mark] of marks.entries()) {
    if (index > 0) assert.ok(mark > marks[index - 1], `mark ${mark} came after ${marks[index - 1]}: ${marks.join(' ')}`)
  }
}
