// The clock of the machine jumps while clients are connected: an hour on, an hour back, three days on, and back.
//
//   node tests/chaos/clock.mjs [--short] [--seed N]

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pause } from '../clients/support/deadline.mjs'
import { introduce, newCrowd } from './support/crowd.mjs'
import { newDevice } from './support/device.mjs'
import { lastWords, unreadOf, verdict } from './support/ending.mjs'
import { newJournal } from './support/journal.mjs'
import { newLoad } from './support/load.mjs'
import { keepsFeeds } from './support/probe.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { reportOf } from './support/report.mjs'
import { newStation } from './support/station.mjs'
import { readStore } from './support/store.mjs'

const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketimeMT.so.1`)
const JUMPS = ['+1h', '+0', '-1h', '+0', '+3d', '+0']
const HEARTBEAT_MS = 1_000
const CLOSED_MS = 5_000
const PAGE = 100
const HALF_AN_HOUR_S = 1_800
const USERS = ['u0', 'u1', 'u2', 'u3']

const { short, seed } = optionsOf()
const random = randomFrom(seed)
const report = reportOf('clock')
const stayMs = short ? 2_500 : 8_000
report.say(`--seed ${seed}`)

await report.attempt('the run', async () => {
  const library = LIBRARIES.find(existsSync)
  if (!library) throw new Error('libfaketime is missing: install the package faketime')
  const clock = {}
  const station = await newStation(random, {
    LD_PRELOAD: library,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    PING_INTERVAL_MS: String(HEARTBEAT_MS),
    PING_TIMEOUT_MS: String(3 * HEARTBEAT_MS),
    APP_PING_INTERVAL_MS: String(HEARTBEAT_MS),
    PRESENCE_GRACE_MS: '500',
  })
  clock.file = join(station.home.directory, 'clock')
  clock.set = (offset) => writeFileSync(clock.file, `${offset}\n`)
  clock.set('+0')
  await station.start({ FAKETIME_TIMESTAMP_FILE: clock.file })
  await introduce(station, [...USERS, 'brief', 'quiet'])
  const resumes = await keepsFeeds(station)
  report.check('the sidecar keeps feeds', resumes)
  const load = newLoad(station, random, { users: USERS, pace: 20, durable: resumes })
  const crowd = newCrowd(station, { users: USERS, heard: load.reader(0.2), resumes, steady: true })
  await crowd.gather()
  load.start({ speakers: crowd.speakers })

  for (const [index, offset] of JUMPS.entries()) {
    const brief = offset === '+0' ? null : await briefClient(station, index, resumes)
    const beats = new Map(crowd.all.map((device) => [device, device.heartbeats]))
    const before = load.counts.sent
    // One device of somebody else each time is away while the clock jumps, and comes back at the new time.
    const traveller = crowd.devices[index % crowd.devices.length]
    traveller.away()
    clock.set(offset)
    traveller.start()
    const begin = Date.now()
    const name = `clock ${offset}`
    if (brief) await expired(report, { name, brief, isDue: offset !== '-1h' })
    await jumped(report, { name, load, offset })
    await pause(Math.max(0, stayMs - (Date.now() - begin)))
    const due = (Date.now() - begin) / HEARTBEAT_MS / 2
    report.none(
      `${name}: heartbeats go on`,
      crowd.all
        .filter((device) => device !== traveller && device.heartbeats - beats.get(device) < due)
        .map(
          (device) => `${device.name}: ${device.heartbeats - beats.get(device)}, at least ${due.toFixed(1)} were due`,
        ),
    )
    report.check(`${name}: messages go on`, load.counts.sent - before > 20, `${load.counts.sent - before} sent`)
    report.check(`${name}: the process is there`, station.crash() === undefined)
    await newcomer(report, { name, station, resumes })
    brief?.away()
  }

  report.none('all that was begun is acknowledged', await load.settle(), JSON.stringify(load.counts))
  report.none('everyone has the last event', await lastWords(load, USERS, crowd.all))
  report.check('nobody was refused', load.counts.refused + load.counts.broken === 0, () =>
    JSON.stringify([...load.refusals]),
  )
  const closes = crowd.all.flatMap(({ name, journal }) =>
    journal.lines
      .filter(({ kind, reason }) => kind === 'close' && reason !== 'io client disconnect')
      .map(({ reason }) => `${name}: ${reason}`),
  )
  report.none('nobody whose token holds was disconnected', closes)
  await paged(report, station)
  const unread = await unreadOf(station, USERS)
  crowd.all.forEach((device) => device.away())
  report.check('nothing panicked', !station.log().includes('panicked'))
  verdict(report, 'the history holds', [...crowd.journals, ...load.journals, unread], station.database)
  const { code } = await station.stop()
  report.check('SIGTERM ends it well', code === 0, `exit code ${code}`)
  station.close()
})
report.finish()

/** A client whose token holds for half an hour. */
async function briefClient(station, index, resumes) {
  const device = newDevice(station.publicUrl, newJournal(`brief-${index}`), {
    user: 'brief',
    device: `brief-${index}`,
    token: station.token('brief', { device: `brief-${index}`, expiresIn: HALF_AN_HOUR_S }),
    resumes,
    persistent: true,
  })
  device.start()
  if (!(await device.waitFor(({ isConnected }) => isConnected, 3_000)))
    throw new Error(`it did not get on: ${device.refused}`)
  return device
}

async function expired(report, { name, brief, isDue }) {
  const hasClosed = () => brief.journal.lines.some(({ kind }) => kind === 'close')
  const closed = await brief.waitFor(hasClosed, isDue ? CLOSED_MS : 500)
  if (!isDue) {
    report.check(`${name}: a token of half an hour holds`, !closed)
    return
  }
  const told = brief.journal.lines.some(({ kind, event }) => kind === 'event' && event === 'authError')
  report.check(
    `${name}: a token of half an hour is closed, with a word`,
    closed && told,
    `closed ${closed}, told ${told}`,
  )
  if (!brief.socket.active) brief.socket.connect()
  await brief.waitFor((device) => device.refused, 3_000)
  report.check(
    `${name}: and lets nobody in again`,
    brief.refused === 'Authentication error: Token expired',
    String(brief.refused),
  )
}

/** The sidecar really has another time: that of a stored message says so. */
async function jumped(report, { name, load, offset }) {
  const { createdAt } = await load.send('u0', 'u1')
  const hours = (Date.parse(createdAt) - Date.now()) / 3_600_000
  const wanted = { '+1h': 1, '-1h': -1, '+3d': 72, '+0': 0 }[offset]
  report.check(`${name}: the sidecar's clock has jumped`, Math.abs(hours - wanted) < 0.01, `${hours.toFixed(3)} h`)
}

