// What the socket says about messages, handed to whoever shows them. One subscription for all conversations.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import type { StoredMessage } from './chat-message.js'
import type { MessagingWire, Receipt } from './wire.js'

/** A set of listeners; each call of `add` is undone by what it returns. */
class Listeners<T> {
  readonly #all = new Set<(value: T) => void>()

  readonly add = (listener: (value: T) => void): (() => void) => {
    this.#all.add(listener)
    return () => {
      this.#all.delete(listener)
    }
  }

  readonly tell = (value: T): void => {
    for (const listener of [...this.#all]) listener(value)
  }
}

export class Inbox extends LiveStore<object> {
  readonly #received = new Listeners<StoredMessage>()
  readonly #sent = new Listeners<StoredMessage>()
  readonly #receipts = new Listeners<Receipt>()
  readonly #removals = new Listeners<string>()

  /** A message for this user. */
  readonly onReceived = this.#received.add
  /** A message of this user, from this or another device. */
  readonly onSent = this.#sent.add
  readonly onReceipt = this.#receipts.add
  /** The id of a message that its sender took back. */
  readonly onRemoved = this.#removals.add

  constructor(
    private readonly client: OutriggerClient,
    private readonly wire: MessagingWire,
  ) {
    super({})
  }

  protected start(): () => void {
    return all(
      this.wire.follow({
        received: this.#received.tell,
        sent: this.#sent.tell,
        receipt: this.#receipts.tell,
        removed: this.#removals.tell,
      }),
      this.client.hold(this.wire.channel),
    )
  }
}
