// How many messages wait to be read, in all and from whom. The sidecar knows; between its answers this counts.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import type { Inbox } from './inbox.js'
import type { MessagingWire, Unread } from './wire.js'

/** Answers are asked for together that would come within so many milliseconds. */
const TOGETHER_MS = 250

const NONE: Unread = Object.freeze({ total: 0, byUser: Object.freeze({}) })

export class UnreadStore extends LiveStore<Unread> {
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Whether the last question was answered. */
  #isCurrent = false
  /** Counts questions. */
  #asked = 0

  constructor(
    private readonly client: OutriggerClient,
    private readonly inbox: Inbox,
    private readonly wire: MessagingWire,
  ) {
    super(NONE)
  }

  protected start(): () => void {
    this.refresh()
    return all(
      this.inbox.retain(),
      this.inbox.onReceived((document) => {
        // One that was missed may have been read meanwhile.
        if (!document.isRead) this.#set(document.senderId, (this.value.byUser[document.senderId] ?? 0) + 1)
        this.refresh()
      }),
      // What was taken back may have been unread.
      this.inbox.onRemoved(() => this.refresh()),
      this.client.resumption(this.wire.channel).onOutcome((outcome) => {
        // Another user's counts are nobody's here.
        if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.state.patch(NONE)
        if (outcome.kind !== 'recovered' || !this.#isCurrent) this.refresh()
      }),
      // What was read on another device is told to nobody: it is asked for when someone looks again.
      whenSeen(() => this.refresh()),
      () => clearTimeout(this.#timer),
    )
  }

  /** Everything from this user was read here; the sidecar hears of it message by message. */
  clear(userId: string): void {
    this.#set(userId, 0)
  }

  /** Asks the sidecar, soon. */
  refresh(): void {
    clearTimeout(this.#timer)
    this.#isCurrent = false
    this.#asked += 1
    const asked = this.#asked
    this.#timer = setTimeout(() => {
      this.wire.unread().then(
        (unread) => {
          // Something happened since: what that comes to has been asked for as well.
          if (asked !== this.#asked) return
          this.state.patch(unread)
          this.#isCurrent = true
        },
        // It is asked again when the connection is back; until then the count made here stands.
        () => undefined,
      )
    }, TOGETHER_MS)
  }

  #set(userId: string, count: number): void {
    const { total, byUser } = this.value
    const others = total - (byUser[userId] ?? 0)
    const next = { ...byUser, [userId]: count }
    if (count === 0) delete next[userId]
    this.state.patch({ total: others + count, byUser: next })
  }
}

function whenSeen(then: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined
  const changed = (): void => {
    if (document.visibilityState === 'visible') then()
  }
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
