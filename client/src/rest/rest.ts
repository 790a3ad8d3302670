// Calls over HTTP, to the sidecar or to the app in front of it, with the page's token. A stale token is
// refreshed once, together with whoever else finds it stale in that moment.

import type { Tokens } from '../connection/tokens.js'

/** A call may take so long, in milliseconds. */
const CALL_MS = 15_000

export interface RestAnswer<T> {
  status: number
  body: T
}

/** A call that was answered with a refusal, or not at all. */
export class RestError extends Error {
  override readonly name = 'RestError'

  constructor(
    /** `0`: nobody answered. */
    readonly status: number,
    message: string,
    readonly retryAfterMs: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** Whether the same call may succeed later without anyone changing anything. */
  get isPassing(): boolean {
    return [0, 408, 425, 429].includes(this.status) || this.status >= 500
  }
}

export type RestMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface RestCall {
  method?: RestMethod
  body?: unknown
  signal?: AbortSignal
  headers?: Readonly<Record<string, string>>
}

export class Rest {
  constructor(
    private readonly base: () => string,
    private readonly tokens: Tokens,
  ) {}

  /** Where a path leads, for the browser to fetch by itself (images). */
  url(path: string): string {
    return /^https?:/.test(path) ? path : this.base() + path
  }

  /** Rejects with `RestError` unless the answer is a success. */
  async call<T>(path: string, call: RestCall = {}): Promise<RestAnswer<T>> {
    const { generation } = this.tokens
    try {
      return await this.#once<T>(path, call)
    } catch (error) {
      const stale = error instanceof RestError && error.status === 401
      if (!stale || !this.tokens.canRefresh || !(await this.tokens.refresh(generation))) throw error
      return this.#once<T>(path, call)
    }
  }

  async #once<T>(path: string, { method = 'GET', body, signal, headers }: RestCall): Promise<RestAnswer<T>> {
    const token = await this.tokens.current()
    const limit = AbortSignal.timeout(CALL_MS)
    let response: Response
    try {
      response = await fetch(this.url(path), {
        method,
        cache: 'no-store',
        credentials: 'include',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      if (signal?.aborted) throw cause
      throw new RestError(0, 'nobody answered', undefined, { cause })
    }
    const read = await readBody(response)
    if (!response.ok) throw new RestError(response.status, refusalText(read, response), retryAfter(response))
    return { status: response.status, body: read as T }
  }
}

async function readBody(response: Response): Promise<unknown> {
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  const text = await response.text().catch(() => '')
  if (!isJson) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/**
 * The contract's own words: `{ message }` or `{ error }` (`contracts/rooms.md` section 4); what each field lacks, where
 * `{ errors: [{ message }] }` says so (`contracts/social.md` section 4).
 */
function refusalText(body: unknown, response: Response): string {
  const { message, error, errors } = (typeof body === 'object' && body !== null ? body : {}) as {
    message?: unknown
    error?: unknown
    errors?: unknown
  }
  const faults = (Array.isArray(errors) ? errors : []).map((one: { message?: unknown } | null) => one?.message)
  const said = faults.filter((one) => typeof one === 'string')
  if (said.length > 0) return said.join('; ')
  if (typeof message === 'string') return message
  return typeof error === 'string' ? error : `${response.status} ${response.statusText}`.trim()
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}
