// What a user of contract `commerce` is notified of: as it comes, while the socket is down by asking every 15 seconds, and
// each once, whichever way it came first (`contracts/commerce.md` sections 3 and 4).

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { RestError } from '../rest/rest.js'

const { server, client: said } = names.commerce
/** The contract's history. */
export const MOST_NOTICES = 50
/** Between two questions while the socket is down, in milliseconds (`contracts/commerce.md` section 4). */
const ASKED_EVERY_MS = 15_000
/** A socket that is back within this time, in milliseconds, is asked about nothing. */
const PATIENCE_MS = 2_000
/** What was made on another clock, or stored later than told, must not be missed: so far back is asked, in milliseconds. */
const OVERLAP_MS = 5_000
/** Where the REST of the contract stands, whatever contract has the bare paths. */
export const COMMERCE_REST = '/commerce/api'

export type NoticePriority = 'normal' | 'high'

export interface CommerceNotice {
  /** For React's `key`. */
  readonly key: string
  /** The sidecar's, if it is stored for this user: only those can be marked as read. */
  readonly id: string | null
  readonly type: string
  readonly title: string
  readonly message: string
  readonly data: unknown
  readonly priority: NoticePriority
  /** ISO 8601. */
  readonly timestamp: string
  readonly read: boolean
}

export interface NoticesState {
  /** Newest first, at most 50. */
  readonly notifications: readonly CommerceNotice[]
  readonly unreadCount: number
  /** How they come now. */
  readonly via: 'socket' | 'polling' | 'none'
  /** Why the last thing that was wanted could not be done. */
  readonly error: string | null
}

interface Told {
  id?: string | null
  type: string
  title: string
  message: string
  data?: unknown
  priority?: string | null
  timestamp: string
}

const EMPTY: NoticesState = Object.freeze({ notifications: [], unreadCount: 0, via: 'none', error: null })

/** What two tellings of one notice have in common, whichever way they came: the list over HTTP has no ids. */
const sameOf = ({ type, title, message, timestamp }: Told): string =>
  JSON.stringify([type, title, message, Date.parse(timestamp)])

export class Notices extends LiveStore<NoticesState> {
  /** By what is the same in all tellings; the order is that in which they became known. */
  readonly #known = new Map<string, CommerceNotice>()
  /** Those that were taken off the list; bounded, the oldest go. */
  readonly #dismissed = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What the sidecar's clock is ahead of this one, in milliseconds, as far as it said. */
  #ahead = 0
  /** Up to when all is known, on the sidecar's clock. */
  #knownUntil = Date.now()
  /** Counts questions. */
  #asked = 0

