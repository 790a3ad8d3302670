// A user's own request, passed on to the sidecar with their cookie and nothing else of theirs that matters.
import 'server-only'
import { AUTH_COOKIE, authCookie } from '../cookies'
import { refuse } from '../request'
import { settings } from '../settings'

const PATIENCE_MS = 5000
/** What a browser may learn of the sidecar's answer. */
const ANSWER_HEADERS = ['content-type', 'cache-control', 'etag', 'content-security-policy', 'x-content-type-options', 'retry-after']

export interface Passed {
  readonly method?: 'GET' | 'POST' | 'PATCH'
  readonly body?: unknown
  /** Shows the token in a header: contract `tracking` takes no cookie. */
  readonly byHeader?: boolean
  readonly ifNoneMatch?: string | null
  /** For calls that take longer than others. */
  readonly patienceMs?: number
}

/** The sidecar's answer, or null if it is down. */
export async function askSidecar(
  path: string,
  { method = 'GET', body, byHeader = false, ifNoneMatch, patienceMs = PATIENCE_MS }: Passed = {},
): Promise<Response | null> {
  const token = await authCookie()
  const headers = new Headers()
  if (token && byHeader) headers.set('authorization', `Bearer ${token}`)
  else if (token) headers.set('cookie', `${AUTH_COOKIE}=${token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (ifNoneMatch) headers.set('if-none-match', ifNoneMatch)
  try {
    const response = await fetch(settings().sidecar.url + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    // It is there but cannot work, or something before it says that it is not there: the same to us.
    return response.status >= 502 && response.status <= 504 ? null : response
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return null
    throw error
  }
}

/** The answer as it came, for the browser. */
export function relay(response: Response): Response {
  const headers = new Headers()
  for (const name of ANSWER_HEADERS) {
    const value = response.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Response(response.status === 304 ? null : response.body, { status: response.status, headers })
}

export const sidecarDown = () => refuse(502, 'The realtime service is not available')

/** Passes on and relays; 502 if the sidecar is down. */
export async function passOn(path: string, passed?: Passed): Promise<Response> {
  const response = await askSidecar(path, passed)
  return response ? relay(response) : sidecarDown()
}
