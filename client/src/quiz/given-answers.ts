// What this user answered in a quiz: shown at once, sent as soon as can be, and once more if the connection was lost before the
// sidecar said that it has it. The last answer to a question is the one that counts, there as here.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'

const { client: said } = names.quiz
/** After an answer of the sidecar that did not come, in milliseconds. */
const AGAIN_MS = 1_000

export type AnswerState =
  /** Kept here until there is a connection. */
  | 'waiting'
  | 'sending'
  /** The sidecar has it. Whether it is right it says to nobody before the quiz is over. */
  | 'saved'
  /** It came too late, or the quiz is over; `error` says why. */
  | 'refused'

export interface GivenAnswer {
  readonly questionId: string
  readonly answer: unknown
  /** Seconds, as the page measured them. */
  readonly timeSpent: number | undefined
  readonly state: AnswerState
  /** In the sidecar's words. */
  readonly error: string | null
}

export type GivenAnswers = Readonly<Record<string, GivenAnswer>>

export class Answering {
  #all: GivenAnswers = {}
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    private readonly quizId: string,
    private readonly changed: (all: GivenAnswers) => void,
    /** How many questions this user has answered by now. */
    private readonly counted: (answered: number) => void,
  ) {}

  give(questionId: string, answer: unknown, timeSpent: number | undefined): void {
    this.#put({ questionId, answer, timeSpent, state: 'waiting', error: null })
  }

  /** Sends what waits; call it when this user is in the quiz. */
  flush(): void {
    clearTimeout(this.#again)
    for (const one of Object.values(this.#all)) if (one.state === 'waiting') void this.#send(one)
  }

  /** The connection is lost. What was on its way may not have arrived: it is sent again. */
  lost(): void {
    clearTimeout(this.#again)
    for (const one of Object.values(this.#all)) if (one.state === 'sending') this.#put({ ...one, state: 'waiting' })
  }

  /** The quiz begins anew. */
  forget(): void {
    clearTimeout(this.#again)
    this.#all = {}
    this.changed(this.#all)
  }

  async #send(given: GivenAnswer): Promise<void> {
    const sending: GivenAnswer = { ...given, state: 'sending' }
    this.#put(sending)
    const { questionId, answer, timeSpent } = given
    const what = { quizId: this.quizId, questionId, answer, ...(timeSpent === undefined ? {} : { timeSpent }) }
    const socket = this.client.peek('quiz')
    try {
      const { questionsAnswered } = await socket.ask(said.submitAnswer, what)
      this.counted(questionsAnswered)
      this.#settle(sending, { state: 'saved', error: null })
    } catch (cause) {
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.#settle(sending, { state: isFinal ? 'refused' : 'waiting', error: isFinal ? message : null })
      // Without a connection it is sent with the next one.
      if (!isFinal && socket.connected) this.#again = later(retryAfterMs ?? AGAIN_MS, () => this.flush())
    }
  }

  /** What came of an answer, unless there is a newer one to the same question. */
  #settle(sent: GivenAnswer, outcome: Pick<GivenAnswer, 'state' | 'error'>): void {
    if (this.#all[sent.questionId] === sent) this.#put({ ...sent, ...outcome })
  }

  #put(given: GivenAnswer): void {
    this.#all = { ...this.#all, [given.questionId]: given }
    this.changed(this.#all)
  }
}
