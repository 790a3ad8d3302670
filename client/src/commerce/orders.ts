// Orders as their buyer, their sellers and admins are told of them. Orders are the app's: what is here is what was told
// while somebody looked, and what the app loads.

import type { OutriggerClient } from '../client.js'
import type { CommerceClientEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'

const { server, client: said } = names.commerce
/** Most that are kept; those told of longest ago go. */
const MOST = 200

/** What may be said of an order; sellers may say `processing`, `shipped` and `delivered`. */
export type OrderStatus = CommerceClientEvents[typeof said['seller:order_status_update']]['status']

/** What is known of an order; an app may load more. */
export interface KnownOrder {
  readonly orderId: string
  readonly orderNumber?: string | undefined
  /** In the app's own words: `processing`, `shipped`, `delivered`. */
  readonly status?: string | undefined
  readonly total?: unknown
  /** To its buyer. */
  readonly message?: string | undefined
  /** To its seller. */
  readonly productName?: string | undefined
  /** When it was told of last, in milliseconds since the epoch. */
  readonly at?: number | undefined
}

/** Someone wants something; for admins. */
export interface PlacedOrder {
  readonly userId: string
  readonly userName: string
  /** In the buyer's words: nobody has looked at it. */
  readonly order: unknown
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

export interface OrdersState<Order extends KnownOrder = KnownOrder> {
  /** Newest first; those that are told of change in their place. */
  readonly orders: readonly Order[]
  /** For admins, newest first: those that were placed while this page was there. */
  readonly placed: readonly PlacedOrder[]
  /** `false` without a connection: they are the last that were known. */
  readonly isCurrent: boolean
  readonly error: string | null
}

export interface OrdersParts<Order> {
  /** As the app's server has them when the page is made. */
  initial?: readonly Order[] | undefined
  /** How the app has them now; asked at every connection but the first, and when an unknown order is told of. */
  load?: (() => Promise<readonly Order[]>) | undefined
}

export class Orders<Order extends KnownOrder = KnownOrder> extends LiveStore<OrdersState<Order>> {
  #load: OrdersParts<Order>['load']
  /** Counts questions and news: an answer that was made before a change is not taken over it. */
  #news = 0
  #loading: Promise<void> | null = null

  constructor(
    private readonly client: OutriggerClient,
    { initial = [], load }: OrdersParts<Order> = {},
  ) {
    super({ orders: initial, placed: [], isCurrent: false, error: null })
    this.#load = load
  }

  /** Hooks give the last render's. */
  loadBy(load: OrdersParts<Order>['load']): void {
    this.#load = load
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    let wasConnected = socket.connected
    this.state.patch({ isCurrent: socket.connected })
    return all(
      socket.on(server['order:created'], (told) => this.#heard(told)),
      socket.on(server['order:received'], (told) => this.#heard(told)),
      socket.on(server['order:status:changed'], ({ orderId, newStatus, timestamp }) =>
        this.#heard({ orderId, status: newStatus, at: timestamp }),
      ),
      socket.on(server['order:new'], (told) => {
        this.state.patch({ placed: [told as PlacedOrder, ...this.value.placed].slice(0, MOST) })
      }),
      socket.onConnect(() => {
        this.state.patch({ isCurrent: true })
        if (wasConnected) void this.refresh()
        wasConnected = true
      }),
      socket.onDisconnect(() => this.state.patch({ isCurrent: false })),
      this.client.hold('commerce'),
    )
  }

  /** Says that this user orders; the app decides. Rejects with `AskError`. */
  async place(order: Readonly<Record<string, unknown>> & { readonly orderNumber: string }): Promise<void> {
    await this.client.peek('commerce').ask(said['user:order_create'], order)
  }

  /** Says how far an order is, as its seller or an admin. Rejects with `AskError`. */
  async setStatus(orderId: string, status: OrderStatus): Promise<void> {
    await this.client.peek('commerce').ask(said['seller:order_status_update'], { orderId, status })
  }

  /** Loads them as the app has them now, one question at a time. */
  refresh(): Promise<void> {
    // An answer that is on its way may be older than what this is asked for.
    this.#news += 1
    this.#loading ??= this.#reload().finally(() => {
      this.#loading = null
    })
    return this.#loading
  }

  async #reload(): Promise<void> {
    try {
      let news: number
      let orders: readonly Order[] | undefined
      do {
        news = this.#news
        orders = await this.#load?.()
      } while (news !== this.#news)
      if (orders) this.state.patch({ orders, error: null })
    } catch (cause) {
      this.state.patch({ error: refusalOf(cause).message })
    }
  }

  #heard(told: KnownOrder): void {
    this.#news += 1
    const { orders } = this.value
    const at = told.at ?? Date.now()
    const known = orders.find(({ orderId }) => orderId === told.orderId)
    if (known) {
      this.state.patch({ orders: orders.map((one) => (one === known ? { ...one, ...told, at } : one)) })
      return
    }
    // All that was told of it; the app knows the rest.
    this.state.patch({ orders: [{ ...told, at } as Order, ...orders].slice(0, MOST) })
    void this.refresh()
  }
}
