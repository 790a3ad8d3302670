// What the sidecar has to be told of a campaign's recipients. With the sidecar away it is kept, the last for each, and told
// with what comes next: nothing of it is lost, and nobody waits.
import 'server-only'
import type { RecipientUpdateDraft } from '@outrigger/client/server'
import { outrigger } from '../sidecar/outrigger'

/** Tries at the end, one a second, until everything is told. */
const LAST_TRIES = 120
const PAUSE_MS = 1_000

export class Report {
  readonly #untold = new Map<string, RecipientUpdateDraft>()

  constructor(
    private readonly userId: string,
    private readonly messageId: string,
  ) {}

  /** Tells these, and what could not be told before. */
  async tell(updates: readonly RecipientUpdateDraft[]): Promise<boolean> {
    for (const update of updates) this.#untold.set(update.recipientId, update)
    if (this.#untold.size === 0) return true
    const told = await outrigger().broadcastRecipientUpdates(this.userId, this.messageId, this.#untold.values(), {
      retries: 0,
    })
    if (told.ok) this.#untold.clear()
    return told.ok
  }

  /** Goes on until all is told, or gives up. */
  async finish(): Promise<boolean> {
    return untilTold(() => this.tell([]))
  }
}

export async function untilTold(tell: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < LAST_TRIES; tries += 1) {
    if (await tell()) return true
    await pause(PAUSE_MS)
  }
  return false
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
