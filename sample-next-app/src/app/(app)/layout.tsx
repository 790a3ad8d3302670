import type { ReactNode } from 'react'
import { AppShell } from '@/features/shell/app-shell'
import { requireCaller } from '@/server/caller'
import { settings } from '@/server/settings'
import { userDocument } from '@/server/user-document'

export default async function AppLayout({ children }: { children: ReactNode }) {
  const { user } = await requireCaller()
  return (
    <AppShell me={userDocument(user)} transports={settings().transports}>
      {children}
    </AppShell>
  )
}
