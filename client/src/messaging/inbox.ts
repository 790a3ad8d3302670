// What the socket says about messages, handed to whoever shows them. One subscription for all conversations.

import type { OutriggerClient } from '../client.js'
import type { RoomsServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import type { MessageDocument } from './chat-message.js'

type Said<K extends keyof RoomsServerEvents> = RoomsServerEvents[K]
type Arrived = Said<typeof names.rooms.server.newMessage>
export type Receipt = Said<typeof names.rooms.server.messageReadReceipt>
type Alert = Exclude<Arrived, { _id: string }>

/** Whether `newMessage` is an alert in the app's own words, not a stored message. */
export function isAlert(arrived: Arrived): arrived is Alert {
  return (arrived as Partial<Alert>).notification === true
}

/** A set of listeners; each call of `add` is undone by what it returns. */
class Listeners<T> {
  readonly #all = new Set<(value: T) => void>()

  readonly add = (listener: (value: T) => void): (() => void) => {
    this.#all.add(listener)
    return () => {
      this.#all.delete(listener)
    }
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) listener(value)
  }
}

export class Inbox extends LiveStore<object> {
  readonly #received = new Listeners<MessageDocument>()
  readonly #sent = new Listeners<MessageDocument>()
  readonly #receipts = new Listeners<Receipt>()

  /** A message for this user. */
  readonly onReceived = this.#received.add
  /** A message of this user, from this or another device. */
  readonly onSent = this.#sent.add
  readonly onReceipt = this.#receipts.add

  constructor(private readonly client: OutriggerClient) {
    super({})
  }

  protected start(): () => void {
    const { server } = names.rooms
    const socket = this.client.peek('rooms')
    return all(
      socket.on(server.newMessage, (arrived) => {
        if (!isAlert(arrived)) this.#received.tell(arrived)
      }),
      socket.on(server.messageSent, (document) => this.#sent.tell(document)),
      socket.on(server.messageReadReceipt, (receipt) => this.#receipts.tell(receipt)),
      this.client.hold('rooms'),
    )
  }
}
