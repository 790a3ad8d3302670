// What Next.js needs so that it passes the socket paths on untouched. Each line was found by experiment: without
// it polling is answered 308, websockets hang, long polls are cut, or file descriptors leak.

/** The parts of Next's configuration that are read or written here; all others pass through. */
export interface NextConfigLike {
  skipTrailingSlashRedirect?: boolean | undefined
  trailingSlash?: boolean | undefined
  basePath?: string | undefined
  experimental?: { proxyTimeout?: number | undefined } | undefined
  allowedDevOrigins?: string[] | undefined
  rewrites?: (() => Rewrites | Promise<Rewrites>) | undefined
}

export interface RewriteCondition {
  type: 'header' | 'cookie' | 'query'
  key: string
  value?: string
}

export interface Rewrite {
  source: string
  destination: string
  has?: unknown[]
  missing?: unknown[]
  basePath?: false
  locale?: false
}

export interface RewriteGroups {
  beforeFiles?: Rewrite[]
  afterFiles?: Rewrite[]
  fallback?: Rewrite[]
}

export type Rewrites = Rewrite[] | RewriteGroups

export interface WithOutriggerOptions {
  /**
   * Where the sidecar is, as the app's server sees it. Default `OUTRIGGER_URL`, then `http://127.0.0.1:3001`.
   * Rewrites are fixed when the app is built; `false` writes none, for an address known only at run time: then
   * `proxy.ts` uses `outriggerProxy`.
   */
  url?: string | false
  /** Socket paths to pass on. Default `/api/socket` and `/api/socket-namespaces`. */
  paths?: readonly string[]
  /**
   * Passes the sidecar's REST on too (`/api/messages`, `/api/notifications`, `/api/socket-test` …), where the app
   * has no page or route of its own. Default `true`.
   */
  rest?: boolean
}

export const SOCKET_PATHS = ['/api/socket', '/api/socket-namespaces'] as const

/** The sidecar's REST that pages call (section 4 of `contracts/rooms.md`, `social.md`, `tracking.md` and `commerce.md`). */
export const REST_SOURCES = [
  '/api/messages/:path*',
  '/api/notifications/:path*',
  '/api/socket-test',
  '/api/auth/sessions',
  '/api/auth/socket-token',
  '/api/users/:id/online',
  '/social/api/:path*',
  '/tracking/api/:path*',
  '/commerce/api/:path*',
] as const

/** Longer than a long poll, in milliseconds; Next cuts at 30 seconds by default. */
const PROXY_TIMEOUT_MS = 120_000
/** Answers 404 at once, also to a websocket. */
const NOWHERE = '/outrigger/no-such-upgrade'

export function defaultUrl(): string {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } }
  return process?.env['OUTRIGGER_URL'] ?? 'http://127.0.0.1:3001'
}

export class NextConfigError extends Error {
  override readonly name = 'NextConfigError'
}

export function configure(config: NextConfigLike, options: WithOutriggerOptions): NextConfigLike {
  if (config.trailingSlash) {
    throw new NextConfigError(
      'trailingSlash: true redirects polling and makes websockets hang: take it out of the Next configuration',
    )
  }
  const url = options.url === undefined ? defaultUrl() : options.url
  const experimental = { proxyTimeout: PROXY_TIMEOUT_MS, ...config.experimental }
  // Pages opened by address never hydrate in development without it.
  const allowedDevOrigins = [...new Set([...(config.allowedDevOrigins ?? []), '127.0.0.1'])]
  const settings = { ...config, skipTrailingSlashRedirect: true, experimental, allowedDevOrigins }
  if (url === false) return settings
  const sidecar = url.replace(/\/+$/, '')
  const own = config.rewrites?.bind(config)
  return {
    ...settings,
    rewrites: async (): Promise<RewriteGroups> => {
      const ours = rewritesTo(sidecar, options)
      const theirs = grouped(await own?.())
      return {
        beforeFiles: [...ours.beforeFiles, ...theirs.beforeFiles],
        afterFiles: theirs.afterFiles,
        fallback: [...theirs.fallback, ...ours.fallback],
      }
    },
  }
}

function rewritesTo(sidecar: string, options: WithOutriggerOptions): Required<RewriteGroups> {
  const { paths = SOCKET_PATHS, rest = true } = options
  return {
    // With the slash in the destination the sidecar always sees one, however the client asked.
    beforeFiles: paths.map((source) => ({ source, destination: `${sidecar}${source}/` })),
    afterFiles: [],
    fallback: [
      ...(rest ? REST_SOURCES.map((source) => ({ source, destination: `${sidecar}${source}` })) : []),
      // Next leaks a file descriptor for every upgrade that nothing handles: here it is answered.
      {
        source: '/:path*',
        has: [{ type: 'header', key: 'upgrade', value: '[Ww]eb[Ss]ocket' } satisfies RewriteCondition],
        destination: `${sidecar}${NOWHERE}`,
      },
    ],
  }
}

function grouped(rewrites: Rewrites | undefined): Required<RewriteGroups> {
  if (Array.isArray(rewrites)) return { beforeFiles: [], afterFiles: rewrites, fallback: [] }
  const { beforeFiles = [], afterFiles = [], fallback = [] } = rewrites ?? {}
  return { beforeFiles, afterFiles, fallback }
}
