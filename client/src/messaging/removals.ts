// Messages that were taken back: a page that was on its way meanwhile must not bring them in again.

import type { StoredMessage } from './chat-message.js'

/** Most that are remembered; a page is not on its way for longer than that. */
const MOST_REMEMBERED = 1_000

export class Removals {
  readonly #ids = new Set<string>()

  add(messageId: string): void {
    this.#ids.add(messageId)
    if (this.#ids.size <= MOST_REMEMBERED) return
    const [oldest] = this.#ids
    if (oldest !== undefined) this.#ids.delete(oldest)
  }

  sift(documents: readonly StoredMessage[]): readonly StoredMessage[] {
    return this.#ids.size === 0 ? documents : documents.filter(({ _id }) => !this.#ids.has(_id))
  }
}
