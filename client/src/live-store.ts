// A value that is kept up to date only while someone looks at it. Several components share one; it works from
// the first to the last of them, and a remount in between does not make it begin anew.

import { Observable } from './connection/snapshot.js'

/** From the last release to stopping, in milliseconds. */
const LINGER_MS = 200

export abstract class LiveStore<T extends object> {
  protected readonly state: Observable<T>
  /** What a server renders, and a page before it knows more. */
  readonly initial: T
  #users = 0
  #stop: (() => void) | null = null
  #stopping: ReturnType<typeof setTimeout> | undefined

  constructor(initial: T) {
    this.initial = initial
    this.state = new Observable(initial)
  }

  /** Begins to follow; returns what ends it. */
  protected abstract start(): () => void

  get value(): T {
    return this.state.value
  }

  get isInUse(): boolean {
    return this.#users > 0
  }

  readonly subscribe = (listener: () => void): (() => void) => this.state.subscribe(listener)

  /** Counts a user; the returned function ends it. */
  readonly retain = (): (() => void) => {
    clearTimeout(this.#stopping)
    this.#users += 1
    this.#stop ??= this.start()
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#users -= 1
      if (this.#users > 0) return
      this.#stopping = setTimeout(() => {
        if (this.#users > 0) return
        this.#stop?.()
        this.#stop = null
      }, LINGER_MS)
    }
  }
}

/** Ends several things at once. */
export function all(...ends: (() => void)[]): () => void {
  return () => {
    for (const end of ends) end()
  }
}
