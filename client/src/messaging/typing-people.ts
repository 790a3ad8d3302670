// Who is typing in a room, by name. Without news somebody types no longer: the news may have been lost.

/** Somebody who was not heard of so long (ms) types no longer. */
const BELIEVED_MS = 6_000

interface Person {
  readonly name: string
  readonly expiry: ReturnType<typeof setTimeout>
}

export class TypingPeople {
  readonly #people = new Map<string, Person>()

  constructor(private readonly changed: (names: readonly string[]) => void) {}

  heard(userId: string, name: string, isTyping: boolean): void {
    const known = this.#people.get(userId)
    clearTimeout(known?.expiry)
    if (!isTyping && !known) return
    this.#people.delete(userId)
    if (isTyping) {
      const expiry = setTimeout(() => this.heard(userId, name, false), BELIEVED_MS)
      this.#people.set(userId, { name, expiry })
    }
    if (isTyping && known?.name === name) return
    this.#tell()
  }

  clear(): void {
    if (this.#people.size === 0) return
    for (const { expiry } of this.#people.values()) clearTimeout(expiry)
    this.#people.clear()
    this.#tell()
  }

  #tell(): void {
    this.changed([...this.#people.values()].map(({ name }) => name))
  }
}
