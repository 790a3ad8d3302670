import type { Metadata } from 'next'
import { SupportDesk } from '@/features/support/support-desk'
import { SupportWidget } from '@/features/support/support-widget'
import { currentCaller } from '@/server/caller'
import { nameOf } from '@/server/users'

export const metadata: Metadata = { title: 'Support' }

export default async function SupportPage() {
  const user = (await currentCaller())?.user
  if (user?.isAdmin) return <SupportDesk meId={user.userId} />
  return <SupportWidget known={user ? { name: nameOf(user), email: user.email } : null} />
}
