'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { call, faultOf } from '@/browser/call'
import type { QuizSummary } from '@/server/quizzes/quiz'
import { QuestionFields, type Draft } from './question-fields'
import styles from './quiz.module.css'

const MOST = 50
let made = 0

function blank(): Draft {
  made += 1
  return { key: `draft-${made}`, text: '', options: ['', ''], correct: 0, timeLimit: 20, points: 1 }
}

/** A quiz as its host writes it. */
export function QuizEditor() {
  const router = useRouter()
  const [questions, setQuestions] = useState<readonly Draft[]>([{ ...blank(), key: 'draft-first' }])
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  const change = (key: string, next: Draft) => setQuestions((all) => all.map((one) => (one.key === key ? next : one)))
  const remove = (key: string) => {
    heading.current?.focus()
    setQuestions((all) => all.filter((one) => one.key !== key))
  }

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget).get('title'))
    setBusy(true)
    setFault(null)
    const body = { title, questions: questions.map(({ key: _, ...question }) => question) }
    const answer = await call<{ quiz: QuizSummary }>('/api/quizzes', 'POST', body)
    if (answer.ok && answer.body.quiz) return router.push(`/quiz/${answer.body.quiz.code}`)
    setBusy(false)
    setFault(faultOf(answer))
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="editor-title">
      <h2 id="editor-title" ref={heading} tabIndex={-1}>
        Make a quiz
      </h2>
      <form className={styles.editor} onSubmit={(event) => void save(event)}>
        <div className="field">
          <label htmlFor="quiz-title">Title</label>
          <input id="quiz-title" name="title" required maxLength={100} />
        </div>
        {questions.map((question, index) => (
          <QuestionFields
            key={question.key}
            draft={question}
            number={index + 1}
            onChange={(next) => change(question.key, next)}
            {...(questions.length > 1 ? { onRemove: () => remove(question.key) } : {})}
          />
        ))}
        <div className={styles.deeds}>
          <button
            type="button"
            className="button"
            disabled={questions.length >= MOST}
            onClick={() => setQuestions((all) => [...all, blank()])}
          >
            Add a question
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            Create quiz
          </button>
        </div>
        {fault && (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
      </form>
    </section>
  )
}
