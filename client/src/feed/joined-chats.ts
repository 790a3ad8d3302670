// The chats this client is in, or was when its connection broke: the next handshake names them.

import { MOST_CHATS } from './wire.js'

export class JoinedChats {
  /** How many want to be in each, the one joined last at the end. */
  readonly #holders = new Map<string, number>()

  add(chatId: string): void {
    const holders = this.#holders.get(chatId) ?? 0
    this.#holders.delete(chatId)
    this.#holders.set(chatId, holders + 1)
  }

  remove(chatId: string): void {
    const holders = (this.#holders.get(chatId) ?? 0) - 1
    if (holders > 0) this.#holders.set(chatId, holders)
    else this.#holders.delete(chatId)
  }

  /** As many as a handshake may name, those joined last; the others are joined one by one. */
  list(): readonly string[] {
    return [...this.#holders.keys()].slice(-MOST_CHATS)
  }
}
