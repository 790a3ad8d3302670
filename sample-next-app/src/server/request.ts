// What every route handler does first and last: refuse strangers, read JSON of bounded size, answer in one form.
import 'server-only'
import { currentCaller, type Caller } from './caller'
import { settings } from './settings'

/** Room for an image of 5 MB as base64, and a text. */
const MOST_BODY_BYTES = 7_500_000

export const refuse = (status: number, error: string, more: object = {}) =>
  Response.json({ error, ...more }, { status, headers: { 'cache-control': 'no-store' } })

export const answer = (body: unknown, status = 200) =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } })

/**
 * Whether a request that changes something comes from a page of this app. Cookies do not know ports, and SameSite=Lax
 * lets any page on this host send them: the origin has to be looked at.
 */
function isFromHere(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin === null) return request.headers.get('sec-fetch-site') !== 'cross-site'
  return origin === settings().appUrl || URL.parse(origin)?.host === request.headers.get('host')
}

type Handle<Params> = (request: Request, caller: Caller, params: Params) => Promise<Response>
interface Context<Params> {
  readonly params: Promise<Params>
}

async function answered(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadBody) return refuse(error.status, error.message)
    console.error('a request failed', error)
    return refuse(500, 'Something went wrong')
  }
}

/** A route that anyone may call from a page of this app. */
export function open(handle: (request: Request) => Promise<Response>) {
  return (request: Request) =>
    answered(async () => (isFromHere(request) ? handle(request) : refuse(403, 'Wrong origin')))
}

/** A route for logged-in users. */
export function forUsers<Params = object>(handle: Handle<Params>) {
  return (request: Request, context: Context<Params>) =>
    answered(async () => {
      if (request.method !== 'GET' && !isFromHere(request)) return refuse(403, 'Wrong origin')
      const caller = await currentCaller()
      return caller ? handle(request, caller, await context.params) : refuse(401, 'Unauthorized')
    })
}

/** A route for admins. */
export function forAdmins<Params = object>(handle: Handle<Params>) {
  return forUsers<Params>(async (request, caller, params) =>
    caller.user.isAdmin ? handle(request, caller, params) : refuse(403, 'Admin access required'),
  )
}

class BadBody extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** The body as a JSON object. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readBounded(request)
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new BadBody(400, 'Invalid request body.')
}

async function readBounded(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength
    if (size > MOST_BODY_BYTES) {
      await reader?.cancel()
      throw new BadBody(413, 'The request is too large.')
    }
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}

/** A trimmed text of a body, or an empty one. */
export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value.trim() : ''
}