  constructor(private readonly client: OutriggerClient) {
    super(EMPTY)
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    // Nobody looked until now: what was before is not asked for.
    this.#knownUntil = Math.max(this.#knownUntil, this.#now())
    const ends = all(
      // A stored one comes as both; the one with the id is first, or adds it.
      socket.on(server['notification:new'], (told) => this.#take([told])),
      socket.on(server.notification, (told) => this.#take([told])),
      socket.on(server['connection:success'], ({ timestamp }) => {
        this.#ahead = timestamp - Date.now()
      }),
      socket.onConnect(() => this.#connected()),
      socket.onDisconnect(() => this.#lost()),
      this.client.resumption('commerce').onOutcome((outcome) => {
        if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.#forget()
      }),
      () => {
        clearTimeout(this.#timer)
        this.#asked += 1
        this.state.patch({ via: 'none' })
      },
      this.client.hold('commerce'),
    )
    if (socket.connected) this.state.patch({ via: 'socket' })
    else this.#lost()
    return ends
  }

  /** Marks one as read; on the sidecar too, if it is stored there. */
  async markRead(key: string): Promise<void> {
    const known = this.#find(key)
    if (!known || known[1].read) return
    this.#set(known[0], { ...known[1], read: true })
    if (known[1].id === null) return
    await this.#say(said['notification:read'], known[1].id)
  }

  /** Marks all as read. */
  async markAllRead(): Promise<void> {
    const unread = [...this.#known.values()].filter(({ read }) => !read)
    for (const { key } of unread) await this.markRead(key)
  }

  /** Takes one off the list; on the sidecar too, if it is stored there. */
  async dismiss(key: string): Promise<void> {
    const known = this.#find(key)
    if (!known) return
    this.#known.delete(known[0])
    this.#dismissed.add(known[0])
    const [first] = this.#dismissed
    if (this.#dismissed.size > 4 * MOST_NOTICES && first !== undefined) this.#dismissed.delete(first)
    this.#show()
    if (known[1].id !== null) await this.#say(said['notification:dismiss'], known[1].id)
  }

  async #say(
    event: typeof said['notification:read'] | typeof said['notification:dismiss'],
    notificationId: string,
  ): Promise<void> {
    try {
      await this.client.peek('commerce').ask(event, { notificationId })
      this.state.patch({ error: null })
    } catch (cause) {
      this.state.patch({ error: refusalOf(cause).message })
    }
  }

  #connected(): void {
    clearTimeout(this.#timer)
    this.#asked += 1
    this.state.patch({ via: 'socket', error: null })
    // What was told to nobody between the last question and now.
    void this.#ask(false)
  }

  #lost(): void {
    clearTimeout(this.#timer)
    this.#asked += 1
    // While there was a socket everything was told. The first question after it goes back a little further.
    if (this.value.via === 'socket') this.#knownUntil = Math.max(this.#knownUntil, this.#now())
    this.state.patch({ via: 'none' })
    this.#timer = later(PATIENCE_MS, () => void this.#ask(true))
  }

  /** Asks for what came since; with `again`, until there is a socket. */
  async #ask(again: boolean): Promise<void> {
    const asked = ++this.#asked
    const since = new Date(this.#knownUntil - OVERLAP_MS).toISOString()
    const begin = this.#now()
    try {
      const path = `${COMMERCE_REST}/notifications/updates?${new URLSearchParams({ since }).toString()}`
      const { updates } = (await this.client.rest.call<{ updates: Told[] }>(path)).body
      // Also when a socket came meanwhile: each is taken once.
      this.#take([...updates].reverse())
      this.#knownUntil = Math.max(this.#knownUntil, begin)
      if (asked === this.#asked && again) this.state.patch({ via: 'polling', error: null })
    } catch (cause) {
      if (asked !== this.#asked) return
      const { message, isFinal } = refusalOf(cause)
      if (again) this.state.patch({ via: 'none', error: message })
      // Without a login nobody is notified; the next connection begins anew.
      if (isFinal || (cause instanceof RestError && cause.status === 401)) return
    }
    if (again && asked === this.#asked) this.#timer = later(ASKED_EVERY_MS, () => void this.#ask(true))
  }

  #take(come: readonly Told[]): void {
    for (const told of come) {
      const same = sameOf(told)
      if (this.#dismissed.has(same)) continue
      const known = this.#known.get(same)
      const id = told.id ?? known?.id ?? null
      this.#known.set(same, {
        key: known?.key ?? same,
        id,
        type: told.type,
        title: told.title,
        message: told.message,
        data: told.data,
        priority: told.priority === 'high' ? 'high' : 'normal',
        timestamp: told.timestamp,
        read: known?.read ?? false,
      })
    }
    this.#show()
  }

  #now(): number {
    return Date.now() + this.#ahead
  }

  #find(key: string): [string, CommerceNotice] | undefined {
    return [...this.#known].find(([, one]) => one.key === key)
  }

  #set(same: string, one: CommerceNotice): void {
    this.#known.set(same, one)
    this.#show()
  }

  #forget(): void {
    this.#known.clear()
    this.#dismissed.clear()
    this.#show()
  }

  #show(): void {
    const inOrder = [...this.#known].sort(([, a], [, b]) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0))
    for (const [same] of inOrder.slice(MOST_NOTICES)) this.#known.delete(same)
    const notifications = inOrder.slice(0, MOST_NOTICES).map(([, one]) => one)
    this.state.patch({ notifications, unreadCount: notifications.filter(({ read }) => !read).length })
  }
}

const NOTICES = Symbol('outrigger.commerce.notices')

/** The client's one list. */
export function noticesOf(client: OutriggerClient): Notices {
  return client.attachment(NOTICES, () => new Notices(client))
}
