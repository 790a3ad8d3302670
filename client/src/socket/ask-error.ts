// Why a question over a socket has no answer: callers decide by `kind`, people read `message`.

export type AskFault =
  | 'disconnected'
  | 'timeout'
  /** Not let through: for good, or with `retryAfterMs` for now. */
  | 'refused'
  /** The sidecar took the question and could not do it now; asking again may help. */
  | 'failed'

export class AskError extends Error {
  override readonly name = 'AskError'

  constructor(
    readonly kind: AskFault,
    message: string,
    options: ErrorOptions & {
      /** After how many milliseconds a new try is let through, if the sidecar said so. */
      retryAfterMs?: number
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
  }

  readonly retryAfterMs: number | undefined
}

/** How contract `social` begins what it says of faults of its own (`contracts/social.md` section 2). */
const FAILED = 'Failed to '

/** Contract `commerce` says by a code what is wrong (`contracts/commerce.md` section 2); this one is a fault of its own. */
const INTERNAL = 'INTERNAL_ERROR'
const CODES: ReadonlySet<unknown> = new Set([
  'UNAUTHORIZED',
  'VALIDATION_ERROR',
  'RATE_LIMITED',
  'UNKNOWN_EVENT',
  INTERNAL,
])

/**
 * The refusal in an acknowledgement: `{ ok: false, error, retryAfter? }`, in contract `social`
 * `{ status: 'failure', error, retryAfter? }`, with seconds, in contracts `tracking` and `commerce`
 * `{ error, retryAfter? }` without `success`, in the latter also `{ code, message, retryAfter? }`. All else is an answer.
 */
export function readRefusal(answer: unknown): AskError | null {
  if (typeof answer !== 'object' || answer === null) return null
  const { ok, status, success, error, code, message: said, retryAfter } = answer as Readonly<Record<string, unknown>>
  const isBare = ok === undefined && status === undefined && success !== true && typeof error === 'string'
  const isCoded = success !== true && CODES.has(code)
  if (ok !== false && status !== 'failure' && !isBare && !isCoded) return null
  const message = [error, said].find((one) => typeof one === 'string') ?? 'refused'
  return new AskError(code === INTERNAL || message.startsWith(FAILED) ? 'failed' : 'refused', message, {
    ...(typeof retryAfter === 'number' ? { retryAfterMs: retryAfter * 1000 } : {}),
  })
}
