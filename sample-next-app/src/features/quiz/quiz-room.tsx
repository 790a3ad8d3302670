'use client'

import { useChannelState, useQuizSession } from '@outrigger/client/react'
import Link from 'next/link'
import type { QuizSummary } from '@/server/quizzes/quiz'
import { Countdown } from './countdown'
import { HostPanel } from './host-panel'
import { Leaderboard } from './leaderboard'
import { PlayerPanel } from './player-panel'
import styles from './quiz.module.css'
import { Review } from './review'
import { useQuestion } from './use-question'
import { statusWord } from './words'

interface Props {
  readonly quiz: QuizSummary
  readonly meId: string
  readonly hostId: string
  /** Whether the sidecar could be told of it. */
  readonly isKnown: boolean
}

/** A quiz while it is held: its host leads it, everyone else answers. */
export function QuizRoom({ quiz, meId, hostId, isKnown }: Props) {
  const session = useQuizSession(quiz.code)
  const { status: via } = useChannelState('quiz')
  const { question, status } = session
  const text = useQuestion(quiz.code, question?.questionId ?? null)
  const isHost = meId === hostId
  // The host looks on, and is no player.
  const rows = session.leaderboard.filter(({ userId }) => userId !== hostId)
  const isHostHere = session.leaderboard.some(({ userId }) => userId === hostId)
  const players = Math.max(0, session.participantCount - (isHost || isHostHere ? 1 : 0))

  return (
    <div className={styles.desk} data-testid="quiz" data-status={status ?? 'unknown'} data-joined={session.isJoined}>
      <header className={styles.head}>
        <div>
          <p className="quiet">
            <Link href="/quiz">All quizzes</Link>
          </p>
          <h1>{quiz.title}</h1>
        </div>
        <p className={styles.facts}>
          <span className="tag" data-testid="via" data-via={via === 'connected' ? 'socket' : 'none'}>
            {via === 'connected' ? 'Live' : 'Reconnecting…'}
          </span>
          <span className={`tag ${status === 'active' ? 'good' : ''}`}>{statusWord(status)}</span>
          <span data-testid="players">
            {players} {players === 1 ? 'player' : 'players'}
          </span>
        </p>
      </header>
      {!isKnown && (
        <p className="fault" role="alert">
          The realtime service is not available: the quiz cannot be scored yet. Reload the page in a moment.
        </p>
      )}
      {session.error && (
        <p className="fault" role="alert">
          {session.error}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.stack}>
          {question && status === 'active' && (
            <Countdown key={question.questionId} secondsLeft={session.secondsLeft} of={question.timeLimit} isClosed={session.isClosed} />
          )}
          {isHost ? (
            <HostPanel quiz={quiz} session={session} players={players} text={text} />
          ) : (
            <PlayerPanel quiz={quiz} session={session} text={text} />
          )}
          {status === 'completed' && <Review code={quiz.code} answers={session.answers} />}
        </div>
        <Leaderboard rows={rows} meId={meId} isOver={status === 'completed'} />
      </div>
    </div>
  )
}
