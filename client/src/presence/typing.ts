// Who is typing to this user, and telling others that this one is.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { Keys } from '../messaging/keys.js'
import type { ContractName } from '../names.js'
import { typingWires, type TypingWire } from './typing-wire.js'

export interface TypingState {
  /** Ids of those who are typing to this user. */
  readonly typingUsers: readonly string[]
}

export class Typing extends LiveStore<TypingState> {
  readonly #expiries = new Map<string, ReturnType<typeof setTimeout>>()
  /** Of whom this user types to. */
  readonly #keys = new Map<string, Keys>()

  constructor(
    private readonly client: OutriggerClient,
    private readonly wire: TypingWire,
  ) {
    super({ typingUsers: [] })
  }

  protected start(): () => void {
    const { channel } = this.wire
    const socket = this.client.peek(channel)
    return all(
      this.wire.follow((userId, isTyping) => this.#heard(userId, isTyping)),
      socket.onConnect(() => {
        for (const keys of this.#keys.values()) keys.connected()
      }),
      socket.onDisconnect(() => this.#forgetAll()),
      this.client.hold(channel),
      () => this.#forgetAll(),
    )
  }

  /** Call at every key; `false` when the message was sent or the field left. */
  tell(receiverId: string, isTyping: boolean): void {
    if (isTyping) this.#keysTo(receiverId).press()
    else this.#keys.get(receiverId)?.rest()
  }

  #keysTo(receiverId: string): Keys {
    const known = this.#keys.get(receiverId)
    if (known) return known
    const keys = new Keys((isTyping) => {
      if (!isTyping) this.#keys.delete(receiverId)
      this.wire.tell(receiverId, isTyping)
    }, this.wire.repeatMs)
    this.#keys.set(receiverId, keys)
    return keys
  }

  #heard(userId: string, isTyping: boolean): void {
    clearTimeout(this.#expiries.get(userId))
    this.#expiries.delete(userId)
    const { typingUsers } = this.value
    if (isTyping) {
      this.#expiries.set(userId, setTimeout(() => this.#heard(userId, false), this.wire.believedMs))
      if (!typingUsers.includes(userId)) this.state.patch({ typingUsers: [...typingUsers, userId] })
    } else if (typingUsers.includes(userId)) {
      this.state.patch({ typingUsers: typingUsers.filter((id) => id !== userId) })
    }
  }

  #forgetAll(): void {
    for (const timer of this.#expiries.values()) clearTimeout(timer)
    this.#expiries.clear()
    if (this.value.typingUsers.length > 0) this.state.patch({ typingUsers: [] })
  }
}

const TYPINGS: Readonly<Record<ContractName, symbol>> = {
  rooms: Symbol('outrigger.typing.rooms'),
  social: Symbol('outrigger.typing.social'),
  commerce: Symbol('outrigger.typing.commerce'),
  quiz: Symbol('outrigger.typing.quiz'),
}

/** Without a contract it speaks the client's own. */
export function typingOf(client: OutriggerClient, contract = client.settings.contract): Typing {
  return client.attachment(TYPINGS[contract], () => new Typing(client, typingWires[contract](client)))
}
