import { isOver } from '@/server/quizzes/live'
import { findQuiz } from '@/server/quizzes/store'
import { answer, forUsers, refuse } from '@/server/request'
import { sidecarDown } from '@/server/sidecar/pass-on'

/** What was right, once it is over. */
export const GET = forUsers<{ code: string }>(async (_, __, { code }) => {
  const quiz = await findQuiz(code)
  if (!quiz) return refuse(404, 'There is no quiz with this code')
  const over = await isOver(quiz)
  if (over === null) return sidecarDown()
  if (!over) return refuse(403, 'The quiz is not over')
  const review = quiz.questions.map(({ id, text, options, correct }) => ({ id, text, options, correct }))
  return answer({ review })
})
