// Looks at the socket path the way a client would, without one: the answer says what stands in between.

/** A server that takes longer (ms) does not answer. */
const PATIENCE_MS = 5_000

export type Seen =
  /** A handshake was made. */
  | { kind: 'sidecar' }
  | { kind: 'redirected'; to: string | null }
  | { kind: 'wrong-origin' }
  /** Nobody answers at the address. */
  | { kind: 'unreachable'; reason: string }
  | { kind: 'status'; status: number; body: string }
  /** Success, in words that are not Engine.IO's. */
  | { kind: 'foreign'; body: string }

export type WebsocketSeen = 'open' | 'refused' | 'silent' | 'unknown'

export interface ProbeTarget {
  url: string
  path: string
  headers: Readonly<Record<string, string>>
}

export async function probe(target: ProbeTarget): Promise<Seen> {
  let response: Response
  try {
    response = await get(`${target.url}${target.path}?EIO=4&transport=polling`, target, { redirect: 'manual' })
  } catch (cause) {
    return hidden(target, cause)
  }
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    return { kind: 'redirected', to: response.headers.get('location') }
  }
  const body = await response.text().catch(() => '')
  if (response.status === 403 && body.includes('Origin not allowed')) return { kind: 'wrong-origin' }
  if (!response.ok) return { kind: 'status', status: response.status, body: body.slice(0, 200) }
  if (!body.startsWith('0{')) return { kind: 'foreign', body: body.slice(0, 200) }
  await closeSession(target, body)
  return { kind: 'sidecar' }
}

/** Scripts may not know why a request to another origin failed; one without an answer to read tells them apart. */
async function hidden(target: ProbeTarget, cause: unknown): Promise<Seen> {
  try {
    await get(`${target.url}${target.path}`, target, { mode: 'no-cors', credentials: 'omit' })
    return { kind: 'wrong-origin' }
  } catch {
    return { kind: 'unreachable', reason: reasonOf(cause) }
  }
}

/** A handshake that nobody uses would stay open until its heartbeat is missed. */
async function closeSession(target: ProbeTarget, open: string): Promise<void> {
  try {
    const { sid } = JSON.parse(open.slice(1).split('\u001e')[0] ?? '') as { sid?: string }
    if (!sid) return
    const query = new URLSearchParams({ EIO: '4', transport: 'polling', sid })
    await get(`${target.url}${target.path}?${query.toString()}`, target, { method: 'POST', body: '1' })
  } catch {
    // It ends by itself, later.
  }
}

function get(url: string, { headers }: ProbeTarget, init: RequestInit): Promise<Response> {
  return fetch(url, {
    cache: 'no-store',
    credentials: 'include',
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...init,
    ...(init.mode === 'no-cors' ? {} : { headers }),
  })
}

function reasonOf(cause: unknown): string {
  const code = (cause as { cause?: { code?: unknown } } | null)?.cause?.code
  if (typeof code === 'string') return code
  return cause instanceof Error ? cause.message : String(cause)
}

/** Whether a websocket gets through; `silent` is what a redirect or a proxy without upgrades looks like. */
export function probeWebsocket({ url, path }: ProbeTarget): Promise<WebsocketSeen> {
  if (typeof WebSocket === 'undefined') return Promise.resolve('unknown')
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}?EIO=4&transport=websocket`)
    const timer = setTimeout(() => end('silent'), PATIENCE_MS)
    const end = (seen: WebsocketSeen): void => {
      clearTimeout(timer)
      socket.onopen = socket.onerror = null
      socket.close()
      resolve(seen)
    }
    socket.onopen = () => end('open')
    socket.onerror = () => end('refused')
  })
}
