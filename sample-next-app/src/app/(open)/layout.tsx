import type { ReactNode } from 'react'
import { AppShell } from '@/features/shell/app-shell'
import { GuestShell } from '@/features/shell/guest-shell'
import { currentCaller } from '@/server/caller'
import { settings } from '@/server/settings'
import { userDocument } from '@/server/user-document'

/** Pages for everyone: whoever is logged in sees them within the app. */
export default async function OpenLayout({ children }: { children: ReactNode }) {
  const caller = await currentCaller()
  const { transports } = settings()
  if (!caller) return <GuestShell transports={transports}>{children}</GuestShell>
  return (
    <AppShell me={userDocument(caller.user)} transports={transports}>
      {children}
    </AppShell>
  )
}
