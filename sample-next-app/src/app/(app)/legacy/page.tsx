import type { Metadata } from 'next'
import { Namespaces } from '@/features/legacy/namespaces'
import { requireCaller } from '@/server/caller'

export const metadata: Metadata = { title: 'Namespaces' }

export default async function LegacyPage() {
  await requireCaller()
  return (
    <div className="page">
      <header>
        <div>
          <h1>Namespaces</h1>
          <p>The three older namespaces, as clients of earlier versions use them: three sockets, one connection.</p>
        </div>
      </header>
      <Namespaces />
    </div>
  )
}
