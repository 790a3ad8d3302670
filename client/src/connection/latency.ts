// How long a packet takes through the sidecar and back, measured with the contracts' own heartbeat, on the
// first channel that is connected.

import type { Socket } from 'socket.io-client'
import { names } from '../names.js'
import { later } from './later.js'
import type { Observable, Snapshot } from './snapshot.js'

/** An answer that takes longer (ms) is none. */
const PATIENCE_MS = 5_000

interface Followed {
  raw: Socket
  state: Observable<Snapshot>
}

export class LatencyMeter {
  readonly #followed: Followed[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #measuring = false
  /** Someone connected meanwhile, and waits for a figure. */
  #again = false

  constructor(private readonly intervalMs: number) {}

  follow(raw: Socket, state: Observable<Snapshot>): void {
    this.#followed.push({ raw, state })
  }

  /** Measures now, and from then on at its interval for as long as something is connected. */
  measureSoon(): void {
    if (this.intervalMs <= 0) return
    if (this.#measuring) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    void this.#measure()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #measure(): Promise<void> {
    const connected = this.#followed.filter(({ raw }) => raw.connected)
    const first = connected[0]
    if (!first) return
    this.#measuring = true
    const begin = performance.now()
    try {
      await first.raw.timeout(PATIENCE_MS).emitWithAck(names.rooms.client.pong)
      const latency = Math.round((performance.now() - begin) * 10) / 10
      for (const { raw, state } of connected) if (raw.connected) state.patch({ latency })
    } catch {
      // No answer in time says as much as a figure would: the figure is unknown.
      first.state.patch({ latency: null })
    } finally {
      this.#measuring = false
      clearTimeout(this.#timer)
      const pause = this.#again ? 0 : this.intervalMs
      this.#again = false
      this.#timer = later(pause, () => void this.#measure())
    }
  }
}
