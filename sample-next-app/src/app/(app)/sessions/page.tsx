import type { Metadata } from 'next'
import { SessionList } from '@/features/sessions/session-list'
import { requireCaller } from '@/server/caller'

export const metadata: Metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  await requireCaller()
  return (
    <div className="page">
      <header>
        <div>
          <h1>Sessions</h1>
          <p>Where you are logged in. Ending one closes its pages at once.</p>
        </div>
      </header>
      <SessionList />
    </div>
  )
}
