// One call to the internal API: a time limit for all of it, another try where that can help, and the same
// idempotency key at each try, so that what was done before its answer got lost is not done twice.

import { waitAfter, type Backoff } from '../connection/backoff.js'
import { OutriggerError, type OutriggerErrorKind, type Result } from './result.js'

const RETRY: Backoff = { firstMs: 100, mostMs: 1_000, jitter: 0.5 }

export interface OutriggerServerOptions {
  /** The sidecar's internal address: `http://127.0.0.1:3002`. */
  url: string
  /** `INTERNAL_SECRET`. */
  secret: string
  /** For a call with all its tries, in milliseconds. Default 3 seconds. */
  timeoutMs?: number
  /** Tries after the first. Default 2. */
  retries?: number
  /** Called for every call that failed for good; for logs. */
  onError?: (error: OutriggerError, call: string) => void
  /** In place of the global `fetch`. */
  fetch?: typeof globalThis.fetch
}

export interface CallOptions {
  /** Your own, if the action itself may be tried again; else each call has one of its own. */
  idempotencyKey?: string
  timeoutMs?: number
  retries?: number
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: unknown
}

export class InternalApi {
  constructor(private readonly options: OutriggerServerOptions) {}

  async call<T>({ method, path, body }: Call, options: CallOptions = {}): Promise<Result<T>> {
    const tries = 1 + (options.retries ?? this.options.retries ?? 2)
    const deadline = AbortSignal.timeout(options.timeoutMs ?? this.options.timeoutMs ?? 3_000)
    const headers = {
      authorization: `Bearer ${this.options.secret}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() }),
    }
    const request: RequestInit = {
      method,
      headers,
      cache: 'no-store',
      redirect: 'error',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    let failure: OutriggerError | undefined
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const outcome = await this.#once<T>(path, request, deadline, attempt)
      if (outcome.result.ok) return outcome.result
      failure = outcome.result.error
      if (!isPassing(failure.kind) || deadline.aborted || attempt === tries) break
      await pause(Math.max(waitAfter(attempt, RETRY), outcome.retryAfterMs ?? 0), deadline)
      if (deadline.aborted) break
    }
    const error = failure ?? new OutriggerError('timeout', 'no time to try', { attempts: 0 })
    this.#tell(error, `${method} ${path}`)
    return { ok: false, error }
  }

  async #once<T>(
    path: string,
    request: RequestInit,
    deadline: AbortSignal,
    attempts: number,
  ): Promise<{ result: Result<T>; retryAfterMs?: number }> {
    try {
      const send = this.options.fetch ?? globalThis.fetch
      const response = await send(this.options.url.replace(/\/+$/, '') + path, { ...request, signal: deadline })
      const answer = parsed(await response.text())
      if (response.ok && answer !== undefined) return { result: { ok: true, value: answer as T } }
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      return {
        result: { ok: false, error: refusal(response.status, answer, attempts) },
        ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
      }
    } catch (cause) {
      const error = deadline.aborted
        ? new OutriggerError('timeout', 'the sidecar did not answer in time', { attempts, cause })
        : new OutriggerError('unreachable', `the sidecar cannot be reached: ${reason(cause)}`, { attempts, cause })
      return { result: { ok: false, error } }
    }
  }

  #tell(error: OutriggerError, call: string): void {
    try {
      this.options.onError?.(error, call)
    } catch {
      // A log that fails is no reason for the user's action to fail.
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** `ECONNREFUSED` and its like stand in the cause of `fetch failed`. */
function reason(cause: unknown): string {
  const inner = (cause as { cause?: { code?: unknown } } | null)?.cause?.code
  if (typeof inner === 'string') return inner
  return cause instanceof Error ? cause.message : String(cause)
}

function refusal(status: number, answer: unknown, attempts: number): OutriggerError {
  const { error, message, field } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    error?: unknown
    message?: unknown
    field?: unknown
  }
  const words = [error, message].find((one) => typeof one === 'string')
  return new OutriggerError(kindOf(status), words ?? `status ${status}`, {
    status,
    field: typeof field === 'string' ? field : undefined,
    attempts,
  })
}

function kindOf(status: number): OutriggerErrorKind {
  switch (status) {
    case 400:
      return 'invalid'
    case 401:
    case 403:
      return 'unauthorized'
    case 404:
      return 'not-found'
    case 408:
      return 'timeout'
    case 409:
    case 422:
      return 'conflict'
    case 413:
      return 'too-large'
    case 429:
      return 'rate-limited'
    default:
      return status >= 500 ? 'unavailable' : 'unexpected'
  }
}

function isPassing(kind: OutriggerErrorKind): boolean {
  return kind === 'unreachable' || kind === 'timeout' || kind === 'unavailable' || kind === 'rate-limited'
}

function pause(ms: number, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (deadline.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      deadline.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    deadline.addEventListener('abort', done)
  })
}
