// What a user is about to buy, the same on all of their open pages. The sidecar passes it on and keeps nothing: an app that
// wants it to be there tomorrow keeps it itself, and says how it is loaded.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { Paced } from '../tracking/paced.js'

const { server, client: said } = names.commerce
/** Sixty changes a minute are let through; of those within this time, in milliseconds, the last is told. */
const TOLD_EVERY_MS = 1_000
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

export interface CartState<T> {
  readonly cart: T
  /** Whether all of the user's connected pages have been told of it. */
  readonly isSynced: boolean
  /** Why the last change could not be told, in the sidecar's words. */
  readonly error: string | null
}

export interface CartParts<T> {
  /** Before anything changes. */
  initial: T
  /** How the app has it now; asked at every connection but the first, which `initial` is for. */
  load?: (() => Promise<T>) | undefined
}

export class Cart<T> extends LiveStore<CartState<T>> {
  readonly #shown = new Paced(TOLD_EVERY_MS, () => void this.#tell())
  #load: CartParts<T>['load']
  /** Counts changes of this page and others: only what was asked after the last one is news. */
  #changes = 0
  #isUntold = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    { initial, load }: CartParts<T>,
  ) {
    super({ cart: initial, isSynced: true, error: null })
    this.#load = load
  }

  /** Hooks give the last render's. */
  loadBy(load: CartParts<T>['load']): void {
    this.#load = load
  }

  protected start(): () => void {
    const socket = this.client.peek('commerce')
    let wasConnected = socket.connected
    if (this.#isUntold) void this.#tell()
    return all(
      socket.on(server['cart:synced'], ({ cart }) => {
        // What was changed here since is told in a moment, and counts.
        if (this.#isUntold) return
        this.#changes += 1
        // It is what another page of this user's app put there.
        this.state.patch({ cart: cart as T, isSynced: true, error: null })
      }),
      socket.onConnect(() => {
        if (this.#isUntold) void this.#tell()
        else if (wasConnected) void this.#reload()
        wasConnected = true
      }),
      () => {
        this.#shown.flush()
        clearTimeout(this.#again)
      },
      this.client.hold('commerce'),
    )
  }

  /** Changes it here at once, and on the user's other pages as soon as can be. */
  update(next: T | ((cart: T) => T)): T {
    const cart = typeof next === 'function' ? (next as (cart: T) => T)(this.value.cart) : next
    this.#changes += 1
    this.#isUntold = true
    this.state.patch({ cart, isSynced: false })
    this.#shown.changed()
    return cart
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('commerce')
    // The next connection tells it.
    if (!this.#isUntold || !socket.connected) return
    const told = this.#changes
    try {
      await socket.ask(said['user:cart_update'], { cart: this.value.cart })
      if (told !== this.#changes) return
      this.#isUntold = false
      this.state.patch({ isSynced: true, error: null })
    } catch (cause) {
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      if (isFinal) this.#isUntold = false
      else if (socket.connected) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#tell())
      this.state.patch({ error: message })
    }
  }

  async #reload(): Promise<void> {
    const changes = this.#changes
    try {
      const cart = await this.#load?.()
      if (cart !== undefined && changes === this.#changes) this.state.patch({ cart, isSynced: true })
    } catch (cause) {
      this.state.patch({ error: refusalOf(cause).message })
    }
  }
}
