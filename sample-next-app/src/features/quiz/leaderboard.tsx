import type { LeaderboardEntry } from '@outrigger/client'
import styles from './quiz.module.css'

interface Props {
  readonly rows: readonly LeaderboardEntry[]
  readonly meId: string
  readonly isOver: boolean
}

/** Who leads. Points of a question count from when it is closed: before, they would tell what is right. */
export function Leaderboard({ rows, meId, isOver }: Props) {
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="leaders-title">
      <h2 id="leaders-title">{isOver ? 'Final ranking' : 'Leaderboard'}</h2>
      {rows.length === 0 ? (
        <p className="quiet">Nobody has joined yet.</p>
      ) : (
        <table className={styles.leaders}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Place</span>
              </th>
              <th scope="col">Player</th>
              <th scope="col">Answers</th>
              <th scope="col">Points</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ userId, userName, score, questionsAnswered }, index) => (
              <tr key={userId} data-testid="leader" data-score={score} data-me={userId === meId}>
                <td>{index + 1}</td>
                <th scope="row">
                  {userName}
                  {userId === meId && <span className="quiet"> (you)</span>}
                </th>
                <td>{questionsAnswered}</td>
                <td>
                  <strong>{score}</strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
