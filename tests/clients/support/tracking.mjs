// People, campaigns and words of the `tracking` contract (`contracts/tracking.md`).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { bearerApi } from './api.mjs'
import { ask, heard, next, settled, silent } from './client.mjs'
import { flag, iso, shape, text } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'
import { HOUR_S, sign } from './tokens.mjs'

/** Where the stock client of this contract goes. */
export const ROOT = { path: '/socket.io', namespace: '/' }
/** Every place of the contract. */
export const DOORS = [
  ROOT,
  { path: '/socket.io', namespace: '/tracking' },
  { path: '/api/socket', namespace: '/tracking' },
  { path: '/api/socket-namespaces', namespace: '/tracking' },
]
export const titleOf = ({ path, namespace }) => `${path}${namespace === '/' ? '' : ` ${namespace}`}`

/** Updates of recipients that the app may send in one call. */
export const BATCH = 5_000
/** Recipients that are shown to who begins to track a message. */
export const SHOWN = 500
/** How long updates of recipients may be held back to be told together. */
export const PACE_MS = 200

const SETTINGS = { ROOT_CONTRACT: 'tracking', RATE_LIMITS: 'off' }

/** Claims as the login route of this contract signs them: an id and an address, and nothing else. */
export function trackingClaims(who, { expiresIn = 7 * 24 * HOUR_S, ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  return {
    userId: who.userId,
    email: who.email,
    iat: Math.min(now, now + expiresIn - 1),
    exp: now + expiresIn,
    ...extra,
  }
}

export const numbers = (total, from = 0) => Array.from({ length: total }, (_, index) => from + index)
export const newMessageId = () => `msg-${randomBytes(8).toString('hex')}`

/** A world in which people carry tokens of this contract and connect where its clients do. */
function trackingWorld(world) {
  const person = (options) => {
    const who = world.person(options)
    who.trackingToken = (claims) =>
      sign(trackingClaims(who, { ...(options?.admin && { isAdmin: true }), ...claims }), {
        secret: world.home.jwtSecret,
      })
    who.appToken = who.token
    who.token = who.trackingToken()
    return who
  }
  const at = (options) => ({ ...ROOT, ...options })
  return {
    ...world,
    person,
    open: (who, options) => world.open(who, at(options)),
    /** Connected, and greeted: the welcome is taken. */
    connect: async (who, options) => {
      const socket = await world.connect(who, at(options))
      await next(socket, 'notification', isWelcome)
      return socket
    },
    refused: (who, options) => world.refused(who, at(options)),
    /** A socket of another contract, with the token that its apps sign. */
    connectElsewhere: (who, options) => world.connect(who, { auth: { token: who.appToken }, ...options }),
    /** REST of this contract where it always is; at the root it is `apiAt('')`. */
    api: bearerApi(world.sidecar, '/tracking'),
    apiAt: (prefix) => bearerApi(world.sidecar, prefix),
    app: appOf(world.internal),
  }
}

/** What the app calls (section 5); each answers with the body, and any other status than 200 is an error. */
function appOf(internal) {
  const post = async (path, call) => {
    const { status, body } = await internal.post(`/internal/tracking/${path}`, call)
    assert.equal(status, 200, `${path} was answered ${status} ${JSON.stringify(body)}`)
    return shape(body, { success: true })
  }
  return {
    register: (owner, messageId, more = {}) => post('messages', { messageId, userId: owner.userId, ...more }),
    update: (owner, messageId, status, more = {}) =>
      post('message-update', { userId: owner.userId, messageId, status, ...more }),
    recipient: (owner, messageId, one) => post('recipient-update', { userId: owner.userId, messageId, ...one }),
    recipients: (owner, messageId, updates) => post('recipient-updates', { userId: owner.userId, messageId, updates }),
    analytics: (owner, type, data) => post('analytics', { userId: owner.userId, type, data }),
    globalAnalytics: (type, data) => post('global-analytics', { type, data }),
    broadcast: (notification) => post('broadcast', notification),
    ping: () => post('ping', {}),
  }
}

/** `suite` with `tracking` at the root and without limits, unless the settings say otherwise. */
export function trackingSuite(fileUrl, settings = {}) {
  const { test, world } = suite(fileUrl, { ...SETTINGS, ...settings })
  return {
    world: trackingWorld(world),
    test: (name, story) => test(name, ({ t }) => story({ ...trackingWorld(world), t })),
  }
}

/** `ownProcess` of the same kind. */
export async function ownTracking(t, settings = {}) {
  return trackingWorld(await ownProcess(t, { ...SETTINGS, SHUTDOWN_DRAIN_MS: '100', ...settings }))
}

export const succeeded = (reply, more = {}) => shape(reply, { success: true, ...more })

// --- recipients -----------------------------------------------------------------------------------

const name = (n) => String(n).padStart(6, '0')
/** The nth recipient of a message, with that status. */
export const recipient = (n, status, more = {}) => ({
  recipientId: `r-${name(n)}`,
  phone: `+49170${name(n)}`,
  status,
  ...more,
})
/** Recipients `from..from + total`; `status` is one for all, or made from the number. */
export const recipients = (total, status, from = 0) =>
  numbers(total, from).map((n) => recipient(n, typeof status === 'function' ? status(n) : status))

// --- what clients are told ------------------------------------------------------------------------

const KINDS = ['message_sent', 'message_failed', 'delivery_update', 'system', 'warning']

export const isWelcome = ({ id }) => String(id).startsWith('welcome_')
export const isWarning = ({ type }) => type === 'warning'

/** Checks a `notification` (section 3). `id` is its beginning, in front of the time; or a function. */
export function notification(payload, { id, ...wanted }) {
  shape(payload, { id: text, title: text, message: text, timestamp: iso, read: flag, ...wanted })
  assert.ok(KINDS.includes(payload.type), `no such type: ${payload.type}`)
  if (id) {
    const [start, ms] = [payload.id.slice(0, id.length), payload.id.slice(id.length)]
    assert.equal(start, id, payload.id)
    assert.match(ms, /^\d{13}$/, `${payload.id} ends with the time`)
  }
  return payload
}

/** Checks the notification that goes with a change of a message's status. */
export function messageNotification(payload, messageId, status, more = {}) {
  notification(payload, {
    id: `msg_update_${messageId}_`,
    type: status === 'FAILED' ? 'message_failed' : 'message_sent',
    title: 'Message Update',
    message: `Message ${status.toLowerCase()}`,
    read: false,
  })
  shape(payload.data, { messageId, status, ...more })
  return payload
}

/** Checks the notification that goes with a recipient who got it, or will not. */
export function deliveryNotification(payload, messageId, { recipientId, phone, status }) {
  notification(payload, {
    id: `delivery_${recipientId}_`,
    type: 'delivery_update',
    title: 'Delivery Update',
    message: `Message to ${phone} ${status.toLowerCase()}`,
    read: false,
  })
  shape(payload.data, { messageId, recipientId, phone, status })
  return payload
}

/** The socket asks for what is refused: in the acknowledgement and as one warning. Gives the words. */
export async function refuses(socket, event, ...args) {
  const told = `${event} ${JSON.stringify(args)}`
  const warnings = () => heard(socket).filter((one) => one.event === 'notification' && isWarning(one.args[0])).length
  const before = warnings()
  const reply = await ask(socket, event, ...args)
  assert.ok(text(reply?.error), `${told} was answered ${JSON.stringify(reply)}`)
  assert.equal(reply.success, undefined, told)
  const warning = await next(socket, 'notification', isWarning)
  notification(warning, { id: 'warning_', title: 'Request denied', message: reply.error, data: { event }, read: false })
  await settled(socket)
  assert.equal(warnings(), before + 1, `one warning for ${told}`)
  return reply.error
}

/** The rooms this socket is in. */
export const rooms = async (socket) => {
  const reply = await ask(socket, 'get_rooms')
  assert.ok(Array.isArray(reply), `get_rooms was answered ${JSON.stringify(reply)}`)
  assert.ok(reply.every(text), JSON.stringify(reply))
  assert.equal(new Set(reply).size, reply.length, `each room once: ${reply.join(', ')}`)
  return reply.toSorted()
}

/** Payloads of that name that came so far, taken or not. */
export const told = (socket, event) =>
  heard(socket)
    .filter((one) => one.event === event)
    .map(({ args }) => args[0])

/** The last status that this socket was told of each recipient of the message. */
export function lastStatuses(socket, messageId) {
  const updates = told(socket, 'recipient_update').filter((one) => one.messageId === messageId)
  return new Map(updates.map(({ recipientId, status }) => [recipientId, status]))
}

/** Nothing of any message reaches this socket. */
export async function knowsNothing(socket) {
  for (const event of [
    'message_update',
    'recipient_update',
    'notification',
    'analytics_update',
    'global_analytics_update',
  ])
    await silent(socket, event)
}

/** All that was published before now has been handed to the sockets: an answer over HTTP may be here before its event. */
export async function published({ internal, person }) {
  const nobody = { userId: person().userId, event: 'nothing', data: null, contract: 'none' }
  const { status, body } = await internal.post('/internal/send-to-user', nobody)
  assert.equal(status, 200, JSON.stringify(body))
}
