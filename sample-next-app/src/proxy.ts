// Passes the two socket paths, the REST of contract `social` and the way to a token for sockets on to the sidecar, whose
// address is known when the app runs. No page needs a proxy: one that asked for a login here would leave websockets hanging.
import { outriggerProxy } from '@outrigger/client/next'
import type { NextRequest } from 'next/server'

const toSidecar = outriggerProxy({ rest: ['/social/api', '/api/auth/socket-token'] })
/** Answered 404 at once, also to a websocket. */
const NOWHERE = '/outrigger/no-such-upgrade'

export function proxy(request: NextRequest): Response {
  // Next keeps an upgrade that nothing answers open for ever: here each is answered.
  return toSidecar(request) ?? new Response(null, { headers: { 'x-middleware-rewrite': nowhere() } })
}

function nowhere(): string {
  return new URL(NOWHERE, process.env.OUTRIGGER_URL ?? 'http://127.0.0.1:3001').href
}

export const config = {
  matcher: [
    '/api/socket',
    '/api/socket-namespaces',
    '/social/api/:path*',
    '/api/auth/socket-token',
    { source: '/:path*', has: [{ type: 'header', key: 'upgrade', value: '[Ww]eb[Ss]ocket' }] },
  ],
}
