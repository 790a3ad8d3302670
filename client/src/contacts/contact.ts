// A request for help, as the contract's events tell of it (`contracts/contacts.md` section 3).

import type { ContactsClientEvents, ContactsServerEvents } from '../generated/contracts.js'
import { names } from '../names.js'

const { server, client: said } = names.contacts
export type ContactForm = ContactsClientEvents[typeof said.submitContactForm]
export type ContactMessage = ContactsServerEvents[typeof server.contactMessage]
export type ContactStats = ContactsServerEvents[typeof server.contactStats]
export type PendingContact = ContactsServerEvents[typeof server.pendingContacts][number]
/** In full, for the admin who looks after it. */
export type SupportContact = ContactsServerEvents[typeof server.autoAssignedContact]['contact']
export type ContactStatus = SupportContact['status']
export type ContactPriority = SupportContact['priority']

const URGENCY: readonly ContactPriority[] = ['urgent', 'high', 'normal', 'low']

/** Urgent ones first, of the same priority the newest. */
export function byPriority(a: PendingContact, b: PendingContact): number {
  const urgency = URGENCY.indexOf(a.priority) - URGENCY.indexOf(b.priority)
  return urgency !== 0 ? urgency : b.submittedAt.localeCompare(a.submittedAt)
}

/** Adds a message that is not there yet, at its place in time; `most` are kept. */
export function withMessage(
  messages: readonly ContactMessage[],
  message: ContactMessage,
  most: number,
): readonly ContactMessage[] {
  if (messages.some(({ id }) => id === message.id)) return messages
  return [...messages, message].slice(-most)
}
