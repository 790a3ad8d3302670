// The user's notifications.

import { useMemo } from 'react'
import {
  notificationsOf,
  type Alert,
  type NotificationsState,
} from '../notifications/notifications.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'

export interface UsedNotifications extends NotificationsState {
  markRead: (notificationId: string) => Promise<void>
  markAllRead: () => Promise<void>
  loadMore: () => Promise<void>
  /** Takes an alert off the list. */
  dismiss: (alert: Alert) => void
}

export function useNotifications(): UsedNotifications {
  const notifications = notificationsOf(useOutrigger())
  const state = useLive(notifications)
  const actions = useMemo(
    () => ({
      markRead: (id: string) => notifications.markRead(id),
      markAllRead: () => notifications.markAllRead(),
      loadMore: () => notifications.loadMore(),
      dismiss: (alert: Alert) => notifications.dismiss(alert),
    }),
    [notifications],
  )
  return { ...state, ...actions }
}
