// What the page says of others, and of what was refused.
import type { UserState } from '@outrigger/client'

/** How someone is, in a line. */
export function wordsFor(state: UserState | null, isCurrent: boolean): string {
  if (!state || !isCurrent) return ''
  if (!state.isOnline) return 'Offline'
  return state.status === 'online' ? 'Online' : state.status
}

/** Why something was refused, and for how long, if that is why. */
export function faultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'Something went wrong'
  const { retryAfterMs } = error as { retryAfterMs?: unknown }
  if (typeof retryAfterMs !== 'number') return `${message}.`
  return `${message}. Try again ${inTime(retryAfterMs)}.`
}

/** A time from now. */
function inTime(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds < 90) return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  return `in ${Math.ceil(seconds / 60)} minutes`
}
