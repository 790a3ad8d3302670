// A marketplace's page: cart, orders, notices, rooms, streams, and what admins see; contract `commerce`.

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { Cart, type CartParts, type CartState } from '../commerce/cart.js'
import { CommerceChat, type CommerceChatState } from '../commerce/chat.js'
import { answerStreamOf, type AnswerStreamState } from '../commerce/answer-stream.js'
import { liveAdminOf, type LiveAdminState } from '../commerce/live-admin.js'
import { noticesOf, type NoticesState } from '../commerce/notices.js'
import { Orders, type KnownOrder, type OrdersParts, type OrdersState } from '../commerce/orders.js'
import { searchStreamOf, type SearchStreamState } from '../commerce/search-stream.js'
import { NO_STANDING, type StandingState } from '../commerce/standing.js'
import { names } from '../names.js'
import { useOutrigger } from './provider.js'
import { useLive } from './use-live.js'
import { useSocket, useSocketEvent, type UsedSocket } from './use-socket.js'

const { server } = names.commerce

export interface UsedCommerce extends UsedSocket<'commerce'>, StandingState {}

/** The channel of the contract, and what this user may do on it. */
export function useCommerce(): UsedCommerce {
  const { state } = useOutrigger().standing
  const standing = useSyncExternalStore(
    state.subscribe,
    () => state.value,
    () => NO_STANDING,
  )
  return { ...useSocket('commerce'), ...standing }
}

export interface UsedCart<T> extends CartState<T> {
  /** Changes it here at once and on the user's other pages in a moment; gives what it is then, for the app to keep. */
  update: (next: T | ((cart: T) => T)) => T
}

/**
 * What the user is about to buy, the same on all of their open pages. `initial` counts at the first render; the sidecar
 * keeps nothing, so that `load` is asked after an interruption.
 */
export function useCart<T>({ initial, load }: CartParts<T>): UsedCart<T> {
  const client = useOutrigger()
  // What comes first is kept: an object written into the call is another at each render.
  const cart = useMemo(() => new Cart<T>(client, { initial }), [client])
  useEffect(() => cart.loadBy(load))
  const state = useLive(cart)
  const update = useCallback((next: T | ((cart: T) => T)) => cart.update(next), [cart])
  return { ...state, update }
}

export interface UsedOrders<Order extends KnownOrder> extends OrdersState<Order> {
  /** Says that this user orders. Rejects with `AskError`. */
  place: Orders<Order>['place']
  /** Says how far an order is, as its seller or an admin. Rejects with `AskError`. */
  setStatus: Orders<Order>['setStatus']
  refresh: () => Promise<void>
}

/** Orders that this user bought or sells, as they are told of; for admins also those that are placed. */
export function useOrders<Order extends KnownOrder = KnownOrder>({
  initial,
  load,
}: OrdersParts<Order> = {}): UsedOrders<Order> {
  const client = useOutrigger()
  const orders = useMemo(() => new Orders<Order>(client, { initial }), [client])
  useEffect(() => orders.loadBy(load))
  const state = useLive(orders)
  const actions = useMemo(
    () => ({
      place: orders.place.bind(orders),
      setStatus: orders.setStatus.bind(orders),
      refresh: () => orders.refresh(),
    }),
    [orders],
  )
  return { ...state, ...actions }
}

/** How far one order is: `initial`, as the app has it, then as it is told. */
export function useOrderStatus(orderId: string, initial: string | null = null): string | null {
  const [told, setTold] = useState<{ orderId: string; status: string } | null>(null)
  useSocketEvent(
    server['order:status:changed'],
    (news) => {
      if (news.orderId === orderId) setTold({ orderId, status: news.newStatus })
    },
    'commerce',
  )
  return told?.orderId === orderId ? told.status : initial
}

export interface UsedCommerceNotifications extends NoticesState {
  /** By `key`. */
  markRead: (key: string) => Promise<void>
  markAllRead: () => Promise<void>
  dismiss: (key: string) => Promise<void>
}

/** The latest 50 notices, also while the socket is down: then they are asked for every 15 seconds. */
export function useCommerceNotifications(): UsedCommerceNotifications {
  const notices = noticesOf(useOutrigger())
  const state = useLive(notices)
  const actions = useMemo(
    () => ({
      markRead: (key: string) => notices.markRead(key),
      markAllRead: () => notices.markAllRead(),
      dismiss: (key: string) => notices.dismiss(key),
    }),
    [notices],
  )
  return { ...state, ...actions }
}

export interface UsedCommerceChat extends CommerceChatState {
  /** Rejects with `AskError` if the sidecar does not take it. */
  send: (message: string) => Promise<void>
}

/** A room of several: what is said in it while this component is mounted. */
export function useCommerceChat(roomId: string): UsedCommerceChat {
  const client = useOutrigger()
  const chat = useMemo(() => new CommerceChat(client, roomId), [client, roomId])
  const state = useLive(chat)
  const send = useCallback((message: string) => chat.send(message), [chat])
  return { ...state, send }
}

export interface UsedLiveAdmin extends LiveAdminState {
  /** Ends a user's connections. Rejects with `AskError`. */
  disconnect: (userId: string, reason: string) => Promise<void>
  /** Emits any event to a room, or to everyone. Rejects with `AskError`. */
  broadcast: (event: string, payload: unknown, room?: string) => Promise<void>
  /** Announces something to everyone. Rejects with `AskError`. */
  announce: (title: string, message: string, priority?: 'normal' | 'high') => Promise<void>
}

/** Who is there, figures, and what waits for moderation; for admins. */
export function useLiveAdmin(): UsedLiveAdmin {
  const admin = liveAdminOf(useOutrigger())
  const state = useLive(admin)
  const actions = useMemo(
    () => ({
      disconnect: (userId: string, reason: string) => admin.disconnect(userId, reason),
      broadcast: (event: string, payload: unknown, room?: string) => admin.broadcast(event, payload, room),
      announce: (title: string, message: string, priority?: 'normal' | 'high') =>
        admin.announce(title, message, priority),
    }),
    [admin],
  )
  return { ...state, ...actions }
}

export interface UsedAnswerStream extends AnswerStreamState {
  clear: () => void
}

/** An answer that comes word by word (`streamChatbot` on the app's server). */
export function useAnswerStream(): UsedAnswerStream {
  const stream = answerStreamOf(useOutrigger())
  const state = useLive(stream)
  const clear = useCallback(() => stream.clear(), [stream])
  return { ...state, clear }
}

/** Results that come in parts (`streamSearchResults` on the app's server). */
export function useSearchStream(): SearchStreamState {
  return useLive(searchStreamOf(useOutrigger()))
}
