// What the sidecar says about the user's own account, on whichever channel it comes: hands it to the app,
// confirms it for the audit, and shows a replaced token so that the open connection lives on with it.

import type { Tokens } from '../connection/tokens.js'
import { names } from '../names.js'
import type { AccountStatus, OutriggerHandlers } from '../options.js'
import type { TypedSocket } from '../socket/typed-socket.js'

/** The newest token that was taken, by its time: `rooms` and `/auth` both bring it. */
interface Seen {
  token: string | null
}

export interface AccountParts {
  tokens: Tokens
  handlers: () => OutriggerHandlers
  fail: (what: string, cause: unknown) => void
}

export class Account {
  readonly #seen: Seen = { token: null }

  constructor(private readonly parts: AccountParts) {}

  /** Follows a channel that speaks of the account. */
  follow(socket: TypedSocket<'rooms'> | TypedSocket<'/auth'>): void {
    if (socket.channel === 'rooms') this.#followRooms(socket as TypedSocket<'rooms'>)
    else this.#followAuth(socket as TypedSocket<'/auth'>)
  }

  #followRooms(socket: TypedSocket<'rooms'>): void {
    const { server, client } = names.rooms
    socket.on(server.tokenUpdated, ({ newToken, reason, ...rest }) => {
      socket.emitNow(client.tokenUpdateReceived, { timestamp: now(), reason })
      void this.#take(newToken, () =>
        this.parts.handlers().onTokenUpdated?.({ newToken, reason, ...rest }),
      ).then(() => socket.emitNow(client.authenticate, { token: newToken }))
    })
    socket.on(server.userStatusChanged, (status) => {
      socket.emitNow(client.statusUpdateReceived, { status: status.status, timestamp: now() })
      this.#status(status)
    })
    socket.on(server.designationsUpdated, (designations) => {
      socket.emitNow(client.designationsUpdateReceived, { timestamp: now(), reason: designations.reason })
      this.#tell('onDesignationsUpdated', () => this.parts.handlers().onDesignationsUpdated?.(designations))
    })
  }

  #followAuth(socket: TypedSocket<'/auth'>): void {
    const { server, client } = names.auth
    socket.on(server.tokenUpdated, ({ newToken, reason, ...rest }) => {
      socket.emitNow(client.tokenUpdateReceived, { timestamp: now(), reason })
      void this.#take(newToken, () =>
        this.parts.handlers().onTokenUpdated?.({ newToken, reason, ...rest }),
      ).then(() => socket.emitNow(client.authenticate, { token: newToken }))
    })
    socket.on(server.userStatusChanged, (status) => {
      socket.emitNow(client.statusUpdateReceived, { status: status.status, timestamp: now() })
      this.#status(status)
    })
    socket.on(server.designationsUpdated, (designations) => {
      this.#tell('onDesignationsUpdated', () => this.parts.handlers().onDesignationsUpdated?.(designations))
    })
  }

  async #take(token: string, hand: () => void | Promise<void> | undefined): Promise<void> {
    // With both channels open it comes twice; the app hears of it once.
    if (this.#seen.token === token) return
    this.#seen.token = token
    try {
      await hand()
      await this.parts.tokens.replace(token)
    } catch (cause) {
      this.parts.fail('onTokenUpdated', cause)
    }
  }

  #lastStatus = ''

  #status(status: AccountStatus): void {
    const key = `${status.status} ${status.timestamp}`
    if (key === this.#lastStatus) return
    this.#lastStatus = key
    this.#tell('onStatusChanged', () => this.parts.handlers().onStatusChanged?.(status))
  }

  #tell(what: string, hand: () => void): void {
    try {
      hand()
    } catch (cause) {
      this.parts.fail(what, cause)
    }
  }
}

function now(): string {
  return new Date().toISOString()
}
