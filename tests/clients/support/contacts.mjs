// People, requests for help and words of the `contacts` contract (`contracts/contacts.md`).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { arrivals, ask, heard, next, settled } from './client.mjs'
import { newDevice } from './people.mjs'
import { shape, text } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'
import { HOUR_S, sign } from './tokens.mjs'

/** Where the stock client of this contract goes. */
export const CONTACTS = { path: '/socket.io', namespace: '/contacts' }
/** Every place of the contract. */
export const DOORS = [
  CONTACTS,
  { path: '/api/socket', namespace: '/contacts' },
  { path: '/api/socket-namespaces', namespace: '/contacts' },
]

const SETTINGS = { RATE_LIMITS: 'off' }

/** How many hours a login of this contract's apps lasts. */
const TOKEN_HOURS = 2

export const CONTACT_ID = /^contact_\d{13}_[0-9a-z]{9}$/
export const MESSAGE_ID = /^msg_\d{13}_[0-9a-z]{9}$/
export const contactId = (value) => CONTACT_ID.test(value)
export const messageId = (value) => MESSAGE_ID.test(value)
/** What is random enough that nobody guesses it. */
export const secretWord = (value) => /^[\w-]{32,}$/.test(value)

export const FORM_FAILED = 'Failed to submit contact form. Please try again.'

export const numbers = (total, from = 0) => Array.from({ length: total }, (_, index) => from + index)

