// A quiz as its host wrote it. What is right is the host's and the sidecar's to know, and nobody else's before it is over.
import 'server-only'

export interface Question {
  readonly id: string
  readonly text: string
  readonly options: readonly string[]
  /** Which of the options is right. */
  readonly correct: number
  /** Seconds to answer. */
  readonly timeLimit: number
  readonly points: number
}

export interface Quiz {
  /** What players type, and the sidecar's name for it. */
  readonly code: string
  readonly title: string
  readonly hostId: string
  readonly questions: readonly Question[]
  readonly createdAt: string
}

/** What everyone may know of a quiz. */
export interface QuizSummary {
  readonly code: string
  readonly title: string
  readonly questions: number
  readonly createdAt: string
}

/** A question without what is right. */
export interface AskedQuestion {
  readonly id: string
  readonly text: string
  readonly options: readonly string[]
  readonly points: number
}

const MOST_QUESTIONS = 50
const MOST_OPTIONS = 6
const LONGEST = 300

export const summaryOf = ({ code, title, questions, createdAt }: Quiz): QuizSummary => ({
  code,
  title,
  questions: questions.length,
  createdAt,
})

export const askedOf = ({ id, text, options, points }: Question): AskedQuestion => ({ id, text, options, points })

const text = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, LONGEST) : '')
const whole = (value: unknown, least: number, most: number): number | null =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? (value as number) : null

/** The title and questions in what a page sent; a text says what is wrong with it. */
export function readQuiz(body: Record<string, unknown>): Pick<Quiz, 'title' | 'questions'> | string {
  const title = text(body.title)
  if (title === '') return 'Give the quiz a title'
  const drafts = Array.isArray(body.questions) ? (body.questions as unknown[]) : []
  if (drafts.length === 0) return 'Ask at least one question'
  if (drafts.length > MOST_QUESTIONS) return `A quiz has at most ${MOST_QUESTIONS} questions`
  const questions: Question[] = []
  for (const [index, draft] of drafts.entries()) {
    const question = readQuestion(draft, index)
    if (typeof question === 'string') return `Question ${index + 1}: ${question}`
    questions.push(question)
  }
  return { title, questions }
}

function readQuestion(draft: unknown, index: number): Question | string {
  const fields = (typeof draft === 'object' && draft !== null ? draft : {}) as Record<string, unknown>
  const asked = text(fields.text)
  if (asked === '') return 'write what is asked'
  const options = (Array.isArray(fields.options) ? (fields.options as unknown[]) : []).map(text)
  if (options.length < 2 || options.length > MOST_OPTIONS || options.includes('')) return `give two to ${MOST_OPTIONS} answers`
  const correct = whole(fields.correct, 0, options.length - 1)
  if (correct === null) return 'say which answer is right'
  const timeLimit = whole(fields.timeLimit, 3, 600)
  if (timeLimit === null) return 'give 3 to 600 seconds'
  const points = whole(fields.points, 1, 100)
  if (points === null) return 'give 1 to 100 points'
  return { id: `q${index + 1}`, text: asked, options, correct, timeLimit, points }
}
