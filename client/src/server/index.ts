// `@outrigger/client/server`: what an app's server asks of the sidecar. Never import it in a page: it holds the
// internal secret.

import { callsOf, type OutriggerCalls } from './calls.js'
import type { Result } from './result.js'
import { InternalApi, type OutriggerServerOptions } from './transport.js'

export { OutriggerError, type OutriggerErrorKind, type Result } from './result.js'
export type { CallOptions, OutriggerServerOptions } from './transport.js'
export type { EmitOptions, LogoutOptions, MessageDraft, NotificationDraft, OutriggerCalls, Reason } from './calls.js'
export type * from './answers.js'

/** The same calls, for those who want an exception: they give the value or throw `OutriggerError`. */
export type ThrowingCalls = {
  [K in keyof OutriggerCalls]: OutriggerCalls[K] extends (...args: infer A) => Promise<Result<infer T>>
    ? (...args: A) => Promise<T>
    : never
}

export interface Outrigger extends OutriggerCalls {
  readonly orThrow: ThrowingCalls
}

/**
 * Calls to one sidecar. None of them throws: each gives `{ ok: true, value }` or `{ ok: false, error }`, so that
 * the user's action goes on with the sidecar down. `outrigger.orThrow.notify(…)` throws instead.
 */
export function createOutrigger(options: OutriggerServerOptions): Outrigger {
  if (typeof window !== 'undefined' && !('process' in globalThis)) {
    throw new Error('@outrigger/client/server holds the internal secret and has no place in a browser')
  }
  const calls = callsOf(new InternalApi(options))
  return { ...calls, orThrow: throwing(calls) }
}

function throwing(calls: OutriggerCalls): ThrowingCalls {
  const entries = Object.entries(calls).map(([name, call]) => {
    const callOrThrow = async (...args: unknown[]): Promise<unknown> => {
      const result = await (call as (...args: unknown[]) => Promise<Result<unknown>>)(...args)
      if (!result.ok) throw result.error
      return result.value
    }
    return [name, callOrThrow] as const
  })
  return Object.fromEntries(entries) as unknown as ThrowingCalls
}
