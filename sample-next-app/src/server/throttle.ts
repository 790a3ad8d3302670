// Guessing passwords is slowed down: after some failures an address has to wait. In memory and bounded.
import 'server-only'

const MOST_FAILURES = 10
const WINDOW_MS = 15 * 60 * 1000
const MOST_KEYS = 10_000

interface Failures {
  count: number
  since: number
}

const failures = new Map<string, Failures>()

function current(key: string): Failures | undefined {
  const found = failures.get(key)
  if (found && Date.now() - found.since > WINDOW_MS) {
    failures.delete(key)
    return undefined
  }
  return found
}

/** Seconds to wait before the next try; 0 if there is no need. */
export function secondsToWait(key: string): number {
  const found = current(key)
  if (!found || found.count < MOST_FAILURES) return 0
  return Math.ceil((found.since + WINDOW_MS - Date.now()) / 1000)
}

export function noteFailure(key: string): void {
  const found = current(key)
  if (found) {
    found.count += 1
    return
  }
  const oldest = failures.size >= MOST_KEYS ? failures.keys().next().value : undefined
  if (oldest !== undefined) failures.delete(oldest)
  failures.set(key, { count: 1, since: Date.now() })
}

export function noteSuccess(key: string): void {
  failures.delete(key)
}
