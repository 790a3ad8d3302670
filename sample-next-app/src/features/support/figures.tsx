import type { ContactStats } from '@outrigger/client'
import styles from './support.module.css'

const MINUTE_MS = 60_000

/** From coming to being done. */
function spell(ms: number): string {
  if (ms === 0) return '–'
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes < 1) return '< 1 min'
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** How it goes, as the sidecar counts it. */
export function Figures({ stats }: { stats: ContactStats }) {
  const tiles = [
    ['Waiting', stats.pendingContacts],
    ['Open chats', stats.activeChats],
    ['Requests', stats.totalContacts],
    ['Messages', stats.messagesExchanged],
    ['Admins here', stats.onlineAdmins],
    ['Time to resolve', spell(stats.averageResponseTime)],
  ] as const
  return (
    <dl className={styles.figures} data-testid="figures">
      {tiles.map(([label, value]) => (
        <div key={label} className="card">
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
