import { SocketMonitor } from '@outrigger/client/react'
import type { Metadata } from 'next'
import { requireAdmin } from '@/server/caller'

export const metadata: Metadata = { title: 'Monitor' }

export default async function MonitorPage() {
  await requireAdmin()
  return (
    <div className="page">
      <header>
        <div>
          <h1>Monitor</h1>
          <p>The sidecar as it is now: who is connected, what passes, and whether all of it works.</p>
        </div>
      </header>
      <SocketMonitor title="Live state" />
    </div>
  )
}
