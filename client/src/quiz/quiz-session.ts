// A quiz that is held live: who takes part, the question that stands, this user's answers and who leads. A connection that is
// lost costs nothing: the sidecar keeps a participant for a minute, and this joins again by itself.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { QuizServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { Answering, type GivenAnswers } from './given-answers.js'
import { questionOf, type StandingQuestion } from './question.js'
import { serverClockOf } from './server-clock.js'

const { server, client: said } = names.quiz
/** Most participants whose progress is kept; who was told of first goes. */
const MOST_PROGRESS = 1_000
/** As many as the sidecar shows. */
const MOST_ROWS = 100
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 2_000

type Told<E extends keyof QuizServerEvents> = QuizServerEvents[E]

/** A participant on the leaderboard. */
export interface LeaderboardEntry {
  readonly userId: string
  readonly userName: string
  readonly score: number
  readonly questionsAnswered: number
  readonly finished: boolean
  /** 1 for whoever leads; no two have the same. */
  readonly rank: number
}

export interface QuizProgress {
  readonly userId: string
  readonly userName: string
  readonly questionsAnswered: number
}

export interface QuizSessionState {
  readonly isJoined: boolean
  /** `null` before it is known. */
  readonly status: 'waiting' | 'active' | 'completed' | null
  readonly participantCount: number
  /** The question that stands; `null` before the first one and after the last. */
  readonly question: StandingQuestion | null
  /** How many questions this user has answered, also before a reload. */
  readonly answered: number
  /** What this page answered, by the question's id. */
  readonly answers: GivenAnswers
  /** How far the others are, as far as it was told while one looked. */
  readonly progress: Readonly<Record<string, QuizProgress>>
  /** Others who were heard to answer since the standing question was asked. */
  readonly answersIn: number
  /** In order, at most the first hundred. */
  readonly leaderboard: readonly LeaderboardEntry[]
  /** ISO 8601; `null` before a host starts it. */
  readonly startedAt: string | null
  /** Why one is not in the quiz, in the sidecar's words. */
  readonly error: string | null
}

const BEFORE: QuizSessionState = Object.freeze({
  isJoined: false,
  status: null,
  participantCount: 0,
  question: null,
  answered: 0,
  answers: {},
  progress: {},
  answersIn: 0,
  leaderboard: [],
  startedAt: null,
  error: null,
})

