// What one device saw and did, a line each, in the order in which it saw and did it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Kept in memory; `save` writes `<folder>/<name>.jsonl` for the checker and for people. */
export function newJournal(name) {
  const lines = []
  return {
    name,
    lines,
    note: (kind, fields = {}) => {
      const line = { at: Date.now(), kind, ...fields }
      lines.push(line)
      return line
    },
  }
}

export function saveJournals(folder, journals) {
  mkdirSync(folder, { recursive: true })
  for (const { name, lines } of journals) {
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    writeFileSync(join(folder, `${name.replaceAll('/', '_')}.jsonl`), `${text}\n`)
  }
}
