// A stock client of one namespace that keeps its position, as docs/RESUME.md tells it to, and a journal.

import { VERSIONS } from '../../clients/support/client.mjs'

const { Manager } = VERSIONS['4.8']

export const ROOMS = { path: '/api/socket', namespace: '/' }
export const MESSENGER = { path: '/api/socket-namespaces', namespace: '/messenger' }
export const NOTIFICATIONS = { path: '/api/socket-namespaces', namespace: '/notifications' }

/** What the feed's protocol itself says; everything else is an event of the contract. */
const PROTOCOL = new Set(['resume', 'reset', 'outrigger:position'])
/** State, not history: of no interest to the checker. */
const STATE = new Set([
  'ping',
  'pong',
  'getOnlineUsers',
  'userOnlineStatus',
  'userTyping',
  'unreadCount',
  'server_shutdown',
])

/** How an event is recognised again, whoever got it: by the id of what it tells of. */
export function identify(event, payload) {
  switch (event) {
    case 'newMessage':
      return payload.notification ? `notification:${payload._id}` : payload._id
    case 'messageSent':
      return payload._id
    case 'notification':
      return payload.id
    case 'messageReadReceipt':
      return payload.messageId
    case 'receiveChatMessage':
      return payload.message
    case 'designationsUpdated':
      return payload.designations.join(' ')
    default:
      return payload?.id ?? JSON.stringify(payload ?? null)
  }
}

/** Who it is from, where the order of one sender counts. */
function senderOf(event, payload) {
  switch (event) {
    case 'newMessage':
    case 'messageSent':
      return payload.notification ? undefined : payload.senderId
    case 'receiveChatMessage':
      return payload.userId
    default:
      return undefined
  }
}

/**
 * Makes a device; `start` connects it.
 * `resumes: false` is a client that knows nothing of feeds. `heard(event, payload, device)` is told of every event.
 */
export function newDevice(url, journal, options) {
  const { user, device, token, place = ROOMS, transports = ['websocket'], resumes = true, chats = [] } = options
  const reconnectionDelay = options.reconnectionDelay ?? 100
  const reconnectionDelayMax = options.reconnectionDelayMax ?? 500
  let socket
  let connection = 0
  let position
  let asked
  const self = {
    user,
    name: journal.name,
    journal,
    place,
    heard: options.heard ?? (() => {}),
    /** Switched off: it does not try to connect. */
    isAway: true,
    /** Whether this connection has been told of `resume` or `reset`. */
    isSettled: false,
    /** How many `ping` events of the application came. */
    heartbeats: 0,
    /** The last refusal, if the last attempt was refused. */
    refused: undefined,
    get isConnected() {
      return socket?.connected ?? false
    },
    get position() {
      return position
    },
    set position(value) {
      position = value
    },
    get socket() {
      return socket
    },
    start,
    away,
    ask,
    join,
    waitFor,
  }
  journal.note('device', { user, device, ...place, resumes, chats, steady: options.steady ?? false })
  const joined = new Set()
  const waiting = new Set()

  function start(to = url) {
    self.isAway = false
    const manager = new Manager(to, {
      path: place.path,
      transports,
      forceNew: true,
      reconnectionDelay,
      reconnectionDelayMax,
      timeout: 5_000,
    })
    socket = manager.socket(place.namespace, { auth: (show) => show(credentials()) })
    socket.onAny((event, ...args) => take(event, args))
    socket.on('connect', () => {
      connection += 1
      self.isSettled = !resumes
      self.refused = undefined
      journal.note('connect', { connection, transport: manager.engine.transport.name })
      if (!resumes) rejoin()
      look()
    })
    socket.on('connect_error', (error) => {
      self.refused = error.message
      journal.note('refused', { message: error.message, final: !socket.active })
      // A refusal by the server is final for stock clients; whoever wants to go on asks again.
      if (!socket.active && options.persistent) setTimeout(() => socket.connect(), reconnectionDelayMax)
      look()
    })
    socket.on('disconnect', (reason) => {
      self.isSettled = false
      journal.note('close', { connection, reason })
      look()
    })
    socket.connect()
    return self
  }

  function credentials() {
    const shown = typeof token === 'function' ? token() : token
    if (!resumes) return { token: shown }
    asked = position && { ...position, ...(joined.size > 0 ? { chats: [...joined] } : {}) }
    return { token: shown, resume: asked ?? {} }
  }

  function take(event, args) {
    if (event === 'ping') self.heartbeats += 1
    if (PROTOCOL.has(event)) takeProtocol(event, args[0])
    else if (!STATE.has(event)) takeEvent(event, args)
    look()
  }

  function look() {
    for (const one of waiting) one()
  }

  function takeProtocol(event, payload) {
    if (event === 'outrigger:position') {
      advance(payload.seq)
      journal.note('position', { connection, seq: payload.seq })
      return
    }
    journal.note(event, { connection, asked: asked ?? null, ...payload })
    position = { seq: payload.to, feed: payload.feed }
    self.isSettled = true
    const again = new Set(payload.chats ?? [])
    if (event === 'reset' || !payload.recovered) rejoin()
    else for (const chat of joined) if (!again.has(chat)) journal.note('leftOut', { connection, chat })
  }

  function takeEvent(event, [payload, mark]) {
    const marked = Number.isInteger(mark) ? mark : undefined
    const id = identify(event, payload)
    const from = senderOf(event, payload)
    journal.note('event', { connection, event, id, ...(marked ? { seq: marked } : {}), ...(from ? { from } : {}) })
    if (marked !== undefined) advance(marked)
    self.heard(event, payload, self)
  }

  function advance(seq) {
    if (position && seq > position.seq) position = { ...position, seq }
  }

  function rejoin() {
    for (const chat of chats) socket.emit('joinChatRoom', { chatId: chat }, () => joined.add(chat))
  }

  /** Emits with an acknowledgement; `null` if none came. */
  async function ask(event, argument, ms = 2_000) {
    if (!socket.connected) return null
    return socket
      .timeout(ms)
      .emitWithAck(event, argument)
      .catch(() => null)
  }

  async function join() {
    for (const chat of chats) {
      const answer = await ask('joinChatRoom', { chatId: chat })
      if (!answer?.ok) throw new Error(`${journal.name} could not join ${chat}: ${JSON.stringify(answer)}`)
      joined.add(chat)
    }
  }

  /** The device is switched off until `start` is called again. */
  function away() {
    if (self.isAway) return
    self.isAway = true
    journal.note('away', { connection })
    socket.disconnect()
    socket.io.engine?.close()
    self.isSettled = false
  }

  /** Resolves when `holds(self)` does, checked with everything that arrives; `false` after `ms`. */
  function waitFor(holds, ms) {
    if (holds(self)) return Promise.resolve(true)
    return new Promise((done) => {
      const end = (result) => {
        clearTimeout(timer)
        waiting.delete(check)
        done(result)
      }
      const check = () => holds(self) && end(true)
      const timer = setTimeout(() => end(false), ms)
      waiting.add(check)
    })
  }

  return self
}
