// How far a message, and each of its recipients, has come (`contracts/tracking.md` section 3). Nothing goes backwards: what
// was read before a change may arrive after it, and is no news then.

import type { TrackingMessageUpdate, TrackingRecipientUpdate } from '../generated/contracts.js'

export type TrackedStatus = TrackingMessageUpdate['status']
export type RecipientStatus = TrackingRecipientUpdate['status']

const OF_MESSAGES: Readonly<Record<string, number>> = {
  DRAFT: 0,
  SCHEDULED: 1,
  SENDING: 2,
  SENT: 3,
  FAILED: 4,
  DELIVERED: 5,
  CANCELLED: 5,
} satisfies Record<TrackedStatus, number>

/** A report of delivery is believed over one of failure. */
const OF_RECIPIENTS: Readonly<Record<string, number>> = {
  PENDING: 0,
  SENDING: 1,
  SENT: 2,
  FAILED: 3,
  BOUNCED: 3,
  DELIVERED: 4,
} satisfies Record<RecipientStatus, number>

/** A word that is not known here is news, always. */
const isBehind = (ranks: Readonly<Record<string, number>>) => (next: string, known: string) =>
  (ranks[next] ?? Infinity) < (ranks[known] ?? 0)

export const isMessageBehind = isBehind(OF_MESSAGES)
export const isRecipientBehind = isBehind(OF_RECIPIENTS)

/** Nothing more is to be expected of a message with one of these, but reports of its recipients. */
const OVER: ReadonlySet<string> = new Set<TrackedStatus>(['SENT', 'FAILED', 'DELIVERED', 'CANCELLED'])
/** All that was to be sent was, whether or not anybody counted. */
const DONE: ReadonlySet<string> = new Set<TrackedStatus>(['SENT', 'DELIVERED'])

export const isOver = (status: string | null): boolean => status !== null && OVER.has(status)

/** The part of the recipients about whom it is decided, 0 to 1; without counts, what the status says. */
export function progressOf(status: string | null, success: number | null, failed: number | null, total: number): number {
  if (success === null && failed === null) return status !== null && DONE.has(status) ? 1 : 0
  return total === 0 ? 0 : Math.min(1, ((success ?? 0) + (failed ?? 0)) / total)
}
