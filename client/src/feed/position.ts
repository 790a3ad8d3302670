// How far one channel got in its user's feed. Kept for the life of the client, in memory: a page that is loaded
// anew loads its lists anyway.

import { isSeq, type ResumeRequest } from './wire.js'

interface Place {
  readonly seq: number
  readonly feed: string
}

export class Position {
  #at: Place | null = null

  get at(): Place | null {
    return this.#at
  }

  /** What to ask for in the next handshake. */
  request(chats: readonly string[]): ResumeRequest {
    if (!this.#at) return {}
    return { ...this.#at, ...(chats.length > 0 ? { chats } : {}) }
  }

  /** Everything up to there has been told. Late news of less changes nothing. */
  reach(seq: unknown): void {
    // Before it has a name a place says nothing.
    if (this.#at && isSeq(seq) && seq > this.#at.seq) this.#at = { ...this.#at, seq }
  }

  /** The feed was taken up at this place, or begins there. */
  take(to: unknown, feed: unknown): void {
    if (this.#at && this.#at.feed === feed) this.reach(to)
    else this.begin(to, feed)
  }

  /** What was before counts no longer, also if it was further: a database can be older than its clients. */
  begin(to: unknown, feed: unknown): void {
    this.#at = isSeq(to) && typeof feed === 'string' ? { seq: to, feed } : null
  }

  forget(): void {
    this.#at = null
  }
}
