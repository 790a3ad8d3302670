// The user's notifications, and what they want to be notified of.

import { useCallback, useMemo } from 'react'
import {
  notificationsOf,
  type Alert,
  type NotificationsState,
} from '../notifications/notifications.js'
import { preferencesOf, type NotificationPreferences, type PreferencesState } from '../notifications/preferences.js'
import type { InContract } from './in-contract.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'

export interface UsedNotifications extends NotificationsState {
  markRead: (notificationId: string) => Promise<void>
  markAllRead: () => Promise<void>
  /** Removes one for good; contract `social` only. */
  remove: (notificationId: string) => Promise<void>
  /** Removes all there are for good; contract `social` only. */
  removeAll: () => Promise<void>
  loadMore: () => Promise<void>
  /** Takes an alert off the list. */
  dismiss: (alert: Alert) => void
}

export function useNotifications({ contract }: InContract = {}): UsedNotifications {
  const notifications = notificationsOf(useOutrigger(), contract)
  const state = useLive(notifications)
  const actions = useMemo(
    () => ({
      markRead: (id: string) => notifications.markRead(id),
      markAllRead: () => notifications.markAllRead(),
      remove: (id: string) => notifications.remove(id),
      removeAll: () => notifications.removeAll(),
      loadMore: () => notifications.loadMore(),
      dismiss: (alert: Alert) => notifications.dismiss(alert),
    }),
    [notifications],
  )
  return { ...state, ...actions }
}

export interface UsedPreferences extends PreferencesState {
  /** Puts these on top of what is there. Rejects with `AskError` or `RestError` (`retryAfterMs`). */
  update: (preferences: NotificationPreferences) => Promise<void>
}

/** What this user wants to be notified of; contract `social`. */
export function useNotificationPreferences(): UsedPreferences {
  const preferences = preferencesOf(useOutrigger())
  const state = useLive(preferences)
  const update = useCallback((change: NotificationPreferences) => preferences.update(change), [preferences])
  return { ...state, update }
}
