// What contract `commerce` asks of an app's server, under its own names (`contracts/commerce.md` section 5). They stand
// apart from the others, as `outrigger.commerce`: some of the names mean something else in other contracts.

import type { Emitted, StoredNotificationAnswer, UserConnections } from './answers.js'
import type { EmitOptions, UserEmitOptions } from './calls.js'
import { streamChatbotOver, type ChatbotOptions } from './chatbot-stream.js'
import { EventStream, type StreamOptions } from './event-stream.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import { streamSearchOver, type SearchPage } from './search-stream.js'
import type { CallOptions, InternalApi } from './transport.js'
import { names } from '../names.js'

const CONTRACT = { contract: 'commerce' } as const
const { server } = names.commerce

/** Roles as the contract calls them. */
export type CommerceRole = 'admin' | 'seller' | 'user' | 'guest'
export type NotificationPriority = 'normal' | 'high'
/** What was decided about a product or an application. */
export type Decision = 'approved' | 'rejected'

export interface CommerceNotification {
  /** Your word for its kind. */
  type: string
  title: string
  message: string
  data?: unknown
  priority?: NotificationPriority
}

export interface NamedProduct {
  id: string
  name: string
}

export interface SoldItem {
  sellerId: string
  /** The seller is told of the order by it. */
  productName?: string
}

/** What the sidecar has to know of an order to tell the right people; what is absent stays as it is. */
export interface OrderRegistration {
  orderId: string
  /** Needed the first time. */
  buyerId?: string
  orderNumber?: string
  /** Without any, every seller may speak of it. */
  sellers?: readonly SoldItem[]
  status?: string
  total?: unknown
  /** To the buyer. */
  message?: string
  /** Whether the buyer and the sellers are told that it is there. Default `true`. */
  tell?: boolean
}

export interface RegisteredOrder {
  orderId: string
  orderNumber?: string | null
  buyerId: string
  sellerIds: string[]
  status?: string | null
}

/** Who hears what is throttled. Default: admins. */
export type ThrottledTo = { role?: CommerceRole } | { userId?: string } | { room?: string }

export type ThrottleOptions = CallOptions & ThrottledTo

/** It is told now, or at the end of the while. */
export interface ThrottledAnswer {
  success: true
  atOnce: boolean
}

/** It is done. */
interface Done {
  success: true
}

/** Who may send an event from now on. */
export interface MappedAnswer {
  success: true
  /** Whether anything is different now. */
  changed: boolean
  eventName: string
  roles: CommerceRole[]
}

export interface ModerationOptions extends CallOptions {
  /** Who decided; admins are told. */
  moderator?: string
}

export interface SellerModerationOptions extends ModerationOptions {
  applicationId?: string
  userName?: string
  businessName?: string
}

