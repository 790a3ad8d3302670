// The contract's words, for people.
import type { RecipientStatus, TrackedStatus } from '@outrigger/client'

export const MESSAGE_WORDS: Readonly<Record<TrackedStatus, string>> = {
  DRAFT: 'About to start',
  SCHEDULED: 'Scheduled',
  SENDING: 'Sending…',
  SENT: 'Sent',
  FAILED: 'Failed',
  DELIVERED: 'Delivered',
  CANCELLED: 'Called off',
}

export const RECIPIENT_WORDS: Readonly<Record<RecipientStatus, string>> = {
  PENDING: 'Waiting',
  SENDING: 'Sending',
  SENT: 'Sent',
  DELIVERED: 'Delivered',
  FAILED: 'Failed',
  BOUNCED: 'Bounced',
}
