import { wasAsked } from '@/server/quizzes/live'
import { askedOf } from '@/server/quizzes/quiz'
import { findQuiz } from '@/server/quizzes/store'
import { answer, forUsers, refuse } from '@/server/request'
import { sidecarDown } from '@/server/sidecar/pass-on'

/** What is asked, once it is asked: only the host reads ahead. */
export const GET = forUsers<{ code: string; id: string }>(async (_, { user }, { code, id }) => {
  const quiz = await findQuiz(code)
  const index = quiz?.questions.findIndex((question) => question.id === id) ?? -1
  const question = quiz?.questions[index]
  if (!quiz || !question) return refuse(404, 'There is no such question')
  const may = quiz.hostId === user.userId || (await wasAsked(quiz, index))
  if (may === null) return sidecarDown()
  return may ? answer({ question: askedOf(question) }) : refuse(403, 'This question was not asked yet')
})