export function commerceCallsOf(api: InternalApi) {
  const { post, get, remove } = requestsOf(api)

  const toRole = (role: CommerceRole, event: string, data?: unknown, options?: EmitOptions) =>
    post<Emitted>('/internal/send-to-role', { ...CONTRACT, role, event, data }, options)
  const sockets = async (userId: string, options?: CallOptions): Promise<Result<string[]>> =>
    map(
      await get<UserConnections & { socketIds: string[] }>(`/internal/users/${id(userId)}/connections`, options),
      (one) => one.socketIds,
    )
  const throttledEmit = (event: string, data?: unknown, interval?: number, options?: ThrottleOptions) =>
    post<ThrottledAnswer>(
      '/internal/commerce/throttled',
      { event, data, ...(interval === undefined ? {} : { everyMs: interval }) },
      options,
    )
  const mappings = async (options?: CallOptions): Promise<Result<Record<string, CommerceRole[]>>> =>
    map(
      await get<{ mappings: Record<string, CommerceRole[]> }>('/internal/commerce/event-mappings', options),
      (one) => one.mappings,
    )

  const calls = {
    emitToUser: (userId: string, event: string, data?: unknown, options?: UserEmitOptions) =>
      post<Emitted>('/internal/send-to-user', { ...CONTRACT, userId, event, data }, options),
    emitToRole: toRole,
    emitToAdmins: (event: string, data?: unknown, options?: EmitOptions) => toRole('admin', event, data, options),
    emitToSellers: (event: string, data?: unknown, options?: EmitOptions) => toRole('seller', event, data, options),
    emitToAll: (event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-all', { ...CONTRACT, event, data }, options),
    /** `product:<id>`, `chat:<id>`, `user:<id>`, `role:<role>`, or a room of yours. */
    emitToRoom: (room: string, event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-room', { ...CONTRACT, room, event, data }, options),
    /** Names for the user's sockets, of every contract; they open nothing: a socket's own id is a credential. */
    getUserSockets: sockets,
    /** Whether the user has a socket, of any contract. */
    isUserOnline: async (userId: string, options?: CallOptions): Promise<Result<boolean>> =>
      map(await sockets(userId, options), (ids) => ids.length > 0),
    /** How many sockets are in a room. */
    getRoomUserCount: async (room: string, options?: CallOptions): Promise<Result<number>> =>
      map(
        await get<{ room: string; count: number; users: number }>(
          `/internal/rooms/${id(room)}/count?contract=commerce`,
          options,
        ),
        (one) => one.count,
      ),
    /** Ends a user's connections, who is told why; gives how many. */
    disconnectUser: async (
      userId: string,
      reason = 'User disconnected by admin',
      options?: CallOptions,
    ): Promise<Result<number>> =>
      map(
        await post<{ success: true; sockets: number }>('/internal/commerce/disconnect', { userId, reason }, options),
        (one) => one.sockets,
      ),

    /** Says whose an order is; its buyer and sellers are told, unless `tell` is `false`. */
    registerOrder: async (order: OrderRegistration, options?: CallOptions): Promise<Result<RegisteredOrder>> =>
      map(
        await post<{ success: true; order: RegisteredOrder }>('/internal/commerce/orders', order, options),
        (one) => one.order,
      ),
    /** Figures of yours: admins are told now and every 30 seconds. */
    setDashboardStats: (stats: Readonly<Record<string, unknown>>, options?: CallOptions) =>
      post<Emitted>('/internal/commerce/dashboard-stats', { stats }, options),
    /** Sends at once, then at most once in `interval` milliseconds, the last one always. */
    throttledEmit,
    /** Computes your analytics and tells admins; gives what it computed. Throws what `compute` throws. */
    getLiveStatsAndBroadcast: async <Stats extends Readonly<Record<string, unknown>>>(
      compute: () => Stats | Promise<Stats>,
      options?: CallOptions,
    ): Promise<Result<Stats>> => {
      const stats = await compute()
      return map(await throttledEmit(server['analytics:live_stats'], stats, undefined, options), () => stats)
    },

    /** Lets these roles send an event from now on. */
    addEventRoleMapping: (eventName: string, roles: readonly CommerceRole[], options?: CallOptions) =>
      post<MappedAnswer>('/internal/commerce/event-mappings', { eventName, roles }, options),
    /** Lets nobody send an event any more. */
    removeEventRoleMapping: (eventName: string, options?: CallOptions) =>
      remove<Done>(`/internal/commerce/event-mappings/${id(eventName)}`, {}, options),
    /** Events that a role may send, sorted. */
    getEventsForRole: async (role: CommerceRole, options?: CallOptions): Promise<Result<string[]>> =>
      map(await mappings(options), (all) =>
        Object.entries(all)
          .filter(([, roles]) => roles.includes(role))
          .map(([event]) => event)
          .sort(),
      ),
    getEventRoleMappings: mappings,

    /** Events to one user, in their order, without waiting for each. */
    createStream: (userId: string, options?: StreamOptions) => new EventStream(api, userId, CONTRACT.contract, options),
    /**
     * Tells a user an answer as it is made, word by word; gives the whole. If `tokens` throws the user is told, and it is
     * thrown on.
     */
    streamChatbot: (
      userId: string,
      message: string,
      tokens: AsyncIterable<string> | Iterable<string>,
      options?: ChatbotOptions,
    ): Promise<Result<string>> => streamChatbotOver(calls.createStream(userId, options), userId, message, tokens, options),
    /**
     * Tells a user results in parts of five. `results` may be a promise: that the search began is told before. If it is
     * rejected the user is told, and it is thrown on.
     */
    streamSearchResults: (
      userId: string,
      query: string,
      results: readonly unknown[] | Promise<readonly unknown[]>,
      options?: SearchPage & StreamOptions,
    ): Promise<Result<number>> => streamSearchOver(calls.createStream(userId, options), userId, query, results, options),
  }
  return { ...calls, notifications: notificationCallsOf(api) }
}

/** The contract's notification service. */
function notificationCallsOf(api: InternalApi) {
  const { post } = requestsOf(api)
  const told = (to: { userId: string } | { role: CommerceRole } | { everyone: true }, notification: CommerceNotification, options?: CallOptions) =>
    post<StoredNotificationAnswer>('/internal/commerce/notify', { ...to, notification }, options)
  return {
    /** Stores a notification and tells the user. */
    sendToUser: (userId: string, notification: CommerceNotification, options?: CallOptions) =>
      told({ userId }, notification, options),
    /** Tells admins; kept for those who are away for a moment. */
    sendToAdmins: (notification: CommerceNotification, options?: CallOptions) =>
      told({ role: 'admin' }, notification, options),
    /** Tells everyone. */
    sendToAll: (notification: CommerceNotification, options?: CallOptions) =>
      told({ everyone: true }, notification, options),
    /** What was decided about a product, to its seller; other admins are told that it was. */
    notifyProductModeration: (
      userId: string,
      product: NamedProduct,
      status: Decision,
      note?: string | null,
      options?: ModerationOptions,
    ) =>
      post<Done>(
        '/internal/commerce/product-moderation',
        // Only what the sidecar takes: a product may have more fields.
        { userId, product: { id: product.id, name: product.name }, status, ...noted(note) },
        options,
      ),
    /** What was decided about someone who wants to sell. */
    notifySellerApplication: (userId: string, status: Decision, note?: string | null, options?: SellerModerationOptions) =>
      post<Done>('/internal/commerce/seller-application', { userId, status, ...noted(note) }, options),
    /** How far an order is, to its buyer. */
    notifyOrderStatus: async (
      userId: string,
      order: string | { id: string },
      status: string,
      options?: CallOptions,
    ): Promise<Result<RegisteredOrder | null>> =>
      map(
        await post<{ success: true; order?: RegisteredOrder | null }>(
          '/internal/commerce/order-status',
          { userId, orderId: typeof order === 'string' ? order : order.id, status },
          options,
        ),
        (one) => one.order ?? null,
      ),
    /** That there is little left of a product, to its seller. */
    notifyLowStock: (sellerId: string, product: NamedProduct & { stock: number }, options?: CallOptions) =>
      post<StoredNotificationAnswer>(
        '/internal/commerce/low-stock',
        { sellerId, product: { id: product.id, name: product.name, stock: product.stock } },
        options,
      ),
    /** Announces something to everyone. */
    broadcastSystemNotification: (
      message: string,
      priority: NotificationPriority = 'normal',
      { title = 'System Notification', ...options }: CallOptions & { title?: string } = {},
    ) => post<StoredNotificationAnswer>('/internal/commerce/announcement', { title, message, priority }, options),
  }
}

const noted = (note: string | null | undefined): { note?: string } => (note == null ? {} : { note })

export type CommerceCalls = ReturnType<typeof commerceCallsOf>
