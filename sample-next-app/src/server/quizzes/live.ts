// A quiz at the sidecar: it is told what is right, and asked what was asked. Texts stay here.
import 'server-only'
import { outrigger } from '../sidecar/outrigger'
import type { Quiz } from './quiz'

/** Has the sidecar know it; `false` if nobody could be told. One that is being held it knows already. */
export async function register({ code, title, hostId, questions }: Quiz): Promise<boolean> {
  const told = await outrigger().quiz.registerQuiz(code, {
    title,
    hostId,
    questions: questions.map(({ id, correct, points, timeLimit }) => ({ id, correct, points, timeLimit })),
  })
  return told.ok || told.error.kind === 'conflict'
}

/** Quizzes whose questions were looked after lately, by how many of them were asked. */
const asked = new Map<string, number>()
const MOST_KEPT = 1_000

/** Whether a question was asked yet: nobody reads ahead. `null` if the sidecar cannot say. */
export async function wasAsked(quiz: Quiz, index: number): Promise<boolean | null> {
  if (index < (asked.get(quiz.code) ?? 0)) return true
  const session = await outrigger().quiz.getQuizSession(quiz.code)
  if (!session.ok) return session.error.kind === 'not-found' ? false : null
  const { question, status } = session.value
  const count = status === 'completed' ? quiz.questions.length : question ? question.index + 1 : 0
  asked.delete(quiz.code)
  asked.set(quiz.code, count)
  const oldest = asked.size > MOST_KEPT ? asked.keys().next().value : undefined
  if (oldest !== undefined) asked.delete(oldest)
  return index < count
}

/** Whether it is over; `null` if the sidecar cannot say. */
export async function isOver({ code }: Quiz): Promise<boolean | null> {
  const session = await outrigger().quiz.getQuizSession(code)
  if (session.ok) return session.value.status === 'completed'
  return session.error.kind === 'not-found' ? false : null
}