export class QuizSession extends LiveStore<QuizSessionState> {
  readonly #answering: Answering
  /** Who was heard to answer since the question was asked. */
  #heard = new Set<string>()
  #shownAt = 0
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    readonly quizId: string,
  ) {
    super(BEFORE)
    this.#answering = new Answering(
      client,
      quizId,
      (answers) => this.state.patch({ answers }),
      (answered) => this.state.patch({ answered }),
    )
  }

  protected start(): () => void {
    const socket = this.client.peek('quiz')
    const mine =
      <T extends { quizId: string }>(heard: (told: T) => void) =>
      (told: T): void => {
        if (told.quizId === this.quizId) heard(told)
      }
    // Which quiz somebody came to, left or answered in the contract does not say: a page shows one at a time.
    const ends = all(
      socket.on(server.quizJoined, mine((told) => this.#joined(told))),
      socket.on(server.participantJoined, (told) => this.#came(told)),
      socket.on(server.participantLeft, ({ userId, participantCount }) => {
        this.state.patch({ participantCount })
        this.#rank(this.value.leaderboard.filter((one) => one.userId !== userId))
      }),
      socket.on(server.participantProgress, (told) => this.#progressed(told)),
      socket.on(server.participantFinished, mine((told) => this.#progressed(told))),
      socket.on(server.leaderboardUpdate, mine(({ leaderboard }) => this.#led(leaderboard))),
      socket.on(server.quizStarted, mine((told) => this.#started(told))),
      socket.on(server.quizQuestion, mine((told) => this.#asked(told))),
      socket.on(server.quizCompleted, mine(({ leaderboard }) => {
        this.state.patch({ status: 'completed', question: null })
        this.#led(leaderboard)
      })),
      socket.onConnect(() => void this.#join()),
      socket.onDisconnect(() => this.#lost()),
      serverClockOf(this.client).retain(),
      () => {
        clearTimeout(this.#again)
        socket.emitNow(said.leaveQuiz, { quizId: this.quizId })
        this.state.patch({ isJoined: false })
      },
      this.client.hold('quiz'),
    )
    if (socket.connected) void this.#join()
    return ends
  }

  /**
   * Answers a question, by default the one that stands; again for a change of mind, until it is closed. It is shown at once
   * (`answers`), kept while there is no connection, and sent when there is one.
   */
  answer(answer: unknown, questionId = this.value.question?.questionId): void {
    if (questionId === undefined) return
    const isStanding = questionId === this.value.question?.questionId
    const timeSpent = isStanding ? Math.max(0, (Date.now() - this.#shownAt) / 1_000) : undefined
    this.#answering.give(questionId, answer, timeSpent)
    if (this.value.isJoined) this.#answering.flush()
  }

  /** Says that this user has nothing more to answer. Rejects with `AskError`. */
  async finish(): Promise<void> {
    await this.client.peek('quiz').ask(said.finishQuiz, { quizId: this.quizId })
  }

  /** Starts it, as its host, a creator or an admin. Rejects with `AskError`. */
  async startQuiz(): Promise<void> {
    await this.client.peek('quiz').ask(said.startQuiz, { quizId: this.quizId })
  }

  /** Closes the question that stands and asks the next one; after the last one the quiz is over. Rejects with `AskError`. */
  async nextQuestion(): Promise<void> {
    await this.client.peek('quiz').ask(said.nextQuestion, { quizId: this.quizId })
  }

  /** Ends it, whatever was not asked. Rejects with `AskError`. */
  async endQuiz(): Promise<void> {
    await this.client.peek('quiz').ask(said.endQuiz, { quizId: this.quizId })
  }

  /** Asks who leads. */
  refreshLeaderboard(): void {
    this.client.peek('quiz').emitNow(said.requestLeaderboard, this.quizId)
  }

  async #join(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('quiz')
    try {
      await socket.ask(said.joinQuiz, { quizId: this.quizId })
    } catch (cause) {
      // Without a connection it is tried again with the next one.
      if (!socket.connected) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ isJoined: false, error: message })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#join())
    }
  }

  #joined(told: Told<typeof server.quizJoined>): void {
    const { status, participantCount } = told
    const question = told.question ? questionOf(told.question) : null
    if (told.question) serverClockOf(this.client).hint(told.question.serverTime)
    // Another time that it is held: what was answered before belongs to the other.
    const isAnew = this.value.status === 'completed' && status !== 'completed'
    if (isAnew) this.#forget()
    this.#stand(status === 'completed' ? null : question)
    this.state.patch({ isJoined: true, error: null, status, participantCount, answered: told.answered })
    this.#answering.flush()
    this.refreshLeaderboard()
  }

  #started({ startTime, status }: Told<typeof server.quizStarted>): void {
    const isAnew = this.value.status === 'completed'
    this.#forget()
    this.state.patch({ status, startedAt: startTime, question: null })
    // Another time that it is held has another leaderboard; else it is the one that is shown.
    if (isAnew) this.refreshLeaderboard()
  }

  #asked(told: Told<typeof server.quizQuestion>): void {
    serverClockOf(this.client).hint(told.serverTime)
    this.#stand(questionOf(told))
    this.state.patch({ status: 'active' })
  }

  #stand(question: StandingQuestion | null): void {
    if (question?.questionId !== this.value.question?.questionId) {
      this.#heard = new Set()
      this.#shownAt = Date.now()
      this.state.patch({ answersIn: 0 })
    }
    this.state.patch({ question })
  }

  /** Whoever comes is last, until the sidecar says otherwise: it tells who leads when points change. */
  #came({ userId, userName, participantCount }: Told<typeof server.participantJoined>): void {
    this.state.patch({ participantCount })
    const { leaderboard, status } = this.value
    if (leaderboard.some((one) => one.userId === userId)) return
    // Back after a while, with points of before.
    if (status === 'active') this.refreshLeaderboard()
    else this.#rank([...leaderboard, { userId, userName, score: 0, questionsAnswered: 0, finished: false, rank: 0 }])
  }

  #rank(rows: readonly LeaderboardEntry[]): void {
    this.#led(rows.slice(0, MOST_ROWS).map((row, index) => ({ ...row, rank: index + 1 })))
  }

  #progressed({ userId, userName, questionsAnswered }: QuizProgress): void {
    const { [userId]: before, ...others } = this.value.progress
    const entries = Object.entries({ ...others, [userId]: { userId, userName, questionsAnswered } })
    const leaderboard = this.value.leaderboard.map((row) => (row.userId === userId ? { ...row, questionsAnswered } : row))
    this.state.patch({ progress: Object.fromEntries(entries.slice(-MOST_PROGRESS)), leaderboard })
    if (before && before.questionsAnswered >= questionsAnswered) return
    this.#heard.add(userId)
    this.state.patch({ answersIn: this.#heard.size })
  }

  #led(leaderboard: readonly LeaderboardEntry[]): void {
    this.state.patch({ leaderboard })
  }

  #forget(): void {
    this.#heard = new Set()
    this.#answering.forget()
    this.state.patch({ answered: 0, progress: {}, answersIn: 0 })
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#answering.lost()
    this.state.patch({ isJoined: false })
  }
}
