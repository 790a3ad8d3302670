// For an address of the sidecar that is known only when the app starts: `proxy.ts` passes the socket paths on, and
// REST where that is wanted.

import { defaultUrl, SOCKET_PATHS } from './config.js'

/** What is used of Next's request. */
export interface ProxiedRequest {
  url: string
}

export interface OutriggerProxyOptions {
  /** Asked at every request. Default `OUTRIGGER_URL`, then `http://127.0.0.1:3001`. */
  url?: string | (() => string)
  paths?: readonly string[]
  /** REST that is passed on with all that stands under it: `['/social/api']`. Default none. */
  rest?: readonly string[]
}

/**
 * Makes the function for `proxy.ts`. It answers for the socket paths, and what `rest` names, and gives `undefined` for all others, so
 * that it can stand before a proxy of your own:
 *
 * ```ts
 * import { outriggerProxy } from '@outrigger/client/next'
 * const sidecar = outriggerProxy()
 * export function proxy(request: NextRequest) {
 *   return sidecar(request) ?? NextResponse.next()
 * }
 * export const config = { matcher: ['/api/socket', '/api/socket-namespaces'] } // as in `outriggerMatcher`
 * ```
 *
 * Never answer 401 or a redirect on these paths: the client's websocket would hang until its time limit.
 */
export function outriggerProxy(
  options: OutriggerProxyOptions = {},
): (request: ProxiedRequest) => Response | undefined {
  const paths = new Set<string>(options.paths ?? SOCKET_PATHS)
  const rest = options.rest ?? []
  return (request) => {
    const { pathname, search } = new URL(request.url)
    const path = pathname.replace(/\/+$/, '')
    const isRest = rest.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
    if (!isRest && !paths.has(path)) return undefined
    const given = typeof options.url === 'function' ? options.url() : options.url
    // Sockets are asked for with a slash at the end, REST without one.
    const target = new URL(isRest ? `${path}${search}` : `${path}/${search}`, given ?? defaultUrl())
    // What `NextResponse.rewrite` makes; so this module needs no `next` to be loaded from its configuration.
    return new Response(null, { headers: { 'x-middleware-rewrite': target.toString() } })
  }
}

/**
 * The paths of `proxy.ts`. Next reads `config` without running it: write the list out there, and compare with
 * this one.
 */
export const outriggerMatcher: readonly string[] = SOCKET_PATHS
