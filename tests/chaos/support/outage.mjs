// The store cannot be written for a while: who is there stays, reads go on, writes are refused in words, and all is
// well again without a restart.

import { pause } from '../../clients/support/deadline.mjs'
import { introduce, newCrowd } from './crowd.mjs'
import { residentMiB } from './figures.mjs'
import { lastWords, unreadOf, verdict } from './ending.mjs'
import { newLoad } from './load.mjs'
import { keepsFeeds } from './probe.mjs'
import { holdsWithin, newStation } from './station.mjs'

const REFUSED_MS = 15_000
/** While it can be written now and then. */
const READY_MS = 2_000
const RECOVERED_MS = 10_000
/** As long as the requests of these tests wait at all. */
const ANSWER_MS = 10_000
/** Time to get going. */
const WARM_MS = 20_000
const USERS = ['u0', 'u1', 'u2', 'u3']

/**
 * `fault(station)` breaks the store and gives `mend`; `holdMs` is how long it stays so.
 * `isRefused: false`: the fault is over before anybody is refused. `mayBeReady`: it may be over before `/ready`
 * answers.
 */
export async function outage(
  report,
  random,
  { name, settings = {}, fault, holdMs, isRefused = true, mayBeReady = false },
) {
  const station = await newStation(random, { PRESENCE_GRACE_MS: '500', ...settings })
  await station.start()
  await introduce(station, [...USERS, 'quiet'])
  const resumes = await keepsFeeds(station)
  report.check(`${name}: the sidecar keeps feeds`, resumes)
  const load = newLoad(station, random, {
    users: USERS,
    pace: 15,
    durable: resumes,
    textOf: (text) => `${name} ${text}`.padEnd(600, '.'),
  })
  const crowd = newCrowd(station, { users: USERS, heard: load.reader(0.2), resumes, steady: true })
  await crowd.gather()
  load.start({ speakers: crowd.speakers })
  const before = Date.now()
  const works = async () => {
    const { status, body } = await firstTalk(station)
    return load.counts.sent > 20 && status === 200 && body.length === 5
  }
  report.check(`${name}: it works before`, await holdsWithin(WARM_MS, works, 200), `${load.counts.sent} sent after ${Date.now() - before} ms, ${residentMiB(station.pid).toFixed(0)} MiB`)

  const logBefore = station.log().length
  const begin = Date.now()
  const mend = await fault(station)
  const mended = pause(holdMs).then(mend)
  if (isRefused) await refusing(report, { name, station, load, crowd, mayBeReady })
  else await reading(report, { name, station })
  await mended
  report.check(`${name}: the process is there`, station.crash() === undefined, () => JSON.stringify(station.crash()))
  await recovering(report, { name, station, load })
  const seconds = (Date.now() - begin) / 1000

  await pause(500)
  const unsettled = await load.settle()
  report.none(`${name}: all that was begun is acknowledged`, unsettled, JSON.stringify(load.counts))
  report.none(`${name}: everyone has the last event`, await lastWords(load, USERS, crowd.all))
  refusals(report, { name, load, isRefused })
  logged(report, { name, log: station.log().slice(logBefore), seconds, isRefused })
  const closed = crowd.all.flatMap(({ name: device, journal }) =>
    journal.lines.filter(({ kind }) => kind === 'close').map(({ reason }) => `${device}: ${reason}`),
  )
  report.none(`${name}: every socket stayed`, closed)
  const unread = await unreadOf(station, USERS)
  crowd.all.forEach((device) => device.away())
  verdict(report, `${name}: the history holds`, [...crowd.journals, ...load.journals, unread], station.database)
  const { code } = await station.stop()
  report.check(`${name}: SIGTERM ends it well`, code === 0, `exit code ${code}`)
  station.close()
}

