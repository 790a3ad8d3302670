// Results of a search that come in parts (`voice_search_*`, `contracts/commerce.md` section 3).

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

const { server } = names.commerce
/** Most results that are kept. */
const MOST = 1_000

export interface SearchStreamState {
  readonly phase: 'idle' | 'started' | 'completed' | 'failed'
  readonly query: string | null
  /** In the order of the parts. */
  readonly results: readonly unknown[]
  /** Of all, as far as the app said. */
  readonly totalCount: number | null
  /** Parts that came, and parts that there are. */
  readonly batch: number
  readonly totalBatches: number | null
  readonly error: string | null
}

const IDLE: SearchStreamState = Object.freeze({
  phase: 'idle',
  query: null,
  results: [],
  totalCount: null,
  batch: 0,
  totalBatches: null,
  error: null,
})

export class SearchStream extends LiveStore<SearchStreamState> {
  constructor(private readonly client: OutriggerClient) {
    super(IDLE)
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    return all(
      socket.on(server.voice_search_started, ({ query }) => {
        this.state.patch({ ...IDLE, phase: 'started', query: query ?? null })
      }),
      socket.on(server.voice_search_results, ({ results, batch, totalBatches, totalCount }) => {
        // Another search began, or this one was told before anybody looked.
        const before = batch > 1 ? this.value.results : []
        this.state.patch({
          phase: 'started',
          results: [...before, ...results].slice(0, MOST),
          batch,
          totalBatches,
          totalCount,
        })
      }),
      socket.on(server.voice_search_completed, ({ totalCount }) => {
        this.state.patch({ phase: 'completed', totalCount, error: null })
      }),
      socket.on(server.voice_search_failed, ({ error, message }) => {
        this.state.patch({ phase: 'failed', error: message ?? error })
      }),
      this.client.hold('commerce'),
    )
  }
}

const STREAM = Symbol('outrigger.commerce.search')

export function searchStreamOf(client: OutriggerClient): SearchStream {
  return client.attachment(STREAM, () => new SearchStream(client))
}
