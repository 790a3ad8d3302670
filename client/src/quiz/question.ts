// The question that stands in a quiz, as its host asked it. What is asked is the app's: the sidecar knows a question by its id.

import type { QuizServerEvents } from '../generated/contracts.js'
import type { names } from '../names.js'

export interface StandingQuestion {
  /** The app's id. */
  readonly questionId: string
  /** From 0. */
  readonly index: number
  /** How many there are. */
  readonly total: number
  /** Seconds to answer; `null` without a limit. */
  readonly timeLimit: number | null
  /** When these are over, in milliseconds since the epoch by the sidecar's clock; `null` without a limit. */
  readonly closesAt: number | null
  /** Whether the sidecar said that it can be answered no more. */
  readonly isClosed: boolean
}

type Asked = QuizServerEvents[typeof names.quiz.server.quizQuestion]

/** Asked this moment, or before one came. */
export function questionOf(asked: Omit<Asked, 'quizId'> & { closed?: boolean }): StandingQuestion {
  const { questionId, index, total, timeLimit, closesAt, closed } = asked
  return {
    questionId,
    index,
    total,
    timeLimit: timeLimit ?? null,
    closesAt: closesAt === undefined ? null : Date.parse(closesAt),
    isClosed: closed === true,
  }
}
