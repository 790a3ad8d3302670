// What is known of a connection in one moment. A new object at every change and the same one between, as
// React's `useSyncExternalStore` wants it.

import type { Fault } from './faults.js'

export type ConnectionStatus =
  /** On the way for the first time. */
  | 'connecting'
  | 'connected'
  /** It was connected, or refused for now, and tries again by itself. */
  | 'reconnecting'
  /** The sidecar does not want this user now; it does not try again by itself. */
  | 'refused'
  /** Not in use. */
  | 'offline'

export interface Snapshot {
  readonly status: ConnectionStatus
  /** Round trip through the sidecar in milliseconds. */
  readonly latency: number | null
  /** `websocket`, `polling`, or `null` while there is no connection. */
  readonly transport: string | null
  /** The server it is at, or tries. */
  readonly url: string
  /** Why it is not connected. */
  readonly fault: Fault | null
  /**
   * Whether this connection brought all that was missed since the one before. `false`: a first connection, or what
   * was missed can no longer be told, and what is shown was loaded again. `null`: not known yet, not connected, or
   * the sidecar does not say.
   */
  readonly recovered: boolean | null
  /** Tries in vain since it was last connected. */
  readonly attempts: number
  /** When the status became what it is, in milliseconds since the epoch. */
  readonly since: number
}

/** Before there is a page, and before anything was opened. */
export const IDLE: Snapshot = Object.freeze({
  status: 'offline',
  latency: null,
  transport: null,
  url: '',
  fault: null,
  recovered: null,
  attempts: 0,
  since: 0,
})

/** A value with listeners, told only of changes. */
export class Observable<T extends object> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  get isObserved(): boolean {
    return this.#listeners.size > 0
  }

  /** An arrow, so that React may be handed it as it is. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  patch(change: Partial<T>): void {
    const keys = Object.keys(change) as (keyof T)[]
    if (keys.every((key) => Object.is(change[key], this.#value[key]))) return
    this.#value = { ...this.#value, ...change }
    for (const listener of [...this.#listeners]) listener()
  }
}
