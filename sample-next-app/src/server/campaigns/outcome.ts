// What becomes of a message at the pretended provider: most arrive, some do not, and it says why.
import type { RecipientUpdateDraft } from '@outrigger/client/server'

const FAULTS = ['Number is not in service', 'Blocked by the carrier', 'Phone was off for too long'] as const
/** One of so many that fail does so for an address that does not exist. */
const BOUNCED_OF = 4

export interface Recipient {
  readonly id: string
  readonly phone: string
}

/** Numbers that are nobody's: 555-0100 to 555-0199, each with an extension. */
export function recipientsOf(count: number): Recipient[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `r${String(index + 1).padStart(5, '0')}`,
    phone: `+1 202 555 01${String(index % 100).padStart(2, '0')} ext. ${Math.floor(index / 100) + 1}`,
  }))
}

/** A recipient on the way. */
export function underway({ id, phone }: Recipient, status: 'PENDING' | 'SENT'): RecipientUpdateDraft {
  return { recipientId: id, phone, status }
}

/** How it ended for a recipient, with a chance of `failing` percent that it went wrong. */
export function ended({ id, phone }: Recipient, failing: number): RecipientUpdateDraft {
  if (Math.random() * 100 >= failing) return { recipientId: id, phone, status: 'DELIVERED' }
  const status = Math.random() * BOUNCED_OF < 1 ? 'BOUNCED' : 'FAILED'
  return { recipientId: id, phone, status, errorMessage: FAULTS[Math.floor(Math.random() * FAULTS.length)] ?? FAULTS[0] }
}