/** Claims as the login route of this contract signs them. */
export function contactsClaims(who, { expiresIn = TOKEN_HOURS * HOUR_S, ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  return {
    id: who.userId,
    email: who.email,
    name: who.name,
    role: who.role,
    iat: Math.min(now, now + expiresIn - 1),
    exp: now + expiresIn,
    ...extra,
  }
}

/** A form that is all there, of somebody who has never been here. */
export function form(more = {}) {
  const mark = randomBytes(4).toString('hex')
  return {
    name: `Eve ${mark}`,
    email: `eve-${mark}@mail.example`,
    subject: `About ${mark}`,
    message: `How do I ${mark}?`,
    ...more,
  }
}

/** A world in which people carry tokens of this contract and connect where its clients do. */
function contactsWorld(world) {
  const person = ({ role = 'Visitor', name, email, ...options } = {}) => {
    const who = world.person(options)
    Object.assign(who, { role, name: name ?? `Name of ${who.userId.slice(0, 6)}`, email: email ?? who.email })
    who.appToken = who.token
    who.contactsToken = (claims) => sign(contactsClaims(who, claims), { secret: world.home.jwtSecret })
    who.token = who.contactsToken()
    return who
  }
  const at = (options) => ({ ...CONTACTS, ...options })
  const open = (who, options) => world.open(who, at({ ...(who ? {} : { device: newDevice() }), ...options }))
  const connect = (who, options) => world.connect(who, at({ ...(who ? {} : { device: newDevice() }), ...options }))
  return {
    ...world,
    person,
    admin: (options) => person({ role: 'Admin', ...options }),
    open,
    /** Nobody in particular is `undefined`: a guest, at an address of their own. */
    connect,
    refused: (who, options) => world.refused(who, at(options)),
    /** A socket of another contract, with the token that its apps sign. */
    connectElsewhere: (who, options) => world.connect(who, { auth: { token: who.appToken }, ...options }),
    api: contactsApi(world.sidecar),
    app: appOf(world.internal),
  }
}

/** REST of this contract; nobody is `null`. `shows` is the access token of a guest. */
function contactsApi(sidecar) {
  const request =
    (method) =>
    async (who, path, body, { shows, headers = {}, prefix = '' } = {}) => {
      const response = await fetch(`${sidecar().publicUrl}${prefix}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(who?.token && { 'x-auth-token': who.token }),
          ...(who?.device && { 'x-forwarded-for': who.device.ip, 'user-agent': who.device.userAgent }),
          ...(shows && { 'x-contact-token': shows }),
          ...headers,
        },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const isJson = (response.headers.get('content-type') ?? '').includes('json')
      const read = await response.text()
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(read) : read }
    }
  return {
    get: (who, path, options) => request('GET')(who, path, undefined, options),
    post: request('POST'),
    put: request('PUT'),
    remove: (who, path, options) => request('DELETE')(who, path, undefined, options),
  }
}

/** What the app calls (section 5); any other status than the expected one is an error. */
function appOf(internal) {
  const checked = async (path, call, wanted = 200) => {
    const { status, body } = await call
    assert.equal(status, wanted, `${path} was answered ${status} ${JSON.stringify(body)}`)
    return body
  }
  const get = (path) => checked(path, internal.get(`/internal/contacts${path}`))
  const post = async (path, body, wanted) =>
    shape(await checked(path, internal.post(`/internal/contacts${path}`, body), wanted), { success: true })
  return {
    create: (more) => post('', form(more), 201),
    list: (query = '') => get(query),
    contact: async (id) => (await get(`/${id}`)).contact,
    whole: (id) => get(`/${id}`),
    assign: (id, admin) => post(`/${id}/assign`, { adminId: admin.userId }),
    release: (id, admin) => post(`/${id}/release`, { adminId: admin.userId }),
    resolve: (id, admin) => post(`/${id}/resolve`, { adminId: admin.userId }),
    stats: () => get('/stats'),
    chats: (query = '') => get(`/chats${query}`),
    notifyAdmins: (event, data) => post('/notify-admins', { event, data }),
    sendToUser: (who, event, data) => post('/send-to-user', { userId: who.userId, event, data }),
    /** Tells the sidecar of somebody, as an app does. */
    setUser: async (who, change = { name: who.name, email: who.email }) =>
      checked(who.userId, internal.put(`/internal/users/${who.userId}`, change)),
  }
}

/** `suite` without limits, unless the settings say otherwise. */
export function contactsSuite(fileUrl, settings = {}) {
  const { test, world } = suite(fileUrl, { ...SETTINGS, ...settings })
  return {
    world: contactsWorld(world),
    test: (name, story) => test(name, ({ t }) => story({ ...contactsWorld(world), t })),
  }
}

/** `ownProcess` of the same kind. */
export async function ownContacts(t, settings = {}) {
  return contactsWorld(await ownProcess(t, { ...SETTINGS, SHUTDOWN_DRAIN_MS: '100', ...settings }))
}

// --- what people do ---------------------------------------------------------------------------------

export const succeeded = (reply, more = {}) => shape(reply, { success: true, ...more })

/** Asks, and it is done. */
export const does = async (socket, event, ...args) => succeeded(await ask(socket, event, ...args))

/** Somebody asks for help: the form as it was sent, with the `id` and `accessToken` it got. */
export async function submits(socket, more = {}) {
  const sent = form(more)
  const reply = succeeded(await ask(socket, 'submitContactForm', sent), { id: contactId, accessToken: secretWord })
  const receipt = await next(socket, 'contactFormSubmitted', ({ id }) => id === reply.id)
  assert.equal(receipt.accessToken, reply.accessToken)
  return { ...sent, id: reply.id, accessToken: reply.accessToken }
}

/** An admin takes a request, and is told of it in full. */
export async function claims(socket, id) {
  await does(socket, 'claimContact', id)
  return next(socket, 'contactClaimed', ({ contactId }) => contactId === id)
}

/** An admin is done with a request, and is told of it in full. */
export async function resolves(socket, id) {
  await does(socket, 'resolveContact', id)
  return next(socket, 'contactResolved', ({ contactId }) => contactId === id)
}

/** Somebody says something in a chat, and hears it. */
export async function says(socket, contactId, message, more = {}) {
  const { id } = await does(socket, 'sendContactMessage', { contactId, message, ...more })
  return next(socket, 'contactMessage', (said) => said.id === id)
}

/** What waits, as an admin sees it. */
export async function pending(socket) {
  await does(socket, 'getPendingContacts')
  return next(socket, 'pendingContacts')
}

export async function stats(socket) {
  const { stats: counted } = await does(socket, 'getContactStats')
  return counted
}

/** A guest who asked, and an admin who took it: each with a socket, with nothing in their inboxes. */
export async function chat(world, more = {}) {
  const admin = world.admin()
  const admins = await world.connect(admin)
  const guests = await world.connect()
  const request = await submits(guests, more)
  await next(admins, 'newContactSubmission', ({ id }) => id === request.id)
  await claims(admins, request.id)
  return { admin, admins, guests, request, id: request.id }
}

// --- answers ----------------------------------------------------------------------------------------

/** Payloads of that name that came so far, taken or not. */
export const told = (socket, event) =>
  heard(socket)
    .filter((one) => one.event === event)
    .map(({ args }) => args[0])

/**
 * The socket asks for what is refused: the acknowledgement says so, and one event of that name too. Fields of `wanted`
 * are in both.
 */
export async function refused(socket, channel, event, argument, wanted) {
  const before = arrivals(socket).filter((name) => name === channel).length
  const reply = await (argument === undefined ? ask(socket, event) : ask(socket, event, argument))
  const shown = `${event} ${JSON.stringify(argument)?.slice(0, 200)} was answered ${JSON.stringify(reply)}`
  assert.equal(reply?.success, false, shown)
  shape(reply, wanted)
  const said = shape(await next(socket, channel), wanted)
  await settled(socket)
  assert.equal(arrivals(socket).filter((name) => name === channel).length, before + 1, `one ${channel} for ${event}`)
  return { ...said, ...reply }
}

/** The form is not taken in: always the same sentence, and what is wrong beside it. */
export const formRefused = (socket, argument, details) =>
  refused(socket, 'contactFormError', 'submitContactForm', argument, { error: FORM_FAILED, details })

export const claimRefused = (socket, argument, error, more = {}) =>
  refused(socket, 'claimError', 'claimContact', argument, { error, ...more })

export const messageRefused = (socket, event, argument, error = text) =>
  refused(socket, 'messageError', event, argument, { error })

/** What only admins may ask: nothing is said but in the acknowledgement. */
export async function quietly(socket, event, ...events) {
  const before = arrivals(socket).length
  const reply = await ask(socket, event)
  shape(reply, { success: false, error: text })
  await settled(socket)
  assert.deepEqual(arrivals(socket).slice(before), [], `${event} is refused in silence, and brings no ${events}`)
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

/** What came to a socket of one request under that name, when all that was published is here. */
export async function allOf(world, socket, event, id) {
  await published(world)
  await settled(socket)
  return told(socket, event).filter((one) => one.contactId === id || one.id === id)
}
