// The event names stand once, in Rust: this package spells none of them.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { contracts } from '@outrigger/client'

const sources = new URL('../src/', import.meta.url).pathname

function files(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : files(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function eventNames(): Set<string> {
  const dialogues = Object.values(contracts).flatMap((contract) =>
    Object.values(contract).filter((part) => typeof part === 'object'),
  )
  return new Set(
    dialogues.flatMap(({ server, client }) => [...Object.keys(server), ...Object.keys(client)]),
  )
}

/** An event's name that is also a word of its own: a severity, a field, an event of Socket.IO's manager. */
const ORDINARY = 'error'

/** String literals of a source, without comments. `x['name']` is the generated table's own key, checked by types. */
function literals(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').replace(/(server|client|sent|said)\['[^']*'\]/g, '')
  return [...code.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`$]*)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

test('no source repeats an event name by hand', () => {
  const names = eventNames()
  names.delete(ORDINARY)
  assert.ok(names.size > 30)
  const repeated = files(sources).flatMap((file) =>
    literals(readFileSync(file, 'utf8'))
      .filter((literal) => names.has(literal))
      .map((literal) => `${relative(sources, file)}: ${literal}`),
  )
  assert.deepEqual(repeated, [])
})
