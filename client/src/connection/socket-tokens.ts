// Tokens for a channel that takes no cookie (`contracts/tracking.md`, `commerce.md`, `quiz.md` and `contacts.md`, section 1).
// Where the page's token is a cookie that no script sees, the sidecar makes one of it for sockets alone, asked for at every
// handshake.

import { RestError, type Rest } from '../rest/rest.js'
import { later } from './later.js'
import type { Tokens } from './tokens.js'

/** `contracts/rooms.md` section 4. */
const SOCKET_TOKEN = '/api/auth/socket-token'
/** Tries while nobody answers, and between two of them, in milliseconds. */
const TRIES = 5
const PAUSE_MS = 1_000

/** What a channel asks of its tokens. */
export type ShownTokens = Pick<Tokens, 'generation' | 'isCookie' | 'canRefresh' | 'current' | 'refresh'>

export class SocketTokens implements ShownTokens {
  /** The cookie holds no longer, or there is none. */
  #isDenied = false

  constructor(
    private readonly tokens: Tokens,
    private readonly rest: Rest,
  ) {}

  get generation(): number {
    return this.tokens.generation
  }

  /** Never: what is shown stands in the handshake. */
  get isCookie(): boolean {
    return false
  }

  get canRefresh(): boolean {
    return this.tokens.isCookie || this.tokens.canRefresh
  }

  async current(): Promise<string | null> {
    if (!this.tokens.isCookie) return this.tokens.current()
    for (let tries = 1; ; tries += 1) {
      try {
        const { socketToken } = (await this.rest.call<{ socketToken: string }>(SOCKET_TOKEN)).body
        this.#isDenied = false
        return socketToken
      } catch (error) {
        // It asked for a new cookie already, where there is a way to.
        this.#isDenied = error instanceof RestError && error.status === 401
        if (this.#isDenied) return null
        if (tries === TRIES || !(error instanceof RestError && error.isPassing)) throw error
      }
      await new Promise<void>((done) => later(PAUSE_MS, done))
    }
  }

  /** The next handshake has a new one, unless its cookie holds no longer. */
  async refresh(generation: number): Promise<boolean> {
    return this.tokens.isCookie ? !this.#isDenied : this.tokens.refresh(generation)
  }
}
