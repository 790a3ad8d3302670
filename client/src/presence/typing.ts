// Who is typing to this user, and telling others that this one is: seldom enough for the sidecar's limits, and
// taken back by itself when the keys rest.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

/** Without news someone types no longer, after so many milliseconds: the news may have been lost. */
const BELIEVED_MS = 6_000
/** Between two notes to one receiver, in milliseconds. */
const REPEAT_MS = 3_000
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

  constructor(private readonly client: OutriggerClient) {
    super({ typingUsers: [] })
  }

  protected start(): () => void {
    const { server } = names.rooms
    const socket = this.client.peek('rooms')
    return all(
      socket.on(server.userTyping, ({ userId, isTyping }) => this.#heard(userId, isTyping)),
      // Who writes has stopped typing, whatever comes later.
      socket.on(server.newMessage, (message) => this.#heard(String(message['senderId'] ?? ''), false)),
      socket.onDisconnect(() => this.#forgetAll()),
      this.client.hold('rooms'),
      () => this.#forgetAll(),
    )
  }

  /** Call at every key; `false` when the message was sent or the field left. */
  tell(receiverId: string, isTyping: boolean): void {
    const told = this.#told.get(receiverId)
    if (told) clearTimeout(told.rest)
    if (!isTyping) {
      this.#told.delete(receiverId)
      if (told) this.#emit(receiverId, false)
      return
    }
    const isDue = !told || Date.now() - told.at >= REPEAT_MS
    if (isDue) this.#emit(receiverId, true)
    this.#told.set(receiverId, {
      at: isDue ? Date.now() : told.at,
      rest: setTimeout(() => this.tell(receiverId, false), REST_MS),
    })
  }

  #emit(receiverId: string, isTyping: boolean): void {
    this.client.peek('rooms').emitNow(names.rooms.client.typing, { receiverId, isTyping })
  }

  #heard(userId: string, isTyping: boolean): void {
    clearTimeout(this.#expiries.get(userId))
    this.#expiries.delete(userId)
    const { typingUsers } = this.value
    if (isTyping) {
      this.#expiries.set(userId, setTimeout(() => this.#heard(userId, false), BELIEVED_MS))
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

const TYPING = Symbol('outrigger.typing')

export function typingOf(client: OutriggerClient): Typing {
  return client.attachment(TYPING, () => new Typing(client))
}
