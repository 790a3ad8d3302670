// What a call from the app's server comes back with: the user's action goes on either way, so that a failure is
// a value to look at, not an exception to catch.

export type OutriggerErrorKind =
  /** Nobody answered: the sidecar is down, or the address is wrong. */
  | 'unreachable'
  /** No answer within the time limit. */
  | 'timeout'
  /** The secret does not fit. */
  | 'unauthorized'
  /** Something in the call is wrong; `field` may say what. */
  | 'invalid'
  /** There is no such user, room or message. */
  | 'not-found'
  /** The same idempotency key with another call, or something that belongs to another user. */
  | 'conflict'
  | 'too-large'
  | 'rate-limited'
  /** The sidecar answered, and could not do it now. */
  | 'unavailable'
  /** An answer that is none of the sidecar's. */
  | 'unexpected'

export class OutriggerError extends Error {
  override readonly name = 'OutriggerError'
  /** Status of the answer; `undefined` if there was none. */
  readonly status: number | undefined
  readonly field: string | undefined
  /** How often it was tried. */
  readonly attempts: number

  constructor(
    readonly kind: OutriggerErrorKind,
    message: string,
    details: { status?: number | undefined; field?: string | undefined; attempts: number; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = details.status
    this.field = details.field
    this.attempts = details.attempts
  }
}

export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly error?: never }
  | { readonly ok: false; readonly error: OutriggerError; readonly value?: never }
