// Help for those who ask, and the queue of those who give it; contract `contacts`. The chat about one request is `useRoomChat`.

import { useEffect, useMemo } from 'react'
import { contactQueueOf, type ContactQueueParts, type ContactQueueState } from '../contacts/contact-queue.js'
import type { ContactForm } from '../contacts/contact.js'
import { supportChatOf, type SupportChatState } from '../contacts/support-chat.js'
import { useOutrigger } from './provider.js'
import { useLatest } from './use-latest.js'
import { useLive } from './use-live.js'

export interface UsedSupportChat extends SupportChatState {
  /** Sends the form; the chat about it is here then. Rejects with `AskError`, whose message says what is wrong. */
  submit: (form: ContactForm) => Promise<void>
  /** Rejects with `AskError` if the sidecar does not take it. */
  send: (message: string) => Promise<void>
  /** Call at every key; `false` when the message was sent. Resting keys take it back by themselves. */
  setTyping: (isTyping: boolean) => void
  /** Forgets the request, for another one. */
  startOver: () => void
}

/** A support widget, for guests and users: a form, then the chat. It is there again after a reload, in this tab. */
export function useSupportChat(): UsedSupportChat {
  const support = supportChatOf(useOutrigger())
  const state = useLive(support)
  const actions = useMemo(
    () => ({
      submit: (form: ContactForm) => support.submit(form),
      send: (message: string) => support.send(message),
      setTyping: (isTyping: boolean) => support.setTyping(isTyping),
      startOver: () => support.startOver(),
    }),
    [support],
  )
  return { ...state, ...actions }
}

export interface UsedContactQueue extends ContactQueueState {
  /** Rejects with `AskError` if another admin was quicker; `lostRaces` says so, too. */
  claim: (contactId: string) => Promise<void>
  /** Gives it back. Rejects with `AskError`. */
  release: (contactId: string) => Promise<void>
  /** Rejects with `AskError`. */
  resolve: (contactId: string) => Promise<void>
  dismissRace: (contactId: string) => void
  refresh: () => Promise<void>
}

/** What waits, what this admin looks after, and figures; for admins. `load` is asked at every connection. */
export function useContactQueue({ load }: ContactQueueParts = {}): UsedContactQueue {
  const queue = contactQueueOf(useOutrigger())
  const isGiven = load !== undefined
  const latest = useLatest(() => load?.() ?? Promise.resolve({ mine: [], taken: [] }))
  useEffect(() => queue.loadBy(isGiven ? async () => latest() : undefined), [queue, isGiven, latest])
  const state = useLive(queue)
  const actions = useMemo(
    () => ({
      claim: (contactId: string) => queue.claim(contactId),
      release: (contactId: string) => queue.release(contactId),
      resolve: (contactId: string) => queue.resolve(contactId),
      dismissRace: (contactId: string) => queue.dismissRace(contactId),
      refresh: () => queue.refresh(),
    }),
    [queue],
  )
  return { ...state, ...actions }
}
