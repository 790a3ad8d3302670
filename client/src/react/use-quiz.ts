// Quizzes held live, and who is there; contract `quiz`.

import { useEffect, useMemo, useState } from 'react'
import { QuizSession, type QuizSessionState } from '../quiz/quiz-session.js'
import { rosterOf, type RosterState, type RosterStatus } from '../quiz/roster.js'
import { serverClockOf } from '../quiz/server-clock.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'

export interface UsedQuizSession extends QuizSessionState {
  /** Whole seconds that are left for the question that stands, by the sidecar's clock; `null` without a limit. */
  secondsLeft: number | null
  /** Whether the question that stands can be answered no more. */
  isClosed: boolean
  /**
   * Answers the question that stands, or another one; again for a change of mind, until it is closed. What becomes of it
   * stands in `answers`.
   */
  answer: (answer: unknown, questionId?: string) => void
  /** Says that this user has nothing more to answer. Rejects with `AskError`. */
  finish: () => Promise<void>
  /** Starts it, as its host, a creator or an admin. Rejects with `AskError`. */
  startQuiz: () => Promise<void>
  /** Asks the next question, as its host; after the last one the quiz is over. Rejects with `AskError`. */
  nextQuestion: () => Promise<void>
  /** Ends it, as its host. Rejects with `AskError`. */
  endQuiz: () => Promise<void>
  refreshLeaderboard: () => void
}

/** Takes part in a quiz while the component is mounted; hosts lead it with the same. */
export function useQuizSession(quizId: string): UsedQuizSession {
  const client = useOutrigger()
  const session = useMemo(() => new QuizSession(client, quizId), [client, quizId])
  const state = useLive(session)
  const { question } = state
  const secondsLeft = useServerCountdown(question?.closesAt ?? null)
  const actions = useMemo(
    () => ({
      answer: (answer: unknown, questionId?: string) => session.answer(answer, questionId),
      finish: () => session.finish(),
      startQuiz: () => session.startQuiz(),
      nextQuestion: () => session.nextQuestion(),
      endQuiz: () => session.endQuiz(),
      refreshLeaderboard: () => session.refreshLeaderboard(),
    }),
    [session],
  )
  return { ...state, ...actions, secondsLeft, isClosed: question !== null && (question.isClosed || secondsLeft === 0) }
}

/**
 * Whole seconds until a moment of the sidecar's clock (milliseconds since the epoch), whatever the page's own clock says;
 * 0 when it has passed, `null` without a moment.
 */
export function useServerCountdown(at: number | null): number | null {
  const clock = serverClockOf(useOutrigger())
  const { offsetMs } = useLive(clock)
  const [now, setNow] = useState(() => Date.now())
  const left = at === null ? null : Math.max(0, at - offsetMs - now)
  useEffect(() => {
    if (at === null) return
    let timer: ReturnType<typeof setTimeout>
    // Looks again when the next whole second is over, and rests at the end.
    const look = (): void => {
      const moment = Date.now()
      setNow(moment)
      const rest = at - offsetMs - moment
      if (rest > 0) timer = setTimeout(look, rest % 1_000 || 1_000)
    }
    look()
    return () => clearTimeout(timer)
  }, [at, offsetMs])
  return left === null ? null : Math.ceil(left / 1_000)
}

export interface UsedQuizPresence extends RosterState {
  /** Says how this user is; `invisible` hides. Rejects with `AskError`. */
  setStatus: (status: RosterStatus) => Promise<void>
}

/** Who is there, with names and how they are; not for guests. */
export function useQuizPresence(): UsedQuizPresence {
  const roster = rosterOf(useOutrigger())
  const state = useLive(roster)
  const actions = useMemo(() => ({ setStatus: (status: RosterStatus) => roster.setStatus(status) }), [roster])
  return { ...state, ...actions }
}
