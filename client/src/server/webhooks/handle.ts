// A route for webhooks: verified, each handled once, and answered so that the sidecar does what it should: forget it,
// or try it again.

import { SeenInMemory, type SeenWebhooks } from './seen.js'
import { verifyWebhook, WebhookVerificationError, type WebhookFault } from './verify.js'
import type { Webhook, WebhookOf, WebhookType } from './webhook.js'

/** A larger body (in bytes) is no webhook. */
const MOST_BODY_BYTES = 10_000_000

export type WebhookHandlers = {
  [T in WebhookType]?: (webhook: WebhookOf<T>) => void | Promise<void>
}

export interface HandleWebhooksOptions {
  /** `OUTRIGGER_WEBHOOK_SECRET`; a function is asked at each request, when the environment is that of the running app. */
  secret: string | (() => string)
  /** What to do with each type. Others are taken and forgotten; `OUTRIGGER_WEBHOOK_EVENTS` keeps them from being sent. */
  on: WebhookHandlers
  /** Against handling one twice. Default: in the memory of this process. */
  seen?: SeenWebhooks
  /** How long ago a webhook may have been signed. Default 300. */
  toleranceSeconds?: number
  /** Called when a handler, the secret or `seen` failed; for logs. Default: `console.error`. */
  onError?: (error: unknown, type: string) => void
}

/**
 * Makes a route handler:
 *
 * ```ts
 * // app/api/outrigger/webhooks/route.ts
 * export const POST = handleWebhooks({
 *   secret: () => process.env.OUTRIGGER_WEBHOOK_SECRET!,
 *   on: { 'message.missed': async ({ userId, data }) => sendEmail(userId, data.message.text) },
 * })
 * ```
 *
 * A handler that throws has the webhook sent again, so one that is slow or fails often should only note it down.
 */
export function handleWebhooks(options: HandleWebhooksOptions): (request: Request) => Promise<Response> {
  const seen = options.seen ?? new SeenInMemory()
  /** Being handled now: a second attempt that comes meanwhile waits for the first. */
  const running = new Map<string, Promise<Response>>()

  const handle = async (webhook: Webhook): Promise<Response> => {
    try {
      if (await seen.has(webhook.id)) return taken()
      await handlerOf(options.on, webhook.type)?.(webhook)
    } catch (error) {
      report(options, error, webhook.type)
      return refused(500, 'The webhook could not be handled')
    }
    try {
      await seen.add(webhook.id)
    } catch (error) {
      // It has been handled: to ask for it again would only do it twice.
      report(options, error, webhook.type)
    }
    return taken()
  }

  return async (request) => {
    let webhook: Webhook
    try {
      const payload = await bounded(request)
      if (!payload) return refused(413, 'The webhook is too large')
      const { secret, toleranceSeconds } = options
      webhook = await verifyWebhook({
        payload,
        headers: request.headers,
        secret: typeof secret === 'function' ? secret() : secret,
        ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
      })
    } catch (error) {
      if (error instanceof WebhookVerificationError) return refused(STATUS[error.kind], error.message)
      report(options, error, 'unverified')
      return refused(500, 'The webhook could not be verified')
    }
    const { id } = webhook
    const answer = running.get(id) ?? handle(webhook).finally(() => running.delete(id))
    running.set(id, answer)
    return (await answer).clone()
  }
}

const STATUS: Readonly<Record<WebhookFault, number>> = { headers: 401, signature: 401, timestamp: 400, payload: 400 }

function handlerOf(on: WebhookHandlers, type: string): ((webhook: Webhook) => void | Promise<void>) | undefined {
  // Its own only: `type` is whatever a newer sidecar says. That each handler gets its own type is what the map says.
  return Object.hasOwn(on, type) ? (on[type as WebhookType] as (webhook: Webhook) => void | Promise<void>) : undefined
}

/** The body; `null` if it is too large. */
async function bounded(request: Request): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength
    if (size > MOST_BODY_BYTES) {
      await reader?.cancel()
      return null
    }
    parts.push(part.value)
  }
  const body = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    body.set(part, at)
    at += part.byteLength
  }
  return body
}

function report({ onError }: HandleWebhooksOptions, error: unknown, type: string): void {
  if (!onError) {
    console.error(`a webhook failed (${type})`, error)
    return
  }
  try {
    onError(error, type)
  } catch {
    // A log that fails changes no answer.
  }
}

const HEADERS = { 'cache-control': 'no-store' }

function taken(): Response {
  return Response.json({ success: true }, { headers: HEADERS })
}

function refused(status: number, error: string): Response {
  return Response.json({ error }, { status, headers: HEADERS })
}
