// Web push for this browser (`contracts/social.md` section 4): the sidecar's key, the browser's subscription, and the sidecar
// told of it. What is done with a message that comes is the business of the app's service worker.

import type { OutriggerClient } from '../client.js'
import { RestError } from '../rest/rest.js'
import { SOCIAL_REST } from '../rest/social.js'

const PUSH = `${SOCIAL_REST}/notifications`
const NOT_CONFIGURED = 503
const DUPLICATE = 400

export type PushFault =
  /** This browser has no push, or the page is neither on https nor on localhost. */
  | 'unsupported'
  /** The user does not want it. */
  | 'denied'
  /** The sidecar has no VAPID keys. */
  | 'not-configured'
  /** The browser or its push service did not do it. */
  | 'failed'

export class PushError extends Error {
  override readonly name = 'PushError'

  constructor(
    readonly kind: PushFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface PushOptions {
  /** Where the app's service worker is. Default `/sw.js`. */
  serviceWorker?: string
  /** The app's own registration, if it has one already. */
  registration?: ServiceWorkerRegistration
}

/** Whether this browser can be pushed to at all. */
export function canPush(): boolean {
  return typeof navigator !== 'undefined' && 'serviceWorker' in navigator && 'PushManager' in globalThis
}

/** Whether this browser is subscribed. */
export async function isSubscribedToPush({ serviceWorker = '/sw.js', registration }: PushOptions = {}): Promise<boolean> {
  if (!canPush()) return false
  const worker = registration ?? (await navigator.serviceWorker.getRegistration(serviceWorker))
  return (await worker?.pushManager.getSubscription()) != null
}

/**
 * Asks the user, if nobody has yet, and subscribes this browser: call it when they ask for it, or browsers refuse. Once more
 * changes nothing. Rejects with `PushError`, or with `RestError` if the sidecar cannot be told.
 */
export async function subscribeToPush(client: OutriggerClient, options: PushOptions = {}): Promise<PushSubscription> {
  if (!canPush()) throw new PushError('unsupported', 'this browser has no web push')
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new PushError('denied', 'notifications are not allowed on this page')
  }
  const key = await publicKey(client)
  const subscription = await subscribed(await registrationOf(options), key)
  await tell(client, subscription)
  return subscription
}

/** Ends this browser's subscription; one that has none is left as it is. */
export async function unsubscribeFromPush(client: OutriggerClient, options: PushOptions = {}): Promise<void> {
  if (!(await isSubscribedToPush(options))) return
  const subscription = await (await registrationOf(options)).pushManager.getSubscription()
  if (!subscription) return
  await subscription.unsubscribe()
  const query = new URLSearchParams({ endpoint: subscription.endpoint })
  await client.rest.call(`${PUSH}/unsubscribe?${query.toString()}`, { method: 'DELETE' }).catch((cause: unknown) => {
    // It has ended: what the sidecar still knows of it, the push service will call gone.
    if (!(cause instanceof RestError) || cause.status === 401) throw cause
  })
}

async function publicKey(client: OutriggerClient): Promise<string> {
  try {
    return (await client.rest.call<{ publicKey: string }>(`${PUSH}/vapid-key`)).body.publicKey
  } catch (cause) {
    if (!(cause instanceof RestError) || cause.status !== NOT_CONFIGURED) throw cause
    throw new PushError('not-configured', cause.message, { cause })
  }
}

async function registrationOf({ serviceWorker = '/sw.js', registration }: PushOptions): Promise<ServiceWorkerRegistration> {
  if (registration) return registration
  try {
    await navigator.serviceWorker.register(serviceWorker)
    return await navigator.serviceWorker.ready
  } catch (cause) {
    throw new PushError('failed', `the service worker ${serviceWorker} cannot be used`, { cause })
  }
}

async function subscribed({ pushManager }: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const applicationServerKey = bytesOf(key)
  const known = await pushManager.getSubscription()
  // One for another key reaches nobody any more, and browsers refuse a second beside it.
  if (known && !isFor(known, applicationServerKey)) await known.unsubscribe()
  try {
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
  } catch (cause) {
    throw new PushError('failed', 'the push service did not take the subscription', { cause })
  }
}

async function tell(client: OutriggerClient, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON()
  try {
    await client.rest.call(`${PUSH}/subscribe`, { method: 'POST', body: { endpoint, keys } })
  } catch (cause) {
    // Known already (`contracts/social.md` section 4): as it was wanted.
    if (!(cause instanceof RestError) || cause.status !== DUPLICATE || !/already/i.test(cause.message)) throw cause
  }
}

/** The bytes of a base64url text (RFC 4648 section 5). */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (character) => character.charCodeAt(0))
}

function isFor({ options }: PushSubscription, key: Uint8Array): boolean {
  const own = options.applicationServerKey
  if (!own) return false
  const bytes = new Uint8Array(own)
  return bytes.length === key.length && bytes.every((byte, i) => byte === key[i])
}
