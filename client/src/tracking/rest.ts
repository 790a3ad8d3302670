// Whole lists, in pages, where sockets tell what changes (`contracts/tracking.md` section 4).

import type { OutriggerClient } from '../client.js'
import type { RecipientStatus, TrackedStatus } from './statuses.js'

/** Where the REST of the contract stands, whatever contract has the bare paths. */
export const TRACKING_REST = '/tracking/api/socket'

/** A message sent to many. */
export interface TrackedDocument {
  id: string
  userId: string
  subject?: string
  content: string
  messageType?: string
  status: TrackedStatus
  scheduledAt?: string
  sentAt?: string
  totalRecipients: number
  successCount: number
  failedCount: number
  /** Known recipients, by how far it has come for them. */
  counts: Record<Lowercase<RecipientStatus>, number>
  cost?: number
  templateId?: string
  createdAt: string
  updatedAt: string
}

/** One of those it is sent to. */
export interface RecipientDocument {
  id: string
  messageId: string
  phone: string
  email?: string
  name?: string
  status: RecipientStatus
  sentAt?: string
  deliveredAt?: string
  errorMessage?: string
  cost?: number
  updatedAt: string
}

export interface PageQuery {
  /** The first is 1. */
  page?: number
  limit?: number
}

interface Pagination {
  page: number
  limit: number
  total: number
  totalPages: number
}

export type PageOf<Name extends string, T> = Record<Name, T[]> & { pagination: Pagination }

function query(asked: object): string {
  const given = Object.entries(asked as Record<string, unknown>).filter(([, value]) => value !== undefined)
  const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return words === '' ? '' : `?${words}`
}

const pathOf = (messageId: string): string => `${TRACKING_REST}/messages/${encodeURIComponent(messageId)}`

/** This user's messages, the one told of last first; 20 a page unless said, at most 100. Rejects with `RestError`. */
export async function trackedMessages(client: OutriggerClient, asked: PageQuery = {}) {
  const path = `${TRACKING_REST}/messages${query(asked)}`
  return (await client.rest.call<PageOf<'messages', TrackedDocument>>(path)).body
}

export async function trackedMessage(client: OutriggerClient, messageId: string): Promise<TrackedDocument> {
  return (await client.rest.call<TrackedDocument>(pathOf(messageId))).body
}

/** All recipients of a message of this user's, in order of their ids; 100 a page unless said, at most 500. */
export async function recipientsOf(
  client: OutriggerClient,
  messageId: string,
  asked: PageQuery & { status?: RecipientStatus } = {},
) {
  const path = `${pathOf(messageId)}/recipients${query(asked)}`
  return (await client.rest.call<PageOf<'recipients', RecipientDocument>>(path)).body
}
