// The client of one page: at most two connections however many components use it, opened when first needed.

import { Account } from './account/account.js'
import { Standing } from './commerce/standing.js'
import { Channel } from './connection/channel.js'
import { Connection } from './connection/connection.js'
import type { Fault } from './connection/faults.js'
import { LatencyMeter } from './connection/latency.js'
import { IDLE, Observable, type ConnectionStatus, type Snapshot } from './connection/snapshot.js'
import { SocketTokens } from './connection/socket-tokens.js'
import { Tokens } from './connection/tokens.js'
import { UrlRing } from './connection/urls.js'
import { diagnose } from './diagnosis/diagnose.js'
import type { Diagnosis } from './diagnosis/diagnosis.js'
import { JoinedChats } from './feed/joined-chats.js'
import type { Acquaintance, Resumption } from './feed/resumption.js'
import type { ResetReason } from './generated/contracts.js'
import { places, type ChannelName, type LegacyNamespace } from './names.js'
import { settingsOf, type OutriggerHandlers, type OutriggerOptions, type Settings } from './options.js'
import { Rest } from './rest/rest.js'
import type { TypedSocket } from './socket/typed-socket.js'

/** A channel that nobody holds stays open so long (ms): a remount is no reason to reconnect. */
const LINGER_MS = 200
/** Whose status is the client's: the first of these that is in use. */
const SPEAKS_FOR_ALL: readonly ChannelName[] = [
  'rooms',
  'social',
  'tracking',
  'commerce',
  'quiz',
  'contacts',
  '/messenger',
  '/auth',
  '/notifications',
  'monitor',
]

/** Where only the handshake's own token counts. */
const TAKE_NO_COOKIE: ReadonlySet<ChannelName> = new Set<ChannelName>(['tracking', 'commerce', 'quiz', 'contacts'])

type OpenChannels = { [C in ChannelName]?: Channel<C> }

export class OutriggerClient {
  readonly settings: Settings
  readonly rest: Rest
  /** The chats of several that this client is in. */
  readonly chats = new JoinedChats()
  /** Whom contract `commerce` takes this user for. */
  readonly standing = new Standing()
  readonly #urls: UrlRing
  readonly #tokens: Tokens
  readonly #account: Account
  readonly #state = new Observable<Snapshot>(IDLE)
  readonly #channels: OpenChannels = {}
  readonly #holds = new Map<ChannelName, number>()
  readonly #connections: { main?: Connection; legacy?: Connection } = {}
  readonly #latency: LatencyMeter
  readonly #attachments = new Map<symbol, unknown>()
  readonly #acquaintance: Acquaintance = { speaksOfFeeds: null }
  #handlers: OutriggerHandlers
  /** Counts closings. */
  #era = 0

