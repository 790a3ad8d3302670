import { register } from '@/server/quizzes/live'
import { readQuiz, summaryOf } from '@/server/quizzes/quiz'
import { addQuiz, quizzesOf } from '@/server/quizzes/store'
import { answer, forUsers, readJson, refuse } from '@/server/request'

/** The caller's own quizzes. */
export const GET = forUsers(async (_, { user }) => answer({ quizzes: (await quizzesOf(user.userId)).map(summaryOf) }))

/** Makes a quiz. The sidecar is told of it now, and again when its host opens it. */
export const POST = forUsers(async (request, { user }) => {
  const read = readQuiz(await readJson(request))
  if (typeof read === 'string') return refuse(400, read)
  const quiz = await addQuiz(user.userId, read)
  await register(quiz)
  return answer({ quiz: summaryOf(quiz) }, 201)
})
