// Another process holds the file's lock: for less time than the sidecar waits for it, and for more.
//
//   node tests/chaos/locked.mjs [--short] [--seed N]

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { outage } from './support/outage.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { reportOf } from './support/report.mjs'

/** Less than the sidecar waits for a lock (5 s), more, and so much more that everything has to answer meanwhile. */
const BRIEF_MS = 3_000
const LONG_MS = 14_000
const VERY_LONG_MS = 25_000

const HOLDER = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
db.execute("ROLLBACK")
print("released", flush=True)
`

/** Takes the lock; what it gives lets go of it. */
async function lock(database) {
  const holder = spawn('python3', ['-c', HOLDER, database], { stdio: ['pipe', 'pipe', 'inherit'] })
  process.once('exit', () => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  return async () => {
    holder.stdin.write('\n')
    await once(holder, 'exit')
  }
}

const { short, seed } = optionsOf()
const report = reportOf('locked')
const random = randomFrom(seed)
report.say(`--seed ${seed}`)
for (const [name, holdMs, isRefused, mayBeReady] of [
  ['3 seconds', BRIEF_MS, false, true],
  ['14 seconds', LONG_MS, true, true],
  ...(short ? [] : [['25 seconds', VERY_LONG_MS, true, false]]),
]) {
  await report.attempt(name, () =>
    outage(report, random, { name, holdMs, isRefused, mayBeReady, fault: ({ database }) => lock(database) }),
  )
}
report.finish()
