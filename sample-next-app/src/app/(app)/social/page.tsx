import type { Metadata } from 'next'
import { Social } from '@/features/social/social'
import { requireCaller } from '@/server/caller'
import { followedBy } from '@/server/follows'
import { contactOf } from '@/server/user-document'
import { listUsers } from '@/server/users'

export const metadata: Metadata = { title: 'Social' }

export default async function SocialPage() {
  const { user } = await requireCaller()
  const contacts = (await listUsers()).filter((one) => one.active && one.userId !== user.userId).map(contactOf)
  return <Social contacts={contacts} followed={await followedBy(user.userId)} />
}
