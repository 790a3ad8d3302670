// The servers a client may use, and which one it is at. Both connections of a client share it, so that the
// second follows the first without finding out for itself.

/** `undefined` is the page's own origin. */
export type Urls = string | readonly string[] | undefined

/** Where relative addresses lead: the page's origin, or nowhere outside a page. */
export function ownOrigin(): string {
  const { location } = globalThis as { location?: { origin?: string } }
  return location?.origin ?? ''
}

export class UrlRing {
  readonly all: readonly string[]
  #index = 0
  #failedInARow = 0

  constructor(urls: Urls) {
    const list = (typeof urls === 'string' ? [urls] : (urls ?? [])).map((url) => url.replace(/\/+$/, ''))
    const unique = [...new Set(list)]
    this.all = unique.length > 0 ? unique : ['']
  }

  /** Without a slash at its end. The page's origin is read late: a ring may be made before there is a page. */
  get current(): string {
    return this.all[this.#index] || ownOrigin()
  }

  /** Whether some server has not been tried since the last success. */
  get hasFresh(): boolean {
    return this.#failedInARow < this.all.length
  }

  /** Notes that a server did not answer and moves to the next; late news of another one changes nothing. */
  failed(url: string): void {
    if (url !== this.current) return
    this.#failedInARow += 1
    this.#index = (this.#index + 1) % this.all.length
  }

  succeeded(): void {
    this.#failedInARow = 0
  }
}
