// What adds up at the end: unread counts, read receipts.

import { grouped } from './history.mjs'

export function totals(history) {
  return [...counters(history), ...told(history), ...receipts(history)]
}

const pairOf = (user, partner) => `${user} from ${partner}`

function unreadOf({ messages }) {
  const unread = new Map()
  for (const { receiver, sender, read_at: readAt } of messages) {
    if (!receiver || readAt !== null) continue
    const pair = pairOf(receiver, sender)
    unread.set(pair, (unread.get(pair) ?? 0) + 1)
  }
  return unread
}

/** The counters that the file keeps, against the rows that they count. */
function counters({ store }) {
  const faults = []
  const unread = unreadOf(store)
  const kept = new Map(store.conversations.map((row) => [pairOf(row.user, row.partner), row.unread]))
  for (const pair of new Set([...unread.keys(), ...kept.keys()])) {
    const [rows, counter] = [unread.get(pair) ?? 0, kept.get(pair) ?? 0]
    if (rows !== counter) faults.push(`unread for ${pair}: ${rows} rows, the counter says ${counter}`)
  }
  const open = grouped(
    store.notifications.filter((row) => row.read_at === null),
    (row) => row.user,
  )
  for (const { user, unread: counter } of store.unread_notifications) {
    const rows = open.get(user)?.length ?? 0
    if (rows !== counter) faults.push(`unread notifications of ${user}: ${rows} rows, the counter says ${counter}`)
  }
  return faults
}

/** What users were told at the end (`GET /api/messages/unread`). */
function told({ of, store }) {
  const faults = []
  const unread = unreadOf(store)
  for (const { user, total, byUser } of of('unread')) {
    const partners = new Set([
      ...Object.keys(byUser),
      ...store.conversations.filter((row) => row.user === user).map((row) => row.partner),
    ])
    for (const partner of partners) {
      const rows = unread.get(pairOf(user, partner)) ?? 0
      if ((byUser[partner] ?? 0) !== rows)
        faults.push(`${user} was told of ${byUser[partner] ?? 0} unread from ${partner}, there are ${rows}`)
    }
    const sum = Object.values(byUser).reduce((a, b) => a + b, 0)
    if (total !== sum) faults.push(`${user} was told of ${total} unread in all, ${sum} one by one`)
  }
  return faults
}

function receipts({ of, rows, devices }) {
  const faults = []
  for (const { message, by } of of('readAcked')) {
    const row = rows.get(message)
    if (!row) faults.push(`${by} read message ${message}, which is not stored`)
    else if (row.read_at === null)
      faults.push(`${by} was answered that message ${message} is read; it is stored as unread`)
  }
  for (const { name, user, lines } of devices) {
    for (const { kind, event, id } of lines) {
      if (kind !== 'event' || event !== 'messageReadReceipt') continue
      const row = rows.get(id)
      if (!row || row.read_at === null) faults.push(`${name}: a receipt for message ${id}, which nobody read`)
      else if (row.sender !== user) faults.push(`${name}: a receipt for message ${id}, which is not its own`)
    }
  }
  return faults
}
