// One conversation: its history, what arrives, what is on its way. After a reconnect that did not bring what was
// missed it asks for it, back to the last message it knows, so that nothing is lost and nothing stands twice.

import type { OutriggerClient } from '../client.js'
import type { Outcome } from '../feed/resumption.js'
import { all, LiveStore } from '../live-store.js'
import { AskError } from '../socket/ask-error.js'
import { stored, type ChatMessage, type StoredMessage } from './chat-message.js'
import type { Messenger } from './messenger.js'
import { Removals } from './removals.js'
import { markedRead, merge, without, withPending } from './timeline.js'

const PAGE = 50
/** Pages that are asked for to close a gap; beyond it older messages are loaded when they are wanted. */
const MOST_PAGES = 20
/** Pages that are asked for after a reconnect only to learn what was read meanwhile. */
const MOST_RECEIPT_PAGES = 3

export interface ConversationState {
  /** Oldest first; what is on its way stands last. */
  readonly messages: readonly ChatMessage[]
  readonly status: 'loading' | 'ready' | 'failed'
  /** Why history could not be loaded; it is tried again at the next connection. */
  readonly error: string | null
  /** Whether there are older messages. */
  readonly hasMore: boolean
  readonly isLoadingOlder: boolean
}

/** What a question for what was missed brought. */
interface Missed {
  readonly documents: readonly StoredMessage[]
  /** Whether there is a gap before them: then they are all that is known. */
  readonly isWhole: boolean
  /** Whether there are older ones; `null`: as before. */
  readonly hasMore: boolean | null
}

const EMPTY: ConversationState = Object.freeze({
  messages: [],
  status: 'loading',
  error: null,
  hasMore: false,
  isLoadingOlder: false,
})

export class Conversation extends LiveStore<ConversationState> {
  #stored: readonly ChatMessage[] = []
  #catchingUp: Promise<void> | null = null
  #again = false
  #isLoaded = false
  /** Whether nothing is missing that was there when it was last asked for. */
  #isCurrent = false
  /** After a reset nothing that is shown can be relied on: receipts are looked for as far back as it goes. */
  #isInDoubt = false
  /** Counts resets. */
  #era = 0
  readonly #removals = new Removals()

  constructor(
    readonly partner: string,
    private readonly client: OutriggerClient,
    private readonly messenger: Messenger,
  ) {
    super(EMPTY)
  }

