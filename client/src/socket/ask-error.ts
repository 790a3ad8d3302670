// Why a question over a socket has no answer: callers decide by `kind`, people read `message`.

export type AskFault = 'disconnected' | 'timeout' | 'refused'

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

/** The refusal in an acknowledgement `{ ok: false, error, retryAfter? }` (seconds); all else is an answer. */
export function readRefusal(answer: unknown): AskError | null {
  if (typeof answer !== 'object' || answer === null) return null
  const { ok, error, retryAfter } = answer as { ok?: unknown; error?: unknown; retryAfter?: unknown }
  if (ok !== false) return null
  const message = typeof error === 'string' ? error : 'refused'
  return new AskError('refused', message, {
    ...(typeof retryAfter === 'number' ? { retryAfterMs: retryAfter * 1000 } : {}),
  })
}
