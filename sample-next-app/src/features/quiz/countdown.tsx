import styles from './quiz.module.css'

interface Props {
  /** `null` without a limit. */
  readonly secondsLeft: number | null
  readonly of: number | null
  readonly isClosed: boolean
}

/** Said by a screen reader when so many seconds are left, and not each second. */
const SAID = new Set([10, 5, 0])

/** How long the question may be answered, by the sidecar's clock. */
export function Countdown({ secondsLeft, of, isClosed }: Props) {
  if (secondsLeft === null || of === null) return null
  const share = Math.min(1, secondsLeft / of)
  return (
    <div className={styles.countdown} data-testid="countdown" data-seconds={secondsLeft} data-urgent={secondsLeft <= 5}>
      <span className={styles.seconds} aria-hidden="true">
        {isClosed ? 'Time is up' : `${secondsLeft} s`}
      </span>
      <progress value={share} max={1} aria-label="Time left" />
      <span className="visually-hidden" role="status">
        {isClosed ? 'Time is up' : SAID.has(secondsLeft) ? `${secondsLeft} seconds left` : ''}
      </span>
    </div>
  )
}
