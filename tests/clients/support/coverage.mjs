// What real clients really sent and got, kept only of stories that passed.

import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const COVERAGE_DIRECTORY = resolve(
  fileURLToPath(new URL('.', import.meta.url)),
  '../../.cache/coverage',
)

const CONTRACTS = { '/api/socket': 'rooms', '/api/socket-namespaces': 'legacy' }
// Namespaces that carry a contract of their own name on every path; its events are listed under `/`.
const NAMED = { '/social': 'social', '/tracking': 'tracking', '/commerce': 'commerce', '/quiz': 'quiz' }

// And one that has its own place in that list.
const APART = { '/contacts': 'contacts' }

const proven = new Set()
let pending = new Set()

/** One event seen on the wire; counts once its story has passed. `root` is the contract of `/socket.io`. */
export function covers({ path, namespace, root }, from, event) {
  const named = NAMED[namespace]
  const apart = APART[namespace] ?? CONTRACTS[path] ?? root
  const place = named ? { contract: named, namespace: '/' } : { contract: apart, namespace }
  pending.add(JSON.stringify({ ...place, from, event }))
}

export function storyEnded(passed) {
  if (passed) pending.forEach((one) => proven.add(one))
  pending = new Set()
}

export function writeCoverage(fileUrl) {
  mkdirSync(COVERAGE_DIRECTORY, { recursive: true })
  const name = basename(fileURLToPath(fileUrl), '.test.mjs')
  const events = [...proven].sort().map((one) => JSON.parse(one))
  writeFileSync(join(COVERAGE_DIRECTORY, `${name}.json`), `${JSON.stringify(events, null, 1)}\n`)
}
