// Two hundred clients stop reading in the middle of a heavy stream; twenty healthy ones must not notice.
//
//   node tests/chaos/stalled.mjs [--short] [--seed N]

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pause } from '../clients/support/deadline.mjs'
import { newDevice } from './support/device.mjs'
import { connectionsOf, metric, residentMiB } from './support/figures.mjs'
import { newJournal } from './support/journal.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { percentile, reportOf } from './support/report.mjs'
import { holdsWithin, newStation } from './support/station.mjs'

const SCRIPT = new URL('./stalled_clients.py', import.meta.url).pathname
const STALLED = 200
const HEALTHY = 20
const WRITE_STALL_MS = 3_000
/** Until the kernel's buffers of a client are full, and for the sidecar to look. */
const FILLING_MS = 8_000
const EVENT_BYTES = 32 * 1024
const EMITS_PER_SECOND = 25
const COUNTER = 'outrigger_slow_consumers_total'
const LATENCY_MS = 2_000
/**
 * Above what the sidecar held before: all that the stalled clients may cost, 2 MiB each (`outbound_bytes_stalled` in
 * transport/src/limits.rs) and as much again for write buffers and what the allocator rounds up; and what may stay of it.
 */
const PEAK_MIB = 4 * STALLED
const REST_MIB = 60
/** The allocator's threads give freed pages back bit by bit within ten seconds, whatever else goes on. */
const REST_MS = 20_000

const { short, seed } = optionsOf()
const random = randomFrom(seed)
const report = reportOf('stalled')
const streamMs = short ? 12_000 : 20_000
const waves = short ? 1 : 3
report.say(
  `--seed ${seed}, ${STALLED} stalled, ${HEALTHY} healthy, ${EMITS_PER_SECOND} emits of ${EVENT_BYTES} bytes a second`,
)

