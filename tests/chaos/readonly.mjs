// The file and its log cannot be written any more, though they are open; then they can again.
//
//   node tests/chaos/readonly.mjs [--short] [--seed N]
//
// A file system with files open for writing is not remounted read-only (EBUSY), so the files are made immutable
// instead: the kernel refuses each write, as it does after a file system has gone read-only by itself.

import { freeze } from './support/mounts.mjs'
import { outage } from './support/outage.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { reportOf } from './support/report.mjs'

const { short, seed } = optionsOf()
const report = reportOf('readonly')
report.say(`--seed ${seed}`)
const name = 'immutable'
await report.attempt(name, () =>
  outage(report, randomFrom(seed), {
    name,
    holdMs: short ? 4_000 : 12_000,
    fault: ({ database }) => freeze(database),
  }),
)
report.finish()
