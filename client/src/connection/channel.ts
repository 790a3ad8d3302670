// One namespace over a connection: opens it, keeps it open, and knows why it is not. A refusal is answered with
// one new token, or with waiting, or with giving up; a lost connection is the manager's to bring back.

import { Resumption, type Acquaintance, type Outcome } from '../feed/resumption.js'
import type { ResetReason } from '../generated/contracts.js'
import type { ChannelName } from '../names.js'
import { names } from '../names.js'
import { TypedSocket } from '../socket/typed-socket.js'
import { CONNECT_BACKOFF, waitAfter } from './backoff.js'
import type { Connection } from './connection.js'
import { closingFault, policyFor, refusalFault, type Fault } from './faults.js'
import { later } from './later.js'
import { IDLE, Observable, type Snapshot } from './snapshot.js'
import type { ShownTokens } from './socket-tokens.js'

/** The sidecar's pause after too many bad handshakes, in milliseconds. */
const LOCKED_OUT_MS = 60_000
/** Refreshes that were all refused: a token that is never good enough is not asked for again. */
const MOST_REFRESHES = 3
/** A connection that held this long (ms) starts counting refusals anew. */
const SETTLED_MS = 10_000

/** What `error` of contract `social`, and a warning of `tracking`, name in place of an event; the former's word for a logout. */
const ABOUT_CONNECTION = 'connection'
const LOGGED_OUT = 'FORCE_LOGOUT'

/** As much of a notification of contract `tracking` as says that the connection ends. */
interface TrackingWarning {
  type?: unknown
  message?: unknown
  data?: { event?: unknown } | null
}

export interface ChannelEvents {
  onConnected(): void
  onFault(fault: Fault): void
  /** The sidecar logged this user out: no channel of the client comes back by itself. */
  onLoggedOut(fault: Fault): void
  /** What was missed cannot be told any more. */
  onReset(reason: ResetReason): void
}

/** What the channels of a client share. */
export interface ChannelParts {
  connection: Connection
  tokens: ShownTokens
  /** `null`: the channel has no feed, or the app wants none. */
  feed: { acquaintance: Acquaintance; chats: () => readonly string[] } | null
}

export class Channel<C extends ChannelName> {
  readonly socket: TypedSocket<C>
  readonly state: Observable<Snapshot>
  readonly resumption: Resumption
  readonly #connection: Connection
  readonly #tokens: ShownTokens
  #wanted = false
  #wasConnected = false
  #refusals = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Said by the sidecar just before it closes the socket. */
  #lastWords: Fault | null = null
  /** Generation of the token in the last handshake. */
  #shown = 0

