// One client for a page, however many roots, providers, StrictMode mounts and hot reloads there are. It is kept
// on `globalThis`, because a hot reload evaluates this module again and must find what the last one made.

import { OutriggerClient } from './client.js'
import { sharingKey, type OutriggerOptions } from './options.js'

/** From the last release to closing, in milliseconds: StrictMode and hot reloads come back before. */
const LINGER_MS = 200

interface Shared {
  client: OutriggerClient
  users: number
  closing: ReturnType<typeof setTimeout> | undefined
}

const REGISTRY = Symbol.for('outrigger.clients')

function registry(): Map<string, Shared> {
  const holder = globalThis as { [REGISTRY]?: Map<string, Shared> }
  return (holder[REGISTRY] ??= new Map<string, Shared>())
}

function isPage(): boolean {
  return typeof window !== 'undefined'
}

/**
 * The page's client for these options, not yet counted as used: rendering may be thrown away. On a server every
 * call gives one of its own, since pages of different users are rendered there.
 */
export function sharedClient(options: OutriggerOptions = {}): OutriggerClient {
  if (!isPage()) return new OutriggerClient(options)
  const key = sharingKey(options)
  const known = registry().get(key)
  if (known) {
    known.client.update(options)
    return known.client
  }
  const client = new OutriggerClient(options)
  registry().set(key, { client, users: 0, closing: undefined })
  return client
}

/** Counts a use; the returned function ends it, and after the last one the client closes. */
export function retainClient(client: OutriggerClient): () => void {
  const shared = entryOf(client)
  clearTimeout(shared.closing)
  shared.users += 1
  let ended = false
  return () => {
    if (ended) return
    ended = true
    releaseClient(client)
  }
}

/** The page's client for these options, counted. Each `acquireClient` needs its `releaseClient`. */
export function acquireClient(options: OutriggerOptions = {}): OutriggerClient {
  const client = sharedClient(options)
  retainClient(client)
  return client
}

export function releaseClient(client: OutriggerClient): void {
  const shared = entryOf(client)
  shared.users = Math.max(0, shared.users - 1)
  if (shared.users > 0) return
  clearTimeout(shared.closing)
  shared.closing = setTimeout(() => {
    if (shared.users > 0) return
    client.close()
    for (const [key, entry] of registry()) if (entry === shared) registry().delete(key)
  }, LINGER_MS)
}

function entryOf(client: OutriggerClient): Shared {
  for (const entry of registry().values()) if (entry.client === client) return entry
  // Released before and used again, or a client that was made apart: it is counted from here on.
  const entry: Shared = { client, users: 0, closing: undefined }
  const key = sharingKey({ ...client.settings })
  registry().set(registry().has(key) ? `${key} #${registry().size}` : key, entry)
  return entry
}
