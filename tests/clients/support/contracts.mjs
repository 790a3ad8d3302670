// The contracts' events, and which contracts are built.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = (path) => fileURLToPath(new URL(path, import.meta.url))

export const EVENTS_FILE = file('../../contracts/events.json')
/** The contracts may lie beside the repository; then the copy here must be the same. */
export const SHARED_EVENTS_FILE = file('../../../../shared/contracts/events.json')
const NOT_BUILT_FILE = file('../../not-built.txt')

export const keyOf = ({ contract, namespace, from, event }) => `${contract} ${namespace} ${from} ${event}`

export function contractEvents() {
  return JSON.parse(readFileSync(EVENTS_FILE, 'utf8'))
}

/** Contracts that are not built yet; the list may only shrink. */
export function notBuilt() {
  return readFileSync(NOT_BUILT_FILE, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'))
}

export function builtContracts() {
  const missing = new Set(notBuilt())
  return [...new Set(contractEvents().map(({ contract }) => contract))].filter((one) => !missing.has(one))
}
