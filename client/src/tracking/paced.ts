// Many changes shown as few: the first at once, those that follow together.

import { later } from '../connection/later.js'

export class Paced {
  #timer: ReturnType<typeof setTimeout> | undefined
  #isDue = false

  constructor(
    /** Least time between two showings, in milliseconds. */
    private readonly everyMs: number,
    private readonly show: () => void,
  ) {}

  /** Something changed: it is shown now, or at the end of the pause. */
  changed(): void {
    this.#isDue = true
    if (this.#timer === undefined) this.#run()
  }

  /** Shows what is due at once. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isDue) this.#run()
  }

  #run(): void {
    this.#isDue = false
    this.#timer = later(this.everyMs, () => {
      this.#timer = undefined
      if (this.#isDue) this.#run()
    })
    this.show()
  }
}
