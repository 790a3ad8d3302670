import type { Metadata } from 'next'
import { CampaignDesk } from '@/features/campaign/campaign-desk'
import { requireCaller } from '@/server/caller'

export const metadata: Metadata = { title: 'Campaign' }

interface Props {
  readonly searchParams: Promise<{ id?: string | string[] }>
}

export default async function CampaignPage({ searchParams }: Props) {
  await requireCaller()
  const { id } = await searchParams
  return <CampaignDesk initialId={typeof id === 'string' && id !== '' ? id : null} />
}
