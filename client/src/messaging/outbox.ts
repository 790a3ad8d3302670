// Messages on their way. Each has an id made up here, so that sending it again after an answer that got lost
// stores nothing twice. Those to one receiver go in the order they were written, one at a time.

import { waitAfter, type Backoff } from '../connection/backoff.js'
import { Observable } from '../connection/snapshot.js'
import type { ChatMessage, Delivery, StoredMessage } from './chat-message.js'
import { refusalOf } from '../rest/refusal.js'
import type { Draft, MessagingWire } from './wire.js'

/** Most messages that wait at a time, over all conversations. */
export const MOST_WAITING = 200
/** Most memory they may take, in characters: images are large. */
export const MOST_WAITING_CHARACTERS = 32_000_000

const RETRY: Backoff = { firstMs: 500, mostMs: 20_000, jitter: 0.5 }

export class OutboxFull extends Error {
  override readonly name = 'OutboxFull'

  constructor() {
    super('too many messages are waiting to be sent')
  }
}

interface Entry {
  readonly to: string
  readonly draft: Draft
  readonly message: ChatMessage
}

interface Waiting {
  readonly entries: readonly Entry[]
}

export interface OutboxParts {
  wire: Pick<MessagingWire, 'send'>
  stored: (to: string, document: StoredMessage) => void
  /**
   * Whether the client is in use. One that is not sends nothing: its user may have logged out, and the token of
   * that moment may be another's.
   */
  isOpen: () => boolean
  newId?: () => string
}

export class Outbox {
  readonly #state = new Observable<Waiting>({ entries: [] })
  readonly #lanes = new Set<string>()
  readonly #sleepers = new Set<() => void>()

  constructor(private readonly parts: OutboxParts) {}

  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)

  get size(): number {
    return this.#state.value.entries.length
  }

  pending(to: string): readonly ChatMessage[] {
    return this.#state.value.entries.filter((entry) => entry.to === to).map((entry) => entry.message)
  }

  /** Throws `OutboxFull` rather than forget an older message. */
  add(to: string, draft: Draft): ChatMessage {
    const { entries } = this.#state.value
    const size = (one: Draft): number => (one.text?.length ?? 0) + (one.image?.length ?? 0)
    const characters = entries.reduce((sum, entry) => sum + size(entry.draft), size(draft))
    if (entries.length >= MOST_WAITING || characters > MOST_WAITING_CHARACTERS) throw new OutboxFull()
    const clientMessageId = (this.parts.newId ?? newId)()
    const message: ChatMessage = {
      key: clientMessageId,
      id: null,
      clientMessageId,
      direction: 'out',
      senderId: null,
      text: draft.text,
      image: draft.image,
      createdAt: new Date().toISOString(),
      delivery: 'waiting',
      readAt: undefined,
      error: undefined,
      retryAt: undefined,
    }
    this.#state.patch({ entries: [...entries, { to, draft, message }] })
    void this.#run(to)
    return message
  }

  /** Sends a refused message again. */
  retry(clientMessageId: string): void {
    const entry = this.#find(clientMessageId)
    if (entry?.message.delivery !== 'failed') return
    this.#mark(clientMessageId, 'waiting')
    void this.#run(entry.to)
  }

  /** Forgets a message that was not sent. One that is being sent may arrive all the same. */
  discard(clientMessageId: string): void {
    this.#remove(clientMessageId)
  }

  /** Whatever waits for its next try makes it now: there is a connection again. */
  wake(): void {
    for (const sleeper of [...this.#sleepers]) sleeper()
    for (const to of new Set(this.#state.value.entries.map((entry) => entry.to))) void this.#run(to)
  }

  /** The sidecar told of a message of ours, maybe before the answer to its sender came. */
  settle(clientMessageId: string): void {
    this.#remove(clientMessageId)
  }

  async #run(to: string): Promise<void> {
    if (this.#lanes.has(to)) return
    this.#lanes.add(to)
    let failures = 0
    for (let entry = this.#next(to); entry; entry = this.#next(to)) {
      const id = entry.message.key
      this.#mark(id, 'sending')
      try {
        const document = await this.parts.wire.send(to, entry.draft, id)
        failures = 0
        this.parts.stored(to, document)
        this.#remove(id)
      } catch (error) {
        const { isFinal, message, retryAfterMs } = refusalOf(error)
        if (isFinal) {
          this.#mark(id, 'failed', { error: message })
          continue
        }
        failures += 1
        const retryAt = retryAfterMs && new Date(Date.now() + retryAfterMs).toISOString()
        this.#mark(id, 'waiting', retryAt ? { error: message, retryAt } : {})
        await this.#sleep(Math.max(waitAfter(failures, RETRY), retryAfterMs ?? 0))
      }
    }
    this.#lanes.delete(to)
  }

  #next(to: string): Entry | undefined {
    if (!this.parts.isOpen()) return undefined
    return this.#state.value.entries.find(
      (entry) => entry.to === to && entry.message.delivery !== 'failed',
    )
  }

  #find(clientMessageId: string): Entry | undefined {
    return this.#state.value.entries.find((entry) => entry.message.key === clientMessageId)
  }

  #mark(clientMessageId: string, delivery: Delivery, why: { error?: string; retryAt?: string } = {}): void {
    const { error, retryAt } = why
    const entries = this.#state.value.entries.map((entry) =>
      entry.message.key === clientMessageId
        ? { ...entry, message: { ...entry.message, delivery, error, retryAt } }
        : entry,
    )
    this.#state.patch({ entries })
  }

  #remove(clientMessageId: string): void {
    const { entries } = this.#state.value
    const left = entries.filter((entry) => entry.message.key !== clientMessageId)
    if (left.length < entries.length) this.#state.patch({ entries: left })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer)
        this.#sleepers.delete(awake)
        resolve()
      }
      const timer = setTimeout(awake, ms)
      this.#sleepers.add(awake)
    })
  }
}

/** Pages on plain HTTP have no `crypto.randomUUID`. */
function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
