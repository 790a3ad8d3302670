// Looking after webhooks that the app has not taken (`docs/WEBHOOKS.md`).

import type { Result } from '../result.js'
import type { CallOptions, InternalApi } from '../transport.js'
import type { WebhookType } from './webhook.js'

/** Given up after too many attempts, or waiting for the next one. */
export type WebhookState = 'dead' | 'waiting'

export interface WebhookSummary {
  id: string
  type: WebhookType
  userId: string
  state: WebhookState
  createdAt: string
  /** When its next attempt is due; none for a dead one, or while another one of its user is before it. */
  dueAt: string | null
  /** Attempts that failed. */
  attempts: number
  /** Why the last one did. */
  lastError: string | null
}

export interface WebhookList {
  /** How many there are of either state. */
  waiting: number
  dead: number
  webhooks: WebhookSummary[]
}

export interface WebhookQuery extends CallOptions {
  /** Which to list. Default `dead`. */
  state?: WebhookState
  /** Most of them, up to 500. Default 50. */
  limit?: number
  /** Those behind this id. */
  after?: string
}

export function webhookCallsOf(api: InternalApi) {
  const one = (id: string): string => `/internal/webhooks/${encodeURIComponent(id)}`
  return {
    /** Those that wait or were given up. */
    list: ({ state = 'dead', limit, after, ...options }: WebhookQuery = {}): Promise<Result<WebhookList>> => {
      const query = new URLSearchParams({
        state,
        ...(limit === undefined ? {} : { limit: String(limit) }),
        ...(after === undefined ? {} : { after }),
      })
      return api.call<WebhookList>({ method: 'GET', path: `/internal/webhooks?${query.toString()}` }, options)
    },
    /** Has one that was given up sent again. */
    retry: (id: string, options?: CallOptions): Promise<Result<{ success: true }>> =>
      api.call({ method: 'POST', path: `${one(id)}/retry`, body: {} }, options),
    /** Has all that were given up sent again. */
    retryAll: (options?: CallOptions): Promise<Result<{ success: true; retried: number }>> =>
      api.call({ method: 'POST', path: '/internal/webhooks/retry', body: {} }, options),
    /** Gives one up for good. */
    remove: async (id: string, options?: CallOptions): Promise<Result<{ success: true }>> => {
      const result = await api.call<{ success: true }>({ method: 'DELETE', path: one(id) }, options)
      // The answer to an earlier try got lost: it is gone, as it should be.
      const isGone = result.error?.kind === 'not-found' && result.error.attempts > 1
      return isGone ? { ok: true, value: { success: true } } : result
    },
  }
}

export type WebhookCalls = ReturnType<typeof webhookCallsOf>
