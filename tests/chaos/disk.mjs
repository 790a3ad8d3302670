// The disk runs full under load, and is emptied.
//
//   node tests/chaos/disk.mjs [--short] [--seed N]

import { limitFiles, newDisk, unlimitFiles } from './support/mounts.mjs'
import { outage } from './support/outage.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { reportOf } from './support/report.mjs'

const DISK_MIB = 64

const { short, seed } = optionsOf()
const report = reportOf('disk')
const random = randomFrom(seed)
report.say(`--seed ${seed}`)

// How much is left decides in the middle of which write it ends.
for (const leave of short ? [300_000] : [0, 20_000, 300_000, 1_000_000]) {
  const name = `${leave} bytes left`
  await report.attempt(name, async () => {
    const disk = newDisk(DISK_MIB)
    if (disk) {
      await outage(report, random, {
        name,
        settings: { DATABASE_URL: `sqlite:${disk.folder}/outrigger.db` },
        holdMs: short ? 4_000 : 8_000,
        fault: () => {
          disk.fill(leave)
          return () => disk.empty()
        },
      })
      disk.close()
    } else {
      report.say('nothing may be mounted here: a limit on the size of files instead')
      await outage(report, random, {
        name,
        holdMs: short ? 4_000 : 8_000,
        fault: ({ pid, database }) => {
          limitFiles(pid, database)
          return () => unlimitFiles(pid)
        },
      })
    }
  })
}
report.finish()
