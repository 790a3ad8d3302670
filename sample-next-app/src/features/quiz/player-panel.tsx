'use client'

import type { GivenAnswer } from '@outrigger/client'
import type { UsedQuizSession } from '@outrigger/client/react'
import type { QuizSummary } from '@/server/quizzes/quiz'
import styles from './quiz.module.css'
import type { QuestionText } from './use-question'

interface Props {
  readonly quiz: QuizSummary
  readonly session: UsedQuizSession
  readonly text: QuestionText
}

/** What a player does: waits, answers, and changes their mind until time is up. */
export function PlayerPanel({ quiz, session, text }: Props) {
  const { status, question, answers, isClosed, answer } = session
  const given = question ? answers[question.questionId] : undefined

  if (status !== 'active' || !question) {
    return (
      <section className={`card ${styles.panel} ${styles.waiting}`} aria-labelledby="player-title">
        <h2 id="player-title">{status === 'completed' ? 'That was it' : 'You are in'}</h2>
        <p className="quiet" role="status">
          {status === 'completed'
            ? `You answered ${session.answered} of ${quiz.questions} questions.`
            : status === 'active'
              ? 'The first question comes in a moment.'
              : 'The host starts when everyone is here.'}
        </p>
      </section>
    )
  }
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="player-title">
      <h2 id="player-title">
        Question {question.index + 1} of {question.total}
      </h2>
      {text.question ? (
        <fieldset className={styles.answers} disabled={isClosed}>
          <legend>
            {text.question.text}{' '}
            <span className="quiet">
              ({text.question.points} {text.question.points === 1 ? 'point' : 'points'})
            </span>
          </legend>
          {text.question.options.map((option, index) => (
            <button key={index} type="button" aria-pressed={given?.answer === index} onClick={() => answer(index)}>
              {option}
            </button>
          ))}
        </fieldset>
      ) : (
        <p className="quiet">{text.fault ?? '…'}</p>
      )}
      <p role="status" className={given?.state === 'refused' ? 'fault' : 'quiet'} data-testid="answer-state" data-state={given?.state ?? 'none'}>
        {wordsFor(given, isClosed)}
      </p>
    </section>
  )
}

function wordsFor(given: GivenAnswer | undefined, isClosed: boolean): string {
  switch (given?.state) {
    case 'waiting':
      return 'Kept here: it is sent as soon as the connection is back.'
    case 'sending':
      return 'Sending…'
    case 'saved':
      return isClosed ? 'Your answer counts.' : 'Your answer is in. You may change it until time is up.'
    case 'refused':
      return `It does not count: ${given.error ?? 'it was refused'}.`
    case undefined:
      return isClosed ? 'Time is up.' : ''
  }
}
