// Events to one user that keep their order and hold nobody up: what is emitted while a call is under way goes together with
// what follows, up to a hundred in one call, one call after another.

import type { BatchResult } from './answers.js'
import { OutriggerError, type Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

/** `/internal/batch` takes so many. */
const MOST_IN_A_BATCH = 100
/** Characters of data in one call: well below what the sidecar reads at once. */
const MOST_CHARACTERS_IN_A_BATCH = 256 * 1024
/** Events that wait; a sidecar that is away so long is away for good. */
const MOST_WAITING = 10_000
const MOST_WAITING_CHARACTERS = 16_000_000
/** For a call with all its tries, in milliseconds, unless it is told otherwise. */
const PATIENCE_MS = 10_000

export interface StreamOptions extends Pick<CallOptions, 'timeoutMs' | 'retries'> {
  /** Ends it: what was not sent by then is not sent. */
  signal?: AbortSignal
}

/** How much of a stream was sent. */
export interface Streamed {
  /** Events. */
  sent: number
  /** Calls that it took. */
  calls: number
}

interface Waiting {
  readonly body: object
  readonly characters: number
}

export class EventStream {
  readonly #waiting: Waiting[] = []
  #characters = 0
  #sending: Promise<void> | null = null
  #failure: OutriggerError | null = null
  #sent = 0
  #calls = 0

  constructor(
    private readonly api: InternalApi,
    readonly userId: string,
    private readonly contract: string,
    private readonly options: StreamOptions = {},
  ) {}

  /** Why nothing more is sent; `null` while all is well. */
  get failure(): OutriggerError | null {
    return this.#failure
  }

  /**
   * Sends an event behind those before it, and never waits. `false`: the stream has failed, and this goes nowhere; `done`
   * says why. One event that cannot be sent ends it: a gap would look like an answer.
   */
  emit(event: string, data?: unknown): boolean {
    if (this.#failure) return false
    if (this.options.signal?.aborted) return this.#fail('timeout', 'the stream was ended')
    // Now, not when its turn comes: the caller may change it.
    const text = JSON.stringify({ userId: this.userId, event, data, contract: this.contract })
    if (this.#waiting.length >= MOST_WAITING || this.#characters + text.length > MOST_WAITING_CHARACTERS) {
      return this.#fail('too-large', 'too many events are waiting to be sent')
    }
    this.#waiting.push({ body: JSON.parse(text) as object, characters: text.length })
    this.#characters += text.length
    this.#sending ??= this.#drain()
    return true
  }

  /** Waits until all is sent, or nothing more can be. More may be emitted after it. */
  async done(): Promise<Result<Streamed>> {
    while (this.#sending) await this.#sending
    return this.#failure ? { ok: false, error: this.#failure } : { ok: true, value: { sent: this.#sent, calls: this.#calls } }
  }

  async #drain(): Promise<void> {
    // What is emitted in one go leaves in one call.
    await Promise.resolve()
    while (this.#waiting.length > 0 && !this.#failure) {
      if (this.options.signal?.aborted) this.#fail('timeout', 'the stream was ended')
      else await this.#send(this.#next())
    }
    this.#sending = null
  }

  #next(): Waiting[] {
    let characters = 0
    const most = this.#waiting.findIndex((one, index) => {
      characters += one.characters
      return index >= MOST_IN_A_BATCH || (index > 0 && characters > MOST_CHARACTERS_IN_A_BATCH)
    })
    const batch = this.#waiting.splice(0, most === -1 ? this.#waiting.length : most)
    for (const one of batch) this.#characters -= one.characters
    return batch
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const calls = batch.map(({ body }) => ({ path: '/internal/send-to-user', body }))
    const { timeoutMs = PATIENCE_MS, retries } = this.options
    const answer = await this.api.call<{ results: BatchResult[] }>(
      { method: 'POST', path: '/internal/batch', body: { calls } },
      { timeoutMs, ...(retries === undefined ? {} : { retries }) },
    )
    this.#calls += 1
    if (!answer.ok) {
      this.#end(answer.error)
      return
    }
    const refused = answer.value.results.find(({ status }) => status >= 400)
    this.#sent += answer.value.results.filter(({ status }) => status < 400).length
    if (!refused) return
    const { error } = (refused.body ?? {}) as { error?: unknown }
    const words = typeof error === 'string' ? error : `status ${refused.status}`
    this.#end(new OutriggerError('invalid', words, { status: refused.status, attempts: 1 }))
  }

  #fail(kind: 'timeout' | 'too-large', message: string): false {
    this.#end(new OutriggerError(kind, message, { attempts: 0 }))
    return false
  }

  #end(failure: OutriggerError): void {
    this.#failure ??= failure
    this.#waiting.length = 0
    this.#characters = 0
  }
}