  protected start(): () => void {
    const { inbox, outbox } = this.messenger
    const mine = (document: StoredMessage): void => {
      if (document.senderId === this.partner || document.receiverId === this.partner) this.take([document])
    }
    const ends = all(
      inbox.onReceived(mine),
      inbox.onSent(mine),
      inbox.onReceipt(({ messageId, readAt }) => this.#show(markedRead(this.#stored, messageId, readAt))),
      inbox.onRemoved((messageId) => this.#removed(messageId)),
      outbox.subscribe(() => this.#show(this.#stored)),
      this.client.resumption(this.messenger.wire.channel).onOutcome((outcome) => this.#reconnected(outcome)),
      this.messenger.retain(),
    )
    void this.catchUp()
    return ends
  }

  /** Sends at once if there is a connection, else as soon as there is one. */
  send(draft: { text?: string | undefined; image?: string | undefined }): ChatMessage {
    return this.messenger.outbox.add(this.partner, draft)
  }

  retry(clientMessageId: string): void {
    this.messenger.outbox.retry(clientMessageId)
  }

  discard(clientMessageId: string): void {
    this.messenger.outbox.discard(clientMessageId)
  }

  /** Says that this user has seen everything there is. */
  markRead(): void {
    const unread = this.#stored.filter((one) => one.direction === 'in' && one.delivery !== 'read')
    const ids = unread.flatMap((message) => (message.id === null ? [] : [message.id]))
    this.messenger.unread.clear(this.partner)
    if (ids.length === 0) return
    this.messenger.reads.add(this.partner, ids)
    const readAt = new Date().toISOString()
    this.#show(ids.reduce((messages, id) => markedRead(messages, id, readAt), this.#stored))
  }

  /**
   * Takes back a message of this user, for both sides. Rejects with `AskError` or `RestError` if that is not let
   * through (`retryAfterMs` says for how long), or if the contract knows no such thing (`rooms`).
   */
  async remove(messageId: string): Promise<void> {
    const { remove } = this.messenger.wire
    if (!remove) throw new AskError('refused', 'Messages cannot be taken back in this contract')
    await remove(messageId)
    this.#removed(messageId)
  }

  async loadOlder(): Promise<void> {
    const era = this.#era
    const oldest = this.#stored[0]?.id
    if (!oldest || !this.value.hasMore || this.value.isLoadingOlder) return
    this.state.patch({ isLoadingOlder: true })
    try {
      const page = await this.messenger.wire.page(this.partner, PAGE, oldest)
      if (era !== this.#era) return
      this.state.patch({ hasMore: page.length === PAGE, error: null })
      this.take(page)
    } catch (cause) {
      this.state.patch({ error: words(cause) })
    } finally {
      this.state.patch({ isLoadingOlder: false })
    }
  }

  /** Merges stored messages. */
  take(documents: readonly StoredMessage[]): void {
    const come = this.#removals.sift(documents).map((document) => stored(document, this.partner))
    this.#show(merge(this.#stored, come))
    for (const message of come) {
      if (message.clientMessageId !== null) this.messenger.outbox.settle(message.clientMessageId)
    }
  }

  /** Asks for what was missed; once at a time, and once more if it was wanted meanwhile. */
  catchUp(): Promise<void> {
    if (this.#catchingUp) {
      this.#again = true
      return this.#catchingUp
    }
    this.#catchingUp = this.#catchUp().finally(() => {
      this.#catchingUp = null
      if (!this.#again) return
      this.#again = false
      void this.catchUp()
    })
    return this.#catchingUp
  }

  #reconnected(outcome: Outcome): void {
    if (outcome.kind === 'recovered') {
      // All of it came as events. What an earlier question failed to bring is not among them.
      if (!this.#isCurrent) void this.catchUp()
      return
    }
    if (outcome.kind === 'lost') {
      this.#era += 1
      this.#isInDoubt = true
      // Another user's, or of another database: none of it belongs here.
      if (outcome.reason === 'unknown') this.#forget()
    }
    void this.catchUp()
  }

  #removed(messageId: string): void {
    this.#removals.add(messageId)
    this.#show(this.#stored.filter((message) => message.id !== messageId))
  }

  #forget(): void {
    this.#isLoaded = false
    this.#show([])
    this.state.patch({ status: 'loading', hasMore: false })
  }

  async #catchUp(): Promise<void> {
    const era = this.#era
    const before = this.#stored
    this.#isCurrent = false
    try {
      const { documents, isWhole, hasMore } = await this.#missed()
      // Reset meanwhile: this answers a question of before, and it has been asked again.
      if (era !== this.#era) return
      if (isWhole) this.#stored = this.#stored.filter((one) => !before.some(({ id }) => id === one.id))
      else if (this.messenger.wire.remove) {
        this.#stored = without(this.#stored, { asked: before, documents, isAll: hasMore === false })
      }
      if (hasMore !== null) this.state.patch({ hasMore })
      this.take(documents)
      this.#isCurrent = true
      this.#isLoaded = true
      this.#isInDoubt = false
      this.state.patch({ status: 'ready', error: null })
    } catch (cause) {
      if (era !== this.#era) return
      const status = this.#isLoaded ? 'ready' : 'failed'
      this.state.patch({ status, error: words(cause) })
    }
  }

  async #missed(): Promise<Missed> {
    // Before the first page there is nothing to join: a message sent from here may be known without the rest.
    // After a reset older ones may have been taken back, where a contract knows that: the newest page is a beginning.
    const isNew = this.#isInDoubt && this.messenger.wire.remove !== null
    const known = new Set(this.#isLoaded && !isNew ? this.#stored.map((message) => message.id) : [])
    // Receipts that came while nobody listened are in the documents: read back to the first that lacks one.
    const unseen = this.#stored.find((one) => one.direction === 'out' && one.delivery !== 'read')
    const receiptPages = this.#isInDoubt ? MOST_PAGES : MOST_RECEIPT_PAGES
    const documents: StoredMessage[] = []
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await this.messenger.wire.page(this.partner, PAGE, documents[0]?._id)
      documents.unshift(...page)
      // A page that is not full ends at the first message there is.
      if (page.length < PAGE) return { documents, isWhole: isNew, hasMore: false }
      if (known.size === 0) return { documents, isWhole: isNew, hasMore: true }
      const isJoined = page.some((document) => known.has(document._id))
      const isSeen = !unseen || pages >= receiptPages || (page[0]?.createdAt ?? '') <= unseen.createdAt
      if (isJoined && isSeen) return { documents, isWhole: false, hasMore: null }
    }
    // Too much happened to close the gap: what is older is left out, honestly, and loaded when it is wanted.
    return { documents, isWhole: true, hasMore: true }
  }

  #show(messages: readonly ChatMessage[]): void {
    this.#stored = messages
    this.state.patch({ messages: withPending(messages, this.messenger.outbox.pending(this.partner)) })
  }
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