  constructor(
    channel: C,
    namespace: string,
    { connection, tokens, feed }: ChannelParts,
    private readonly events: ChannelEvents,
  ) {
    this.#connection = connection
    this.#tokens = tokens
    this.state = new Observable<Snapshot>({ ...IDLE, url: connection.url })
    const raw = connection.socket(namespace, (show) => {
      this.#shown = tokens.generation
      tokens.current().then(
        (token) => show(this.#auth(token)),
        (cause: unknown) => {
          this.#report({ kind: 'token-missing', message: `getToken failed: ${String(cause)}` })
          show(this.#auth(null))
        },
      )
    })
    this.socket = new TypedSocket(channel, raw)
    this.resumption = new Resumption(raw, {
      isWanted: feed !== null,
      acquaintance: feed?.acquaintance ?? { speaksOfFeeds: false },
      chats: feed?.chats ?? (() => []),
    })
    this.resumption.onOutcome((outcome) => this.#learned(outcome))
    raw.on('connect', () => this.#connected())
    raw.on('connect_error', (error) => this.#failed(error))
    raw.on('disconnect', (reason) => this.#disconnected(reason))
    raw.on(names.rooms.server.authError, (said: { message?: unknown }) => {
      this.#lastWords = refusalFault(typeof said?.message === 'string' ? said.message : '')
    })
    raw.on(names.rooms.server.force_logout, (said: { reason?: unknown }) => {
      const message = typeof said?.reason === 'string' ? said.reason : 'Logged out'
      this.#lastWords = { kind: 'logged-out', message }
    })
    // Contract `social` has one event for all that is wrong; about the connection it comes just before the end.
    raw.on(names.social.server.error, (said: { message?: unknown; event?: unknown; code?: unknown }) => {
      const message = typeof said?.message === 'string' ? said.message : ''
      if (said?.event !== ABOUT_CONNECTION) return
      this.#lastWords = said.code === LOGGED_OUT ? { kind: 'logged-out', message } : refusalFault(message)
    })
    if (channel === 'commerce') {
      const { server } = names.commerce
      raw.on(server['auth:error'], (said: { message?: unknown }) => {
        this.#lastWords = refusalFault(typeof said?.message === 'string' ? said.message : '')
      })
      raw.on(server.force_disconnect, (said: { reason?: unknown }) => {
        const message = typeof said?.reason === 'string' ? said.reason : 'Disconnected by the server'
        this.#lastWords = { kind: 'logged-out', message }
      })
    }
    if (channel === 'tracking') {
      raw.on(names.tracking.server.notification, (said: TrackingWarning) => {
        if (said?.type !== 'warning' || said.data?.event !== ABOUT_CONNECTION) return
        this.#lastWords = closingFault(typeof said.message === 'string' ? said.message : '')
      })
    }
    // The application's heartbeat, which the contract wants answered (`contracts/rooms.md` section 3).
    raw.on(names.rooms.server.ping, () => raw.emit(names.rooms.client.pong))
    connection.onTransport(() => this.state.patch({ transport: this.#transport() }))
    connection.onAttempt((attempts) => {
      if (this.socket.raw.active) this.state.patch({ attempts, url: connection.url })
    })
  }

  get isOpen(): boolean {
    return this.#wanted
  }

  /** Opens it and keeps it open; harmless if it is. */
  open(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#refusals = 0
    this.#enter('connecting', { fault: null, attempts: 0 })
    this.socket.raw.connect()
  }

  close(fault: Fault | null = null): void {
    clearTimeout(this.#timer)
    if (!this.#wanted) return
    this.#wanted = false
    this.#wasConnected = false
    this.socket.raw.disconnect()
    this.#enter(fault ? 'refused' : 'offline', { fault, attempts: 0 })
  }

  /** Tries again at once, whatever held it back, with a handshake of now. */
  reopen(): void {
    this.close()
    this.#connection.dropEngine()
    this.open()
  }

  #connected(): void {
    this.#wasConnected = true
    this.#lastWords = null
    clearTimeout(this.#timer)
    this.#timer = later(SETTLED_MS, () => {
      this.#refusals = 0
    })
    this.#enter('connected', { fault: null, attempts: 0, recovered: null })
    this.resumption.connected()
    this.events.onConnected()
  }

  /** What the handshake of this moment shows. */
  #auth(token: string | null): object {
    const resume = this.resumption.request()
    return { ...(token === null ? {} : { token }), ...(resume ? { resume } : {}) }
  }

  #learned(outcome: Outcome): void {
    if (outcome.kind === 'untold') return
    this.state.patch({ recovered: outcome.kind === 'recovered' })
    if (outcome.kind === 'lost') this.events.onReset(outcome.reason)
  }

  #failed(error: Error): void {
    // Active: nobody refused; the manager did not get through and goes on trying.
    if (this.socket.raw.active) {
      const fault: Fault = { kind: 'unreachable', message: error.message }
      this.#enter(this.#wasConnected ? 'reconnecting' : 'connecting', { fault })
      this.#report(fault)
    } else {
      this.#refused(refusalFault(error.message))
    }
  }

  #disconnected(reason: string): void {
    clearTimeout(this.#timer)
    this.resumption.disconnected()
    if (!this.#wanted) return
    const words = this.#lastWords
    this.#lastWords = null
    if (reason !== 'io server disconnect') {
      this.#enter('reconnecting', { fault: { kind: 'unreachable', message: reason } })
      return
    }
    const fault = words ?? { kind: 'unavailable', message: 'closed by the sidecar' }
    if (fault.kind === 'logged-out') {
      this.events.onLoggedOut(fault)
    } else {
      this.#refused(fault)
    }
  }

  #refused(fault: Fault): void {
    this.#refusals += 1
    this.#report(fault)
    switch (policyFor(fault.kind)) {
      case 'stop':
        this.close(fault)
        break
      case 'wait':
        this.#enter('reconnecting', { fault, attempts: this.#refusals })
        this.#again(fault.kind === 'locked-out' ? LOCKED_OUT_MS : waitAfter(this.#refusals, CONNECT_BACKOFF))
        break
      case 'refresh':
        void this.#refresh(fault)
        break
    }
  }

  async #refresh(fault: Fault): Promise<void> {
    if (!this.#tokens.canRefresh || this.#refusals > MOST_REFRESHES) {
      this.close(fault)
      return
    }
    this.#enter('reconnecting', { fault, attempts: this.#refusals })
    let refreshed: boolean
    try {
      refreshed = await this.#tokens.refresh(this.#shown)
    } catch (cause) {
      // The app's own server may be away for a moment: that is no reason to log anyone out.
      this.#report({ kind: 'unavailable', message: `refreshToken failed: ${String(cause)}` })
      this.#again(waitAfter(this.#refusals, CONNECT_BACKOFF))
      return
    }
    if (!this.#wanted) return
    if (!refreshed) {
      this.close(fault)
      return
    }
    // Cookies travel with the engine's handshake: only a new engine carries the new one.
    if (this.#tokens.isCookie) this.#connection.dropEngine()
    this.#again(this.#refusals === 1 ? 0 : waitAfter(this.#refusals, CONNECT_BACKOFF))
  }

  #again(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = later(ms, () => {
      if (this.#wanted && !this.socket.raw.active) this.socket.raw.connect()
    })
  }

  #enter(status: Snapshot['status'], change: Partial<Snapshot>): void {
    const changed = status !== this.state.value.status
    this.state.patch({
      ...change,
      status,
      url: this.#connection.url,
      transport: this.#transport(),
      ...(status === 'connected' ? {} : { latency: null, recovered: null }),
      ...(changed ? { since: Date.now() } : {}),
    })
  }

  #transport(): string | null {
    return this.socket.connected ? this.#connection.transport : null
  }

  #report(fault: Fault): void {
    this.events.onFault(fault)
  }
}
