import type { Metadata } from 'next'
import { QuizLobby } from '@/features/quiz/quiz-lobby'
import { requireCaller } from '@/server/caller'
import { summaryOf } from '@/server/quizzes/quiz'
import { quizzesOf } from '@/server/quizzes/store'

export const metadata: Metadata = { title: 'Quiz' }

export default async function QuizPage() {
  const { user } = await requireCaller()
  return <QuizLobby quizzes={(await quizzesOf(user.userId)).map(summaryOf)} />
}
