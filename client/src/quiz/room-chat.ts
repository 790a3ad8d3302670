// A room of contract `quiz`: what is said in it, who comes and goes, and who is typing, while one is there. Guests may listen.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { QuizServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { Keys } from '../messaging/keys.js'
import { TypingPeople } from '../messaging/typing-people.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'

const { server, client: said } = names.quiz
/** Most messages that are kept. */
const MOST = 500
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

export interface QuizRoomLine {
  /** The sidecar's id. */
  readonly messageId: string
  readonly senderId: string
  readonly senderName: string
  readonly message: string
  /** ISO 8601. */
  readonly timestamp: string
}

export interface QuizRoomChatState {
  readonly messages: readonly QuizRoomLine[]
  /** Users in the room; `null` before it is known. */
  readonly memberCount: number | null
  /** Names of others who are typing. */
  readonly typing: readonly string[]
  readonly isJoined: boolean
  /** Why one is not in the room, in the sidecar's words. */
  readonly error: string | null
  /** Whether something may have been said between the messages while one was not there, that nobody told. */
  readonly hasGap: boolean
}

type Told = QuizServerEvents[typeof server.roomMessage]

export class QuizRoomChat extends LiveStore<QuizRoomChatState> {
  readonly #people = new TypingPeople((typing) => this.state.patch({ typing }))
  readonly #keys: Keys
  #wasJoined = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    readonly roomId: string,
  ) {
    super({ messages: [], memberCount: null, typing: [], isJoined: false, error: null, hasGap: false })
    this.#keys = new Keys((isTyping) => {
      this.client.peek('quiz').emitNow(said.typing, { roomId: this.roomId, isTyping })
    })
  }

  protected start(): () => void {
    const socket = this.client.peek('quiz')
    const here =
      <T extends { roomId?: string | undefined }>(heard: (told: T) => void) =>
      (told: T): void => {
        if (told.roomId === this.roomId) heard(told)
      }
    const changeBy = (more: number) => (): void => {
      const { memberCount } = this.value
      if (memberCount !== null) this.state.patch({ memberCount: Math.max(0, memberCount + more) })
    }
    const ends = all(
      socket.on(server.roomMessage, here((told) => this.#add(told))),
      socket.on(server.roomJoined, here(({ memberCount }) => this.state.patch({ memberCount }))),
      socket.on(server.userJoinedRoom, here(changeBy(1))),
      socket.on(server.userLeftRoom, here(changeBy(-1))),
      socket.on(server.userTyping, here(({ userId, userName, isTyping }) => this.#people.heard(userId, userName, isTyping))),
      socket.onConnect(() => void this.#join()),
      socket.onDisconnect(() => this.#lost()),
      () => {
        clearTimeout(this.#again)
        this.#keys.rest()
        this.#people.clear()
        this.#wasJoined = false
        socket.emitNow(said.leaveRoom, this.roomId)
        this.state.patch({ isJoined: false })
      },
      this.client.hold('quiz'),
    )
    if (socket.connected) void this.#join()
    return ends
  }

  /** Rejects with `AskError` if the sidecar does not take it. */
  async send(message: string): Promise<void> {
    this.#keys.rest()
    await this.client.peek('quiz').ask(said.roomMessage, { roomId: this.roomId, message })
  }

  /** Call at every key; `false` when the message was sent. Resting keys take it back by themselves. */
  setTyping(isTyping: boolean): void {
    if (isTyping) this.#keys.press()
    else this.#keys.rest()
  }

  async #join(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('quiz')
    try {
      await socket.ask(said.joinRoom, { roomId: this.roomId, roomType: 'chat' })
      const { messages, hasGap } = this.value
      this.state.patch({ isJoined: true, error: null, hasGap: hasGap || (this.#wasJoined && messages.length > 0) })
      this.#wasJoined = true
      this.#keys.connected()
    } catch (cause) {
      // Without a connection it is tried again with the next one.
      if (!socket.connected) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ isJoined: false, error: message })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#join())
    }
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#people.clear()
    this.state.patch({ isJoined: false })
  }

  #add({ messageId, senderId, senderName, message, timestamp }: Told): void {
    const { messages } = this.value
    if (messages.some((one) => one.messageId === messageId)) return
    this.#people.heard(senderId, senderName, false)
    this.state.patch({ messages: [...messages, { messageId, senderId, senderName, message, timestamp }].slice(-MOST) })
  }
}
