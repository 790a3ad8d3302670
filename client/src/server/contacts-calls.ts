// What contract `contacts` asks of an app's server, under its own names (`contracts/contacts.md` section 5), as
// `outrigger.contacts`.

import type { ContactMessage, ContactPriority, ContactStats, ContactStatus, SupportContact } from '../contacts/contact.js'
import type { Emitted } from './answers.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

export interface ContactDraft {
  name: string
  email: string
  message: string
  subject?: string
  /** Default `normal`. */
  priority?: ContactPriority
  phone?: string
  /** Whose it is, if they are logged in: they are let into the chat without more ado. */
  userId?: string
}

/** A request as the app's server sees it. */
export interface ContactDocument extends SupportContact {
  userId?: string
}

export interface ContactCreated {
  success: true
  contact: ContactDocument
  /** Lets whoever asked into the chat; hand it to them and to nobody else. It is shown once. */
  accessToken: string
}

export interface ContactWithMessages {
  contact: ContactDocument
  messages: ContactMessage[]
}

export interface ActiveChat {
  contactId: string
  roomId: string
  adminId: string
  startedAt: string
  messages: ContactMessage[]
}

export interface SupportFigures extends ContactStats {
  onlineUsers: number
  activeSessions: number
}

/** In a state, of a user, or all. */
export type ContactsQuery = ({ status?: ContactStatus; userId?: never } | { userId: string; status?: never }) & {
  /** 1 to 500. Default 50. */
  limit?: number
  offset?: number
}

function query(fields: object): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`
}

export function contactsCallsOf(api: InternalApi) {
  const { post, get } = requestsOf(api)
  const notifyAdmins = (event: string, data?: unknown, options?: CallOptions) =>
    post<Emitted>('/internal/contacts/notify-admins', { event, data }, options)

  return {
    /** An event of yours to all admins on the contract. */
    notifyAdmins,
    /** The same. */
    broadcastToAdmins: notifyAdmins,
    sendToUser: async (userId: string, event: string, data?: unknown, options?: CallOptions): Promise<Result<boolean>> =>
      map(
        await post<Emitted>('/internal/contacts/send-to-user', { userId, event, data }, options),
        ({ reached }) => reached.sockets > 0,
      ),
    getContactById: (contactId: string, options?: CallOptions) =>
      get<ContactWithMessages>(`/internal/contacts/${id(contactId)}`, options),
    /** Those that wait: urgent ones first, then the newest; others the newest first. */
    listContacts: (wanted: ContactsQuery = {}, options?: CallOptions) =>
      get<{ contacts: ContactDocument[]; total: number }>(`/internal/contacts${query(wanted)}`, options),
    getActiveChats: async (options?: CallOptions): Promise<Result<ActiveChat[]>> =>
      map(await get<{ chats: ActiveChat[] }>('/internal/contacts/chats', options), ({ chats }) => chats),
    getStats: (options?: CallOptions) => get<SupportFigures>('/internal/contacts/stats', options),
    /** The app's own form, or a mail that came in: it waits in the same queue. */
    createContact: (contact: ContactDraft, options?: CallOptions) =>
      post<ContactCreated>('/internal/contacts', contact, options),
    /** `assigned` is `false` if it was theirs before; `conflict` if another admin has it. */
    assignContact: (contactId: string, adminId: string, options?: CallOptions) =>
      post<{ success: true; contact: ContactDocument; assigned: boolean }>(
        `/internal/contacts/${id(contactId)}/assign`,
        { adminId },
        options,
      ),
    releaseContact: (contactId: string, adminId: string, options?: CallOptions) =>
      post<{ success: true; contact: ContactDocument }>(`/internal/contacts/${id(contactId)}/release`, { adminId }, options),
    /** `resolved` is `false` if it was before. */
    resolveContact: (contactId: string, adminId: string, options?: CallOptions) =>
      post<{ success: true; contact: ContactDocument; resolved: boolean }>(
        `/internal/contacts/${id(contactId)}/resolve`,
        { adminId },
        options,
      ),
  }
}

export type ContactsCalls = ReturnType<typeof contactsCallsOf>
