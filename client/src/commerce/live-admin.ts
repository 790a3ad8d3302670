// What admins are told of a marketplace as it happens: who comes and goes, counts, the app's figures, and what waits for
// moderation (`contracts/commerce.md` section 3).

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { CommerceServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { Paced } from '../tracking/paced.js'

const { server, client: said } = names.commerce
/** Least time between two changes of who is there that are shown, in milliseconds. */
const SHOWN_EVERY_MS = 100
/** Someone came or went: who is there is asked for at most this often, in milliseconds. Sixty questions a minute are let through. */
const LISTED_EVERY_MS = 4_000
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000
/** Most entries of each kind that are kept, the oldest go. */
const MOST = 100

type Told<E extends keyof CommerceServerEvents> = CommerceServerEvents[E]
export type MarketStats = Told<typeof server['connection:stats']>

/** Someone who is there. */
export interface LiveUser {
  readonly userId: string
  readonly userName: string
  readonly userEmail: string
  readonly userRole: string
  /** Sockets. */
  readonly connections: number
}

/** Something for an admin to look at, or that another admin has looked at. */
export type ModerationNews =
  | { readonly kind: 'product-offered'; readonly at: number; readonly told: Told<typeof server['seller:product:new']> }
  | { readonly kind: 'product-decided'; readonly at: number; readonly told: Told<typeof server['moderation:product_status_changed']> }
  | { readonly kind: 'seller-applied'; readonly at: number; readonly told: Told<typeof server['seller:application:new']> }
  | { readonly kind: 'seller-decided'; readonly at: number; readonly told: Told<typeof server['moderation:seller_status_changed']> }

export interface LiveAdminState {
  /** Sorted by name. */
  readonly users: readonly LiveUser[]
  readonly stats: MarketStats | null
  /** The app's own figures; `null` before it gave any. */
  readonly dashboard: Told<typeof server['dashboard:stats:update']> | null
  /** The app's analytics of now. */
  readonly analytics: Told<typeof server['analytics:live_stats']> | null
  /** Newest first: what came while this page was there. */
  readonly moderation: readonly ModerationNews[]
  readonly isCurrent: boolean
  /** Why it is not known; `Insufficient permissions for this event` for those who are no admins. */
  readonly error: string | null
}

const UNKNOWN: LiveAdminState = Object.freeze({
  users: [],
  stats: null,
  dashboard: null,
  analytics: null,
  moderation: [],
  isCurrent: false,
  error: null,
})

export class LiveAdmin extends LiveStore<LiveAdminState> {
  readonly #users = new Map<string, LiveUser>()
  readonly #shown = new Paced(SHOWN_EVERY_MS, () => this.#show())
  readonly #listed = new Paced(LISTED_EVERY_MS, () => void this.#ask())
  #asked = 0
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly client: OutriggerClient) {
    super(UNKNOWN)
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    const news = (one: ModerationNews): void => {
      this.state.patch({ moderation: [one, ...this.value.moderation].slice(0, MOST) })
    }
    const ends = all(
      socket.on(server['user:connected'], ({ userId, userName, userEmail, userRole }) => {
        const connections = (this.#users.get(userId)?.connections ?? 0) + 1
        this.#users.set(userId, { userId, userName, userEmail, userRole, connections })
        this.#changed()
      }),
      socket.on(server['user:disconnected'], ({ userId }) => {
        this.#users.delete(userId)
        this.#changed()
      }),
      socket.on(server['connection:stats'], (stats) => {
        this.state.patch({ stats })
        // Admins come and go without a word.
        this.#changed()
      }),
      socket.on(server['dashboard:stats:update'], (dashboard) => this.state.patch({ dashboard })),
      socket.on(server['analytics:live_stats'], (analytics) => this.state.patch({ analytics })),
      socket.on(server['seller:product:new'], (told) => news({ kind: 'product-offered', at: Date.now(), told })),
      socket.on(server['moderation:product_status_changed'], (told) =>
        news({ kind: 'product-decided', at: Date.now(), told }),
      ),
      socket.on(server['seller:application:new'], (told) => news({ kind: 'seller-applied', at: Date.now(), told })),
      socket.on(server['moderation:seller_status_changed'], (told) =>
        news({ kind: 'seller-decided', at: Date.now(), told }),
      ),
      socket.onConnect(() => void this.#ask()),
      socket.onDisconnect(() => this.#lost()),
      () => this.#lost(),
      this.client.hold('commerce'),
    )
    if (socket.connected) void this.#ask()
    return ends
  }

  /** Ends the connections of a user, who is told why. Rejects with `AskError`. */
  async disconnect(userId: string, reason: string): Promise<void> {
    await this.client.peek('commerce').ask(said['admin:force_disconnect'], { userId, reason })
  }

  /** Emits any event to a room, or to everyone. Rejects with `AskError`. */
  async broadcast(event: string, payload: unknown, room?: string): Promise<void> {
    const what = { event, payload, ...(room === undefined ? {} : { room }) }
    await this.client.peek('commerce').ask(said['admin:broadcast'], what)
  }

  /** Announces something to everyone. Rejects with `AskError`. */
  async announce(title: string, message: string, priority: 'normal' | 'high' = 'normal'): Promise<void> {
    await this.client.peek('commerce').ask(said['admin:system_notification'], { title, message, priority })
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('commerce')
    if (!socket.connected) return
    const asked = ++this.#asked
    try {
      const [{ data: users }, { data: stats }] = await Promise.all([
        socket.ask(said['admin:user_list']),
        socket.ask(said['admin:stats']),
      ])
      if (asked !== this.#asked) return
      this.#users.clear()
      for (const user of users) this.#users.set(user.userId, user)
      this.state.patch({ stats, isCurrent: true, error: null })
      this.#shown.changed()
    } catch (cause) {
      if (asked !== this.#asked || !socket.connected) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ error: message, ...(isFinal ? { isCurrent: false } : {}) })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#ask())
    }
  }

  /** Shown at once; who has several sockets, and how many, is asked for in a moment. */
  #changed(): void {
    this.#shown.changed()
    if (this.value.isCurrent) this.#listed.changed()
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#asked += 1
    this.#shown.flush()
    this.state.patch({ isCurrent: false })
  }

  #show(): void {
    const users = [...this.#users.values()].sort((a, b) => a.userName.localeCompare(b.userName))
    this.state.patch({ users })
  }
}

const LIVE_ADMIN = Symbol('outrigger.commerce.live-admin')

export function liveAdminOf(client: OutriggerClient): LiveAdmin {
  return client.attachment(LIVE_ADMIN, () => new LiveAdmin(client))
}
