// Raw lines, one file for each time that something was measured.

import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './servers.mjs'

const folder = join(repository, 'bench/results')

/** A file for this run; each line is on disk before the next is measured. */
export function newRun(machine) {
  mkdirSync(folder, { recursive: true })
  const name = new Date().toISOString().replaceAll(':', '').slice(0, 17)
  const file = join(folder, `${name}.jsonl`)
  const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`)
  write({ machine })
  return { name, machine, file, lines: [], keep(line) {
    this.lines.push(line)
    write(line)
  } }
}

/** All runs that are kept, the oldest first. */
export function keptRuns() {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()
  return names.map((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').flatMap(readLine)
    return { name: name.replace(/\.jsonl$/, ''), machine: lines.find((line) => line.machine)?.machine, lines: lines.filter((line) => line.row) }
  })
}

/** A run that was broken off may end within a line. */
function readLine(text) {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}

/**
 * Each row's lines from one run only: ratios hold within a run. `{ [row]: { run, lines } }`.
 * @param runs the newest last: its rows win
 */
export function byRow(runs) {
  const rows = {}
  for (const run of runs) {
    for (const id of new Set(run.lines.map((line) => line.row))) {
      rows[id] = { run, lines: run.lines.filter((line) => line.row === id) }
    }
  }
  return rows
}
