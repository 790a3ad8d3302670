// Some hundreds of clients in a process of their own; told by its parent what to do (see storm.mjs).

import { pause } from '../clients/support/deadline.mjs'
import { late } from './support/crowd.mjs'
import { newDevice } from './support/device.mjs'
import { newJournal } from './support/journal.mjs'

const STEP = 25
const STEP_MS = 60

let devices = []

const commands = {
  /** Connects all, some at a time; gives the names of those who did not get on. */
  async connect({ url, clients, resumes, ms, delay, delayMax }) {
    devices = clients.map(({ user, device, token }) =>
      newDevice(url, newJournal(`${user}-${device}`), {
        user,
        device,
        token,
        resumes,
        reconnectionDelay: delay,
        reconnectionDelayMax: delayMax,
      }),
    )
    for (let index = 0; index < devices.length; index += STEP) {
      devices.slice(index, index + STEP).forEach((device) => device.start())
      await pause(STEP_MS)
    }
    return late(devices, ({ isSettled }) => isSettled, ms)
  },
  /** Names of those who are not back within that time, in a connection younger than `since`. */
  async back({ since, ms }) {
    const isBack = ({ isSettled, journal }) =>
      isSettled && journal.lines.some(({ kind, at }) => kind === 'connect' && at >= since)
    return late(devices, isBack, ms)
  },
  /** Names of those who do not have their user's last event. */
  async last({ events, ms }) {
    const has = ({ user, journal }) => journal.lines.some(({ kind, id }) => kind === 'event' && id === events[user])
    return late(devices, has, ms)
  },
  async end() {
    devices.forEach((device) => device.away())
    return devices.map(({ journal: { name, lines } }) => ({ name, lines }))
  },
}

process.on('message', async ({ number, command, ...options }) => {
  const answer = await commands[command](options).then(
    (value) => ({ value }),
    (error) => ({ error: error.stack }),
  )
  process.send({ number, ...answer })
})
process.on('disconnect', () => process.exit())
