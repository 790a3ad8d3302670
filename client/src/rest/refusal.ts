// What a failed call means for what is sent by itself, whether it went over the socket or over HTTP.

import { RestError } from './rest.js'
import { AskError } from '../socket/ask-error.js'

export interface Refusal {
  /** No later try would end otherwise. */
  readonly isFinal: boolean
  readonly message: string
  /** After how many milliseconds a new try is let through, if the sidecar said so. */
  readonly retryAfterMs: number | undefined
}

export function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof AskError) {
    const { kind, retryAfterMs } = error
    return { isFinal: kind === 'refused' && retryAfterMs === undefined, message, retryAfterMs }
  }
  if (error instanceof RestError) {
    // A stale token is no refusal: it waits for its user to log in.
    const isFinal = !error.isPassing && error.status !== 401
    return { isFinal, message, retryAfterMs: error.retryAfterMs }
  }
  return { isFinal: false, message, retryAfterMs: undefined }
}