async function newcomer(report, { name, station, resumes }) {
  const device = newDevice(station.publicUrl, newJournal('newcomer'), {
    user: 'u3',
    token: station.token('u3', { device: 'newcomer' }),
    resumes,
  })
  device.start()
  const isIn = await device.waitFor(({ isSettled }) => isSettled, 3_000)
  report.check(`${name}: a newcomer is let in`, isIn, String(device.refused ?? ''))
  device.away()
}

/** `GET /api/messages/:id`, page by page: by time as the contract says, of one time as stored, each message once. */
async function paged(report, station) {
  const isTheirs = ({ sender, receiver }) => [sender, receiver].toSorted().join() === 'u0,u1'
  const rows = readStore(station.database).messages.filter(isTheirs)
  const wanted = rows.toSorted((a, b) => a.created_at - b.created_at || a.position - b.position).map(({ id }) => id)
  const told = []
  for (;;) {
    const before = told.length > 0 ? `&before=${told[0]}` : ''
    const { body } = await station.rest.get({ token: station.token('u0') }, `/api/messages/u1?limit=${PAGE}${before}`)
    if (body.length === 0) break
    told.unshift(...body.map(({ _id }) => _id))
  }
  const first = wanted.findIndex((id, index) => id !== told[index])
  const differs = first < 0 ? '' : `, the first difference at ${first}`
  report.check(
    'history has each message once, by its time',
    first < 0 && told.length === wanted.length,
    `${told.length} of ${wanted.length}${differs}`,
  )
}
