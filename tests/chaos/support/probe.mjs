// Whether the sidecar keeps feeds: it answers `auth.resume` with `resume`.

import { newDevice } from './device.mjs'
import { newJournal } from './journal.mjs'

const ANSWER_MS = 3_000

export async function keepsFeeds(station) {
  const device = newDevice(station.publicUrl, newJournal('probe'), { user: 'probe', token: station.token('probe') })
  device.start()
  const answered = await device.waitFor(({ isSettled }) => isSettled, ANSWER_MS)
  device.away()
  return answered
}
