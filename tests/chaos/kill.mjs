// kill -9 under load, round after round: nothing acknowledged is lost, nothing comes twice, nothing out of order.
//
//   node tests/chaos/kill.mjs [--short] [--seed N] [--rounds N]

import { verdict } from './support/ending.mjs'
import { killRun } from './support/kill_run.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { percentile, reportOf } from './support/report.mjs'

const { short, seed, rounds = short ? 4 : 50 } = optionsOf()
const report = reportOf('kill')
report.say(`${rounds} rounds, --seed ${seed}`)

await report.attempt('the run', async () => {
  const run = await killRun(report, randomFrom(seed), { rounds })
  report.say(
    `back after a kill: median ${percentile(run.recoveries, 0.5)} ms, at most ${Math.max(...run.recoveries)} ms`,
  )
  report.say(`sent ${run.counts.sent}, tried again: ${run.counts.refused} refused, ${run.counts.broken} broken off`)
  report.none('everyone is back after each kill', run.isLate)
  report.none('all that was begun was acknowledged in the end', run.unsettled, JSON.stringify(run.counts))
  report.none('everyone has the last event', run.unfinished)
  report.none('the app was told of everything', run.untold)
  report.check('it never ended by itself', run.crash === undefined, () => JSON.stringify(run.crash))
  report.check('SIGTERM ends it well', run.end.code === 0, `exit code ${run.end.code}`)
  verdict(report, 'the history holds', run.journals, run.station.database)
  run.station.close()
})
report.finish()
