import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { QuizRoom } from '@/features/quiz/quiz-room'
import { requireCaller } from '@/server/caller'
import { register } from '@/server/quizzes/live'
import { summaryOf } from '@/server/quizzes/quiz'
import { findQuiz } from '@/server/quizzes/store'

export const metadata: Metadata = { title: 'Quiz' }

export default async function QuizRoomPage({ params }: { params: Promise<{ code: string }> }) {
  const { user } = await requireCaller()
  const quiz = await findQuiz((await params).code)
  if (!quiz) notFound()
  const isHost = quiz.hostId === user.userId
  // Whoever made it while the sidecar was away makes it known now.
  const isKnown = isHost ? await register(quiz) : true
  return <QuizRoom quiz={summaryOf(quiz)} meId={user.userId} hostId={quiz.hostId} isKnown={isKnown} />
}
