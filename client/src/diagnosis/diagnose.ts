// Finds out why a client is not connected, or not well: what the sidecar said, what the path answers, and what
// carries the connection. Nothing here changes anything.

import type { OutriggerClient } from '../client.js'
import type { Fault } from '../connection/faults.js'
import { ownOrigin } from '../connection/urls.js'
import { diagnosis } from './catalogue.js'
import type { Diagnosis } from './diagnosis.js'
import { probe, probeWebsocket, type ProbeTarget, type Seen } from './probe.js'
import { tokenTimes } from './token-claims.js'

/** Polling for so long (ms) after connecting is no longer on its way to a websocket. */
const UPGRADED_BY_MS = 5_000
/** A round trip above this (ms) is felt. */
const SLOW_MS = 1_000

export async function diagnose(client: OutriggerClient): Promise<Diagnosis[]> {
  if (typeof navigator !== 'undefined' && navigator.onLine === false) {
    return [diagnosis('browser-offline', 'The browser says that it is offline.')]
  }
  const [path, others, token] = await Promise.all([
    pathFaults(client),
    otherServers(client),
    tokenFaults(client),
  ])
  const found = [...path, ...token, ...others, ...(await qualityFaults(client))]
  return found.length > 0 ? found : [diagnosis('healthy', healthyDetail(client))]
}

function target(client: OutriggerClient, url: string): ProbeTarget {
  return { url, path: client.settings.path, headers: client.settings.engine.extraHeaders ?? {} }
}

function currentUrl(client: OutriggerClient): string {
  return client.snapshot.url || client.settings.urls[0] || ownOrigin()
}

async function pathFaults(client: OutriggerClient): Promise<Diagnosis[]> {
  // A connection that stands needs no second one to prove that the path is right.
  if (client.status === 'connected') return []
  const url = currentUrl(client)
  return pathFault(url, client.settings.path, await probe(target(client, url)))
}

function pathFault(url: string, path: string, seen: Seen): Diagnosis[] {
  const place = `${url}${path}`
  switch (seen.kind) {
    case 'sidecar':
      return []
    case 'redirected':
      return [diagnosis('redirected', `${place} redirects${seen.to ? ` to ${seen.to}` : ''}.`)]
    case 'wrong-origin':
      return [diagnosis('wrong-origin', `${place} refuses requests from ${ownOrigin() || 'this origin'}.`)]
    case 'unreachable':
      return [diagnosis('sidecar-down', `${place}: ${seen.reason}.`)]
    case 'foreign':
      return [diagnosis('not-the-sidecar', `${place} answers, but not as a Socket.IO server does.`)]
    case 'status':
      return [statusFault(place, seen.status)]
  }
}

function statusFault(place: string, status: number): Diagnosis {
  const detail = `${place} answers with status ${status}.`
  if (status === 404) return diagnosis('not-routed', detail)
  if (status === 429) return diagnosis('too-many-connections', detail)
  // Next and other proxies answer 500 to 504 for a server behind them that is not there.
  if (status >= 500) return diagnosis('sidecar-down', detail)
  return diagnosis('not-the-sidecar', detail)
}

/** Servers to turn to that could not be turned to: a warning while another one works. */
async function otherServers(client: OutriggerClient): Promise<Diagnosis[]> {
  const current = currentUrl(client)
  const others = client.settings.urls.filter((url) => url !== current)
  const seen = await Promise.all(others.map((url) => probe(target(client, url))))
  return others.flatMap((url, index) => {
    const outcome = seen[index]
    const faults = outcome ? pathFault(url, client.settings.path, outcome) : []
    return faults.map((fault): Diagnosis => ({ ...fault, severity: 'warning' }))
  })
}

async function tokenFaults(client: OutriggerClient): Promise<Diagnosis[]> {
  const { fault, status } = client.snapshot
  if (!fault || status === 'connected') return []
  const token = await client.token().catch(() => null)
  const times = token === null ? null : tokenTimes(token)
  return faultDiagnosis(fault, client.usesCookie, times?.expiresAt ?? null)
}

function faultDiagnosis(fault: Fault, usesCookie: boolean, expiresAt: number | null): Diagnosis[] {
  const said = `The sidecar said: ${fault.message}.`
  switch (fault.kind) {
    case 'token-missing':
      return [diagnosis(usesCookie ? 'cookie-not-sent' : 'no-token', said)]
    case 'token-expired': {
      const isGoodHere = expiresAt !== null && expiresAt > Date.now() + 30_000
      return [diagnosis(isGoodHere ? 'clock-skew' : 'expired-token', expiry(said, expiresAt))]
    }
    case 'token-signature':
    case 'token-invalid':
    case 'admin-only':
    case 'locked-out':
    case 'too-many-connections':
    case 'refused':
      return [diagnosis(fault.kind, said)]
    case 'logged-out':
      return [diagnosis('logged-out', `The reason given: ${fault.message}.`)]
    case 'unavailable':
      return [diagnosis('sidecar-down', said)]
    case 'unreachable':
      // What the path answers says more.
      return []
  }
}

function expiry(said: string, expiresAt: number | null): string {
  return expiresAt === null ? said : `${said} By its own word it holds until ${new Date(expiresAt).toISOString()}.`
}

async function qualityFaults(client: OutriggerClient): Promise<Diagnosis[]> {
  const { status, transport, latency, since, url } = client.snapshot
  if (status !== 'connected') return []
  const found: Diagnosis[] = []
  const wantsWebsocket = client.settings.transports.includes('websocket')
  if (wantsWebsocket && transport === 'polling' && Date.now() - since > UPGRADED_BY_MS) {
    const seen = await probeWebsocket(target(client, url))
    found.push(diagnosis('stuck-on-polling', `A websocket to ${url}${client.settings.path}: ${WEBSOCKET_WORDS[seen]}.`))
  }
  if (latency !== null && latency > SLOW_MS) found.push(diagnosis('slow', `The last round trip took ${latency} ms.`))
  return found
}

const WEBSOCKET_WORDS = {
  open: 'gets through now; reconnect to use it',
  refused: 'is refused',
  silent: 'is neither accepted nor refused',
  unknown: 'cannot be tried here',
} as const

function healthyDetail(client: OutriggerClient): string {
  const { status, transport, latency, url } = client.snapshot
  if (status !== 'connected') return `${currentUrl(client)}${client.settings.path} answers as it should.`
  const trip = latency === null ? '' : `, ${latency} ms there and back`
  return `Connected to ${url} by ${transport ?? 'an unknown transport'}${trip}.`
}
