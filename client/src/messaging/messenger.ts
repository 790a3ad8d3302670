// Everything about messages that exists once for each client and contract: the outbox, the inbox, unread counts, read
// receipts and the conversations.

import type { OutriggerClient } from '../client.js'
import { all } from '../live-store.js'
import type { ContractName } from '../names.js'
import { commerceWire } from './commerce-wire.js'
import { Conversation } from './conversation.js'
import { Inbox } from './inbox.js'
import { Outbox } from './outbox.js'
import { quizWire } from './quiz-wire.js'
import { Reads } from './reads.js'
import { roomsWire } from './rooms-wire.js'
import { socialWire } from './social-wire.js'
import { UnreadStore } from './unread-store.js'
import type { MessagingWire } from './wire.js'

/** Conversations that stay loaded though nobody looks at them. */
const MOST_IDLE = 30

export class Messenger {
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly unread: UnreadStore
  readonly reads: Reads
  readonly #conversations = new Map<string, Conversation>()

  constructor(
    private readonly client: OutriggerClient,
    /** The questions themselves, in the contract's words. */
    readonly wire: MessagingWire,
  ) {
    this.inbox = new Inbox(client, wire)
    this.outbox = new Outbox({
      wire,
      stored: (to, document) => this.conversation(to).take([document]),
      isOpen: () => client.isOpen,
    })
    this.unread = new UnreadStore(client, this.inbox, wire)
    this.reads = new Reads({
      wire,
      isOpen: () => client.isOpen,
      drained: () => this.unread.refresh(),
    })
    const wake = (): void => {
      this.outbox.wake()
      this.reads.wake()
    }
    // For the life of the client: what waits in the outbox outlives the component that wrote it.
    client.peek(wire.channel).onConnect(wake)
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

const WIRES: Readonly<Record<ContractName, (client: OutriggerClient) => MessagingWire>> = {
  rooms: roomsWire,
  social: socialWire,
  commerce: commerceWire,
  quiz: quizWire,
}
const MESSENGERS: Readonly<Record<ContractName, symbol>> = {
  rooms: Symbol('outrigger.messenger.rooms'),
  social: Symbol('outrigger.messenger.social'),
  commerce: Symbol('outrigger.messenger.commerce'),
  quiz: Symbol('outrigger.messenger.quiz'),
}

/** The client's messenger, made at the first call; without a contract it speaks the client's own. */
export function messengerOf(client: OutriggerClient, contract = client.settings.contract): Messenger {
  return client.attachment(MESSENGERS[contract], () => new Messenger(client, WIRES[contract](client)))
}
