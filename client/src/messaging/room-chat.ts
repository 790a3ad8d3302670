// A chat with several people of contract `rooms` (`chat_<id>`): what is said while one is there. The contract's event does not say
// in which chat it was, so that a page shows one at a time.

import type { OutriggerClient } from '../client.js'
import type { RoomsServerEvents } from '../generated/contracts.js'
import type { Outcome } from '../feed/resumption.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { AskError } from '../socket/ask-error.js'

/** Most messages that are kept. */
const MOST_KEPT = 500

type Said = RoomsServerEvents[typeof names.rooms.server.receiveChatMessage]

export interface RoomMessage extends Said {
  /** For React's `key`. */
  readonly key: string
}

export interface RoomChatState {
  readonly messages: readonly RoomMessage[]
  readonly isJoined: boolean
  /** Why one is not in the chat, in the sidecar's words. */
  readonly error: string | null
  /** Whether something may have been said between the messages while one was not there, that nobody told. */
  readonly hasGap: boolean
}

export class RoomChat extends LiveStore<RoomChatState> {
  #count = 0
  /** Whether the chat is among those that the next handshake names. */
  #isNamed = false
  /** Whether one was in the chat when the last connection was lost. */
  #wasJoined = false

  constructor(
    readonly chatId: string,
    private readonly client: OutriggerClient,
  ) {
    super({ messages: [], isJoined: false, error: null, hasGap: false })
  }

  protected start(): () => void {
    const { server, client: sent } = names.rooms
    const socket = this.client.peek('rooms')
    const resumption = this.client.resumption('rooms')
    const ends = all(
      socket.on(server.receiveChatMessage, (said) => this.#add(said)),
      // Rooms that a client joined are lost with its connection. The handshake may have asked to be let in again.
      socket.onConnect(() => {
        if (!resumption.hasNamed(this.chatId)) void this.#join()
      }),
      resumption.onOutcome((outcome) => this.#reconnected(outcome)),
      socket.onDisconnect(() => {
        this.#wasJoined ||= this.value.isJoined
        this.state.patch({ isJoined: false })
      }),
      () => {
        socket.emitNow(sent.leaveChatRoom, { chatId: this.chatId })
        this.#name(false)
        this.state.patch({ isJoined: false })
      },
      this.client.hold('rooms'),
    )
    if (socket.connected) void this.#join()
    return ends
  }

  /** Rejects with `AskError` if the sidecar does not take it. */
  async send(message: string): Promise<void> {
    await this.client
      .peek('rooms')
      .ask(names.rooms.client.sendChatMessage, { chatId: this.chatId, message })
  }

  #reconnected(outcome: Outcome): void {
    const { messages, hasGap } = this.value
    const isLetIn = outcome.kind === 'recovered' && outcome.chats.includes(this.chatId)
    // Another user's, or of another database: none of it belongs here.
    if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.state.patch({ messages: [], hasGap: false })
    else if (!isLetIn && this.#wasJoined) this.state.patch({ hasGap: hasGap || messages.length > 0 })
    this.#wasJoined = false
    if (isLetIn) this.state.patch({ isJoined: true, error: null })
    else if (this.client.resumption('rooms').hasNamed(this.chatId)) void this.#join()
  }

  /** Has the next handshake name this chat, or not. */
  #name(isNamed: boolean): void {
    if (isNamed === this.#isNamed) return
    this.#isNamed = isNamed
    if (isNamed) this.client.chats.add(this.chatId)
    else this.client.chats.remove(this.chatId)
  }

  async #join(): Promise<void> {
    try {
      await this.client.peek('rooms').ask(names.rooms.client.joinChatRoom, { chatId: this.chatId })
      this.#name(true)
      this.state.patch({ isJoined: true, error: null })
    } catch (cause) {
      // Without a connection it is tried again with the next one.
      const error = cause instanceof AskError && cause.kind === 'refused' ? cause.message : null
      if (error !== null) this.#name(false)
      this.state.patch({ isJoined: false, error })
    }
  }

  #add(said: Said): void {
    this.#count += 1
    const message = { ...said, key: `${said.timestamp} ${this.#count}` }
    this.state.patch({ messages: [...this.value.messages, message].slice(-MOST_KEPT) })
  }
}
