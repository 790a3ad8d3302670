// A chat with several people (`chat_<id>`): what is said while one is there. The contract's event does not say
// in which chat it was, so that a page shows one at a time.

import type { OutriggerClient } from '../client.js'
import type { RoomsServerEvents } from '../generated/contracts.js'
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
}

export class RoomChat extends LiveStore<RoomChatState> {
  #count = 0

  constructor(
    readonly chatId: string,
    private readonly client: OutriggerClient,
  ) {
    super({ messages: [], isJoined: false, error: null })
  }

  protected start(): () => void {
    const { server, client: sent } = names.rooms
    const socket = this.client.peek('rooms')
    const ends = all(
      socket.on(server.receiveChatMessage, (said) => this.#add(said)),
      // Rooms that a client joined are lost with its connection: it joins again.
      socket.onConnect(() => void this.#join()),
      socket.onDisconnect(() => this.state.patch({ isJoined: false })),
      () => {
        socket.emitNow(sent.leaveChatRoom, { chatId: this.chatId })
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

  async #join(): Promise<void> {
    try {
      await this.client.peek('rooms').ask(names.rooms.client.joinChatRoom, { chatId: this.chatId })
      this.state.patch({ isJoined: true, error: null })
    } catch (cause) {
      // Without a connection it is tried again with the next one.
      const error = cause instanceof AskError && cause.kind === 'refused' ? cause.message : null
      this.state.patch({ isJoined: false, error })
    }
  }

  #add(said: Said): void {
    this.#count += 1
    const message = { ...said, key: `${said.timestamp} ${this.#count}` }
    this.state.patch({ messages: [...this.value.messages, message].slice(-MOST_KEPT) })
  }
}