  constructor(options: OutriggerOptions = {}) {
    this.settings = settingsOf(options)
    this.#handlers = options
    this.#urls = new UrlRing(this.settings.urls)
    this.#tokens = new Tokens(options)
    this.rest = new Rest(() => this.settings.restUrl ?? this.#urls.current, this.#tokens)
    this.#account = new Account({
      tokens: this.#tokens,
      handlers: () => this.#handlers,
      fail: (what, cause) => this.#report({ kind: 'refused', message: `${what} failed: ${String(cause)}` }),
    })
    this.#latency = new LatencyMeter(this.settings.latencyIntervalMs)
  }

  /** Contract `rooms`: messages, typing, presence, the account. Opened at the first call. */
  rooms(): TypedSocket<'rooms'> {
    return this.socket('rooms')
  }

  /** One of the three older namespaces; all share one connection. */
  legacy<N extends LegacyNamespace>(namespace: N): TypedSocket<N> {
    return this.socket(namespace)
  }

  /** Contract `social`: messages, typing, notifications, statuses. It travels on the connection of `rooms`. */
  social(): TypedSocket<'social'> {
    return this.socket('social')
  }

  /** Contract `tracking`: what becomes of messages sent to many, figures, announcements. On the connection of `rooms`, too. */
  tracking(): TypedSocket<'tracking'> {
    return this.socket('tracking')
  }

  /** Contract `commerce`: orders, carts, chats and notices of a marketplace. On the connection of `rooms`, too. */
  commerce(): TypedSocket<'commerce'> {
    return this.socket('commerce')
  }

  /** Contract `quiz`: quizzes held live, rooms, and who is there. Guests may take part. On the connection of `rooms`, too. */
  quiz(): TypedSocket<'quiz'> {
    return this.socket('quiz')
  }

  /** Contract `contacts`: requests for help and the chats about them. Guests may ask. On the connection of `rooms`, too. */
  contacts(): TypedSocket<'contacts'> {
    return this.socket('contacts')
  }

  /** Live state for admins; others are refused. */
  monitor(): TypedSocket<'monitor'> {
    return this.socket('monitor')
  }

  /** Any channel by its name, opened if it is not, and kept open until `close()`. */
  socket<C extends ChannelName>(name: C): TypedSocket<C> {
    if (!this.#holds.has(name)) this.#holds.set(name, 1)
    return this.#open(name).socket
  }

  /** Opens a channel for as long as someone holds it. The returned function lets go. */
  hold<C extends ChannelName>(name: C): () => void {
    this.#holds.set(name, (this.#holds.get(name) ?? 0) + 1)
    this.#open(name)
    let held = true
    const era = this.#era
    return () => {
      // After `close` there is nothing to let go of: what is held then was taken by others.
      if (!held || era !== this.#era) return
      held = false
      this.#holds.set(name, (this.#holds.get(name) ?? 1) - 1)
      setTimeout(() => {
        if ((this.#holds.get(name) ?? 0) > 0) return
        this.#holds.delete(name)
        this.#channels[name]?.close()
      }, LINGER_MS)
    }
  }

  /** The socket of a channel without opening it. */
  peek<C extends ChannelName>(name: C): TypedSocket<C> {
    return this.#channel(name).socket
  }

  /** Status, latency, transport and fault of the client in one object that changes only when they do. */
  get snapshot(): Snapshot {
    return this.#state.value
  }

  get status(): ConnectionStatus {
    return this.snapshot.status
  }

  /** Round trip through the sidecar in milliseconds. */
  get latency(): number | null {
    return this.snapshot.latency
  }

  /** Called whenever `snapshot` is another. */
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)

  /** The state of one channel, whatever the others do. */
  channelState(name: ChannelName): Observable<Snapshot> {
    return this.#channel(name).state
  }

  /** What a channel's connections missed, and whether they were told. */
  resumption(name: ChannelName): Resumption {
    return this.#channel(name).resumption
  }

  /** Replaces the handlers; hooks do at every render. */
  update(handlers: OutriggerHandlers): void {
    this.#handlers = handlers
    this.#tokens.update(handlers)
  }

  /** Whether anything is open, or wanted open. */
  get isOpen(): boolean {
    return this.#holds.size > 0
  }

  get usesCookie(): boolean {
    return this.#tokens.isCookie
  }

  /** The token that would be shown now; `null` with cookies. */
  token(): Promise<string | null> {
    return this.#tokens.current()
  }

  /** Connects anew, whatever held it back: after logging in, logging out, or at the user's wish. */
  reconnect(): void {
    this.#tokens.forget()
    const wanted = [...this.#holds.keys()]
    for (const name of wanted) this.#channels[name]?.close()
    this.#connections.main?.dropEngine()
    this.#connections.legacy?.dropEngine()
    for (const name of wanted) this.#open(name)
  }

  /** Looks for the faults that people really have, and says what to do about each. */
  diagnose(): Promise<Diagnosis[]> {
    return diagnose(this)
  }

  /** Closes everything; the next use opens it again. */
  close(): void {
    this.#latency.stop()
    this.#era += 1
    this.#holds.clear()
    for (const channel of Object.values(this.#channels)) channel.close()
  }

  /** What hooks keep once for each client (an outbox, the list of who is online). */
  attachment<T>(key: symbol, make: () => T): T {
    if (!this.#attachments.has(key)) this.#attachments.set(key, make())
    return this.#attachments.get(key) as T
  }

  #open<C extends ChannelName>(name: C): Channel<C> {
    const channel = this.#channel(name)
    channel.open()
    return channel
  }

  #channel<C extends ChannelName>(name: C): Channel<C> {
    const known = this.#channels[name] as Channel<C> | undefined
    if (known) return known
    const { over, namespace } = places[name]
    const parts = {
      connection: this.#connection(over),
      tokens: TAKE_NO_COOKIE.has(name) ? new SocketTokens(this.#tokens, this.rest) : this.#tokens,
      feed: this.settings.resume && name !== 'monitor' ? this.#feedOf(name) : null,
    }
    const channel = new Channel(name, namespace, parts, {
      onConnected: () => this.#latency.measureSoon(),
      onFault: (fault) => this.#report(fault),
      onLoggedOut: (fault) => this.#loggedOut(fault),
      onReset: (reason) => this.#reset(reason, name),
    })
    // One entry for each name, of that name's type: what the mapped type says and inference cannot.
    ;(this.#channels as Record<ChannelName, unknown>)[name] = channel
    if (channel.socket.channel === 'rooms') this.#account.follow(this.#channels.rooms!.socket)
    if (channel.socket.channel === '/auth') this.#account.follow(this.#channels['/auth']!.socket)
    if (channel.socket.channel === 'commerce') this.standing.follow(this.#channels.commerce!.socket)
    channel.state.subscribe(() => this.#summarize())
    this.#latency.follow(channel.socket.raw, channel.state)
    return channel
  }

  #feedOf(name: ChannelName): { acquaintance: Acquaintance; chats: () => readonly string[] } {
    // Only `rooms` has chats.
    return { acquaintance: this.#acquaintance, chats: () => (name === 'rooms' ? this.chats.list() : []) }
  }

  #connection(over: 'main' | 'legacy'): Connection {
    return (this.#connections[over] ??= new Connection(this.#urls, {
      path: over === 'main' ? this.settings.path : this.settings.legacyPath,
      transports: this.settings.transports,
      engine: this.settings.engine,
    }))
  }

  #summarize(): void {
    const speaker = SPEAKS_FOR_ALL.map((name) => this.#channels[name]).find(
      (channel) => channel && channel.state.value.status !== 'offline',
    )
    this.#state.patch(speaker?.state.value ?? { ...IDLE, since: Date.now() })
  }

  #reset(reason: ResetReason, channel: ChannelName): void {
    try {
      this.#handlers.onReset?.(reason, channel)
    } catch (cause) {
      this.#report({ kind: 'refused', message: `onReset failed: ${String(cause)}` })
    }
  }

  #loggedOut(fault: Fault): void {
    for (const channel of Object.values(this.#channels)) {
      channel.close(fault)
      channel.resumption.forget()
    }
    this.#report(fault)
    this.#handlers.onLoggedOut?.(fault)
  }

  #report(fault: Fault): void {
    this.#handlers.onError?.(fault)
  }
}

/** A client of its own. Pages want `acquireClient`, or the provider of `@outrigger/client/react`. */
export function createOutriggerClient(options: OutriggerOptions = {}): OutriggerClient {
  return new OutriggerClient(options)
}
