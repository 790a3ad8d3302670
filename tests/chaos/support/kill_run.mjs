// A run under load in which the sidecar is killed with -9 again and again, and everything that was seen of it.

import { randomBytes } from 'node:crypto'
import { pause } from '../../clients/support/deadline.mjs'
import { chatOf, introduce, late, newCrowd } from './crowd.mjs'
import { newDevice } from './device.mjs'
import { lastWords, unreadOf } from './ending.mjs'
import { newJournal } from './journal.mjs'
import { newLoad } from './load.mjs'
import { newReceiver } from './receiver.mjs'
import { newStation } from './station.mjs'

const USERS = 8
/** Of the devices: those that go away before a kill, and those of them that are back before the next one. */
const SHARE_AWAY = 0.15
const SHARE_BACK = 0.6
const RECOVERY_MS = 20_000
const WEBHOOKS_MS = 60_000
/** Whoever leaves while no sidecar is there is told of as lost `PRESENCE_GRACE_MS` after the next one's start. */
const LOST_MS = 15_000
const LEAVER = 'leaver'

/**
 * Runs `rounds` rounds and gives `{ station, journals, devices, … }`, everything finished and the sidecar stopped.
 */
export async function killRun(report, random, { rounds, downMs = [0, 400], loadMs = [300, 1_500] }) {
  const secret = randomBytes(24).toString('hex')
  const receiver = await newReceiver(secret, random)
  const station = await newStation(random, {
    PRESENCE_GRACE_MS: '500',
    OUTRIGGER_WEBHOOK_URL: receiver.url,
    OUTRIGGER_WEBHOOK_SECRET: secret,
    OUTRIGGER_WEBHOOK_EVENTS: 'user.connected,user.disconnected,message.stored',
    OUTRIGGER_WEBHOOK_QUEUE: '100000',
  })
  await station.start()
  const users = Array.from({ length: USERS }, (_, index) => `u${index}`)
  await introduce(station, [...users, LEAVER, 'quiet'])
  const load = newLoad(station, random, { users, pace: 30 })
  const crowd = newCrowd(station, { users, heard: load.reader(0.3) })
  // Sees the first round and the end, and nothing in between.
  const sleeper = newDevice(station.publicUrl, newJournal('u0-sleeper'), {
    user: users[0],
    device: 'u0-sleeper',
    token: station.token(users[0], { device: 'u0-sleeper' }),
    chats: [chatOf(users[0], users[1])],
  })
  const leaver = newDevice(station.publicUrl, newJournal('leaver-one'), {
    user: LEAVER,
    device: 'leaver-one',
    token: station.token(LEAVER, { device: 'leaver-one' }),
  })
  const all = [...crowd.all, sleeper, leaver]
  await crowd.gather()
  sleeper.start()
  leaver.start()
  const first = await late([sleeper, leaver], (device) => device.isSettled, RECOVERY_MS)
  if (first.length > 0) throw new Error(`${first.join(', ')} never got on`)
  await sleeper.join()

  load.start({ speakers: crowd.speakers })
  const recoveries = []
  let isLate = []
  for (let round = 1; round <= rounds; round += 1) {
    await pause(random.between(...loadMs))
    crowd.devices.filter(() => random.chance(SHARE_AWAY)).forEach((device) => device.away())
    if (round === 1) sleeper.away()
    await pause(random.between(0, 300))
    const sentBefore = load.counts.sent
    await station.kill()
    if (round === rounds) leaver.away()
    await pause(random.between(...downMs))
    const begin = Date.now()
    await station.start()
    const started = Date.now() - begin
    const waited = all.filter((device) => !device.isAway)
    const missing = await late(waited, (device) => device.isSettled, RECOVERY_MS)
    const back = Date.now() - begin
    recoveries.push(back)
    isLate = [...isLate, ...missing.map((name) => `round ${round}: ${name}`)]
    // Some come back now, some sit out the next kill as well.
    crowd.devices.filter((device) => device.isAway && random.chance(SHARE_BACK)).forEach((device) => device.start())
    const words = missing.length > 0 ? `, LATE: ${missing.join(', ')}` : ''
    const times = `started in ${started} ms, all back in ${back} ms`
    report.say(`round ${round}/${rounds}: killed after ${sentBefore} acknowledged, ${times}${words}`)
  }
  // A device that went away before its `messageRead` was answered is the only one that can ask again.
  crowd.devices.filter((device) => device.isAway).forEach((device) => device.start())
  const unsettled = await load.settle()
  all.filter((device) => device.isAway && device !== leaver).forEach((device) => device.start())
  const missing = await late(
    all.filter((device) => device !== leaver),
    (device) => device.isSettled,
    RECOVERY_MS,
  )
  const unfinished = await lastWords(load, users, all)
  const untold = await webhooksArrive(receiver, load)
  const unread = await unreadOf(station, users)
  const crash = station.crash()
  await pause(500)
  all.forEach((device) => device.away())
  await pause(100)
  const end = await station.stop()
  receiver.close()
  return {
    station,
    journals: [...all.map(({ journal }) => journal), ...load.journals, unread, receiver.journal],
    recoveries,
    counts: load.counts,
    unsettled,
    isLate: [...isLate, ...missing.map((name) => `at the end: ${name}`)],
    unfinished,
    untold,
    crash,
    end,
  }
}

/** Waits for the last webhooks; gives what did not come. */
async function webhooksArrive(receiver, load) {
  const acknowledged = load.journals.flatMap(({ lines }) =>
    lines.filter(({ kind }) => kind === 'ack').map(({ id }) => id),
  )
  const told = () => new Set(receiver.journal.lines.filter(({ refused }) => !refused).map(({ message }) => message))
  const isLost = () =>
    receiver.journal.lines.some(
      ({ type, userId, reason }) => type === 'user.disconnected' && userId === LEAVER && reason === 'lost',
    )
  const end = Date.now() + WEBHOOKS_MS
  const missing = () => {
    const seen = told()
    return acknowledged.filter((id) => !seen.has(id)).map((id) => `message.stored of ${id}`)
  }
  while (missing().length > 0 && Date.now() < end) await pause(100)
  const untold = missing()
  const until = Date.now() + LOST_MS
  while (!isLost() && Date.now() < until) await pause(200)
  if (!isLost()) untold.push(`user.disconnected "lost" of ${LEAVER}, who went while no sidecar was there`)
  return untold
}
