// Tells the sidecar what this user has read: one message after another, as fast as its limits allow, and again
// after a lost connection. Saying it twice changes nothing.

import { waitAfter, type Backoff } from '../connection/backoff.js'
import { names } from '../names.js'
import { AskError } from '../socket/ask-error.js'
import type { TypedSocket } from '../socket/typed-socket.js'
import { RestError } from '../rest/rest.js'
import type { MessagesApi } from './rest-api.js'

const RETRY: Backoff = { firstMs: 1_000, mostMs: 30_000, jitter: 0.5 }
/** Most ids that are remembered as said, so that a list that renders again says nothing again. */
const MOST_REMEMBERED = 5_000

export class Reads {
  readonly #waiting = new Set<string>()
  readonly #said = new Set<string>()
  #running = false
  #wake: (() => void) | null = null

  constructor(
    private readonly socket: () => TypedSocket<'rooms'>,
    private readonly api: MessagesApi,
    private readonly isOpen: () => boolean,
    private readonly drained: () => void,
  ) {}

  add(messageIds: readonly string[]): void {
    for (const id of messageIds) if (!this.#said.has(id)) this.#waiting.add(id)
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
    for (const id of this.#waiting) {
      // As in the outbox: what this user has read is not said in another's name.
      while (this.isOpen()) {
        const wait = await this.#say(id, failures)
        if (wait === null) break
        failures += 1
        await this.#sleep(wait)
      }
      failures = 0
      if (!this.isOpen()) break
      this.#waiting.delete(id)
      this.#remember(id)
    }
    this.#running = false
    this.drained()
  }

  /** `null`: said, or refused for good. Else how long to wait, in milliseconds. */
  async #say(id: string, failures: number): Promise<number | null> {
    try {
      const socket = this.socket()
      if (socket.connected) await socket.ask(names.rooms.client.messageRead, { messageId: id })
      else await this.api.markRead(id)
      return null
    } catch (error) {
      const later = waitAfter(failures + 1, RETRY)
      if (error instanceof AskError && error.kind === 'refused') return error.retryAfterMs ?? null
      if (error instanceof RestError && !error.isPassing && error.status !== 401) return null
      return later
    }
  }

  #remember(id: string): void {
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
