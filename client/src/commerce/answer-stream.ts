// An answer that comes word by word: `chatbot_started`, many `chatbot_token`, then `chatbot_completed` or `chatbot_error`
// (`contracts/commerce.md` section 3). Words are in the order in which the app said them.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { Paced } from '../tracking/paced.js'

const { server } = names.commerce
/** A page need not be drawn at every word: at most each so many milliseconds. */
const SHOWN_EVERY_MS = 50
/** Most characters of an answer that are kept; what is longer is cut at its end. */
const MOST_CHARACTERS = 1_000_000

export interface AnswerStreamState {
  readonly phase: 'idle' | 'started' | 'completed' | 'failed'
  /** What was asked, in the app's words. */
  readonly question: string | null
  /** All of it that came. */
  readonly text: string
  /** How many words, or parts of words, came. */
  readonly tokens: number
  readonly error: string | null
  /** Whether the connection broke meanwhile: words may be missing until it is completed. */
  readonly hasGap: boolean
}

const IDLE: AnswerStreamState = Object.freeze({
  phase: 'idle',
  question: null,
  text: '',
  tokens: 0,
  error: null,
  hasGap: false,
})

export class AnswerStream extends LiveStore<AnswerStreamState> {
  #text = ''
  #tokens = 0
  readonly #shown = new Paced(SHOWN_EVERY_MS, () => this.#show())

  constructor(private readonly client: OutriggerClient) {
    super(IDLE)
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    return all(
      socket.on(server.chatbot_started, ({ message }) => this.#begin(message)),
      socket.on(server.chatbot_token, ({ token }) => {
        // It began before anybody looked.
        if (this.value.phase !== 'started') this.#begin(null)
        this.#text = (this.#text + token).slice(0, MOST_CHARACTERS)
        this.#tokens += 1
        this.#shown.changed()
      }),
      socket.on(server.chatbot_completed, ({ response }) => {
        // The whole: also what was missed.
        this.#text = response
        this.#show()
        this.state.patch({ phase: 'completed', error: null, hasGap: false })
      }),
      socket.on(server.chatbot_error, ({ error, message, partialResponse }) => {
        this.#text = partialResponse ?? this.#text
        this.#show()
        this.state.patch({ phase: 'failed', error: message ?? error })
      }),
      socket.onDisconnect(() => {
        if (this.value.phase === 'started') this.state.patch({ hasGap: true })
      }),
      () => this.#shown.flush(),
      this.client.hold('commerce'),
    )
  }

  /** Forgets the last answer. */
  clear(): void {
    this.#text = ''
    this.#tokens = 0
    this.state.patch(IDLE)
  }

  #begin(question: string | null): void {
    this.#text = ''
    this.#tokens = 0
    this.state.patch({ ...IDLE, phase: 'started', question })
  }

  #show(): void {
    this.state.patch({ text: this.#text, tokens: this.#tokens })
  }
}

const STREAM = Symbol('outrigger.commerce.answers')

export function answerStreamOf(client: OutriggerClient): AnswerStream {
  return client.attachment(STREAM, () => new AnswerStream(client))
}