/** Two hundred clients that read no further once they are in; what it gives lets go of them. */
async function stall(station, wave) {
  const child = spawn('python3', [SCRIPT, String(station.port)], { stdio: ['pipe', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  for (let index = 0; index < STALLED; index += 1) child.stdin.write(`${station.token(`s${wave}-${index}`)}\n`)
  child.stdin.write('\n')
  const ended = once(child, 'exit')
  const [said] = await Promise.race([once(child.stdout, 'data'), ended])
  if (!String(said).startsWith('stalled')) throw new Error('the stalled clients did not get on')
  return async () => {
    child.stdin.end('\n')
    await ended
  }
}

async function healthyClient(station, user, latencies, seen) {
  const device = newDevice(station.publicUrl, newJournal(user), { user, token: station.token(user), resumes: false })
  device.heard = (event, data) => {
    if (event !== 'stream') return
    latencies.push(Date.now() - data.at)
    seen.set(data.id, (seen.get(data.id) ?? 0) + 1)
  }
  device.start()
  if (!(await device.waitFor(({ isConnected }) => isConnected, 10_000))) throw new Error(`${user} did not connect`)
  return device
}

await report.attempt('the run', async () => {
  const station = await newStation(random, { WRITE_STALL_MS: String(WRITE_STALL_MS) })
  await station.start()
  const latencies = []
  const seen = Array.from({ length: HEALTHY }, () => new Map())
  const healthy = []
  for (let index = 0; index < HEALTHY; index += 1)
    healthy.push(await healthyClient(station, `h${index}`, latencies, seen[index]))
  const floor = residentMiB(station.pid)
  const rests = []
  for (let number = 1; number <= waves; number += 1) {
    rests.push(await wave(station, { name: `wave ${number}`, number, floor, latencies, seen }))
  }
  const p99 = percentile(latencies, 0.99)
  report.check(
    `each event came within ${LATENCY_MS} ms at p99`,
    p99 < LATENCY_MS,
    `p50 ${percentile(latencies, 0.5)} ms, p99 ${p99} ms, max ${percentile(latencies, 1)} ms of ${latencies.length}`,
  )
  const closes = healthy.flatMap(({ name, journal }) =>
    journal.lines.filter(({ kind }) => kind === 'close').map(({ reason }) => `${name}: ${reason}`),
  )
  report.none('no healthy client was disconnected', closes)
  const [first, last] = [rests[0], rests.at(-1)]
  report.check(
    `memory comes back to less than ${REST_MIB} MiB more than before`,
    last - floor < REST_MIB,
    `${floor.toFixed(0)} MiB before, then ${rests.map((rest) => rest.toFixed(0)).join(', ')}`,
  )
  if (waves > 1)
    report.check(
      'no wave leaves more behind than the one before it',
      last - first < REST_MIB,
      `${(last - first).toFixed(0)} MiB`,
    )
  report.check('it never ended by itself', station.crash() === undefined)
  healthy.forEach((device) => device.away())
  const { code } = await station.stop()
  report.check('SIGTERM ends it well', code === 0, `exit code ${code}`)
  station.close()
})
report.finish()

/** Two hundred come, stop reading, and are let go. Gives the memory that is held afterwards. */
async function wave(station, { name, number, floor, seen }) {
  const letThemGo = await stall(station, number)
  const all = (await connectionsOf(station)).connections
  report.check(
    `${name}: all are connected`,
    all === STALLED + HEALTHY,
    `${all}, ${residentMiB(station.pid).toFixed(0)} MiB`,
  )
  const countedBefore = await metric(station, COUNTER)

  const watch = { peak: 0, letGo: null, first: null, running: true }
  const begin = Date.now()
  const watching = watchOver(station, watch, begin)
  const churning = churn(station, watch)
  const emitted = await stream(station, begin, `w${number}`)
  await watching
  watch.running = false
  await churning
  await holdsWithin(5_000, () => seen.every((one) => emitted.every((id) => one.has(id))))
  const wrong = seen.flatMap((one, index) =>
    emitted.filter((id) => one.get(id) !== 1).map((id) => `h${index} got ${id} ${one.get(id) ?? 0} times`),
  )
  report.none(`${name}: every healthy client got each of ${emitted.length} events once`, wrong)
  report.check(
    `${name}: the stalled ones are let go in time`,
    watch.letGo !== null && watch.letGo < WRITE_STALL_MS + FILLING_MS,
    `the first after ${watch.first} ms, the last after ${watch.letGo} ms`,
  )
  const more = (await metric(station, COUNTER)) - countedBefore
  report.check(`${name}: each is counted once in /metrics`, more === STALLED, `${more}`)
  report.check(
    `${name}: memory stays below ${PEAK_MIB} MiB more than before`,
    watch.peak - floor < PEAK_MIB,
    `at most ${watch.peak.toFixed(0)} MiB`,
  )
  await letThemGo()
  let rest = residentMiB(station.pid)
  await holdsWithin(REST_MS, () => (rest = residentMiB(station.pid)) - floor < REST_MIB, 500)
  return rest
}

/** Everyone gets everything: the heavy part. Gives the ids of what was accepted. */
async function stream(station, begin, prefix) {
  const pad = 'x'.repeat(EVENT_BYTES)
  const emitted = []
  for (let number = 0; Date.now() - begin < streamMs; number += 1) {
    const due = begin + (number * 1_000) / EMITS_PER_SECOND
    if (due > Date.now()) await pause(due - Date.now())
    const id = `${prefix}-${number}`
    const { status } = await station.internal.post('/internal/send-to-all', {
      event: 'stream',
      data: { id, at: Date.now(), pad },
    })
    if (status === 200) emitted.push(id)
  }
  return emitted
}

/** People come and go meanwhile, which everyone is told of as well. */
async function churn(station, watch) {
  for (let number = 0; watch.running; number += 1) {
    const user = `c${number % 10}`
    const device = newDevice(station.publicUrl, newJournal(user), { user, token: station.token(user), resumes: false })
    device.start()
    await device.waitFor(({ isConnected }) => isConnected, 2_000)
    await pause(150)
    device.away()
  }
}

async function watchOver(station, watch, begin) {
  while (Date.now() - begin < streamMs) {
    watch.peak = Math.max(watch.peak, residentMiB(station.pid))
    const { connections } = await connectionsOf(station)
    const ms = Date.now() - begin
    // One of those who come and go may be counted, too.
    if (connections < STALLED + HEALTHY) watch.first ??= ms
    if (connections <= HEALTHY + 1) watch.letGo ??= ms
    await pause(250)
  }
}
