// What contract `social` asks of an app's server, under its own names (`contracts/social.md` section 5).

import type { Emitted, StoredNotificationAnswer } from './answers.js'
import type { SocialMessage } from '../generated/contracts.js'
import { names } from '../names.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

/** The contract's types; one of the app's own is taken too. */
export type SocialNotificationType =
  | 'new_reaction'
  | 'new_follow'
  | 'follow_accepted'
  | 'new_message'
  | 'new_comment'
  | 'post_liked'
  | 'mention'
  | 'system'
  | (string & {})

export interface SocialNotificationDraft {
  type: SocialNotificationType
  /** At most 500 characters. */
  message: string
  /** Who caused it. */
  fromUser?: string
  /** What it is about. */
  postId?: string
  metadata?: Record<string, unknown>
  /** For browsers and other contracts. Default: what the contract calls its type. */
  title?: string
}

export interface NotificationsStoredAnswer {
  success: true
  /** For how many users it was stored. */
  stored: number
  /** How many want none of its type. */
  refused: number
  /** By user. */
  notificationIds: Record<string, string>
}

export interface PushDraft {
  title: string
  body: string
  /** Who refused pushes of a type gets none. Default `system`. */
  type?: SocialNotificationType
  fromUser?: string
  postId?: string
  data?: unknown
}

export interface PushQueuedAnswer {
  /** Whether it waits for all of them. */
  success: boolean
  /** For how many users; those without a subscription are counted too. */
  queued: number
}

export interface StatusAnswer {
  success: true
  status: string | null
  customStatus: string | null
}

export interface MessageReadAnswer {
  success: true
  /** Whether that is new; otherwise nobody is told again. */
  newlyRead: boolean
  readAt: string | null
}

interface Done {
  success: true
}

const { server } = names.social
/** Only its sockets are told what the app says in its words. */
const CONTRACT = 'social'

/** One key for each of two calls that are one action. */
function keyed(options: CallOptions = {}, part: string): CallOptions {
  const { idempotencyKey } = options
  return idempotencyKey === undefined ? options : { ...options, idempotencyKey: `${idempotencyKey}:${part}` }
}

export function socialCallsOf(api: InternalApi) {
  const { post, get, put, remove } = requestsOf(api)
  const tell = (userId: string, event: string, data: unknown, options?: CallOptions): Promise<Result<Emitted>> =>
    post<Emitted>('/internal/send-to-user', { userId, event, data, contract: CONTRACT }, options)
  const markMessage = (messageId: string, readerId: string, seen: boolean, options?: CallOptions) =>
    post<MessageReadAnswer>(`/internal/messages/${id(messageId)}/read`, { readerId, seen }, options)
  const setStatus = (userId: string, status: string, options?: CallOptions) =>
    put<StatusAnswer>(`/internal/users/${id(userId)}/status`, { status }, options)

  return {
    /** Stores a notification, tells its user and pushes it. Those who want none of its type get none: `stored` is false. */
    createNotification: (
      { userId, ...notification }: SocialNotificationDraft & { userId: string },
      options?: CallOptions,
    ) => post<StoredNotificationAnswer>('/internal/notify', { userId, ...notification }, options),
    /** The same for up to 1,000 users; each gets it once. */
    createNotifications: (userIds: readonly string[], notification: SocialNotificationDraft, options?: CallOptions) =>
      post<NotificationsStoredAnswer>('/internal/notify-many', { userIds, ...notification }, options),

    /** Shows something in a user's browsers, whether the page is open or not; nothing is stored. */
    sendPushNotification: (userId: string, push: PushDraft, options?: CallOptions) =>
      post<PushQueuedAnswer>('/internal/push', { userId, ...push }, options),
    /** The same for up to 1,000 users. */
    sendPushNotificationToUsers: (userIds: readonly string[], push: PushDraft, options?: CallOptions) =>
      post<PushQueuedAnswer>('/internal/push', { userIds, ...push }, options),

    /** Who hears how this user is, besides those who have written with them. The whole list, at most 50,000. */
    setFollowers: (userId: string, followers: readonly string[], options?: CallOptions) =>
      put<Done>(`/internal/users/${id(userId)}/followers`, { followers }, options),
    /** `null`: the app never gave any, and everybody hears it. */
    getFollowers: async (userId: string, options?: CallOptions): Promise<Result<string[] | null>> =>
      map(
        await get<{ followers: string[] | null }>(`/internal/users/${id(userId)}/followers`, options),
        (one) => one.followers,
      ),
    /** Says for a user how they are: a word of 1 to 50 characters. */
    setUserStatus: setStatus,
    /** Shows a user again who was hidden. */
    setUserOnline: (userId: string, options?: CallOptions) => setStatus(userId, 'online', options),
    /** Hides a user, in every contract, until they say another status. */
    setUserOffline: (userId: string, options?: CallOptions) => setStatus(userId, 'offline', options),

    /** Marks a message as read by its receiver; its sender is told. */
    markMessageRead: (messageId: string, readerId: string, options?: CallOptions) =>
      markMessage(messageId, readerId, false, options),
    /** The same in the words of a message that was shown (`message_seen`). */
    markMessageSeen: (messageId: string, readerId: string, options?: CallOptions) =>
      markMessage(messageId, readerId, true, options),
    /** Deletes a message of its sender; both sides are told. */
    deleteMessage: (messageId: string, senderId: string, options?: CallOptions) =>
      remove<Done>(`/internal/messages/${id(messageId)}`, { senderId }, options),

    /**
     * For an app that keeps its messages itself: tells both sides of one, and stores nothing. What the sidecar stores
     * (`sendMessage`) it tells by itself.
     */
    notifyMessage: async (message: SocialMessage, options?: CallOptions): Promise<Result<Emitted>> => {
      const received = { type: 'new_message', message, sender: message.sender }
      const told = await tell(message.receiver._id, server.receive_message, received, keyed(options, 'receiver'))
      if (!told.ok) return told
      const sent = { status: 'success', message }
      return tell(message.sender._id, server.message_sent, sent, keyed(options, 'sender'))
    },
    /** As `notifyMessage`: tells the sender that the message was read. */
    notifyMessageRead: (senderId: string, read: { messageId: string; readBy: string; readAt: string }, options?: CallOptions) =>
      tell(senderId, server.message_read_confirmation, read, options),
    /** As `notifyMessage`: tells the sender that the message was shown. */
    notifyMessageSeen: (senderId: string, seen: { messageId: string; seenBy: string; seenAt: string }, options?: CallOptions) =>
      tell(senderId, server.message_seen, { ...seen, isRead: true }, options),
    /** As `notifyMessage`: tells both sides that the message is gone. */
    notifyMessageDeleted: (
      userIds: readonly [sender: string, receiver: string],
      deleted: { messageId: string; deletedBy: string },
      options?: CallOptions,
    ) =>
      post<Emitted>(
        '/internal/send-to-users',
        { userIds, event: server.message_deleted, data: deleted, contract: CONTRACT },
        options,
      ),
    /** Ends a token, so that neither sockets nor calls take it; by the token itself or its `jti`. */
    revokeToken: (tokenOrId: { token: string } | { tokenId: string }, options?: CallOptions) =>
      post<{ success: true; revoked: string }>('/internal/revoke', tokenOrId, options),
  }
}
