// One engine connection to the sidecar on one path, with failover over several servers. Socket.IO's manager
// does the waiting and retrying; this moves it to the next server when one does not answer.

import { Manager, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { CONNECT_BACKOFF } from './backoff.js'
import type { UrlRing } from './urls.js'

/** Wait before a server that has not been tried yet, in milliseconds. */
const FRESH_SERVER_MS = 50
/** A handshake may take so long, in milliseconds; shorter if there is another server to turn to. */
const HANDSHAKE_MS = 10_000
const HANDSHAKE_WITH_OTHERS_MS = 5_000

export type Transport = 'polling' | 'websocket'
export type EngineOptions = Partial<Omit<ManagerOptions, 'path' | 'transports' | 'autoConnect'>>

export interface ConnectionOptions {
  path: string
  transports: readonly Transport[]
  engine: EngineOptions
}

/** What the manager keeps to itself and failover has to change: where its next attempt goes. */
interface Redirectable {
  uri: string
}

export class Connection {
  readonly #manager: Manager
  readonly #urls: UrlRing

  constructor(urls: UrlRing, options: ConnectionOptions) {
    this.#urls = urls
    this.#manager = new Manager(urls.current, {
      addTrailingSlash: false,
      tryAllTransports: true,
      withCredentials: true,
      timeout: urls.all.length > 1 ? HANDSHAKE_WITH_OTHERS_MS : HANDSHAKE_MS,
      reconnectionDelay: CONNECT_BACKOFF.firstMs,
      reconnectionDelayMax: CONNECT_BACKOFF.mostMs,
      randomizationFactor: CONNECT_BACKOFF.jitter,
      ...options.engine,
      path: options.path,
      transports: [...options.transports],
      autoConnect: false,
    })
    this.#manager.on('open', () => this.#urls.succeeded())
    // Comes before the manager works out when to try again, so that it already goes elsewhere.
    this.#manager.on('error', () => this.#turnToNext())
  }

  /** Where it is connected, or tries to be. */
  get url(): string {
    return (this.#manager as unknown as Redirectable).uri
  }

  /** What carries packets now; `null` without a connection. */
  get transport(): string | null {
    const engine = this.#manager.engine as Manager['engine'] | undefined
    return this.#manager._readyState === 'open' ? (engine?.transport?.name ?? null) : null
  }

  /** How often it tried in vain since it was last connected. */
  onAttempt(listener: (attempt: number) => void): void {
    this.#manager.on('reconnect_attempt', listener)
  }

  /** Told when polling becomes websocket. */
  onTransport(listener: () => void): void {
    this.#manager.on('open', () => {
      listener()
      this.#manager.engine.on('upgrade', listener)
    })
  }

  socket(namespace: string, auth: SocketOptions['auth']): Socket {
    return this.#manager.socket(namespace, auth ? { auth } : {})
  }

  /**
   * Ends the engine if it is open. Its handshake carried the cookies of that time; the next one carries today's.
   */
  dropEngine(): void {
    if (this.#manager._readyState === 'open') this.#manager.engine.close()
  }

  #turnToNext(): void {
    const redirectable = this.#manager as unknown as Redirectable
    this.#urls.failed(redirectable.uri)
    redirectable.uri = this.#urls.current
    this.#manager.reconnectionDelay(this.#urls.hasFresh ? FRESH_SERVER_MS : CONNECT_BACKOFF.firstMs)
  }
}
