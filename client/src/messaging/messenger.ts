// Everything about messages that exists once for each client: the outbox, the inbox, unread counts, read
// receipts and the conversations.

import type { OutriggerClient } from '../client.js'
import { all } from '../live-store.js'
import { Conversation } from './conversation.js'
import { Inbox } from './inbox.js'
import { Outbox } from './outbox.js'
import { Reads } from './reads.js'
import { MessagesApi } from './rest-api.js'
import { UnreadStore } from './unread-store.js'

/** Conversations that stay loaded though nobody looks at them. */
const MOST_IDLE = 30

export class Messenger {
  readonly api: MessagesApi
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly unread: UnreadStore
  readonly reads: Reads
  readonly #conversations = new Map<string, Conversation>()

  constructor(private readonly client: OutriggerClient) {
    this.api = new MessagesApi(client.rest)
    this.inbox = new Inbox(client)
    this.outbox = new Outbox({
      api: this.api,
      stored: (to, document) => this.conversation(to).take([document]),
      isOpen: () => client.isOpen,
    })
    this.unread = new UnreadStore(client, this.inbox, this.api)
    this.reads = new Reads(
      () => client.peek('rooms'),
      this.api,
      () => client.isOpen,
      () => this.unread.refresh(),
    )
    const wake = (): void => {
      this.outbox.wake()
      this.reads.wake()
    }
    // For the life of the client: what waits in the outbox outlives the component that wrote it.
    client.peek('rooms').onConnect(wake)
    if (typeof window !== 'undefined') window.addEventListener('online', wake)
  }

  /** Keeps the inbox and the counts up to date; the returned function ends it. */
  readonly retain = (): (() => void) => all(this.inbox.retain(), this.unread.retain())

  conversation(partner: string): Conversation {
    const known = this.#conversations.get(partner)
    // Moved to the end: the ones not looked at for longest go first.
    if (known) this.#conversations.delete(partner)
    const conversation = known ?? new Conversation(partner, this.client, this)
    this.#conversations.set(partner, conversation)
    this.#forgetIdle()
    return conversation
  }

  #forgetIdle(): void {
    const idle = [...this.#conversations.values()].filter(
      (one) => !one.isInUse && this.outbox.pending(one.partner).length === 0,
    )
    for (const conversation of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) {
      this.#conversations.delete(conversation.partner)
    }
  }
}

const MESSENGER = Symbol('outrigger.messenger')

/** The client's messenger, made at the first call. */
export function messengerOf(client: OutriggerClient): Messenger {
  return client.attachment(MESSENGER, () => new Messenger(client))
}
