// What contract `tracking` asks of an app's server, under its own names (`contracts/tracking.md` section 5).

import type {
  BatchResult,
  ConnectionTotals,
  Emitted,
  StoredNotificationAnswer,
  UserConnections,
} from './answers.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'
import type { TrackingNotification } from '../generated/contracts.js'
import type { AnalyticsKind, Figures } from '../tracking/figures.js'
import type { TrackedDocument } from '../tracking/rest.js'
import type { RecipientStatus, TrackedStatus } from '../tracking/statuses.js'

/** The sidecar takes so many in one call. */
const MOST_IN_A_CALL = 5_000
/** For a call with that many, in milliseconds, unless it is told otherwise. */
const FOR_MANY_MS = 30_000
/** `/internal/batch` takes so many. */
const MOST_IN_A_BATCH = 100

/** What is known of a message before anything happens; what is absent stays as it is. */
export interface TrackedMessageDraft {
  totalRecipients?: number
  status?: TrackedStatus
  subject?: string
  content?: string
  /** `SMS`, `EMAIL`, or another word of yours. */
  messageType?: string
  templateId?: string
  /** ISO 8601. */
  scheduledAt?: string
}

export interface RegisteredAnswer {
  success: true
  message: TrackedDocument
}

export interface MessageUpdateDraft {
  messageId: string
  status: TrackedStatus
  /** Shown for as long as no recipient was told of; then they are counted. */
  successCount?: number
  failedCount?: number
  cost?: number
}

export interface UpdatedAnswer {
  success: true
  /** `false`: it was known, or led backwards. Nobody is told of that. */
  changed: boolean
  message: TrackedDocument
}

export interface RecipientUpdateDraft {
  recipientId: string
  phone?: string
  status: RecipientStatus
  errorMessage?: string
  email?: string
  name?: string
  cost?: number
}

export interface RecipientsUpdatedAnswer {
  success: true
  changed: number
  /** Those that were known, or led backwards. */
  ignored: number
  /** Of the whole message, then. */
  successCount: number
  failedCount: number
  total: number
}

export interface RecipientUpdatesOptions extends CallOptions {
  /** Called after each 5,000, with what was taken so far. */
  onProgress?: (taken: RecipientsUpdatedAnswer) => void
}

export interface SystemNotificationDraft {
  /** `system` unless given; what the contract does not know is shown as `system`. */
  type?: TrackingNotification['type'] | (string & {})
  title: string
  message: string
  data?: unknown
}

export type AnnouncementDraft = SystemNotificationDraft

/** Figures of yours in place of those that the sidecar computes, until something changes. */
export type AnalyticsDraft =
  | { [K in AnalyticsKind]: { type: K; data: Figures[K] } }[AnalyticsKind]
  | { type: AnalyticsKind; data: Record<string, unknown> }

/** Who is connected, in the contract's words. */
export interface ConnectionStats {
  totalConnections: number
  uniqueUsers: number
  userConnections: { userId: string; socketCount: number }[]
}

/** It is taken; those who look are told within a second. */
interface Done {
  success: true
}

/** One key for each of several calls that are one action. */
function keyed(options: CallOptions, part: number): CallOptions {
  const { idempotencyKey } = options
  return idempotencyKey === undefined ? options : { ...options, idempotencyKey: `${idempotencyKey}:${part}` }
}

