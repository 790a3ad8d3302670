'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { call, faultOf } from '@/browser/call'
import { When } from '@/features/shell/when'
import type { QuizSummary } from '@/server/quizzes/quiz'
import { QuizEditor } from './quiz-editor'
import styles from './quiz.module.css'

/** Joining a quiz by its code, and making one. */
export function QuizLobby({ quizzes }: { quizzes: readonly QuizSummary[] }) {
  return (
    <div className={styles.desk}>
      <header className={styles.head}>
        <div>
          <h1>Quiz</h1>
          <p className="quiet">Held live: everyone gets the same question at the same moment.</p>
        </div>
      </header>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <JoinForm />
          {quizzes.length > 0 && <OwnQuizzes quizzes={quizzes} />}
        </div>
        <QuizEditor />
      </div>
    </div>
  )
}

function JoinForm() {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function join(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const typed = String(new FormData(event.currentTarget).get('code'))
    setBusy(true)
    setFault(null)
    const answer = await call<{ quiz: QuizSummary }>(`/api/quizzes/${encodeURIComponent(typed)}`)
    setBusy(false)
    if (answer.ok && answer.body.quiz) router.push(`/quiz/${answer.body.quiz.code}`)
    else setFault(faultOf(answer))
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="join-title">
      <h2 id="join-title">Take part</h2>
      <form className={styles.join} onSubmit={(event) => void join(event)}>
        <div className="field">
          <label htmlFor="join-code">Code</label>
          <input
            id="join-code"
            name="code"
            className={styles.code}
            required
            minLength={6}
            maxLength={8}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            aria-describedby={fault ? 'join-fault' : undefined}
            aria-invalid={fault !== null}
          />
        </div>
        <button type="submit" className="button primary" disabled={busy}>
          Join
        </button>
      </form>
      {fault && (
        <p id="join-fault" className="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  )
}

function OwnQuizzes({ quizzes }: { quizzes: readonly QuizSummary[] }) {
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="own-title">
      <h2 id="own-title">Your quizzes</h2>
      <ul className={styles.list}>
        {quizzes.map(({ code, title, questions, createdAt }) => (
          <li key={code} data-testid="own-quiz">
            <span className={styles.grow}>
              <strong>{title}</strong>
              <span className="quiet">
                {code} · {questions} {questions === 1 ? 'question' : 'questions'} · <When at={createdAt} />
              </span>
            </span>
            <Link className="button small" href={`/quiz/${code}`}>
              Host<span className="visually-hidden"> {title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
