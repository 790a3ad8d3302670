// How long to wait before trying again: doubling, with a random part so that a thousand pages that lost the
// same server do not come back in the same second.

export interface Backoff {
  /** Wait after the first failure, in milliseconds. */
  firstMs: number
  /** Longest wait, in milliseconds. */
  mostMs: number
  /** Share of the wait that is random, 0 to 1. */
  jitter: number
}

export const CONNECT_BACKOFF: Backoff = { firstMs: 500, mostMs: 15_000, jitter: 0.5 }

/** The wait before try number `failures + 1`; `failures` counts from 1. */
export function waitAfter(failures: number, { firstMs, mostMs, jitter }: Backoff): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 20))
  return Math.round(full * (1 - jitter * Math.random()))
}
