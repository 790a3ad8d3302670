// What `bench/run` runs once everything is built.

import { existsSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { document } from './document.mjs'
import { faults } from './figures.mjs'
import { growthParts } from './growth.mjs'
import { facts } from './machine.mjs'
import { measure, tell } from './measuring.mjs'
import { USAGE, readOptions } from './options.mjs'
import { chosen } from './plan.mjs'
import { byRow, keptRuns, newRun } from './results.mjs'
import { repository } from './servers.mjs'
import { cells } from './shown.mjs'
import { smoke } from './smoke.mjs'
import { columns } from './words.mjs'

const TABLES = [
  [undefined, 'Figures: medians; × is how many times better the sidecar was, the median of turns'],
  ['cpu', "CPU seconds of the server for a million"],
  ['latency', 'The slowest of a hundred'],
]

async function main(words) {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const options = readOptions(words)
  if (options.mode === 'smoke') return smoke(options)
  let runs = options.merge ? keptRuns() : []
  let clean = true
  if (!options.onlyDocument) {
    const missing = ['sidecar', 'generator'].filter((name) => !options.binaries[name] || !existsSync(options.binaries[name]))
    if (missing.length > 0) throw new Error(`there is no binary of the ${missing.join(', ')}: call bench/run, which builds them`)
    const rows = chosen(options.mode, options.only)
    const run = newRun(facts())
    tell(`measuring ${rows.map((row) => row.id).join(', ')}; raw lines go to ${relative(repository, run.file)}`)
    await measure(rows, options, (line) => run.keep(line))
    runs = [...runs, run]
    clean = faults(run.lines).length === 0
  }
  if (runs.length === 0) throw new Error('nothing was measured yet')
  const rows = byRow(runs)
  for (const [table, title] of TABLES) {
    const shown = cells(rows, table, { plain: true })
    if (shown) process.stdout.write(`\n${title}\n${columns(shown)}\n`)
  }
  for (const part of growthParts(rows)) process.stdout.write(`\n${part}\n`)
  if (options.out) {
    writeFileSync(options.out, document(rows, runs.at(-1).machine))
    tell(`\nwritten: ${relative(process.cwd(), options.out)}`)
  }
  return clean ? 0 : 1
}

// Ending by way of `exit` ends servers and generator too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    tell(`bench/run: ${error.message}`)
    process.exit(2)
  },
)
