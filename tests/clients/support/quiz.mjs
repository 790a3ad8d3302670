// People, places and words of the `quiz` contract (`contracts/quiz.md`).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { arrivals, ask, heard, next, settled, untaken } from './client.mjs'
import { count, flag, iso, shape, text } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'
import { HOUR_S, sign } from './tokens.mjs'

/** Where the stock client of this contract goes. */
export const ROOT = { path: '/socket.io', namespace: '/' }
/** Every place of the contract. */
export const DOORS = [
  ROOT,
  { path: '/socket.io', namespace: '/quiz' },
  { path: '/api/socket', namespace: '/quiz' },
  { path: '/api/socket-namespaces', namespace: '/quiz' },
]
export const titleOf = ({ path, namespace }) => `${path}${namespace === '/' ? '' : ` ${namespace}`}`

const SETTINGS = { ROOT_CONTRACT: 'quiz', RATE_LIMITS: 'off' }
const TOKEN_HOURS = 2

/** Claims as the login route of this contract signs them: an id and a role, and nothing else. */
export function quizClaims(who, { expiresIn = TOKEN_HOURS * HOUR_S, ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  return { _id: who.userId, role: who.role, iat: Math.min(now, now + expiresIn - 1), exp: now + expiresIn, ...extra }
}

export const numbers = (total, from = 0) => Array.from({ length: total }, (_, index) => from + index)
export const newId = (prefix) => `${prefix}-${randomBytes(8).toString('hex')}`
export const object = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A world in which people carry tokens of this contract and connect where its clients do. */
function quizWorld(world) {
  const person = ({ role = 'Visitor', ...options } = {}) => {
    const who = Object.assign(world.person(options), { role })
    who.appToken = who.token
    who.quizToken = (claims) => sign(quizClaims(who, claims), { secret: world.home.jwtSecret })
    who.token = who.quizToken()
    return who
  }
  /** Someone of whom the app told the sidecar, with a name. */
  const member = async (role = 'Visitor', { name, ...options } = {}) => {
    const who = person({ role, ...options })
    who.name = name ?? `Name of ${who.userId}`
    const { status, body } = await world.internal.put(`/internal/users/${who.userId}`, {
      name: who.name,
      email: who.email,
    })
    assert.equal(status, 200, JSON.stringify(body))
    return who
  }
  const at = (options) => ({ ...ROOT, ...options })
  const connect = (who, options) => world.connect(who, at(options))
  return {
    ...world,
    person,
    member,
    open: (who, options) => world.open(who, at(options)),
    connect,
    /** Someone without a token, as the client of this contract says so. */
    connectGuest: (options) => connect(undefined, { auth: { token: null }, ...options }),
    refused: (who, options) => world.refused(who, at(options)),
    /** A socket of another contract, with the token that its apps sign. */
    connectElsewhere: (who, options) => world.connect(who, { auth: { token: who.appToken }, ...options }),
    app: appOf(world.internal),
  }
}

/** What the app calls; each answers with the body, and any other status than 200 is an error. */
function appOf(internal) {
  const good = ({ status, body }, what) => {
    assert.equal(status, 200, `${what} was answered ${status} ${JSON.stringify(body)}`)
    return body
  }
  const post = async (path, call = {}) => shape(good(await internal.post(`/internal/${path}`, call), path), { success: true })
  const get = async (path) => good(await internal.get(`/internal/${path}`), path)
  const of = (quizId) => `quiz/${encodeURIComponent(quizId)}`
  return {
    register: (quizId, questions, more = {}) => post('quiz/quizzes', { quizId, questions, ...more }),
    start: (quizId) => post(`${of(quizId)}/start`),
    next: (quizId) => post(`${of(quizId)}/next`),
    end: (quizId) => post(`${of(quizId)}/end`),
    finish: (quizId, who) => post(`${of(quizId)}/finish`, who ? { userId: who.userId } : {}),
    score: (quizId, who, score) => post(`${of(quizId)}/score`, { userId: who.userId, score }),
    session: (quizId) => get(of(quizId)),
    leaderboard: (quizId) => get(`${of(quizId)}/leaderboard`),
    answers: (quizId, query = '') => get(`${of(quizId)}/answers${query}`),
    online: () => get('quiz/online'),
    stats: () => get('quiz/stats'),
    emitToUser: (who, event, data, more = {}) => post('send-to-user', { userId: who.userId, event, data, contract: 'quiz', ...more }),
    emitToRoom: (room, event, data) => post('send-to-room', { room, event, data, contract: 'quiz' }),
    emitToAll: (event, data) => post('send-to-all', { event, data, contract: 'quiz' }),
  }
}

/** `suite` with `quiz` at the root and without limits, unless the settings say otherwise. */
export function quizSuite(fileUrl, settings = {}) {
  const { test, world } = suite(fileUrl, { ...SETTINGS, ...settings })
  return {
    world: quizWorld(world),
    test: (name, story) => test(name, ({ t }) => story({ ...quizWorld(world), t })),
  }
}

/** `ownProcess` of the same kind. */
export async function ownQuiz(t, settings = {}) {
  return quizWorld(await ownProcess(t, { ...SETTINGS, SHUTDOWN_DRAIN_MS: '100', ...settings }))
}

// --- answers ----------------------------------------------------------------------------------------

export const succeeded = (reply, more = {}) => shape(reply, { success: true, ...more })

/** Asks, and it is done. */
export const does = async (socket, event, argument, more) => succeeded(await ask(socket, event, argument), more)

/** Payloads of that name that came so far, taken or not. */
export const told = (socket, event) =>
  heard(socket)
    .filter((one) => one.event === event)
    .map(({ args }) => args[0])

const errorsOf = (socket) => arrivals(socket).filter((name) => name === 'messageError').length

/** The socket asks for what is refused in these words: in the acknowledgement and as one `messageError`. */
export async function refuses(socket, event, argument, error, more = {}) {
  const shown = `${event} ${JSON.stringify(argument)?.slice(0, 200)}`
  const before = errorsOf(socket)
  const reply = await ask(socket, event, argument)
  assert.deepEqual(reply, { success: false, error }, shown)
  const said = await next(socket, 'messageError', (one) => one.event === event)
  assert.deepEqual(said, { error, event, ...more }, shown)
  await settled(socket)
  assert.equal(errorsOf(socket), before + 1, `one messageError for ${shown}`)
}

/** The same for what is told to those only who wait for an acknowledgement. */
export async function passedOver(socket, event, argument, error) {
  const shown = `${event} ${JSON.stringify(argument)?.slice(0, 200)}`
  const before = errorsOf(socket)
  assert.deepEqual(await ask(socket, event, argument), { success: false, error }, shown)
  await settled(socket)
  assert.equal(errorsOf(socket), before, `no messageError for ${shown}`)
}

/** All that was published before now has been handed to the sockets: an answer over HTTP may be here before its event. */
export async function published({ internal, person }) {
  const nobody = { userId: person().userId, event: 'nothing', data: null, contract: 'none' }
  const { status, body } = await internal.post('/internal/send-to-user', nobody)
  assert.equal(status, 200, JSON.stringify(body))
}

/** None of these sockets was told anything of that name, or is on the way to be. */
export async function unheard(world, sockets, ...events) {
  await published(world)
  for (const socket of sockets) {
    await settled(socket)
    for (const event of events) assert.deepEqual(told(socket, event), [], `"${event}" should not have come here`)
  }
}

/** That was told so often, and no more of it is on the way. */
export async function toldTimes(world, socket, event, times) {
  await published(world)
  await settled(socket)
  assert.equal(told(socket, event).length, times, `"${event}" ${times} times: ${JSON.stringify(told(socket, event))}`)
}

/** Nothing that any of these sockets ever heard holds one of these words. */
export async function neverTold(sockets, ...words) {
  for (const socket of sockets) {
    if (socket.connected) await settled(socket)
    for (const { event, args } of heard(socket)) {
      if (event.startsWith('@')) continue
      const said = JSON.stringify(args)
      for (const word of words) assert.ok(!said.includes(word), `"${word}" was told: ${event} ${said}`)
    }
  }
}

// --- who is there -----------------------------------------------------------------------------------

/** Checks `onlineUsers`: what newer and what older clients read (section 3). */
export function directory(payload) {
  shape(payload, { users: Array.isArray, onlineUsers: Array.isArray, count, timestamp: iso })
  assert.equal(payload.count, payload.users.length)
  for (const one of payload.users) {
    shape(one, { userId: text, name: text, lastActivity: iso })
    assert.ok(['online', 'away', 'busy'].includes(one.status), one.status)
  }
  assert.equal(payload.onlineUsers.length, payload.users.length)
  for (const [index, one] of payload.onlineUsers.entries()) {
    assert.equal(typeof one.socketID, 'string')
    const { userId, name } = payload.users[index]
    shape(one, { _id: userId, name, email: null })
  }
  return payload
}

/** Someone in `onlineUsers`, or `undefined`. */
export const listed = (payload, who) => payload.users.find(({ userId }) => userId === who.userId)

// --- quizzes ----------------------------------------------------------------------------------------

/** A right answer that nobody guesses and that is found wherever it is told. */
export const newSecret = () => `right-${randomBytes(12).toString('hex')}`

/** So many questions `q1`, `q2`… with a right answer each; `more` is for all, or made from the number. */
export const questions = (total, more = {}) =>
  numbers(total, 1).map((n) => ({ id: `q${n}`, correct: newSecret(), ...(typeof more === 'function' ? more(n) : more) }))

/** Registers a quiz with these questions; gives its id. */
export async function newQuiz(world, asked, more = {}) {
  const quizId = newId('quiz')
  shape(await world.app.register(quizId, asked, more), { quizId, questions: asked.length })
  return quizId
}

/** Takes part: checks `quizJoined` and gives it. */
export async function joins(socket, quizId, wanted = {}) {
  const reply = await does(socket, 'joinQuiz', { quizId })
  // It is said again if others joined just then.
  const mine = (one) => one.quizId === quizId
  const joined = [await next(socket, 'quizJoined', mine)]
  while (untaken(socket, 'quizJoined').some(mine)) joined.unshift(await next(socket, 'quizJoined', mine))
  shape(joined[0], { quizId, participantCount: count, status: text, answered: count, ...wanted })
  // Each has the time at which it was made.
  const { question: _, ...said } = reply
  const { question: __, ...shown } = joined[0]
  assert.deepEqual(said, { success: true, ...shown })
  return joined[0]
}

/** Answers, and it is kept; gives how many questions have an answer by now. */
export async function answers(socket, quizId, questionId, answer, more = {}) {
  const reply = await ask(socket, 'submitAnswer', { quizId, questionId, answer, ...more })
  shape(reply, { success: true, questionsAnswered: count })
  return reply.questionsAnswered
}

/** Checks the rows of a leaderboard: in order, ranks from 1. Gives them. */
export function leaders(rows) {
  for (const [index, row] of rows.entries()) {
    shape(row, {
      userId: text,
      userName: text,
      score: Number.isInteger,
      questionsAnswered: count,
      finished: flag,
      rank: index + 1,
    })
    if (index > 0) assert.ok(row.score <= rows[index - 1].score, `${JSON.stringify(rows)} is in order`)
  }
  assert.equal(new Set(rows.map(({ userId }) => userId)).size, rows.length, 'each once')
  return rows
}

/** The leaderboard as this socket is told it when it asks. */
export async function leaderboard(socket, quizId) {
  const before = told(socket, 'leaderboardUpdate').length
  await does(socket, 'requestLeaderboard', quizId)
  await settled(socket)
  const updates = told(socket, 'leaderboardUpdate').slice(before)
  const last = updates.findLast((one) => one.quizId === quizId)
  assert.ok(last, 'a leaderboard for who asks')
  return leaders(last.leaderboard)
}

/** Rows as `[user, score]`. */
export const scores = (rows) => rows.map(({ userId, score }) => [userId, score])

/** Waits for the leaderboard of that quiz on which all is as `where` wants it. */
export async function leaderboardWhere(socket, quizId, where) {
  const { leaderboard } = await next(
    socket,
    'leaderboardUpdate',
    (one) => one.quizId === quizId && where(one.leaderboard),
  )
  return leaders(leaderboard)
}

/** The socket is asked that question (section 3, `quizQuestion`). */
export async function asked(socket, quizId, questionId, wanted = {}) {
  const question = await next(socket, 'quizQuestion', (one) => one.quizId === quizId && one.questionId === questionId)
  return shape(question, { quizId, questionId, index: count, total: count, serverTime: iso, ...wanted })
}

/** A host, or the app without one, and so many who take part with a socket each. */
export async function party(world, total, { role = 'Visitor', questions: all, host: hostRole, ...more } = {}) {
  const host = await world.member(hostRole ?? 'Visitor', { name: 'Hana' })
  const quizId = await newQuiz(world, all, { hostId: host.userId, ...more })
  const hosts = await world.connect(host)
  const players = []
  for (const _ of numbers(total)) {
    const who = await world.member(role)
    const socket = await world.connect(who)
    await joins(socket, quizId)
    players.push({ ...who, socket })
  }
  return { quizId, host, hosts, players, sockets: players.map(({ socket }) => socket) }
}
