// One channel's part in its user's feed: says in the handshake where it was, follows where it gets to, and tells
// those who show something what the last interruption has cost them. A sidecar that keeps no feed says nothing to
// all of it: then every connection is a new beginning, as it always was.

import { later } from '../connection/later.js'
import type { Moved, Reset, ResetReason, Resume } from '../generated/contracts.js'
import { Position } from './position.js'
import { markOf, said, type ResumeRequest } from './wire.js'

/** The sidecar says where the client is right behind its first events; one that has not by then (ms) does not. */
export const TOLD_WITHIN_MS = 2_000

/** What is known of a new connection. */
export type Outcome =
  /** All that was missed has been told: it is as if the connection had never been lost. */
  | { readonly kind: 'recovered'; readonly chats: readonly string[] }
  /** The feed begins here: what was before has to be asked for. */
  | { readonly kind: 'began' }
  /** What was missed cannot be told any more: what is shown has to be loaded again. */
  | { readonly kind: 'lost'; readonly reason: ResetReason }
  /** The sidecar does not say. It may still, and then comes another outcome. */
  | { readonly kind: 'untold' }

/** Whether the sidecar speaks of feeds; what one channel of a client learns holds for all. */
export interface Acquaintance {
  speaksOfFeeds: boolean | null
}

/** The part of a Socket.IO socket that is used. */
export interface FeedSocket {
  /** Events that were read after the connection broke: Socket.IO hands them on when there is a new one. */
  receiveBuffer: readonly (readonly unknown[])[]
  on(event: string, listener: (said: never) => void): unknown
  onAny(listener: (event: string, ...args: unknown[]) => void): unknown
}

export interface ResumptionParts {
  /** `false`: the channel has no feed, or the app wants none. */
  isWanted: boolean
  acquaintance: Acquaintance
  /** Chats this channel was in. */
  chats: () => readonly string[]
}

export class Resumption {
  readonly #position = new Position()
  readonly #listeners = new Set<(outcome: Outcome) => void>()
  #named: ReadonlySet<string> = new Set()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly socket: FeedSocket,
    private readonly parts: ResumptionParts,
  ) {
    if (!parts.isWanted) return
    socket.onAny((_event, ...args) => this.#position.reach(markOf(args)))
    socket.on(said['outrigger:position'], (moved: Moved) => this.#position.reach(moved?.seq))
    socket.on(said.resume, (resumed: Resume) => {
      this.#position.take(resumed.to, resumed.feed)
      this.#told(resumed.recovered ? { kind: 'recovered', chats: resumed.chats ?? [] } : { kind: 'began' })
    })
    socket.on(said.reset, (reset: Reset) => {
      this.#position.begin(reset.to, reset.feed)
      this.#told({ kind: 'lost', reason: reset.reason })
    })
  }

  /** What the handshake of now says in `auth.resume`; `undefined`: nothing. */
  request(): ResumeRequest | undefined {
    if (!this.parts.isWanted) return undefined
    // They come again, behind the position that is told now.
    this.socket.receiveBuffer = this.socket.receiveBuffer.filter(([, ...args]) => markOf(args) === null)
    const request = this.#position.request(this.parts.chats())
    this.#named = new Set(this.parts.acquaintance.speaksOfFeeds === false ? [] : request.chats)
    return request
  }

  /** Whether the sidecar was asked to let this client into a chat again, so that nobody else need ask. */
  hasNamed(chatId: string): boolean {
    return this.#named.has(chatId)
  }

  /** Called at least once for each connection, as soon as it is known what the one before missed. */
  readonly onOutcome = (listener: (outcome: Outcome) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  connected(): void {
    clearTimeout(this.#timer)
    const { isWanted, acquaintance } = this.parts
    if (!isWanted || acquaintance.speaksOfFeeds === false) {
      this.#tell({ kind: 'untold' })
      return
    }
    this.#timer = later(TOLD_WITHIN_MS, () => {
      acquaintance.speaksOfFeeds = false
      this.#tell({ kind: 'untold' })
    })
  }

  disconnected(): void {
    clearTimeout(this.#timer)
  }

  /** The user has logged out: where they were is nobody's business any more. */
  forget(): void {
    this.#position.forget()
  }

  #told(outcome: Outcome): void {
    clearTimeout(this.#timer)
    this.parts.acquaintance.speaksOfFeeds = true
    this.#tell(outcome)
  }

  #tell(outcome: Outcome): void {
    for (const listener of [...this.#listeners]) listener(outcome)
  }
}
