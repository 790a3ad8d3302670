'use client'

import type { GivenAnswers } from '@outrigger/client'
import { useEffect, useState } from 'react'
import { call } from '@/browser/call'
import styles from './quiz.module.css'

interface Reviewed {
  readonly id: string
  readonly text: string
  readonly options: readonly string[]
  readonly correct: number
}

/** What was right, once it is over, beside what this page answered. */
export function Review({ code, answers }: { code: string; answers: GivenAnswers }) {
  const [review, setReview] = useState<readonly Reviewed[]>([])
  useEffect(() => {
    let isOver = false
    void call<{ review: readonly Reviewed[] }>(`/api/quizzes/${encodeURIComponent(code)}/review`).then(({ body }) => {
      if (!isOver && body.review) setReview(body.review)
    })
    return () => {
      isOver = true
    }
  }, [code])
  if (review.length === 0) return null
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="review-title">
      <h2 id="review-title">What was right</h2>
      <ol className={styles.review}>
        {review.map(({ id, text, options, correct }) => {
          const given = answers[id]?.answer
          const mine = typeof given === 'number' ? options[given] : undefined
          return (
            <li key={id} data-testid="reviewed" data-right={given === correct}>
              <span>{text}</span>
              <strong>{options[correct]}</strong>
              {mine !== undefined && (
                <span className={`tag ${given === correct ? 'good' : 'bad'}`}>{given === correct ? 'You knew' : `You said: ${mine}`}</span>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
