'use client'

import type { UsedQuizSession } from '@outrigger/client/react'
import { useRef, useState } from 'react'
import type { QuizSummary } from '@/server/quizzes/quiz'
import { CopyCode } from './copy-code'
import styles from './quiz.module.css'
import type { QuestionText } from './use-question'
import { faultText } from './words'

interface Props {
  readonly quiz: QuizSummary
  readonly session: UsedQuizSession
  readonly players: number
  readonly text: QuestionText
}

/** What the host does: starts, asks, sees answers come in, ends. */
export function HostPanel({ quiz, session, players, text }: Props) {
  const { status, question, answersIn, isJoined } = session
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  async function lead(step: () => Promise<void>) {
    setBusy(true)
    setFault(null)
    try {
      await step()
    } catch (cause) {
      setFault(faultText(cause))
    } finally {
      setBusy(false)
      // The button may be another now.
      heading.current?.focus()
    }
  }

  /** A start alone asks nothing. */
  const begin = () =>
    lead(async () => {
      await session.startQuiz()
      await session.nextQuestion()
    })
  const isLast = question !== null && question.index + 1 >= question.total
  const disabled = busy || !isJoined

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="host-title">
      <h2 id="host-title" ref={heading} tabIndex={-1}>
        {status === 'active' && question ? `Question ${question.index + 1} of ${question.total}` : 'You are the host'}
      </h2>
      {status !== 'active' && <CopyCode code={quiz.code} />}
      {status === 'waiting' && <p className="quiet">{players === 0 ? 'Waiting for players…' : 'Start when everyone is here.'}</p>}
      {status === 'completed' && <p className="quiet">It is over. Start it again whenever you like: scores begin anew.</p>}
      {status === 'active' && question && (
        <>
          <p className={styles.asked}>{text.question?.text ?? text.fault ?? '…'}</p>
          {text.question && (
            <ol className={styles.hostOptions}>
              {text.question.options.map((option, index) => (
                <li key={index}>{option}</li>
              ))}
            </ol>
          )}
          <div className={styles.answersIn}>
            <label htmlFor="answers-in">
              <strong data-testid="answers-in">{answersIn}</strong> of {players} answered
            </label>
            <progress id="answers-in" value={Math.min(answersIn, players)} max={Math.max(1, players)} />
          </div>
        </>
      )}
      <div className={styles.deeds}>
        {status === 'active' ? (
          <>
            <button type="button" className="button primary" disabled={disabled} onClick={() => void lead(session.nextQuestion)}>
              {question === null ? 'Ask the first question' : isLast ? 'Finish' : 'Next question'}
            </button>
            {!isLast && (
              <button type="button" className="button danger" disabled={disabled} onClick={() => void lead(session.endQuiz)}>
                End now
              </button>
            )}
          </>
        ) : (
          <button type="button" className="button primary" disabled={disabled} onClick={() => void begin()}>
            {status === 'completed' ? 'Start again' : 'Start'}
          </button>
        )}
      </div>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  )
}
