// Support's words, for people.

import type { ContactMessage, ContactPriority, ContactStatus } from '@outrigger/client'

export const PRIORITIES: readonly { readonly value: ContactPriority; readonly label: string }[] = [
  { value: 'low', label: 'Whenever you like' },
  { value: 'normal', label: 'Normal' },
  { value: 'high', label: 'Soon, please' },
  { value: 'urgent', label: 'I cannot go on' },
]

const WORDS: Readonly<Record<ContactPriority, string>> = { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' }

export const priorityWord = (priority: ContactPriority): string => WORDS[priority]

/** How far a request is, for whoever asked. */
export function stateText(status: ContactStatus | null, messages: readonly ContactMessage[], resolvedBy: string | null): string {
  const helper = messages.findLast(({ senderRole }) => senderRole === 'admin')?.senderName
  switch (status) {
    case 'resolved':
      return resolvedBy ? `${resolvedBy} marked this as resolved.` : 'This is resolved.'
    case 'in_progress':
      return helper ? `You are talking to ${helper}.` : 'Somebody looks after it.'
    default:
      return 'We have your request.'
  }
}

export const faultText = (cause: unknown): string => (cause instanceof Error ? cause.message : 'Something went wrong. Try again.')
