// The end of a run: everything open is finished, everyone is told one last thing, the file is read and all is compared.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figuresOf, faultsOf } from '../checker.mjs'
import { historyOf } from '../check/history.mjs'
import { late } from './crowd.mjs'
import { newJournal, saveJournals } from './journal.mjs'
import { readStore } from './store.mjs'

const LAST_MS = 20_000

/**
 * Sends each user a last message and a last event, and waits until every device has them; names of those who have not.
 */
export async function lastWords(load, users, devices) {
  const last = new Map()
  await Promise.all(
    users.map(async (user, index) => {
      const { _id } = await load.send(users.at(index - 1), user)
      const { key } = await load.emit([user])
      last.set(user, { message: _id, event: key })
    }),
  )
  const wanted = ({ user, place }) =>
    place.namespace === '/messenger' ? last.get(user)?.message : last.get(user)?.event
  const has = (device) => {
    const id = wanted(device)
    return !id || device.journal.lines.some((line) => line.kind === 'event' && line.id === id)
  }
  return late(devices, has, LAST_MS)
}

/** What everyone is told of unread messages, for the checker. */
export async function unreadOf(station, users) {
  const journal = newJournal('unread')
  for (const user of users) {
    const { body } = await station.rest.get({ token: station.token(user) }, '/api/messages/unread')
    journal.note('unread', { user, ...body })
  }
  return journal
}

/**
 * Compares and reports; what was compared stays in a folder of its own if anything is wrong.
 * Gives the history for further looks.
 */
export function verdict(report, name, journals, database) {
  const store = readStore(database)
  const history = historyOf(journals, store)
  const faults = faultsOf(history)
  report.say(figuresOf(history))
  if (faults.length > 0) report.say(`the history is kept in ${keep(journals, store)}`)
  report.none(name, faults)
  return history
}

/** Writes a history where people and the checker can read it. */
export function keep(journals, store) {
  const folder = mkdtempSync(join(tmpdir(), 'outrigger-history-'))
  saveJournals(folder, journals)
  writeFileSync(join(folder, 'store.json'), JSON.stringify(store))
  return folder
}
