// Someone to write to, as the list shows them.
import type { Contact } from '@/server/user-document'

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly image: string | undefined
  readonly unread: number
  readonly lastMessageAt: string | null
}

export const nameOfContact = ({ firstName, lastName, email }: Pick<Contact, 'firstName' | 'lastName' | 'email'>) =>
  `${firstName} ${lastName}`.trim() || email

/** Those one has written with first, latest first; then everyone else by name. */
export function byActivity(a: Person, b: Person): number {
  if (a.lastMessageAt !== b.lastMessageAt) return (b.lastMessageAt ?? '').localeCompare(a.lastMessageAt ?? '')
  return a.name.localeCompare(b.name)
}
