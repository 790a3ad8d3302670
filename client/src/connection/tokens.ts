// The token of the page's user: where it comes from, and how to get a new one. Several sockets, calls and tabs'
// worth of hooks may find it stale in the same moment; they all wait for one refresh.

export type TokenSource = () => Promise<string | null> | string | null
/** Gets a new token; what it gives is used, and with cookies it gives nothing. */
export type TokenRefresh = () => Promise<string | null | undefined | void>

export interface TokenOptions {
  /** Absent: the cookie is the token, and scripts never see it. */
  getToken?: TokenSource | undefined
  refreshToken?: TokenRefresh | undefined
}

export class Tokens {
  #options: TokenOptions
  /** Handed over by the sidecar or by a refresh, newer than what `getToken` may still give. */
  #newer: string | null = null
  #stale: string | null = null
  #refreshing: Promise<boolean> | null = null
  #generation = 0

  constructor(options: TokenOptions) {
    this.#options = options
  }

  update(options: TokenOptions): void {
    this.#options = options
  }

  /** Whether the token is a cookie that scripts cannot read. */
  get isCookie(): boolean {
    return this.#options.getToken === undefined
  }

  get canRefresh(): boolean {
    return this.#options.refreshToken !== undefined
  }

  /** The token to show; `null` leaves it to the cookie. */
  async current(): Promise<string | null> {
    const { getToken } = this.#options
    if (!getToken) return null
    const given = await getToken()
    if (this.#newer === null) return given
    // The app has caught up, or changed user: what it says counts again.
    if (given !== this.#stale) {
      this.#newer = null
      return given
    }
    return this.#newer
  }

  /** Takes a token that the sidecar handed over; it is used until `getToken` gives another than before. */
  async replace(token: string): Promise<void> {
    const { getToken } = this.#options
    if (!getToken) return
    const given = await getToken()
    if (given === token) return
    this.#stale = given
    this.#newer = token
  }

  /** Forgets what was handed over: another user may be here now. */
  forget(): void {
    this.#newer = null
  }

  /** Counts refreshes: who notes it before showing a token knows later whether there has been a newer one. */
  get generation(): number {
    return this.#generation
  }

  /**
   * Gets a new token in place of the one of that generation, once for all who ask meanwhile and none for those
   * who ask late. `false`: there is none to be had.
   */
  async refresh(generation: number): Promise<boolean> {
    if (generation < this.#generation) return true
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    return await this.#refreshing
  }

  async #refresh(): Promise<boolean> {
    const { refreshToken, getToken } = this.#options
    if (!refreshToken) return false
    const fresh = await refreshToken()
    if (fresh === null) return false
    this.#generation += 1
    this.#newer = null
    if (typeof fresh === 'string' && getToken) {
      const given = await getToken()
      if (given !== fresh) {
        this.#stale = given
        this.#newer = fresh
      }
    }
    return true
  }
}
