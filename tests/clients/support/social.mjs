// People and words of the `social` contract (`contracts/social.md`).

import assert from 'node:assert/strict'
import { bearerApi } from './api.mjs'
import { arrivals, ask, next } from './client.mjs'
import { iso, shape, text } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'
import { HOUR_S, sign } from './tokens.mjs'

/** Where the stock client of this contract goes. */
export const ROOT = { path: '/socket.io', namespace: '/' }
/** Every place of the contract. */
export const DOORS = [
  ROOT,
  { path: '/socket.io', namespace: '/social' },
  { path: '/api/socket', namespace: '/social' },
  { path: '/api/socket-namespaces', namespace: '/social' },
]
export const titleOf = ({ path, namespace }) => `${path}${namespace === '/' ? '' : ` ${namespace}`}`

const SETTINGS = { ROOT_CONTRACT: 'social', RATE_LIMITS: 'off' }

/** What an ordinary object is; no list, not nothing. */
export const object = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Claims as the login route of this contract signs them: `id` and `role`, and no address. */
export function socialClaims(who, { expiresIn = HOUR_S, ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  return { id: who.userId, role: 'user', iat: Math.min(now, now + expiresIn - 1), exp: now + expiresIn, ...extra }
}

/** A world in which people carry tokens of this contract and connect where its clients do. */
function socialWorld(world) {
  const person = (options) => {
    const who = world.person(options)
    who.appToken = who.token
    who.socialToken = (claims) => sign(socialClaims(who, claims), { secret: world.home.jwtSecret })
    who.token = who.socialToken()
    return who
  }
  const at = (options) => ({ ...ROOT, ...options })
  return {
    ...world,
    person,
    /** Someone of whom the app told the sidecar, with a name and a picture unless they are `undefined`. */
    member: async (options = {}) => {
      const who = person()
      const name = 'name' in options ? options.name : `Name of ${who.userId}`
      const image = 'image' in options ? options.image : `https://cdn.example/${who.userId}.png`
      const { status } = await world.internal.put(`/internal/users/${who.userId}`, { name, profileImage: image })
      assert.equal(status, 200)
      return Object.assign(who, { name, image })
    },
    open: (who, options) => world.open(who, at(options)),
    connect: (who, options) => world.connect(who, at(options)),
    refused: (who, options) => world.refused(who, at(options)),
    /** A socket of `rooms` or `legacy`, with the token that their apps sign. */
    connectElsewhere: (who, options) => world.connect(who, { auth: { token: who.appToken }, ...options }),
    /** REST of this contract where it always is; at the root it is `apiAt('')`. */
    api: bearerApi(world.sidecar, '/social'),
    apiAt: (prefix) => bearerApi(world.sidecar, prefix),
  }
}

/** `suite` with `social` at the root and without limits, unless the settings say otherwise. */
export function socialSuite(fileUrl, settings = {}) {
  const { test, world } = suite(fileUrl, { ...SETTINGS, ...settings })
  return {
    world: socialWorld(world),
    test: (name, story) => test(name, ({ t }) => story({ ...socialWorld(world), t })),
  }
}

/** `ownProcess` of the same kind. */
export async function ownSocial(t, settings = {}) {
  return socialWorld(await ownProcess(t, { ...SETTINGS, SHUTDOWN_DRAIN_MS: '100', ...settings }))
}

/** Someone as others are shown them. */
export const shown = (who) => ({
  _id: who.userId,
  username: who.name ?? null,
  profileImage: who.image ?? null,
})

/** Checks a `Message` (section 3). */
export function message(document, from, to, words, more = {}) {
  return shape(document, {
    _id: text,
    sender: shown(from),
    receiver: shown(to),
    message: words,
    isRead: false,
    seenBy: [],
    createdAt: iso,
    updatedAt: iso,
    ...more,
  })
}

/** Sends over this socket; gives the stored message. */
export async function say(socket, to, words, more = {}) {
  const reply = await ask(socket, 'send_message', { receiverId: to.userId, message: words, ...more })
  shape(reply, { status: 'success', message: object })
  return reply.message
}

export const succeeded = (reply, more = {}) => shape(reply, { status: 'success', ...more })

/** The socket asks for what is refused in these words: in the acknowledgement and as `error`. */
export async function refuses(socket, event, args, words, code) {
  const told = `${event} ${JSON.stringify(args)}`
  const before = arrivals(socket).filter((name) => name === 'error').length
  const reply = await ask(socket, event, ...args)
  assert.equal(reply?.status, 'failure', `${told} was answered ${JSON.stringify(reply)}`)
  assert.equal(reply.error, words, told)
  shape(await next(socket, 'error'), { message: words, event, ...(code && { code }) })
  assert.equal(arrivals(socket).filter((name) => name === 'error').length, before + 1, `one error for ${told}`)
}

/** The document of a notification as it is stored (section 3). */
export function notification(document, whose, { type, message: words, from, post, metadata = {}, isRead = false }) {
  shape(document, {
    _id: text,
    userId: whose.userId,
    type,
    message: words,
    isRead,
    metadata,
    createdAt: iso,
    updatedAt: iso,
  })
  assert.equal(document.fromUser, from?.userId, 'the stored document holds the id of who caused it')
  assert.equal(document.postId, post, 'postId')
  return document
}

/** Checks `new_notification`: the superset of what the clients of this contract read (section 3). */
export function newNotification(payload, whose, wanted) {
  const { type, message: words, from, post, metadata = {} } = wanted
  shape(payload, { _id: text, type, message: words, isRead: false, metadata, createdAt: iso, notification: object })
  assert.deepEqual(payload.fromUser, from && shown(from), 'fromUser')
  assert.equal(payload.postId, post, 'postId')
  notification(payload.notification, whose, wanted)
  assert.equal(payload.notification._id, payload._id)
  return payload
}

/** What the app tells of; gives the id it was stored under. */
export async function notify({ internal }, who, more = {}) {
  const call = { userId: who.userId, type: 'system', message: 'something happened', ...more }
  const { status, body } = await internal.post('/internal/notify', call)
  assert.equal(status, 200, JSON.stringify(body))
  shape(body, { success: true, stored: true, notificationId: text })
  return body.notificationId
}

/** `pagination` of a list (section 4). */
export function pages(pagination, name, total, { page = 1, limit }) {
  const totalPages = Math.ceil(total / limit)
  shape(pagination, {
    currentPage: page,
    totalPages,
    [name]: total,
    hasNext: page < totalPages,
    hasPrev: page > 1,
  })
}
