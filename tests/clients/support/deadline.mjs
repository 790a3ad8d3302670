// Every wait of these tests ends: with what was awaited, or with words that say what was missing.

/** Far longer than anything takes on an idle machine: only a failure waits so long. */
export const PATIENCE_MS = 15_000
/** Where the sidecar does by itself after ten seconds what a story wants it to do at once. */
export const PROMPTLY_MS = 8_000

/**
 * `promise`, or an error that names what was awaited.
 * `what` may be a function, so that the words are made from what is known when time is up.
 */
export async function within(promise, what, ms = PATIENCE_MS) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const words = typeof what === 'function' ? what() : what
      reject(new Error(`waited ${ms} ms in vain for ${words}`))
    }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Asks `probe` again and again until its answer satisfies; for state that only a request can show. */
export async function eventually(probe, satisfies, what, ms = PATIENCE_MS) {
  const end = Date.now() + ms
  for (;;) {
    const seen = await probe()
    if (satisfies(seen)) return seen
    if (Date.now() > end) {
      throw new Error(`waited ${ms} ms in vain for ${what}; last seen: ${JSON.stringify(seen)}`)
    }
    await pause(25)
  }
}

/** Lets time itself pass: only where a duration is what is being tested. */
export function pause(ms) {
  return new Promise((done) => setTimeout(done, ms))
}
