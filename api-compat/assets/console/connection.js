// One connection to the sidecar: the socket that people drive, and the monitor's beside it.

import { Manager } from './socket.io.esm.min.js'
import { closing, explainText, explainTransport, loggedOut } from './faults.js'

const ACTIVE = new Set(['connecting', 'connected', 'reconnecting'])
const LATENCY_EVERY_MS = 5000
const LATENCY_PATIENCE_MS = 4000
/** The application's own heartbeat: acknowledged everywhere. */
const PING = 'ping'
/** What an event of several meanings names when it is about the connection. */
const ABOUT_CONNECTION = 'connection'
/** Said before the sidecar closes a socket; nothing if the event is about something else. */
const LAST_WORDS = {
  authError: ({ message }) => explainText(message),
  force_logout: ({ reason }) => loggedOut(reason),
  // Contract social
  error: ({ event, message }) => (event === ABOUT_CONNECTION ? closing(message) : null),
  // Contract commerce
  'auth:error': ({ message }) => explainText(message),
  force_disconnect: ({ reason }) => loggedOut(reason),
  // Contract tracking
  notification: ({ type, data, message }) =>
    type === 'warning' && data?.event === ABOUT_CONNECTION ? closing(message) : null,
}

/**
 * Fires `change` when `state`, `latency` or `transport` is another, `incoming` and `outgoing` for events,
 * and `system` for what is no event. States: idle, connecting, connected, reconnecting, refused, ended.
 */
export class Connection extends EventTarget {
  state = 'idle'
  latency = null
  fault = null
  #manager = null
  #socket = null
  #timer = null
  #lastWords = null

  /** Whether it is there, or about to be. */
  get isActive() {
    return ACTIVE.has(this.state)
  }

  /** Whether this is the socket that people drive. */
  drives(socket) {
    return socket === this.#socket
  }

  get transport() {
    return this.#manager?.engine?.transport?.name ?? null
  }

  get token() {
    return this.options?.token ?? null
  }

  open(options) {
    this.close()
    this.options = options
    this.#manager = new Manager(window.location.origin, {
      path: options.path,
      transports: options.transports,
      tryAllTransports: true,
      withCredentials: options.token === null,
      reconnectionDelayMax: 10_000,
      autoConnect: false,
    })
    this.#watchManager(this.#manager)
    this.#socket = this.socketAt(options.namespace)
    this.#watchSocket(this.#socket)
    this.#enter('connecting')
    this.#socket.connect()
    this.#timer = setInterval(() => this.#measure(), LATENCY_EVERY_MS)
  }

  /** Another namespace of the same connection. */
  socketAt(namespace) {
    return this.#manager.socket(namespace, { auth: this.token === null ? {} : { token: this.token } })
  }

  close() {
    clearInterval(this.#timer)
    const socket = this.#socket
    this.#manager?.reconnection(false)
    this.#manager = null
    this.#socket = null
    // The connection ends with its last namespace: the monitor leaves when it hears of the change.
    socket?.disconnect()
    this.latency = null
    this.#enter('idle')
  }

  /** Emits; with `wantAck` the promise gives the reply and how long it took. */
  async emit(event, args, wantAck) {
    const socket = this.#socket
    this.#fire('outgoing', { event, args })
    if (!wantAck) {
      socket.emit(event, ...args)
      return null
    }
    const began = performance.now()
    const reply = await socket.timeout(LATENCY_PATIENCE_MS).emitWithAck(event, ...args)
    return { reply, took: performance.now() - began }
  }

  #watchManager(manager) {
    const ours = (listener) => (value) => manager === this.#manager && listener(value)
    manager.on('open', ours(() => {
      manager.engine.on('upgrade', () => this.#fire('change'))
      this.#fire('change')
    }))
    manager.on('error', ours((error) => this.#unreachable(error)))
    manager.on('reconnect_attempt', ours((attempt) => {
      this.#enter('reconnecting')
      if (attempt === 1 || attempt % 5 === 0) this.#fire('system', { text: `Trying again, attempt ${attempt}` })
    }))
  }

  #watchSocket(socket) {
    const ours = (listener) => (...values) => socket === this.#socket && listener(...values)
    socket.on('connect', ours(() => {
      this.fault = null
      this.#lastWords = null
      this.#enter('connected')
      this.#fire('system', { text: `Connected to ${this.options.path} ${this.options.namespace}` })
      this.#measure()
    }))
    socket.on('connect_error', ours((error) => {
      // Without a socket id the connection itself failed, and the manager tells of it.
      if (socket.active) return
      this.fault = explainText(error.message)
      this.#enter('refused')
      this.#fire('system', { text: `Refused: ${error.message}` })
    }))
    socket.on('disconnect', ours((reason) => {
      this.latency = null
      this.#fire('system', { text: `Disconnected: ${reason}` })
      if (socket.active) return this.#enter('reconnecting')
      this.fault = this.#lastWords
      this.#enter('ended')
    }))
    socket.onAny(ours((event, ...args) => {
      if (Object.hasOwn(LAST_WORDS, event)) this.#lastWords = LAST_WORDS[event](args[0] ?? {}) ?? this.#lastWords
      this.#fire('incoming', { event, args })
    }))
  }

  async #unreachable(error) {
    const manager = this.#manager
    this.#fire('system', { text: `No connection: ${error.message}` })
    const websocketOnly = this.options.transports.join() === 'websocket'
    const fault = await explainTransport(this.options.path, websocketOnly)
    if (manager !== this.#manager || this.state === 'connected') return
    this.fault = { ...fault, text: error.message }
    this.#enter('reconnecting')
  }

  async #measure() {
    const socket = this.#socket
    if (!socket?.connected) return
    const began = performance.now()
    try {
      await socket.timeout(LATENCY_PATIENCE_MS).emitWithAck(PING, { timestamp: new Date().toISOString() })
      if (socket === this.#socket) this.latency = performance.now() - began
    } catch {
      if (socket === this.#socket) this.latency = null
    }
    this.#fire('change')
  }

  #enter(state) {
    if (state === 'idle' || state === 'connecting') this.fault = null
    this.state = state
    this.#fire('change')
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
