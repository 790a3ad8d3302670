// Shows that the checker can fail: a real history passes, each of many faults put into it is found, and so are three
// that a man in the middle makes on the wire.
//
//   node tests/chaos/selfcheck.mjs [--short] [--seed N]

import { faultsOf, figuresOf } from './checker.mjs'
import { historyOf } from './check/history.mjs'
import { MUTATIONS } from './check/mutations.mjs'
import { introduce } from './support/crowd.mjs'
import { newDevice } from './support/device.mjs'
import { keep, lastWords, unreadOf } from './support/ending.mjs'
import { newJournal } from './support/journal.mjs'
import { killRun } from './support/kill_run.mjs'
import { newLoad } from './support/load.mjs'
import { newProxy, TAMPERS } from './support/proxy.mjs'
import { optionsOf, randomFrom } from './support/random.mjs'
import { reportOf } from './support/report.mjs'
import { holdsWithin, newStation } from './support/station.mjs'
import { readStore } from './support/store.mjs'

const { short, seed } = optionsOf()
const random = randomFrom(seed)
const report = reportOf('checker')
/** The message that the man in the middle takes hold of, and how long he waits for it. */
const TAMPERED = 7
const WARM_MS = 15_000
const TIMES = short ? 2 : 10
report.say(`--seed ${seed}`)

await report.attempt('a good history and its faults', async () => {
  const { station, journals } = await killRun(report, random, { rounds: 2, loadMs: [300, 600] })
  const store = readStore(station.database)
  station.close()
  const history = historyOf(journals, store)
  const faults = faultsOf(history)
  report.say(figuresOf(history))
  if (faults.length > 0) report.say(`the history is kept in ${keep(journals, store)}`)
  report.none('a real history passes', faults)
  const good = new Set(faults)
  for (const [name, mutate] of Object.entries(MUTATIONS)) {
    let found = 0
    let example
    for (let time = 0; time < TIMES; time += 1) {
      const world = structuredClone({
        journals: journals.map(({ name: file, lines }) => ({ name: file, lines })),
        store,
      })
      mutate(world, random)
      // Only what the fault itself brought counts.
      const news = faultsOf(historyOf(world.journals, world.store)).filter((fault) => !good.has(fault))
      if (news.length > 0) found += 1
      example ??= news[0]
    }
    report.check(`found: ${name}`, found === TIMES, `${found} of ${TIMES}${example ? `, e.g. ${example}` : ''}`)
  }
})

await report.attempt('faults on the wire', async () => {
  const station = await newStation(random)
  await station.start()
  for (const [name, tamper] of Object.entries(TAMPERS)) {
    const faults = await tampered(station, name, tamper(TAMPERED))
    const expected = name === Object.keys(TAMPERS)[0] ? 0 : 1
    report.check(
      `a proxy that ${name}: ${expected === 0 ? 'no fault' : 'found'}`,
      expected === 0 ? faults.length === 0 : faults.length > 0,
      faults.slice(0, 2).join('; '),
    )
  }
  await station.stop()
  station.close()
})
report.finish()

/** A run of its own people with one client behind the proxy; the faults of its own journals. */
async function tampered(station, name, tamper) {
  const users = ['a', 'b'].map((letter) => `${letter}${name.replaceAll(' ', '')}`)
  await introduce(station, users)
  const proxy = await newProxy(station.publicUrl, tamper)
  const load = newLoad(station, random, { users, name: `${users[0]}-`, pace: 5 })
  const devices = users.map((user, index) =>
    newDevice(index === 0 ? proxy.url : station.publicUrl, newJournal(`${user}-one`), {
      user,
      device: `${user}-one`,
      token: station.token(user, { device: `${user}-one` }),
      steady: true,
    }),
  )
  for (const device of devices) device.start()
  for (const device of devices) await device.waitFor(({ isSettled }) => isSettled, 5_000)
  load.start()
  await holdsWithin(WARM_MS, () => proxy.messages() > TAMPERED + 1)
  await load.settle()
  await lastWords(load, users, devices)
  const unread = await unreadOf(station, users)
  devices.forEach((device) => device.away())
  proxy.close()
  const store = readStore(station.database)
  const ours = (row) => users.includes(row.sender ?? row.user)
  for (const [table, rows] of Object.entries(store)) if (table !== 'integrity') store[table] = rows.filter(ours)
  return faultsOf(historyOf([...devices.map(({ journal }) => journal), ...load.journals, unread], store))
}
