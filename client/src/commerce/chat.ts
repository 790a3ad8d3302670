// A room of contract `commerce`: what is said in it and who comes and goes while one is there. It may be of a product
// (`product:<id>`), a chat that other contracts know too (`chat:<id>`), or any name that the app lets people join.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { CommerceServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'

const { server, client: said } = names.commerce
/** Most messages that are kept. */
const MOST = 500
/** Most people that are kept; who came first goes. */
const MOST_PEOPLE = 500
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

export interface CommerceMessage {
  /** The sidecar's id. */
  readonly messageId: string
  readonly direction: 'in' | 'out'
  /** `null` for one's own. */
  readonly fromId: string | null
  readonly fromName: string | null
  readonly message: string
  /** ISO 8601. */
  readonly timestamp: string
}

export interface CommerceChatState {
  readonly messages: readonly CommerceMessage[]
  /** Who came while one was there and has not left; those who were there before are not told of. */
  readonly newcomers: readonly { readonly userId: string; readonly userName: string }[]
  readonly isJoined: boolean
  /** Why one is not in the room, in the sidecar's words. */
  readonly error: string | null
  /** Whether something may have been said between the messages while one was not there, that nobody told. */
  readonly hasGap: boolean
}

const EMPTY: CommerceChatState = Object.freeze({
  messages: [],
  newcomers: [],
  isJoined: false,
  error: null,
  hasGap: false,
})

type Told = CommerceServerEvents[typeof server['chat:message:new']]

export class CommerceChat extends LiveStore<CommerceChatState> {
  #wasJoined = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    readonly roomId: string,
  ) {
    super(EMPTY)
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    const ends = all(
      socket.on(server['chat:message:new'], (told) => {
        if (told.roomId === this.roomId) this.#add(incoming(told))
      }),
      socket.on(server['chat:user:joined'], ({ roomId, userId, userName }) => {
        if (roomId !== this.roomId) return
        this.#others(userId, [{ userId, userName }])
      }),
      socket.on(server['chat:user:left'], ({ roomId, userId }) => {
        if (roomId === this.roomId) this.#others(userId, [])
      }),
      socket.onConnect(() => void this.#join()),
      socket.onDisconnect(() => this.#lost()),
      this.client.resumption('commerce').onOutcome((outcome) => {
        // Another user's, or of another database: none of it belongs here.
        if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.state.patch({ messages: [], hasGap: false })
      }),
      () => {
        clearTimeout(this.#again)
        this.#wasJoined = false
        socket.emitNow(said['chat:leave_room'], { roomId: this.roomId })
        this.state.patch({ isJoined: false, newcomers: [] })
      },
      this.client.hold('commerce'),
    )
    if (socket.connected) void this.#join()
    return ends
  }

  /** Rejects with `AskError` if the sidecar does not take it. One's own words are shown when it has. */
  async send(message: string): Promise<void> {
    const { messageId } = await this.client.peek('commerce').ask(said['chat:message'], { message, roomId: this.roomId })
    const timestamp = new Date().toISOString()
    this.#add({ messageId, direction: 'out', fromId: null, fromName: null, message, timestamp })
  }

  async #join(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('commerce')
    try {
      await socket.ask(said['chat:join_room'], { roomId: this.roomId })
      const { messages, hasGap } = this.value
      this.state.patch({ isJoined: true, error: null, hasGap: hasGap || (this.#wasJoined && messages.length > 0) })
      this.#wasJoined = true
    } catch (cause) {
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      // Without a connection it is tried again with the next one.
      if (!socket.connected) return
      this.state.patch({ isJoined: false, error: message })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#join())
    }
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.state.patch({ isJoined: false, newcomers: [] })
  }

  #others(userId: string, come: CommerceChatState['newcomers']): void {
    const others = this.value.newcomers.filter((one) => one.userId !== userId)
    this.state.patch({ newcomers: [...others, ...come].slice(-MOST_PEOPLE) })
  }

  #add(message: CommerceMessage): void {
    const { messages } = this.value
    if (messages.some(({ messageId }) => messageId === message.messageId)) return
    this.state.patch({ messages: [...messages, message].slice(-MOST) })
  }
}

function incoming({ messageId, fromId, fromName, message, timestamp }: Told): CommerceMessage {
  return { messageId, direction: 'in', fromId, fromName, message, timestamp }
}