/** In groups of at most `size`. */
function* grouped<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = []
  for (const one of all) {
    if (group.push(one) < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

export function trackingCallsOf(api: InternalApi) {
  const { post, get } = requestsOf(api)

  async function recipientUpdates(
    userId: string,
    messageId: string,
    updates: Iterable<RecipientUpdateDraft>,
    { onProgress, ...options }: RecipientUpdatesOptions = {},
  ): Promise<Result<RecipientsUpdatedAnswer>> {
    const path = '/internal/tracking/recipient-updates'
    const call = { timeoutMs: FOR_MANY_MS, ...options }
    const all = { changed: 0, ignored: 0 }
    let last: RecipientsUpdatedAnswer | undefined
    let part = 0
    for (const group of grouped(updates, MOST_IN_A_CALL)) {
      part += 1
      const body = { userId, messageId, updates: group }
      const result: Result<RecipientsUpdatedAnswer> = await post(path, body, part === 1 ? call : keyed(call, part))
      if (!result.ok) return result
      all.changed += result.value.changed
      all.ignored += result.value.ignored
      last = { ...result.value, ...all }
      onProgress?.(last)
    }
    return last ? { ok: true, value: last } : post(path, { userId, messageId, updates: [] }, call)
  }

  async function connectionStats(options?: CallOptions): Promise<Result<ConnectionStats>> {
    const totals = await get<ConnectionTotals>('/internal/connections', options)
    if (!totals.ok) return totals
    const online = await get<{ onlineUsers: string[] }>('/internal/online', options)
    if (!online.ok) return online
    const userConnections: ConnectionStats['userConnections'] = []
    for (const users of grouped(online.value.onlineUsers, MOST_IN_A_BATCH)) {
      const calls = users.map((userId) => ({ method: 'GET', path: `/internal/users/${id(userId)}/connections` }))
      const asked = await post<{ results: BatchResult[] }>('/internal/batch', { calls }, options)
      if (!asked.ok) return asked
      for (const { status, body } of asked.value.results) {
        if (status !== 200) continue
        const { userId, devices } = body as UserConnections
        const socketCount = devices.reduce((sum, device) => sum + device.socketCount, 0)
        // Who left meanwhile has none.
        if (socketCount > 0) userConnections.push({ userId, socketCount })
      }
    }
    const { totalConnections, connectedUsers: uniqueUsers } = totals.value
    return { ok: true, value: { totalConnections, uniqueUsers, userConnections } }
  }

  return {
    /** Says whose a message is, so that they can follow it; and what it is, as far as that is known. */
    registerMessage: (
      messageId: string,
      ownerUserId: string,
      more: number | TrackedMessageDraft = {},
      options?: CallOptions,
    ) =>
      post<RegisteredAnswer>(
        '/internal/tracking/messages',
        { messageId, userId: ownerUserId, ...(typeof more === 'number' ? { totalRecipients: more } : more) },
        options,
      ),
    /** How far a message has come. Its owner is told, and notified; an unknown one becomes that user's. */
    broadcastMessageUpdate: (userId: string, update: MessageUpdateDraft, options?: CallOptions) =>
      post<UpdatedAnswer>('/internal/tracking/message-update', { userId, ...update }, options),
    /** How far it has come for one recipient. For many use `broadcastRecipientUpdates`. */
    broadcastRecipientUpdate: (
      userId: string,
      update: RecipientUpdateDraft & { messageId: string },
      options?: CallOptions,
    ) => post<RecipientsUpdatedAnswer>('/internal/tracking/recipient-update', { userId, ...update }, options),
    /**
     * The same for any number, 5,000 in a call, one call after another. If one fails those before it were taken: telling all
     * of them again does no harm. Of several for one recipient the last counts.
     */
    broadcastRecipientUpdates: recipientUpdates,
    /** What the sidecar knows of a message, and whose it is. */
    getTrackedMessage: (messageId: string, options?: CallOptions) =>
      get<TrackedDocument>(`/internal/tracking/messages/${id(messageId)}`, options),

    /** Stores a notification and tells the user; the sidecar gives it its id and its time. */
    sendNotificationToUser: (
      userId: string,
      { type = 'system', ...notification }: SystemNotificationDraft,
      options?: CallOptions,
    ) => post<StoredNotificationAnswer>('/internal/notify', { userId, type, ...notification }, options),
    /** Tells everyone who is there; nothing is stored. */
    broadcastSystemNotification: (
      { type = 'system', ...notification }: AnnouncementDraft,
      options?: CallOptions,
    ) => post<Emitted>('/internal/tracking/broadcast', { type, ...notification }, options),
    /** Gives those who look at a user's figures yours; one a second of each kind gets through, the last. */
    broadcastAnalyticsUpdate: (userId: string, update: AnalyticsDraft, options?: CallOptions) =>
      post<Done>('/internal/tracking/analytics', { userId, ...update }, options),
    /** The same for the figures of everyone, which admins are told. */
    broadcastGlobalAnalytics: (update: AnalyticsDraft, options?: CallOptions) =>
      post<Done>('/internal/tracking/global-analytics', update, options),
    /** Sends every client `ping`; it answers by itself. */
    pingAllClients: (options?: CallOptions) => post<Emitted>('/internal/tracking/ping', {}, options),

    getOnlineUsersCount: async (options?: CallOptions): Promise<Result<number>> =>
      map(await get<ConnectionTotals>('/internal/connections', options), (one) => one.connectedUsers),
    /** Who is connected; a call for each hundred users. `getConnections` counts them only. */
    getConnectionStats: connectionStats,
  }
}
