// People, places and words of the `commerce` contract (`contracts/commerce.md`).

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { bearerApi } from './api.mjs'
import { arrivals, ask, heard, next, settled } from './client.mjs'
import { shape } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'
import { HOUR_S, sign } from './tokens.mjs'

/** Where the stock client of this contract goes. */
export const ROOT = { path: '/socket.io', namespace: '/' }
/** Every place where the contract always is. */
export const DOORS = [
  ROOT,
  { path: '/socket.io', namespace: '/commerce' },
  { path: '/api/socket', namespace: '/commerce' },
  { path: '/api/socket-namespaces', namespace: '/commerce' },
]
/** Namespaces beside the root: the first is for admins only. */
export const ADMIN = { path: '/socket.io', namespace: '/admin' }
export const SIDE_DOORS = [
  { path: '/socket.io', namespace: '/chat' },
  { path: '/socket.io', namespace: '/notifications' },
]
export const titleOf = ({ path, namespace }) => `${path}${namespace === '/' ? '' : ` ${namespace}`}`

/** Who may send what, before the app or an admin changes it (section 2). */
const EVERYONE = ['admin', 'seller', 'user']
const SELLERS = ['admin', 'seller']
const ADMINS = ['admin']
export const EVENT_ROLES = {
  ping: EVERYONE,
  disconnect_request: EVERYONE,
  'user:cart_update': EVERYONE,
  'user:order_create': EVERYONE,
  'user:profile_update': EVERYONE,
  'user:wishlist_update': EVERYONE,
  'chat:message': EVERYONE,
  'chat:typing': EVERYONE,
  'chat:join_room': EVERYONE,
  'chat:leave_room': EVERYONE,
  'chat:read': EVERYONE,
  'notification:read': EVERYONE,
  'notification:dismiss': EVERYONE,
  'seller:product_create': SELLERS,
  'seller:product_update': SELLERS,
  'seller:product_delete': SELLERS,
  'seller:order_status_update': SELLERS,
  'seller:inventory_update': SELLERS,
  'seller:dashboard': SELLERS,
  'admin:broadcast': ADMINS,
  'admin:stats': ADMINS,
  'admin:force_disconnect': ADMINS,
  'admin:disconnect_user': ADMINS,
  'admin:user_list': ADMINS,
  'admin:system_notification': ADMINS,
  'admin:moderate_product': ADMINS,
  'admin:moderate_seller': ADMINS,
}
/** All that someone without a token may send. */
export const GUEST_EVENTS = ['disconnect_request', 'ping']
export const eventsOf = (role) =>
  role === 'guest'
    ? GUEST_EVENTS
    : Object.keys(EVENT_ROLES)
        .filter((event) => EVENT_ROLES[event].includes(role))
        .toSorted()

const SETTINGS = { ROOT_CONTRACT: 'commerce', RATE_LIMITS: 'off' }

const TOKEN_DAYS = 30
/** How far the clocks of a story and of the sidecar may seem apart. */
const CLOCK_MS = 10_000

