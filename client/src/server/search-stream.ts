// Results of a search in parts (`voice_search_*`, `contracts/commerce.md` section 3).

import type { EventStream } from './event-stream.js'
import type { Result } from './result.js'
import { names } from '../names.js'

const { server } = names.commerce
/** The contract's. */
const IN_A_PART = 5

/** Which page of how many the results are. */
export interface SearchPage {
  /** Of all pages together. Default: as many as there are results. */
  totalCount?: number
  /** The first, and the default, is 1. */
  page?: number
  /** Default 1. */
  pages?: number
  /** What the user is told if the search cannot be made. Default: `The search failed. Please try again.` */
  excuse?: string
}

const now = (): string => new Date().toISOString()

export async function streamSearchOver(
  stream: EventStream,
  userId: string,
  query: string,
  results: readonly unknown[] | Promise<readonly unknown[]>,
  { totalCount, page = 1, pages = 1, excuse = 'The search failed. Please try again.' }: SearchPage = {},
): Promise<Result<number>> {
  stream.emit(server.voice_search_started, { userId, query, timestamp: now() })
  let found: readonly unknown[]
  try {
    found = await results
  } catch (cause) {
    stream.emit(server.voice_search_failed, { userId, query, error: excuse, timestamp: now() })
    await stream.done()
    throw cause
  }
  const totals = { totalResults: found.length, totalCount: totalCount ?? found.length }
  // Of nothing there is one part, so that it is said to be complete.
  const totalBatches = Math.max(1, Math.ceil(found.length / IN_A_PART))
  for (let batch = 1; batch <= totalBatches; batch += 1) {
    const part = found.slice((batch - 1) * IN_A_PART, batch * IN_A_PART)
    const isComplete = batch === totalBatches
    stream.emit(server.voice_search_results, { userId, query, results: part, batch, totalBatches, isComplete, ...totals, timestamp: now() })
  }
  stream.emit(server.voice_search_completed, { userId, query, ...totals, page, pages, timestamp: now() })
  const sent = await stream.done()
  return sent.ok ? { ok: true, value: found.length } : sent
}
