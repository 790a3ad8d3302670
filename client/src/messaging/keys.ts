// Telling others that this user is typing: seldom enough for the sidecar's limits, and taken back by itself when the keys rest.

/** Between two notes, in milliseconds, unless a contract lets fewer through. */
const REPEAT_MS = 3_000
/** Keys that rest so long (ms) are at rest. */
const REST_MS = 4_000

export class Keys {
  #toldAt: number | null = null
  #rest: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly tell: (isTyping: boolean) => void,
    private readonly repeatMs = REPEAT_MS,
  ) {}

  /** Call at every key. */
  press(): void {
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => this.rest(), REST_MS)
    if (this.#toldAt === null || Date.now() - this.#toldAt >= this.repeatMs) this.#say()
  }

  /** Call when there is a connection: what was told before came to nothing, or ended with the one before. */
  connected(): void {
    if (this.#toldAt !== null) this.#say()
  }

  /** The message was sent, or the field left. */
  rest(): void {
    clearTimeout(this.#rest)
    if (this.#toldAt === null) return
    this.#toldAt = null
    this.tell(false)
  }

  #say(): void {
    this.#toldAt = Date.now()
    this.tell(true)
  }
}
