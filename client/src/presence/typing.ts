// Who is typing to this user, and telling others that this one is: seldom enough for the sidecar's limits, and
// taken back by itself when the keys rest.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import type { ContractName } from '../names.js'
import { typingWires, type TypingWire } from './typing-wire.js'

/** Keys that rest so long (ms) are at rest. */
const REST_MS = 4_000

export interface TypingState {
  /** Ids of those who are typing to this user. */
  readonly typingUsers: readonly string[]
}

interface Told {
  at: number
  rest: ReturnType<typeof setTimeout>
}

export class Typing extends LiveStore<TypingState> {
  readonly #expiries = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #told = new Map<string, Told>()

  constructor(
    private readonly client: OutriggerClient,
    private readonly wire: TypingWire,
  ) {
    super({ typingUsers: [] })
  }

  protected start(): () => void {
    const { channel } = this.wire
    return all(
      this.wire.follow((userId, isTyping) => this.#heard(userId, isTyping)),
      this.client.peek(channel).onDisconnect(() => this.#forgetAll()),
      this.client.hold(channel),
      () => this.#forgetAll(),
    )
  }

  /** Call at every key; `false` when the message was sent or the field left. */
  tell(receiverId: string, isTyping: boolean): void {
    const told = this.#told.get(receiverId)
    if (told) clearTimeout(told.rest)
    if (!isTyping) {
      this.#told.delete(receiverId)
      if (told) this.wire.tell(receiverId, false)
      return
    }
    const isDue = !told || Date.now() - told.at >= this.wire.repeatMs
    if (isDue) this.wire.tell(receiverId, true)
    this.#told.set(receiverId, {
      at: isDue ? Date.now() : told.at,
      rest: setTimeout(() => this.tell(receiverId, false), REST_MS),
    })
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
