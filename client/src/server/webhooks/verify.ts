// Whether a webhook comes from the sidecar: signed over its id, its time and its bytes, as Standard Webhooks has it
// (https://www.standardwebhooks.com), and not long ago. Made of Web Crypto alone, so that it runs wherever routes do.

import type { Webhook } from './webhook.js'

export const DEFAULT_TOLERANCE_SECONDS = 300
/** Signatures of one webhook that are looked at: more than one only while a secret is being replaced. */
const MOST_SIGNATURES = 10
const ENCODED_SECRET = 'whsec_'

export type WebhookFault =
  /** A header that belongs to every webhook is missing. */
  | 'headers'
  /** Not signed with this secret, or changed on its way. */
  | 'signature'
  /** Signed too long ago, or in the future: it may be one that was recorded. */
  | 'timestamp'
  /** Signed, and not a webhook. */
  | 'payload'

export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'

  constructor(
    readonly kind: WebhookFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Those of a `Request`, or of Node.js with its lower-case names. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export interface WebhookToVerify {
  /** The body as it came: parsed and written anew it is another. */
  payload: string | Uint8Array
  headers: WebhookHeaders
  /** `OUTRIGGER_WEBHOOK_SECRET`. */
  secret: string
  /** How long ago it may have been signed. Default 300. */
  toleranceSeconds?: number
}

/** The webhook, if it is one. Rejects with `WebhookVerificationError` if it is not. */
export async function verifyWebhook({
  payload,
  headers,
  secret,
  toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
}: WebhookToVerify): Promise<Webhook> {
  const key = await keyOf(secret)
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  if (!(await isSigned(key, joined(`${id}.${timestamp}.`, body), signatures))) {
    throw new WebhookVerificationError('signature', 'no signature of the webhook fits')
  }
  // Behind the signature: a stranger learns nothing of this clock.
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!/^\d{1,12}$/.test(timestamp) || age > toleranceSeconds) {
    throw new WebhookVerificationError('timestamp', `the webhook was signed more than ${toleranceSeconds} s ago or ahead`)
  }
  return parsed(body)
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : (headers[name] ?? null)
  const text = typeof value === 'string' ? value : value?.join(' ')
  if (!text) throw new WebhookVerificationError('headers', `the header ${name} is missing`)
  return text
}

/** Throws for a secret that is none: everything would be refused, or worse, an empty one would let everyone in. */
async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = secret.startsWith(ENCODED_SECRET)
    ? decoded(secret.slice(ENCODED_SECRET.length))
    : new TextEncoder().encode(secret)
  if (!bytes || bytes.length === 0) throw new TypeError('the secret of the webhooks is empty, or its base64 is broken')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

async function isSigned(key: CryptoKey, signed: Uint8Array<ArrayBuffer>, header: string): Promise<boolean> {
  for (const one of header.split(' ').slice(0, MOST_SIGNATURES)) {
    const [version, encoded = ''] = one.split(',', 2)
    const signature = version === 'v1' ? decoded(encoded) : null
    // Compares in constant time, whatever is handed in.
    if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true
  }
  return false
}

function joined(text: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const before = new TextEncoder().encode(text)
  const all = new Uint8Array(before.length + body.length)
  all.set(before)
  all.set(body, before.length)
  return all
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}

function parsed(body: Uint8Array): Webhook {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new WebhookVerificationError('payload', 'the body is not JSON', { cause })
  }
  const { id, type, userId, data } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Webhook>
  const isWebhook = [id, type, userId].every((one) => typeof one === 'string') && typeof data === 'object' && data !== null
  if (!isWebhook) throw new WebhookVerificationError('payload', 'the body is not a webhook')
  return value as Webhook
}
