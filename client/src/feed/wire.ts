// What a client and the sidecar say about the user's feed (`docs/RESUME.md`). It belongs to no contract: every
// channel of an app speaks it, beside its own events.

import { contracts } from '../generated/contracts.js'

/** Events that only clients are sent that asked for their feed; their types are generated beside them. */
export const said = contracts.resume['/'].server

/** `auth.resume` of the handshake. Empty: the feed from now on. */
export interface ResumeRequest {
  /** The position this client reached. */
  readonly seq?: number
  /** The feed's name, as it was told with the position. */
  readonly feed?: string
  /** Chats this client was in, at most `MOST_CHATS`. */
  readonly chats?: readonly string[]
}

/** Chats that a handshake may name. */
export const MOST_CHATS = 100

/** The place of an event in the feed: one more argument, after the contract's own. */
export function markOf(args: readonly unknown[]): number | null {
  const last = args.at(-1)
  return args.length > 1 && isSeq(last) && last > 0 ? last : null
}

export function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
