// Waits that end: with what was awaited, or with words that say what was missing.

import type { OutriggerClient } from '@outrigger/client'

const PATIENCE_MS = 8_000

/** Looks again and again until `probe` gives something true. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = PATIENCE_MS,
): Promise<NonNullable<T>> {
  const end = Date.now() + ms
  let seen: unknown
  while (Date.now() < end) {
    try {
      const found = await probe()
      if (found) return found as NonNullable<T>
      seen = found
    } catch (cause) {
      seen = cause
    }
    await pause(15)
  }
  throw new Error(`waited ${ms} ms in vain for ${what}; last seen: ${String(seen)}`)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export function connected(client: OutriggerClient): Promise<boolean> {
  return until(`a connection; it is ${client.status}, ${client.snapshot.fault?.message ?? 'no fault'}`, () =>
    client.status === 'connected',
  )
}
