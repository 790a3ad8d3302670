// Figures as they come: subscribed to at every connection while someone looks, the last of each kind kept.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import type { Figures } from './figures.js'

const { server, client: said } = names.tracking
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

export interface AnalyticsState {
  /** Of this user's messages. */
  readonly own: Readonly<Partial<Figures>>
  /** Of everyone's; for admins. */
  readonly global: Readonly<Partial<Figures>>
  /** Whether they are followed now: without a connection they are the last that were known. */
  readonly isCurrent: boolean
  readonly error: string | null
}

const NONE: AnalyticsState = Object.freeze({
  own: Object.freeze({}),
  global: Object.freeze({}),
  isCurrent: false,
  error: null,
})

export class Analytics extends LiveStore<AnalyticsState> {
  #asked = 0
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly client: OutriggerClient) {
    super(NONE)
  }

  protected start(): () => void {
    const socket = this.client.peek('tracking')
    const ends = all(
      socket.on(server.analytics_update, ({ type, data }) => {
        this.state.patch({ own: { ...this.value.own, [type]: data } })
      }),
      socket.on(server.global_analytics_update, ({ type, data }) => {
        this.state.patch({ global: { ...this.value.global, [type]: data } })
      }),
      socket.onConnect(() => void this.#subscribe()),
      socket.onDisconnect(() => this.#lost()),
      this.client.resumption('tracking').onOutcome((outcome) => {
        // Of another user, or another database.
        if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.state.patch({ own: {}, global: {} })
      }),
      () => {
        this.#lost()
        socket.emitNow(said.unsubscribe_analytics)
      },
      this.client.hold('tracking'),
    )
    if (socket.connected) void this.#subscribe()
    return ends
  }

  async #subscribe(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('tracking')
    const asked = ++this.#asked
    try {
      await socket.ask(said.subscribe_analytics)
      if (asked === this.#asked) this.state.patch({ isCurrent: true, error: null })
    } catch (cause) {
      if (asked !== this.#asked) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ error: message })
      if (!isFinal && socket.connected) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#subscribe())
    }
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#asked += 1
    this.state.patch({ isCurrent: false })
  }
}

const ANALYTICS = Symbol('outrigger.analytics')

export function analyticsOf(client: OutriggerClient): Analytics {
  return client.attachment(ANALYTICS, () => new Analytics(client))
}
