// Tells the sidecar what this user has read: as many messages at a time as the contract takes, as fast as its limits
// allow, and again after a lost connection. Saying it twice changes nothing.

import { waitAfter, type Backoff } from '../connection/backoff.js'
import { refusalOf } from '../rest/refusal.js'
import type { MessagingWire } from './wire.js'

const RETRY: Backoff = { firstMs: 1_000, mostMs: 30_000, jitter: 0.5 }
/** Most ids that are remembered as said, so that a list that renders again says nothing again. */
const MOST_REMEMBERED = 5_000

export interface ReadsParts {
  wire: Pick<MessagingWire, 'markRead' | 'mostReadsAtOnce'>
  /** As in the outbox: what this user has read is not said in another's name. */
  isOpen: () => boolean
  /** Nothing waits any more. */
  drained: () => void
}

export class Reads {
  /** Message ids, each with whose message it is. */
  readonly #waiting = new Map<string, string>()
  readonly #said = new Set<string>()
  #running = false
  #wake: (() => void) | null = null

  constructor(private readonly parts: ReadsParts) {}

  add(partner: string, messageIds: readonly string[]): void {
    for (const id of messageIds) if (!this.#said.has(id)) this.#waiting.set(id, partner)
    if (this.#waiting.size > 0) void this.#run()
  }

  wake(): void {
    this.#wake?.()
    if (this.#waiting.size > 0) void this.#run()
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    let failures = 0
    for (let next = this.#next(); next && this.parts.isOpen(); next = this.#next()) {
      const wait = await this.#say(next.partner, next.ids, failures)
      if (wait === null) {
        failures = 0
        for (const id of next.ids) this.#remember(id)
      } else {
        failures += 1
        await this.#sleep(wait)
      }
    }
    this.#running = false
    this.parts.drained()
  }

  /** What has waited longest, with what else of the same partner can be said with it. */
  #next(): { partner: string; ids: readonly string[] } | null {
    const [first] = this.#waiting
    if (!first) return null
    const [, partner] = first
    const ids = [...this.#waiting].flatMap(([id, from]) => (from === partner ? [id] : []))
    return { partner, ids: ids.slice(0, this.parts.wire.mostReadsAtOnce) }
  }

  /** `null`: said, or refused for good. Else how long to wait, in milliseconds. */
  async #say(partner: string, ids: readonly string[], failures: number): Promise<number | null> {
    try {
      await this.parts.wire.markRead(partner, ids)
      return null
    } catch (error) {
      const { isFinal, retryAfterMs } = refusalOf(error)
      return isFinal ? null : (retryAfterMs ?? waitAfter(failures + 1, RETRY))
    }
  }

  #remember(id: string): void {
    this.#waiting.delete(id)
    this.#said.add(id)
    if (this.#said.size <= MOST_REMEMBERED) return
    const [oldest] = this.#said
    if (oldest !== undefined) this.#said.delete(oldest)
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer)
        this.#wake = null
        resolve()
      }
      const timer = setTimeout(awake, ms)
      this.#wake = awake
    })
  }
}