/** Claims as the login route of this contract signs them. */
export function commerceClaims(who, { expiresIn = TOKEN_DAYS * 24 * HOUR_S, ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  const iat = Math.min(now, now + expiresIn - 1)
  return { id: who.userId, email: who.email, role: who.role, iat, exp: now + expiresIn, ...extra }
}

export const numbers = (total, from = 0) => Array.from({ length: total }, (_, index) => from + index)
export const newId = (prefix) => `${prefix}-${randomBytes(8).toString('hex')}`

/** Milliseconds of about now. */
export const ms = (value) => Number.isInteger(value) && Math.abs(Date.now() - value) < CLOCK_MS
export const object = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A world in which people carry tokens of this contract and connect where its clients do. */
function commerceWorld(world) {
  const person = ({ role = 'user', ...options } = {}) => {
    const who = Object.assign(world.person(options), { role })
    who.appToken = who.token
    who.commerceToken = (claims) => sign(commerceClaims(who, claims), { secret: world.home.jwtSecret })
    who.token = who.commerceToken()
    return who
  }
  /** Someone of whom the app told the sidecar: name, address and role. */
  const member = async (role = 'user', options = {}) => {
    const who = person({ role, ...options })
    who.name = 'name' in options ? options.name : `Name of ${who.userId}`
    const { status, body } = await world.internal.put(`/internal/users/${who.userId}`, {
      name: who.name,
      email: who.email,
      role: who.role,
    })
    assert.equal(status, 200, JSON.stringify(body))
    return who
  }
  const at = (options) => ({ ...ROOT, ...options })
  return {
    ...world,
    person,
    member,
    seller: (options) => member('seller', options),
    admin: (options) => member('admin', options),
    open: (who, options) => world.open(who, at(options)),
    /** Connected, and greeted: what is sent to whoever comes is taken. */
    connect: async (who, options) => {
      const socket = await world.connect(who, at(options))
      await next(socket, 'connection:success')
      await next(socket, 'events:available')
      return socket
    },
    refused: (who, options) => world.refused(who, at(options)),
    /** A socket of another contract, with the token that its apps sign. */
    connectElsewhere: (who, options) => world.connect(who, { auth: { token: who.appToken }, ...options }),
    /** REST of this contract where it always is; at the root it is `apiAt('')`. */
    api: bearerApi(world.sidecar, '/commerce'),
    apiAt: (prefix) => bearerApi(world.sidecar, prefix),
    app: appOf(world.internal),
  }
}

/** What the app calls; each answers with the body, and any other status than 200 is an error. */
function appOf(internal) {
  const post = async (path, call = {}) => {
    const { status, body } = await internal.post(`/internal/${path}`, call)
    assert.equal(status, 200, `${path} was answered ${status} ${JSON.stringify(body)}`)
    return shape(body, { success: true })
  }
  const commerce = (path) => (call) => post(`commerce/${path}`, call)
  return {
    emitToUser: (who, event, data, more = {}) => post('send-to-user', { userId: who.userId, event, data, ...more }),
    emitToRole: (role, event, data) => post('send-to-role', { role, event, data }),
    emitToRoom: (room, event, data) => post('send-to-room', { room, event, data }),
    emitToAll: (event, data) => post('send-to-all', { event, data }),
    order: commerce('orders'),
    orderStatus: commerce('order-status'),
    productModeration: commerce('product-moderation'),
    sellerApplication: commerce('seller-application'),
    lowStock: commerce('low-stock'),
    notify: commerce('notify'),
    announce: commerce('announcement'),
    dashboard: (stats) => post('commerce/dashboard-stats', { stats }),
    throttled: commerce('throttled'),
    disconnect: commerce('disconnect'),
    map: (eventName, roles) => post('commerce/event-mappings', { eventName, roles }),
    setUser: async (who, change) => {
      const { status, body } = await internal.put(`/internal/users/${who.userId}`, change)
      assert.equal(status, 200, JSON.stringify(body))
    },
  }
}

/** `suite` with `commerce` at the root and without limits, unless the settings say otherwise. */
export function commerceSuite(fileUrl, settings = {}) {
  const { test, world } = suite(fileUrl, { ...SETTINGS, ...settings })
  return {
    world: commerceWorld(world),
    test: (name, story) => test(name, ({ t }) => story({ ...commerceWorld(world), t })),
  }
}

/** `ownProcess` of the same kind. */
export async function ownCommerce(t, settings = {}) {
  return commerceWorld(await ownProcess(t, { ...SETTINGS, SHUTDOWN_DRAIN_MS: '100', ...settings }))
}

/** A user, a seller and an admin with a socket each. */
export async function crew(world, door = ROOT) {
  const [user, seller, admin] = [await world.member(), await world.seller(), await world.admin()]
  const sockets = {
    hers: await world.connect(user, door),
    sellers: await world.connect(seller, door),
    admins: await world.connect(admin, door),
  }
  return { user, seller, admin, ...sockets }
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

/** The socket asks for what is refused: the same object is the acknowledgement and one event of that name. */
async function refusal(socket, told, event, argument, wanted) {
  const before = arrivals(socket).filter((name) => name === told).length
  const reply = await (argument === undefined ? ask(socket, event) : ask(socket, event, argument))
  const shown = `${event} ${JSON.stringify(argument)?.slice(0, 200)}`
  const words = wanted.message
  if (words instanceof RegExp) {
    assert.match(reply?.message ?? '', words, `${shown} was answered ${JSON.stringify(reply)}`)
    wanted = { ...wanted, message: reply.message }
  }
  assert.deepEqual(reply, wanted, shown)
  assert.deepEqual(await next(socket, told), reply, `${told} for ${shown}`)
  await settled(socket)
  assert.equal(arrivals(socket).filter((name) => name === told).length, before + 1, `one ${told} for ${shown}`)
  return reply
}

/** What is sent is not as it should be (section 2). `message` is the text, or what it looks like. */
export const invalid = (socket, event, argument, message) =>
  refusal(socket, 'error:validation', event, argument, { code: 'VALIDATION_ERROR', message, event })

export const missing = (socket, event, argument, field) =>
  invalid(socket, event, argument, `Missing required field: ${field}`)

/** Someone of that role may not send it (section 2). */
export const unauthorized = (socket, event, argument, userRole, requiredRoles = EVENT_ROLES[event] ?? []) =>
  refusal(socket, 'error:unauthorized', event, argument, {
    code: 'UNAUTHORIZED',
    message: 'Insufficient permissions for this event',
    event,
    requiredRoles,
    userRole,
  })

/** Something of ours failed (section 2): the acknowledgement says less than the event. */
export async function fails(socket, event, argument) {
  const reply = await ask(socket, event, argument)
  assert.deepEqual(reply, { code: 'INTERNAL_ERROR', message: 'An error occurred' }, event)
  assert.deepEqual(await next(socket, 'error:internal'), {
    code: 'INTERNAL_ERROR',
    message: 'An error occurred processing your request',
    event,
  })
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

/** The other contracts' errors and this one's: nothing of the kind has come. */
export const calm = (socket) =>
  assert.deepEqual(
    heard(socket).filter(({ event }) => event.startsWith('error:') || event.endsWith(':error')),
    [],
  )
