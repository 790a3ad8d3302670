// The sidecar's clock, as far as a page can know it: a question closes by that one, whatever the page's own says. Each answer
// to `ping` gives a reading; the one that was quickest there and back is the best.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

const { server, client: said } = names.quiz
/** Readings at a new connection, and between two of them, in milliseconds. */
const FIRST_READINGS = 3
const BETWEEN_FIRST_MS = 150
/** Between later ones, in milliseconds: clocks drift. */
const EVERY_MS = 20_000
/** Readings of which the best counts. */
const MOST_READINGS = 8

export interface ServerClockState {
  /** What has to be added to the page's clock, in milliseconds; 0 before anything is known. */
  readonly offsetMs: number
  /** How far that may be off, in milliseconds; `null` before anything is known. */
  readonly withinMs: number | null
}

interface Reading {
  readonly offsetMs: number
  readonly tripMs: number
}

export class ServerClock extends LiveStore<ServerClockState> {
  #readings: readonly Reading[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #toAsk = 0

  constructor(private readonly client: OutriggerClient) {
    super({ offsetMs: 0, withinMs: null })
  }

  /** A moment of the sidecar's clock on that of the page, in milliseconds since the epoch. */
  toLocal(serverMs: number): number {
    return serverMs - this.value.offsetMs
  }

  /** What a packet that came this moment says: better than nothing until there is a reading. */
  hint(serverTime: string): void {
    const told = Date.parse(serverTime)
    if (this.value.withinMs === null && !Number.isNaN(told)) this.state.patch({ offsetMs: told - Date.now() })
  }

  protected start(): () => void {
    const socket = this.client.peek('quiz')
    const ends = all(
      socket.on(server.pong, (pong) => this.#heard(pong)),
      socket.onConnect(() => this.#begin()),
      socket.onDisconnect(() => clearTimeout(this.#timer)),
      () => clearTimeout(this.#timer),
      this.client.hold('quiz'),
    )
    if (socket.connected) this.#begin()
    return ends
  }

  /** It may be another sidecar, or the device slept. */
  #begin(): void {
    this.#readings = []
    this.#toAsk = FIRST_READINGS
    this.#ask()
  }

  #ask(): void {
    clearTimeout(this.#timer)
    this.#toAsk -= 1
    this.client.peek('quiz').emitNow(said.ping, { timestamp: Date.now() })
    this.#timer = later(this.#toAsk > 0 ? BETWEEN_FIRST_MS : EVERY_MS, () => this.#ask())
  }

  #heard(pong: { readonly serverTime: string; readonly timestamp?: unknown }): void {
    const { timestamp: sent } = pong
    const now = Date.now()
    const told = Date.parse(pong.serverTime)
    // Another's question, or a clock that was set back meanwhile.
    if (typeof sent !== 'number' || sent > now || Number.isNaN(told)) return
    const reading = { offsetMs: told - (sent + now) / 2, tripMs: now - sent }
    this.#readings = [...this.#readings, reading].slice(-MOST_READINGS)
    const best = this.#readings.reduce((one, other) => (other.tripMs < one.tripMs ? other : one))
    // A change that is smaller than its own doubt is none.
    const { offsetMs, withinMs } = this.value
    const doubt = best.tripMs / 2
    if (withinMs !== null && Math.abs(best.offsetMs - offsetMs) <= doubt && withinMs <= doubt) return
    this.state.patch({ offsetMs: best.offsetMs, withinMs: doubt })
  }
}

const CLOCK = Symbol('outrigger.quiz.clock')

export function serverClockOf(client: OutriggerClient): ServerClock {
  return client.attachment(CLOCK, () => new ServerClock(client))
}
