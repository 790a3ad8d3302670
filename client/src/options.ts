// What an app tells the client, once.

import type { EngineOptions, Transport } from './connection/connection.js'
import type { Fault } from './connection/faults.js'
import type { TokenRefresh, TokenSource } from './connection/tokens.js'
import type { Urls } from './connection/urls.js'
import type { ResetReason, RoomsServerEvents } from './generated/contracts.js'
import { names, paths, type ChannelName, type ContractName } from './names.js'

type Said<K extends keyof RoomsServerEvents> = RoomsServerEvents[K]
export type TokenReplaced = Said<typeof names.rooms.server.tokenUpdated>
export type AccountStatus = Said<typeof names.rooms.server.userStatusChanged>
export type Designations = Said<typeof names.rooms.server.designationsUpdated>

export interface OutriggerHandlers {
  /** The user's token for the handshake. Absent: the httpOnly cookie, which scripts never see. */
  getToken?: TokenSource | undefined
  /**
   * Called once when the sidecar refuses the token, however many sockets and calls it concerns. Gives the new
   * token, or nothing if it is a cookie; `null` says that there is none and the user has to log in.
   */
  refreshToken?: TokenRefresh | undefined
  /** The sidecar hands over a new token: keep it where the old one is. */
  onTokenUpdated?: ((token: TokenReplaced) => void | Promise<void>) | undefined
  /** The account was activated or deactivated; a deactivated one is logged out seconds later. */
  onStatusChanged?: ((status: AccountStatus) => void) | undefined
  onDesignationsUpdated?: ((designations: Designations) => void) | undefined
  /** This user or device was logged out by the server: nothing connects again until `reconnect()`. */
  onLoggedOut?: ((fault: Fault) => void) | undefined
  /**
   * What was missed on a channel cannot be told any more. What this package keeps loads itself again; load your own.
   */
  onReset?: ((reason: ResetReason, channel: ChannelName) => void) | undefined
  /** Every fault, also those that pass by themselves; for logs. */
  onError?: ((fault: Fault) => void) | undefined
}

export interface OutriggerOptions extends OutriggerHandlers {
  /**
   * Whose page this is. Give it where several users may log in one after another without the page being loaded
   * anew: each has a client of their own, and what one has not sent yet is never sent by the next.
   */
  userId?: string | undefined
  /**
   * Whose words messages, typing and notifications are spoken in, where a hook does not say otherwise: `rooms` (and
   * `legacy` for notifications), `social`, `commerce`, or `quiz`. Default `rooms`.
   */
  contract?: ContractName | undefined
  /** Where sidecars are, best first: `https://app.example.com`. Default: the page's own origin. */
  urls?: Urls
  /** Default `/api/socket`. */
  path?: string | undefined
  /** Path of the three older namespaces, default `/api/socket-namespaces`. */
  legacyPath?: string | undefined
  /** Where `/api/messages` and the other REST paths are, default the connected server. */
  restUrl?: string | undefined
  /** Which to try, in this order. Default websocket, then polling. */
  transports?: readonly Transport[] | undefined
  /**
   * Whether a connection that was lost is told what it missed, and a socket's events carry their place in the user's
   * feed (`docs/RESUME.md`). Default `true`.
   */
  resume?: boolean | undefined
  /** Between two measurements of latency, in milliseconds; `0` measures none. Default 10 seconds. */
  latencyIntervalMs?: number | undefined
  /** Further options of Socket.IO's manager, such as `extraHeaders` outside of browsers. */
  engine?: EngineOptions | undefined
}

/** What stays as it is for the life of a client: two equal ones can share it. */
export interface Settings {
  userId: string | undefined
  contract: ContractName
  urls: readonly string[]
  path: string
  legacyPath: string
  restUrl: string | undefined
  transports: readonly Transport[]
  resume: boolean
  latencyIntervalMs: number
  engine: EngineOptions
}

export function settingsOf(options: OutriggerOptions): Settings {
  const { urls } = options
  return {
    userId: options.userId,
    contract: options.contract ?? 'rooms',
    urls: typeof urls === 'string' ? [urls] : [...(urls ?? [])],
    path: options.path ?? paths.main,
    legacyPath: options.legacyPath ?? paths.legacy,
    restUrl: options.restUrl?.replace(/\/+$/, ''),
    transports: options.transports ?? ['websocket', 'polling'],
    resume: options.resume ?? true,
    latencyIntervalMs: options.latencyIntervalMs ?? 10_000,
    engine: options.engine ?? {},
  }
}

/** Equal for options whose clients can be one. */
export function sharingKey(options: OutriggerOptions): string {
  const { userId, contract, urls, path, legacyPath, restUrl, transports, resume } = settingsOf(options)
  return JSON.stringify([userId ?? null, contract, urls, path, legacyPath, restUrl ?? null, transports, resume])
}
