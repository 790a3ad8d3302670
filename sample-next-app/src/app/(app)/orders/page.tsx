import type { Metadata } from 'next'
import { MarketDesk } from '@/features/orders/market-desk'
import { requireCaller } from '@/server/caller'
import { marketOf } from '@/server/market/view'
import { settings } from '@/server/settings'

export const metadata: Metadata = { title: 'Orders' }

export default async function OrdersPage() {
  const { user } = await requireCaller()
  return <MarketDesk first={await marketOf(user)} isSetUp={settings().webhookSecret !== ''} meId={user.userId} />
}
