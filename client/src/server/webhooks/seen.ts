// Which webhooks were handled: one whose answer got lost comes a second time, with the same id.

/** Where ids are kept. With several processes of the app, give one that they share. */
export interface SeenWebhooks {
  has(id: string): boolean | Promise<boolean>
  /** Called when a handler is done with it. */
  add(id: string): void | Promise<void>
}

/** Most ids that are kept by default. */
const MOST_IDS = 10_000

/** In memory, the oldest forgotten first. */
export class SeenInMemory implements SeenWebhooks {
  readonly #ids = new Set<string>()

  constructor(private readonly most: number = MOST_IDS) {}

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size <= this.most) return
    const [oldest] = this.#ids
    if (oldest !== undefined) this.#ids.delete(oldest)
  }
}
