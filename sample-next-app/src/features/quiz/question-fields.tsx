'use client'

import { useId } from 'react'
import styles from './quiz.module.css'

/** A question that is being written. */
export interface Draft {
  /** For React. */
  readonly key: string
  readonly text: string
  readonly options: readonly string[]
  readonly correct: number
  readonly timeLimit: number
  readonly points: number
}

const MOST_OPTIONS = 6

interface Props {
  readonly draft: Draft
  readonly number: number
  readonly onChange: (next: Draft) => void
  /** Absent: a quiz has at least one. */
  readonly onRemove?: () => void
}

/** One question of the editor: what is asked, the answers, which is right, and how long it takes. */
export function QuestionFields({ draft, number, onChange, onRemove }: Props) {
  const id = useId()
  const { text, options, correct, timeLimit, points } = draft
  const setOption = (at: number, value: string) =>
    onChange({ ...draft, options: options.map((one, index) => (index === at ? value : one)) })

  return (
    <fieldset className={styles.question}>
      <legend>Question {number}</legend>
      <div className="field">
        <label htmlFor={`${id}-text`}>
          What is asked<span className="visually-hidden"> in question {number}</span>
        </label>
        <input
          id={`${id}-text`}
          required
          maxLength={300}
          value={text}
          onChange={(event) => onChange({ ...draft, text: event.target.value })}
        />
      </div>
      <ol className={styles.options}>
        {options.map((option, index) => (
          <li key={index}>
            <input
              type="radio"
              name={`${id}-correct`}
              checked={correct === index}
              onChange={() => onChange({ ...draft, correct: index })}
              aria-label={`Answer ${index + 1} of question ${number} is right`}
            />
            <input
              required
              maxLength={300}
              value={option}
              onChange={(event) => setOption(index, event.target.value)}
              aria-label={`Answer ${index + 1} of question ${number}`}
              placeholder={`Answer ${index + 1}`}
            />
          </li>
        ))}
      </ol>
      <div className={styles.limits}>
        <button
          type="button"
          className="button small"
          disabled={options.length >= MOST_OPTIONS}
          onClick={() => onChange({ ...draft, options: [...options, ''] })}
        >
          One more answer<span className="visually-hidden"> to question {number}</span>
        </button>
        <label>
          <span>
            Seconds<span className="visually-hidden"> for question {number}</span>
          </span>
          <input
            type="number"
            required
            min={3}
            max={600}
            value={Number.isNaN(timeLimit) ? '' : timeLimit}
            onChange={(event) => onChange({ ...draft, timeLimit: event.target.valueAsNumber })}
          />
        </label>
        <label>
          <span>
            Points<span className="visually-hidden"> for question {number}</span>
          </span>
          <input
            type="number"
            required
            min={1}
            max={100}
            value={Number.isNaN(points) ? '' : points}
            onChange={(event) => onChange({ ...draft, points: event.target.valueAsNumber })}
          />
        </label>
        {onRemove && (
          <button type="button" className="button small danger" onClick={onRemove}>
            Remove<span className="visually-hidden"> question {number}</span>
          </button>
        )}
      </div>
    </fieldset>
  )
}
