import { summaryOf } from '@/server/quizzes/quiz'
import { findQuiz } from '@/server/quizzes/store'
import { answer, forUsers, refuse } from '@/server/request'

/** Whether there is a quiz of that code, and what it is called. */
export const GET = forUsers<{ code: string }>(async (_, __, { code }) => {
  const quiz = await findQuiz(code)
  return quiz ? answer({ quiz: summaryOf(quiz) }) : refuse(404, 'There is no quiz with this code')
})
