// What all calls to the internal API have in common: a body of the call's own fields and of its options.

import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

/** An id as a part of a path. */
export const pathId = encodeURIComponent

/** Splits what concerns the call from what is sent with it. */
function split<T extends CallOptions>(options: T): { call: CallOptions; rest: Omit<T, keyof CallOptions> } {
  const { idempotencyKey, timeoutMs, retries, ...rest } = options
  const call: CallOptions = {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retries === undefined ? {} : { retries }),
  }
  return { call, rest }
}

export function requestsOf(api: InternalApi) {
  const send =
    (method: 'POST' | 'PUT' | 'DELETE') =>
    <T>(path: string, body: object, options: CallOptions = {}): Promise<Result<T>> => {
      const { call, rest } = split(options)
      return api.call<T>({ method, path, body: { ...body, ...rest } }, call)
    }
  return {
    post: send('POST'),
    put: send('PUT'),
    remove: send('DELETE'),
    get: <T>(path: string, options?: CallOptions): Promise<Result<T>> => api.call<T>({ method: 'GET', path }, options),
  }
}

export function map<T, U>(result: Result<T>, change: (value: T) => U): Result<U> {
  return result.ok ? { ok: true, value: change(result.value) } : result
}
