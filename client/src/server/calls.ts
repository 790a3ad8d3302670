// The internal API by name: what an app's server asks of the sidecar (`contracts/rooms.md` section 5).

import type {
  BatchCall,
  BatchResult,
  ConnectionTotals,
  Emitted,
  LoggedOut,
  RoomAnswer,
  ServerStatus,
  StoredNotificationAnswer,
  UserChange,
  UserConnections,
  UserDocument,
} from './answers.js'
import type { MessageDocument } from '../messaging/chat-message.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

export interface Reason extends CallOptions {
  /** What the user is told. */
  reason?: string
}

export interface LogoutOptions extends Reason {
  /** Only this device. */
  deviceId?: string
  /** Only what was opened with the token of this id (`jti`). */
  tokenId?: string
  /** Whether tokens shown so far no longer hold. Default `true`. */
  revoke?: boolean
}

export interface EmitOptions extends CallOptions {
  /** Only sockets of this contract. */
  contract?: string
  /** Only sockets in this namespace. */
  namespace?: string
}

export interface UserEmitOptions extends EmitOptions {
  /** Kept for those who are away: they are sent it when they are back, in its place among what they missed. */
  durable?: boolean
}

export interface RoomOptions extends CallOptions {
  /** Whose clients spell the room so. */
  contract?: string
}

export interface NotificationDraft {
  /** Your word for its kind. */
  type: string
  /** Absent: what contract `social` calls its kind, else the kind itself. */
  title?: string
  message: string
  data?: unknown
  /** Who caused it, and the post it is about; clients of contract `social` are told. */
  fromUser?: string
  postId?: string
}

export interface MessageDraft {
  senderId: string
  receiverId: string
  text?: string
  image?: string
  /** Stored once for one of these, however often it is handed over. */
  clientMessageId?: string
}

export function callsOf(api: InternalApi) {
  const { post, get, put } = requestsOf(api)

  return {
    /** Hands a new token to every device of its user. The token must be that user's. */
    emitTokenUpdate: (userId: string, newToken: string, options?: Reason) =>
      post<Emitted>('/internal/emit-token-update', { userId, newToken }, options),
    /** Activates or deactivates an account; a deactivated user is logged out seconds later. */
    emitUserStatusChange: (userId: string, status: boolean, options?: Reason) =>
      post<Emitted>('/internal/emit-user-status-change', { userId, status }, options),
    emitDesignationsUpdate: (userId: string, designations: string[], options?: Reason) =>
      post<Emitted>('/internal/emit-designations-update', { userId, designations }, options),
    /** Sends everyone the list of who is online. */
    emitOnlineUsers: (options?: CallOptions) => post<Emitted>('/internal/emit-online-users', {}, options),
    /** Logs out a user, a device, or what one token opened; their tokens no longer hold unless `revoke` is `false`. */
    forceLogout: (userId: string, options?: LogoutOptions) =>
      post<LoggedOut>('/internal/force-logout', { userId }, options),
    /** Ends tokens without a word about logging out. */
    revoke: (what: { tokenId?: string; token?: string; userId?: string; deviceId?: string }, options?: CallOptions) =>
      post<{ success: true; revoked: string }>('/internal/revoke', what, options),

    /** Any event of yours; declare it in `CustomEvents` to have it typed in the page. */
    sendToUser: (userId: string, event: string, data?: unknown, options?: UserEmitOptions) =>
      post<Emitted>('/internal/send-to-user', { userId, event, data }, options),
    sendToUsers: (userIds: string[], event: string, data?: unknown, options?: UserEmitOptions) =>
      post<Emitted>('/internal/send-to-users', { userIds, event, data }, options),
    sendToRole: (role: string, event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-role', { role, event, data }, options),
    /** `chat_<id>` or `user_<id>`; what contract `commerce` calls rooms too. */
    sendToRoom: (room: string, event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-room', { room, event, data }, options),
    sendToAll: (event: string, data?: unknown, options?: EmitOptions & { except?: string[] }) =>
      post<Emitted>('/internal/send-to-all', { event, data }, options),
    sendTypingIndicator: (from: string, to: string, isTyping: boolean, options?: CallOptions) =>
      post<Emitted>('/internal/typing', { from, to, isTyping }, options),

    /** Stores a notification and tells the user. */
    notify: (userId: string, notification: NotificationDraft, options?: CallOptions) =>
      post<StoredNotificationAnswer>('/internal/notify', { userId, ...notification }, options),
    /** Tells a user of a message in your own words; nothing is stored. */
    notifyNewMessage: (userId: string, data: Record<string, unknown>, options?: CallOptions) =>
      post<Emitted>('/internal/notify-new-message', { userId, data }, options),
    /** Stores a message and tells both sides. */
    sendMessage: (message: MessageDraft, options?: CallOptions) =>
      post<MessageDocument>('/internal/messages', message, options),

    /** Makes a user known to the sidecar, or changes it. */
    upsertUser: (userId: string, user: UserChange, options?: CallOptions) =>
      put<UserDocument>(`/internal/users/${id(userId)}`, user, options),
    getUser: (userId: string, options?: CallOptions) => get<UserDocument>(`/internal/users/${id(userId)}`, options),
    isUserOnline: async (userId: string, options?: CallOptions): Promise<Result<boolean>> =>
      map(await get<{ isOnline: boolean }>(`/internal/users/${id(userId)}/online`, options), (one) => one.isOnline),
    getOnlineUsers: async (options?: CallOptions): Promise<Result<string[]>> =>
      map(await get<{ onlineUsers: string[] }>('/internal/online', options), (one) => one.onlineUsers),
    getOnlineUsersStatus: async (userIds: string[], options?: CallOptions): Promise<Result<Record<string, boolean>>> =>
      map(
        await post<{ statuses: Record<string, boolean> }>('/internal/online-status', { userIds }, options),
        (one) => one.statuses,
      ),
    getUserConnections: (userId: string, options?: CallOptions) =>
      get<UserConnections>(`/internal/users/${id(userId)}/connections`, options),
    getConnections: (options?: CallOptions) => get<ConnectionTotals>('/internal/connections', options),
    getServerStatus: (options?: CallOptions) => get<ServerStatus>('/internal/status', options),

    /**
     * Lets users join a chat: `chat_<id>`, or with `contract: 'commerce'` a room as that contract spells it, which is closed to
     * all others by it.
     */
    grantRoom: (room: string, userIds: string[], options?: RoomOptions) =>
      post<{ success: true }>(`/internal/rooms/${id(room)}/grant`, { userIds }, options),
    revokeRoom: (room: string, userIds: string[], options?: RoomOptions) =>
      post<{ success: true; revoked: number }>(`/internal/rooms/${id(room)}/revoke`, { userIds }, options),
    getRoomMembers: (room: string, options?: CallOptions) =>
      get<RoomAnswer>(`/internal/rooms/${id(room)}/members`, options),
    /** Up to 100 calls in one; one that is refused does not hold up the next. */
    batch: async (calls: BatchCall[], options?: CallOptions): Promise<Result<BatchResult[]>> =>
      map(await post<{ results: BatchResult[] }>('/internal/batch', { calls }, options), (one) => one.results),
  }
}
