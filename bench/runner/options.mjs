// The command line of `bench/run`.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repository } from './servers.mjs'

export const USAGE = `Measures the sidecar beside Node servers that do the same.

  bench/run                       everything, five turns each; takes hours, 30 minutes of them idle
  bench/run --quick               short runs, three turns; a few minutes
  bench/run --smoke               tiny sizes: everything is correct, no time is judged; the last line is "N passed, N failed"
  bench/run --document            runs nothing: writes the document from what is in bench/results

  --only NAME[,NAME]     only these rows or scenarios
  --peers KIND[,KIND]    of sidecar, baseline, ws, uws, lane (sidecar,ws,uws)
  --baseline BINARY      another build of the sidecar, measured in the same turns
  --turns N              how often each is run
  --wait SECONDS         how long a quiet machine is waited for before each run (60; 2.5 with --quick)
  --out FILE             where the document is written (docs/BENCHMARKS.md); "-" writes none
  --merge                rows that are not run now are taken from the newest run in bench/results that has them

Binaries are built first, unless OUTRIGGER_BIN names the sidecar; LANE_BIN names another lane.`

const KINDS = ['sidecar', 'baseline', 'ws', 'uws', 'lane']
const TURNS = { full: 5, quick: 3, smoke: 1 }

export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      document: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string', default: 'sidecar,ws,uws' },
      baseline: { type: 'string' },
      turns: { type: 'string' },
      wait: { type: 'string' },
      out: { type: 'string', default: join(repository, 'docs/BENCHMARKS.md') },
      merge: { type: 'boolean', default: false },
    },
  })
  const mode = values.smoke ? 'smoke' : values.quick ? 'quick' : 'full'
  const kinds = values.peers.split(',').filter(Boolean)
  if (values.baseline && !kinds.includes('baseline')) kinds.splice(1, 0, 'baseline')
  const unknown = kinds.filter((kind) => !KINDS.includes(kind))
  if (unknown.length > 0) throw new Error(`there is no peer ${unknown.join(', ')}; there are ${KINDS.join(', ')}`)
  const turns = values.turns === undefined ? TURNS[mode] : Number(values.turns)
  if (!Number.isInteger(turns) || turns < 1 || turns > 100) throw new Error('--turns is a whole number from 1 to 100')
  const wait = values.wait === undefined ? undefined : Number(values.wait) * 1000
  if (wait !== undefined && !(wait >= 0 && wait <= 3_600_000)) throw new Error('--wait is a number of seconds, up to 3600')
  return {
    mode,
    wait,
    kinds,
    turns,
    only: values.only.flatMap((names) => names.split(',')).filter(Boolean),
    onlyDocument: values.document,
    merge: values.merge || values.document,
    out: values.out === '-' ? undefined : values.out,
    binaries: {
      sidecar: process.env.OUTRIGGER_BIN,
      baseline: values.baseline,
      lane: process.env.LANE_BIN,
      generator: process.env.LOAD_BIN,
    },
  }
}
