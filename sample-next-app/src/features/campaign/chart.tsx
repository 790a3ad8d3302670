import styles from './campaign.module.css'
import type { Sample } from './use-samples'

const WIDTH = 600
const HEIGHT = 160
const LINES = [0.25, 0.5, 0.75]

interface Props {
  readonly samples: readonly Sample[]
  readonly total: number
}

/** How many got it and how many did not, over the time that this page looked. */
export function Chart({ samples, total }: Props) {
  const last = samples.at(-1)
  const span = Math.max(last?.at ?? 0, 1)
  const most = Math.max(total, 1)
  const x = (at: number) => ((at / span) * WIDTH).toFixed(1)
  const y = (count: number) => (HEIGHT - (count / most) * HEIGHT).toFixed(1)
  const line = (of: (sample: Sample) => number) => samples.map((sample) => `${x(sample.at)},${y(of(sample))}`).join(' ')
  const successes = line(({ success }) => success)
  const words = last
    ? `After ${(last.at / 1000).toFixed(0)} seconds: ${last.success} delivered or with the provider, ${last.failed} failed, of ${total}`
    : 'Nothing yet'

  return (
    <figure className={styles.chart}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {LINES.map((part) => (
          <line key={part} className={styles.grid} x1="0" x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part} />
        ))}
        {samples.length > 1 && (
          <>
            <polygon className={styles.area} points={`0,${HEIGHT} ${successes} ${WIDTH},${HEIGHT}`} />
            <polyline className={styles.success} points={successes} />
            <polyline className={styles.failure} points={line(({ failed }) => failed)} />
          </>
        )}
      </svg>
      <figcaption className={styles.legend}>
        <span data-kind="success">Sent or delivered</span>
        <span data-kind="failure">Failed</span>
      </figcaption>
    </figure>
  )
}
