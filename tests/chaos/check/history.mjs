// What the journals and the file say, brought into the shape that the rules compare.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Reads what `saveJournals` wrote, and `store.json` beside it. */
export function readHistory(folder) {
  const journals = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((file) => ({
      name: file.slice(0, -'.jsonl'.length),
      lines: readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    }))
  return historyOf(journals, JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')))
}

export function historyOf(journals, store) {
  const lines = journals.flatMap((journal) => journal.lines)
  return {
    store,
    lines,
    devices: journals.filter(({ lines: [first] }) => first?.kind === 'device').map(deviceOf),
    feeds: feedsOf(store),
    rows: new Map(store.messages.map((row) => [row.id, row])),
    of: (kind) => lines.filter((line) => line.kind === kind),
  }
}

function deviceOf({ name, lines }) {
  const [{ user, device, path, namespace, resumes, chats, steady }] = lines
  return { name, user, device, path, namespace, resumes, chats, steady, lines }
}

/** The feed of each user: what its clients must be told, in order. */
function feedsOf(store) {
  const feeds = new Map()
  const texts = new Map(store.messages.map((row) => [row.id, row]))
  const add = (user, entry) => {
    if (!feeds.has(user)) feeds.set(user, [])
    feeds.get(user).push(entry)
  }
  if (store.feed) for (const row of store.feed) add(row.user, entryOf(row, texts))
  else
    for (const row of store.messages)
      for (const [user, kind] of concerned(row)) add(user, { kind, message: row, id: row.id })
  return feeds
}

function entryOf(row, messages) {
  const detail = row.detail ? JSON.parse(row.detail) : undefined
  return {
    seq: row.seq,
    kind: row.kind,
    id: row.subject,
    except: row.except,
    message: messages.get(row.subject),
    detail,
  }
}

/** Whom a stored message concerns; of a chat `a_b` both. */
export function concerned(row) {
  if (row.chat) return row.chat.split('_').map((user) => [user, 'chat_message'])
  return [
    [row.receiver, 'message_received'],
    [row.sender, 'message_sent'],
  ]
}

/** The event by which a namespace speaks of an entry, and how `identify` names it; `null` where it does not. */
export function spoken({ namespace, chats, device }, entry) {
  if (entry.except && entry.except === device) return null
  const rooms = namespace === '/'
  const messenger = rooms || namespace === '/messenger'
  const notifications = namespace === '/notifications'
  const own = (holds, event, id = entry.id) => (holds ? { event, id } : null)
  switch (entry.kind) {
    case 'message_received':
      return own(messenger, 'newMessage')
    case 'message_sent':
      return own(messenger, 'messageSent')
    case 'message_read':
      return own(messenger, 'messageReadReceipt')
    case 'chat_message':
      return own(rooms && chats.includes(entry.message?.chat), 'receiveChatMessage', entry.message?.text)
    case 'notification':
      return rooms ? { event: 'newMessage', id: `notification:${entry.id}` } : own(notifications, 'notification')
    case 'notification_read':
      return own(notifications, 'notificationRead', entry.id)
    case 'account_status':
      return own(rooms || namespace === '/auth', 'userStatusChanged', null)
    case 'designations':
      return own(rooms || namespace === '/auth', 'designationsUpdated', entry.detail.designations.join(' '))
    case 'custom':
      return own(rooms || notifications, entry.detail.name, entry.detail.data?.id)
    default:
      return { event: `an event of the unknown kind ${entry.kind}`, id: entry.id }
  }
}

/** Groups values by what `key` gives for each. */
export function grouped(values, key) {
  const groups = new Map()
  for (const value of values) {
    const name = key(value)
    if (!groups.has(name)) groups.set(name, [])
    groups.get(name).push(value)
  }
  return groups
}
