// The people of a run and their devices: several of each, in several namespaces, one that hears nothing.

import { newDevice, MESSENGER, NOTIFICATIONS, ROOMS } from './device.mjs'
import { newJournal } from './journal.mjs'

const QUIET = 'quiet'

/** Makes the people known to the sidecar; a message can be sent only to someone who is. */
export async function introduce(station, users) {
  for (const user of users) {
    const { status } = await station.internal.put(`/internal/users/${user}`, { email: `${user}@example.test` })
    if (status >= 300) throw new Error(`${user} could not be made known: ${status}`)
  }
}

/** The chat of two people, as clients spell it. */
export const chatOf = (a, b) => [a, b].toSorted().join('_')

/**
 * Two devices for each user at `/`, the second one beginning with polling; for some a third one in another
 * namespace; and one user whom nothing is ever sent to. Neighbours share a chat.
 */
export function newCrowd(station, { users, heard, resumes = true, steady = false }) {
  const make = (user, name, more = {}) =>
    newDevice(station.publicUrl, newJournal(`${user}-${name}`), {
      user,
      device: `${user}-${name}`,
      token: station.token(user, { device: `${user}-${name}` }),
      resumes,
      steady,
      ...more,
    })
  const chats = users.map((user, index) => chatOf(user, users[index ^ 1] ?? users[0]))
  const devices = users.flatMap((user, index) => [
    make(user, 'one', { chats: [chats[index]], heard }),
    make(user, 'two', { chats: [chats[index]], transports: ['polling', 'websocket'] }),
  ])
  const legacy = [
    make(users[0], 'bell', { place: NOTIFICATIONS }),
    make(users[1], 'bell', { place: NOTIFICATIONS, transports: ['polling', 'websocket'] }),
    make(users[2], 'mail', { place: MESSENGER }),
  ]
  const quiet = make(QUIET, 'one', { place: ROOMS })
  const all = [...devices, ...legacy, quiet]
  return {
    devices,
    all,
    quiet,
    speakers: users.map((_, index) => ({ device: devices[index * 2], chat: chats[index] })),
    journals: all.map(({ journal }) => journal),
    /** Connects everyone, and returns when all are in their chats. */
    gather: async (ms = 10_000) => {
      for (const device of all) device.start()
      await everyone(all, (device) => device.isSettled, ms, 'to connect')
      for (const device of devices) await device.join()
    },
    /** Returns when everyone is back and knows where it stands; names of those who are not. */
    missing: async (ms) => late(all, (device) => device.isSettled, ms),
  }
}

/** Those for whom `holds` did not become true within `ms`. */
export async function late(devices, holds, ms) {
  const seen = await Promise.all(devices.map((device) => device.waitFor(holds, ms)))
  return devices.filter((_, index) => !seen[index]).map(({ name }) => name)
}

async function everyone(devices, holds, ms, what) {
  const names = await late(devices, holds, ms)
  if (names.length > 0) throw new Error(`${names.join(', ')} had ${ms} ms ${what}`)
}