async function refusing(report, { name, station, load, crowd, mayBeReady }) {
  const refusedBefore = load.counts.refused
  const begin = Date.now()
  const isRefused = await holdsWithin(REFUSED_MS, () => load.counts.refused > refusedBefore)
  report.check(`${name}: sends are refused`, isRefused, `after ${Date.now() - begin} ms`)
  let ready = await timed(() => station.rest.get(null, '/ready'))
  // The last bytes of a disk may do for a small write and not for a large one.
  await holdsWithin(
    READY_MS,
    async () => ready.status === 503 || (ready = await timed(() => station.rest.get(null, '/ready'))) === null,
  )
  report.check(`${name}: /ready says 503`, ready.status === 503 || (mayBeReady && ready.status === 200), ready.words)
  await reading(report, { name, station })
  const [reader] = crowd.devices
  const answer = await reader.ask('messageRead', { messageId: 'x', senderId: 'u1' }, ANSWER_MS)
  report.check(`${name}: a socket's write is answered`, answer?.ok === false, JSON.stringify(answer))
  const online = await reader.ask('checkUserOnline', { userId: 'u1' })
  report.check(`${name}: a socket's question is answered`, online?.isOnline === true, JSON.stringify(online))
}

/** The last five messages of two who talk. */
function firstTalk(station) {
  return station.rest.get({ token: station.token('u0') }, '/api/messages/u1?limit=5')
}

async function reading(report, { name, station }) {
  const health = await timed(() => station.rest.get(null, '/health'))
  report.check(`${name}: /health says ok`, health.status === 200 && health.body.status === 'ok', health.words)
  const history = await timed(() => firstTalk(station))
  report.check(
    `${name}: reads work`,
    history.status === 200 && history.body.length === 5,
    `${history.status} after ${history.ms} ms`,
  )
}

/** An answer, or its absence, and how long it took. */
async function timed(request) {
  const begin = Date.now()
  const { status, body } = await request().catch((error) => ({ status: error.name }))
  const ms = Date.now() - begin
  return { status, body, ms, words: `${status} ${JSON.stringify(body) ?? ''} after ${ms} ms` }
}

async function recovering(report, { name, station, load }) {
  const begin = Date.now()
  const before = load.counts.sent
  const sends = await holdsWithin(RECOVERED_MS, () => load.counts.sent > before)
  const ready = await holdsWithin(RECOVERED_MS, async () => (await station.rest.get(null, '/ready')).status === 200)
  report.check(
    `${name}: all is well again without a restart`,
    sends && ready,
    `sends ${sends}, ready ${ready}, after ${Date.now() - begin} ms`,
  )
}

/** `contracts/rooms.md` section 4: `{error}` with 500, or 503 where it is worth trying again. */
function refusals(report, { name, load, isRefused }) {
  const all = [...load.refusals].map(([words, times]) => `${times} × ${words}`)
  const bad = [...load.refusals.keys()].filter((words) => !/^(500|503) \{"error":"[^"]+"\}$/.test(words))
  report.none(`${name}: refusals are the documented ones`, bad)
  report.check(`${name}: refusals ${isRefused ? 'came' : 'did not come'}`, all.length > 0 === isRefused, all.join(', '))
  report.check(`${name}: no connection of a request broke`, load.counts.broken === 0, `${load.counts.broken}`)
  report.check(
    `${name}: each request was answered within ${ANSWER_MS} ms`,
    load.counts.unanswered === 0,
    `${load.counts.unanswered} were not`,
  )
}

function logged(report, { name, log, seconds, isRefused }) {
  const lines = log.split('\n').filter(Boolean)
  const errors = lines.filter((line) => line.includes('"ERROR"'))
  if (isRefused) report.check(`${name}: the log has it`, errors.length > 0, () => errors[0]?.slice(0, 300))
  report.say(`${name}: ${lines.length} lines of log in ${seconds.toFixed(1)} s, ${errors.length} of them errors`)
  report.check(`${name}: nothing panicked`, !log.includes('panicked'))
}
