// Everybody loses the connection at once and comes back at once: after kill -9, and after a shutdown that lets them go
// one by one.
//
//   node tests/chaos/storm.mjs [--short] [--seed N]

import { pause } from '../clients/support/deadline.mjs'
import { introduce } from './support/crowd.mjs'
import { verdict } from './support/ending.mjs'
import { residentMiB } from './support/figures.mjs'
import { newLoad } from './support/load.mjs'
import { keepsFeeds } from './support/probe.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { percentile, reportOf } from './support/report.mjs'
import { newStation } from './support/station.mjs'
import { newWorkers } from './support/workers.mjs'

const DEVICES_PER_USER = 4
const WORKERS = 2
const NOTICE_MS = 500
const DRAIN_MS = 4_000
const DELAY_MS = 500
const DELAY_MAX_MS = 3_000
/** Of those who write while the sidecar is away; each tries again and again. */
const WRITERS = 10

const { short, seed } = optionsOf()
const random = randomFrom(seed)
const report = reportOf('storm')
const clients = short ? 300 : 2_000
const backMs = short ? 20_000 : 60_000
report.say(`${clients} clients, --seed ${seed}`)

await report.attempt('the run', async () => {
  const station = await newStation(random, {
    SHUTDOWN_NOTICE_MS: String(NOTICE_MS),
    SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
    SHUTDOWN_DEADLINE_MS: '15000',
    LOG: 'warn',
  })
  await station.start()
  const users = Array.from({ length: clients / DEVICES_PER_USER }, (_, index) => `u${index}`)
  await introduce(station, users)
  const resumes = await keepsFeeds(station)
  report.check('the sidecar keeps feeds', resumes)
  const load = newLoad(station, random, { users, durable: resumes })
  const workers = newWorkers(WORKERS)
  const all = users.flatMap((user) =>
    Array.from({ length: DEVICES_PER_USER }, (_, index) => {
      const device = `d${index}`
      return { user, device, token: station.token(user, { device: `${user}-${device}` }) }
    }),
  )
  const begin = Date.now()
  const options = { url: station.publicUrl, resumes, ms: backMs, delay: DELAY_MS, delayMax: DELAY_MAX_MS }
  const share = (index) => ({ clients: all.filter((_, at) => at % WORKERS === index) })
  report.none('all get on', await workers.ask('connect', options, share))
  report.say(`${clients} clients on after ${Date.now() - begin} ms, ${residentMiB(station.pid).toFixed(0)} MiB`)
  await write(load, users, clients / 10)

  const killedAt = Date.now()
  await station.kill()
  await comeBack(report, { name: 'kill -9', station, workers, load, users, since: killedAt })

  const stoppedAt = Date.now()
  const writing = write(load, users, clients / 10)
  const stopping = station.stop()
  const { code } = await stopping
  report.check('SIGTERM ends it well', code === 0, `exit code ${code} after ${Date.now() - stoppedAt} ms`)
  await comeBack(report, { name: 'SIGTERM', station, workers, load, users, since: stoppedAt })
  await writing

  report.none('all that was begun is acknowledged', await load.settle(), JSON.stringify(load.counts))
  const events = {}
  for (let index = 0; index < users.length; index += 20) {
    await Promise.all(
      users.slice(index, index + 20).map(async (user) => (events[user] = (await load.emit([user])).key)),
    )
  }
  report.none('everyone has the last event', await workers.ask('last', { events, ms: 20_000 }))
  const journals = await workers.ask('end')
  workers.close()
  spread(report, journals, stoppedAt)
  const refused = journals.flatMap(({ name, lines }) =>
    lines.filter(({ kind, final }) => kind === 'refused' && final).map(({ message }) => `${name}: ${message}`),
  )
  report.none('nobody was refused for good', refused)
  report.check('nothing panicked', !station.log().includes('panicked'))
  verdict(report, 'the history holds', [...journals, ...load.journals], station.database)
  const last = await station.stop()
  report.check('SIGTERM ends it well again', last.code === 0, `exit code ${last.code}`)
  station.close()
})
report.finish()

/** So many messages, a few at a time. */
async function write(load, users, count) {
  const one = async () => {
    const from = random.pick(users)
    await load.send(from, random.pick(users.filter((user) => user !== from)))
  }
  for (let done = 0; done < count; done += WRITERS) await Promise.all(Array.from({ length: WRITERS }, one))
}

async function comeBack(report, { name, station, workers, load, users, since }) {
  // Begun while nobody listens, accepted while the clients come back.
  const writing = write(load, users, clients / 10)
  await pause(300)
  const begin = Date.now()
  await station.start()
  const started = Date.now() - begin
  const watch = { running: true, peak: 0 }
  const watching = memory(station, watch)
  const missing = await workers.ask('back', { since, ms: backMs })
  const ms = Date.now() - begin
  await writing
  watch.running = false
  await watching
  report.none(`${name}: all are back within ${backMs} ms`, missing)
  const back = `${clients - missing.length} clients back and up to date after ${ms} ms`
  report.say(`${name}: started in ${started} ms, ${back}, at most ${watch.peak.toFixed(0)} MiB`)
}

async function memory(station, watch) {
  while (watch.running) {
    watch.peak = Math.max(watch.peak, residentMiB(station.pid))
    await pause(100)
  }
}

/** A shutdown lets them go over its time, in a way after which stock clients come back by themselves. */
function spread(report, journals, since) {
  const closes = journals.flatMap(({ name, lines }) =>
    lines.filter(({ kind, at }) => kind === 'close' && at >= since).map((line) => ({ name, ...line })),
  )
  const first = journals
    .map(({ lines }) => lines.find(({ kind, at }) => kind === 'close' && at >= since))
    .filter(Boolean)
  const times = first.map(({ at }) => at - since)
  const [early, late] = [percentile(times, 0.1), percentile(times, 0.9)]
  report.check(
    `SIGTERM: closes are spread over ${DRAIN_MS} ms`,
    times.length === clients && late - early > DRAIN_MS / 2,
    `${times.length} closes, a tenth by ${early} ms, nine tenths by ${late} ms`,
  )
  const final = closes
    .filter(({ reason }) => reason === 'io server disconnect')
    .map(({ name, reason }) => `${name}: ${reason}`)
  report.none('SIGTERM: nobody is told to stay away', final)
}
