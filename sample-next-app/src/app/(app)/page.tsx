import type { Metadata } from 'next'
import { Messenger } from '@/features/messenger/messenger'
import { requireCaller } from '@/server/caller'
import { contactOf } from '@/server/user-document'
import { listUsers } from '@/server/users'

export const metadata: Metadata = { title: 'Messages' }

interface Props {
  readonly searchParams: Promise<{ with?: string | string[] }>
}

export default async function MessagesPage({ searchParams }: Props) {
  const { user } = await requireCaller()
  const { with: partner } = await searchParams
  const contacts = (await listUsers()).filter((one) => one.active && one.userId !== user.userId).map(contactOf)
  return <Messenger contacts={contacts} firstPartner={typeof partner === 'string' ? partner : null} />
}
