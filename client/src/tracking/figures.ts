// Figures of a user's messages (`contracts/tracking.md` section 3): what the sidecar computes. An app may give others.

import type { Dashboard, MessageStats, TrackingAnalyticsUpdate, Usage } from '../generated/contracts.js'

export type AnalyticsKind = TrackingAnalyticsUpdate['type']

export interface Figures {
  dashboard_stats: Dashboard
  message_stats: MessageStats
  usage_stats: Usage
}
