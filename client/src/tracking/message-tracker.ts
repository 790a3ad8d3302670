// What becomes of one message that was sent to many: its state and counts, and the recipients that changed last. The sidecar
// forgets at each disconnect who tracks what, so it is told at each connect, and answers with the state of then.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { TrackingMessageUpdate, TrackingRecipientUpdate } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { Paced } from './paced.js'
import { isMessageBehind, isOver, isRecipientBehind, progressOf, type TrackedStatus } from './statuses.js'

const { server, client: said } = names.tracking

/** Most recipients that are kept: those that changed last. All of them are in `recipientsOf`. */
export const MOST_RECIPIENTS = 1_000
/** A page that is told of 500 recipients a second need not be drawn as often: at most each so many milliseconds. */
const SHOWN_EVERY_MS = 100
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

export type TrackedRecipient = Omit<TrackingRecipientUpdate, 'messageId'>

export interface TrackerState {
  /** `refused`: it is nobody's message, or somebody else's. */
  readonly phase: 'loading' | 'tracking' | 'refused'
  /** `null` before it is known. */
  readonly status: TrackedStatus | null
  /** How many have got it, or will as far as the provider knows. */
  readonly successCount: number | null
  readonly failedCount: number | null
  readonly totalRecipients: number
  readonly cost: number | null
  /** The part of the recipients about whom it is decided, 0 to 1. */
  readonly progress: number
  /** Whether it was sent, called off, or has failed. */
  readonly isOver: boolean
  /** By id, each as it was told last; the one told of last is the last. */
  readonly recipients: ReadonlyMap<string, TrackedRecipient>
  /** Whether it is followed now: without a connection it is the last that was known. */
  readonly isCurrent: boolean
  readonly error: string | null
  /** If that was too often: when it is tried again. */
  readonly retryAt: string | null
}

const UNKNOWN: TrackerState = Object.freeze({
  phase: 'loading',
  status: null,
  successCount: null,
  failedCount: null,
  totalRecipients: 0,
  cost: null,
  progress: 0,
  isOver: false,
  recipients: new Map<string, TrackedRecipient>(),
  isCurrent: false,
  error: null,
  retryAt: null,
})

/** In place of a tracker where there is no message yet. */
export class NothingTracked extends LiveStore<TrackerState> {
  constructor() {
    super(UNKNOWN)
  }

  protected start(): () => void {
    return () => undefined
  }
}

export class MessageTracker extends LiveStore<TrackerState> {
  readonly #recipients = new Map<string, TrackedRecipient>()
  #update: TrackingMessageUpdate | null = null
  /** As far as the sidecar said. */
  #total = 0
  readonly #shown = new Paced(SHOWN_EVERY_MS, () => this.#show())
  /** Counts questions: only the last one's answer says how it is. */
  #asked = 0
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    readonly messageId: string,
  ) {
    super(UNKNOWN)
  }

  protected start(): () => void {
    const socket = this.client.peek('tracking')
    const ends = all(
      socket.on(server.message_update, (update) => {
        if (update.messageId === this.messageId) this.#heard(update)
      }),
      socket.on(server.recipient_update, (update) => {
        if (update.messageId === this.messageId) this.#heardOf(update)
      }),
      socket.onConnect(() => void this.#track()),
      socket.onDisconnect(() => this.#lost()),
      this.client.resumption('tracking').onOutcome((outcome) => {
        // Of another user, or another database: none of it belongs here.
        if (outcome.kind === 'lost' && outcome.reason === 'unknown') this.#forget()
      }),
      () => {
        this.#lost()
        socket.emitNow(said.untrack_message, this.messageId)
      },
      this.client.hold('tracking'),
    )
    if (socket.connected) void this.#track()
    return ends
  }

  /** Asks for the state of now. */
  async refresh(): Promise<void> {
    await this.#track()
  }

  async #track(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('tracking')
    const asked = ++this.#asked
    try {
      const { totalRecipients } = await socket.ask(said.track_message, this.messageId)
      if (asked !== this.#asked) return
      this.#total = totalRecipients
      this.state.patch({ phase: 'tracking', isCurrent: true, error: null, retryAt: null })
      this.#shown.changed()
      this.#shown.flush()
    } catch (cause) {
      if (asked === this.#asked) this.#refused(cause)
    }
  }

  #refused(cause: unknown): void {
    const { isFinal, message, retryAfterMs } = refusalOf(cause)
    const retryAt = retryAfterMs === undefined ? null : new Date(Date.now() + retryAfterMs).toISOString()
    this.state.patch({ error: message, retryAt, ...(isFinal ? { phase: 'refused', isCurrent: false } : {}) })
    // Without a connection the next one asks.
    if (isFinal || !this.client.peek('tracking').connected) return
    this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#track())
  }

  #heard(update: TrackingMessageUpdate): void {
    if (this.#update && isMessageBehind(update.status, this.#update.status)) return
    const isFirst = this.#update === null
    this.#update = { ...this.#update, ...update }
    this.#shown.changed()
    // The app told of it after this page asked for it.
    if (isFirst && this.value.phase === 'refused') {
      this.state.patch({ phase: 'loading' })
      void this.#track()
    }
  }

  #heardOf({ messageId: _, ...recipient }: TrackingRecipientUpdate): void {
    const known = this.#recipients.get(recipient.recipientId)
    if (known && isRecipientBehind(recipient.status, known.status)) return
    this.#recipients.delete(recipient.recipientId)
    this.#recipients.set(recipient.recipientId, recipient)
    const [oldest] = this.#recipients.keys()
    if (this.#recipients.size > MOST_RECIPIENTS && oldest !== undefined) this.#recipients.delete(oldest)
    this.#shown.changed()
  }

  #show(): void {
    const { status = null, successCount = null, failedCount = null, cost = null } = this.#update ?? {}
    // More than were announced may have been told of since.
    const totalRecipients = Math.max(this.#total, (successCount ?? 0) + (failedCount ?? 0), this.#recipients.size)
    this.state.patch({
      status,
      successCount,
      failedCount,
      cost,
      totalRecipients,
      progress: progressOf(status, successCount, failedCount, totalRecipients),
      isOver: isOver(status),
      recipients: new Map(this.#recipients),
    })
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#asked += 1
    this.#shown.flush()
    this.state.patch({ isCurrent: false })
  }

  #forget(): void {
    this.#recipients.clear()
    this.#update = null
    this.#total = 0
    this.#shown.changed()
  }
}

const TRACKERS = Symbol('outrigger.trackers')
/** Most trackers that are kept though nobody looks at them. */
const MOST_IDLE = 50

/** The client's tracker of a message; components that look at the same one share it. */
export function trackerOf(client: OutriggerClient, messageId: string): MessageTracker {
  const trackers = client.attachment(TRACKERS, () => new Map<string, MessageTracker>())
  const tracker = trackers.get(messageId) ?? new MessageTracker(client, messageId)
  trackers.delete(messageId)
  trackers.set(messageId, tracker)
  const idle = [...trackers.values()].filter((one) => one !== tracker && !one.isInUse)
  for (const { messageId: id } of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) trackers.delete(id)
  return tracker
}
