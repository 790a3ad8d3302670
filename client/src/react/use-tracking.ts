// What becomes of messages sent to many, figures about them, and what the sidecar has to say; contract `tracking`.

import { useCallback, useMemo } from 'react'
import { analyticsOf } from '../tracking/analytics.js'
import type { AnalyticsKind, Figures } from '../tracking/figures.js'
import { NothingTracked, trackerOf, type TrackerState } from '../tracking/message-tracker.js'
import { systemNotificationsOf, type SystemNotificationsState } from '../tracking/system-notifications.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'

export interface UsedTracker extends TrackerState {
  /** Asks for the state of now. */
  refresh: () => Promise<void>
}

const NOTHING = new NothingTracked()

/** Follows a message of this user's while the component is mounted; `null`: there is none yet. */
export function useMessageTracker(messageId: string | null): UsedTracker {
  const client = useOutrigger()
  const tracker = useMemo(() => (messageId === null ? null : trackerOf(client, messageId)), [client, messageId])
  const state = useLive(tracker ?? NOTHING)
  const refresh = useCallback(async () => tracker?.refresh(), [tracker])
  return { ...state, refresh }
}

export interface UsedAnalytics<K extends AnalyticsKind> {
  /** What the sidecar computes, or what the app gave; `null` before it came. */
  data: Figures[K] | null
  /** `false` without a connection: the figures are the last that were known. */
  isCurrent: boolean
  error: string | null
}

/** Figures of this user's messages; with `global` of everyone's, which only admins are told. */
export function useAnalytics<K extends AnalyticsKind>(kind: K, { global = false } = {}): UsedAnalytics<K> {
  const state = useLive(analyticsOf(useOutrigger()))
  const data = (global ? state.global : state.own)[kind] ?? null
  return { data, isCurrent: state.isCurrent, error: state.error }
}

export interface UsedSystemNotifications extends SystemNotificationsState {
  markRead: (notificationId: string) => Promise<void>
  /** Takes one off the list of this page. */
  dismiss: (notificationId: string) => void
}

/** What became of messages, announcements and warnings: the latest that are stored, and what comes. */
export function useSystemNotifications(): UsedSystemNotifications {
  const notifications = systemNotificationsOf(useOutrigger())
  const state = useLive(notifications)
  const actions = useMemo(
    () => ({
      markRead: (id: string) => notifications.markRead(id),
      dismiss: (id: string) => notifications.dismiss(id),
    }),
    [notifications],
  )
  return { ...state, ...actions }
}
