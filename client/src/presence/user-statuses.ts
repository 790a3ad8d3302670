// How others are, in contract `social`: what they say of themselves, and since when they are away. Asked for when someone
// looks at them, followed from then on, and asked for again at each connection: statuses are state, not history.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { SOCIAL_REST } from '../rest/social.js'

const { server, client: said } = names.social
/** Status of whoever has no socket, or does not want to be seen. */
const AWAY = 'offline'
/** Most people who are remembered though nobody looks at them. */
const MOST_REMEMBERED = 1_000

export interface UserState {
  readonly isOnline: boolean
  /** `online`, `offline`, or a word of their own. */
  readonly status: string
  /** A second line of their own, as far as it was asked for. */
  readonly customStatus: string | null
  /** When they were last there, for whoever is away. */
  readonly lastSeen: string | null
}

export interface StatusesState {
  readonly byUser: Readonly<Record<string, UserState>>
  /** Whether it is that of now: without a connection it is the last that was known. */
  readonly isCurrent: boolean
}

interface Answer {
  userStatus: {
    userId: string
    isOnline: boolean
    /** `online` or `offline`; the user's own word stands beside it. */
    status: string
    currentStatus?: string
    lastSeen?: string | null
    customStatus?: string | null
  }
}

export class UserStatuses extends LiveStore<StatusesState> {
  /** How many look at each. */
  readonly #watched = new Map<string, number>()
  readonly #waiting = new Set<string>()
  #isAsking = false

  constructor(private readonly client: OutriggerClient) {
    super(Object.freeze({ byUser: Object.freeze({}), isCurrent: false }))
  }

  protected start(): () => void {
    const socket = this.client.peek('social')
    const ends = all(
      socket.on(server.user_status_change, ({ userId, status, lastSeen }) => {
        this.#waiting.delete(userId)
        this.#take(userId, {
          isOnline: status !== AWAY,
          status,
          customStatus: this.value.byUser[userId]?.customStatus ?? null,
          lastSeen: lastSeen ?? null,
        })
      }),
      socket.onConnect(() => this.#connected()),
      socket.onDisconnect(() => this.state.patch({ isCurrent: false })),
      this.client.hold('social'),
    )
    if (socket.connected) this.#connected()
    return ends
  }

  /** Follows one user; the returned function ends it. */
  watch(userId: string): () => void {
    this.#watched.set(userId, (this.#watched.get(userId) ?? 0) + 1)
    if (!this.value.byUser[userId]) this.#ask([userId])
    const release = this.retain()
    return () => {
      const left = (this.#watched.get(userId) ?? 1) - 1
      if (left > 0) this.#watched.set(userId, left)
      else this.#watched.delete(userId)
      release()
    }
  }

  /**
   * Says how this user is: a word of 1 to 50 characters; `invisible` hides. Rejects with `AskError` or `RestError` if
   * that is refused; `retryAfterMs` says when it was too often.
   */
  async set(status: string): Promise<void> {
    const socket = this.client.peek('social')
    if (socket.connected) await socket.ask(said.set_status, { status })
    else await this.#patch({ status })
  }

  /** A second line of their own beside the status. */
  async setCustom(customStatus: string): Promise<void> {
    await this.#patch({ customStatus })
  }

  async #patch(body: object): Promise<void> {
    await this.client.rest.call(`${SOCIAL_REST}/users/status`, { method: 'PATCH', body })
  }

  #connected(): void {
    this.state.patch({ isCurrent: true })
    this.#ask([...this.#watched.keys()])
  }

  #ask(userIds: readonly string[]): void {
    for (const userId of userIds) this.#waiting.add(userId)
    if (!this.#isAsking) void this.#run()
  }

  /** One after another: a long list of people is no reason for a hundred calls at once. */
  async #run(): Promise<void> {
    this.#isAsking = true
    for (const userId of this.#waiting) {
      try {
        const path = `${SOCIAL_REST}/users/${encodeURIComponent(userId)}/status`
        const { userStatus } = (await this.client.rest.call<Answer>(path)).body
        const { isOnline, lastSeen, customStatus } = userStatus
        const status = userStatus.currentStatus ?? userStatus.status
        // Told meanwhile: that is newer.
        if (!this.#waiting.has(userId)) continue
        this.#take(userId, { isOnline, status, customStatus: customStatus ?? null, lastSeen: lastSeen ?? null })
      } catch {
        // Nobody can say: it stays unknown until the user is heard of, or the next connection.
      }
      this.#waiting.delete(userId)
    }
    this.#isAsking = false
  }

  #take(userId: string, state: UserState): void {
    const { [userId]: _, ...others } = this.value.byUser
    const byUser = { ...others, [userId]: state }
    const idle = Object.keys(byUser).filter((id) => !this.#watched.has(id))
    for (const id of idle.slice(0, Math.max(0, idle.length - MOST_REMEMBERED))) delete byUser[id]
    this.state.patch({ byUser })
  }
}

const STATUSES = Symbol('outrigger.statuses')

export function statusesOf(client: OutriggerClient): UserStatuses {
  return client.attachment(STATUSES, () => new UserStatuses(client))
}
