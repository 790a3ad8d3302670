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
 * `{ error, retryAfter? }` without `success`, in the latter also `{ code, message, retryAfter? }`, in contracts `quiz` and
 * `contacts` `{ success: false, error, details?, retryAfter? }`. All else is an answer.
 */
export function readRefusal(answer: unknown): AskError | null {
  if (typeof answer !== 'object' || answer === null) return null
  const { ok, status, success, error, details, code, message: said, retryAfter } = answer as Readonly<Record<string, unknown>>
  const isBare = ok === undefined && status === undefined && success !== true && typeof error === 'string'
  const isCoded = success !== true && CODES.has(code)
  if (ok !== false && status !== 'failure' && !isBare && !isCoded) return null
  // The form of contract `contacts` is refused in one sentence, with what is wrong beside it.
  const isDetailed = typeof details === 'string'
  const message = [details, error, said].find((one) => typeof one === 'string') ?? 'refused'
  const isFailure = code === INTERNAL || (!isDetailed && message.startsWith(FAILED))
  return new AskError(isFailure ? 'failed' : 'refused', message, {
    ...(typeof retryAfter === 'number' ? { retryAfterMs: retryAfter * 1000 } : {}),
  })
}
