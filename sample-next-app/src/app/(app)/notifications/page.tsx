import type { Metadata } from 'next'
import { NotificationList } from '@/features/notifications/notification-list'
import { requireCaller } from '@/server/caller'

export const metadata: Metadata = { title: 'Notifications' }

export default async function NotificationsPage() {
  await requireCaller()
  return (
    <div className="page">
      <NotificationList />
    </div>
  )
}
