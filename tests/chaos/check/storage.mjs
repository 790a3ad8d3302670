// Acknowledged means committed, once: what clients were told against what the file holds.

import { grouped } from './history.mjs'

export function storage(history) {
  return [
    ...integrity(history.store),
    ...sends(history),
    ...strangers(history),
    ...chats(history),
    ...notifications(history),
    ...emits(history),
  ]
}

function integrity({ integrity: found }) {
  return found.length === 1 && found[0] === 'ok' ? [] : [`the file is damaged: ${found.join(', ')}`]
}

function sends({ of, store }) {
  const faults = []
  const rows = grouped(
    store.messages.filter((row) => row.client_id),
    (row) => `${row.sender} ${row.client_id}`,
  )
  const acks = grouped(of('ack'), (line) => `${line.from} ${line.client}`)
  for (const [name, same] of rows) {
    if (same.length > 1) faults.push(`${name} is stored ${same.length} times: ${same.map((row) => row.id).join(', ')}`)
  }
  const sent = new Map(of('send').map((line) => [`${line.from} ${line.client}`, line]))
  for (const [name, send] of sent) {
    const [row] = rows.get(name) ?? []
    const ids = [...new Set((acks.get(name) ?? []).map((ack) => ack.id))]
    if (ids.length > 1) faults.push(`${name} was acknowledged under several ids: ${ids.join(', ')}`)
    if (ids.length > 0 && !row) faults.push(`${name} was acknowledged as ${ids[0]}, but is not stored`)
    if (ids.length > 0 && row && !ids.includes(row.id))
      faults.push(`${name} was acknowledged as ${ids[0]}, but is stored as ${row.id}`)
    if (row && (row.text !== send.text || row.receiver !== send.to))
      faults.push(`${name} is stored with another text or receiver`)
  }
  for (const name of acks.keys()) if (!sent.has(name)) faults.push(`${name} was acknowledged and never sent`)
  return faults
}

/** Rows that nobody wrote, and one text in two rows: stored twice under another name. */
function strangers({ of, store }) {
  const faults = []
  const sent = new Set(of('send').map((line) => `${line.from} ${line.client}`))
  for (const row of store.messages) {
    if (row.receiver && !sent.has(`${row.sender} ${row.client_id}`))
      faults.push(`message ${row.id} of ${row.sender} was sent by nobody`)
  }
  for (const [text, same] of grouped(store.messages, (row) => row.text)) {
    if (same.length > 1)
      faults.push(`the text "${text}" is stored ${same.length} times: ${same.map((row) => row.id).join(', ')}`)
  }
  return faults
}

/** Lines of chats have no client id: an acknowledged one is there, any other one may be, none twice. */
function chats({ of, store }) {
  const faults = []
  const rows = grouped(
    store.messages.filter((row) => row.chat),
    (row) => row.text,
  )
  const said = new Set(of('say').map((line) => line.text))
  for (const { text } of of('said')) {
    if (!rows.has(text)) faults.push(`the line "${text}" was acknowledged, but is not stored`)
  }
  for (const text of rows.keys()) if (!said.has(text)) faults.push(`the line "${text}" was said by nobody`)
  return faults
}

function notifications({ of, store }) {
  const faults = []
  const rows = grouped(store.notifications, (row) => row.title)
  const keys = new Set(of('notify').map((line) => line.key))
  for (const { key, id } of of('notified')) {
    const [row] = rows.get(key) ?? []
    if (row?.id !== id)
      faults.push(
        `notification ${key} was acknowledged as ${id}, but ${row ? `is stored as ${row.id}` : 'is not stored'}`,
      )
  }
  for (const [key, same] of rows) {
    if (same.length > 1) faults.push(`notification ${key} is stored ${same.length} times`)
    if (!keys.has(key)) faults.push(`notification ${key} was made by nobody`)
  }
  return faults
}

/** Events of the app, once in the feed of each of their users. */
function emits({ of, store, feeds }) {
  if (!store.feed) return []
  const faults = []
  const acknowledged = new Set(of('emitted').map((line) => line.key))
  const emitted = new Map(of('emit').map((line) => [line.key, line]))
  const kept = new Map()
  for (const [user, entries] of feeds) {
    for (const { kind, detail } of entries) {
      if (kind !== 'custom') continue
      const name = `${detail.data?.id} for ${user}`
      kept.set(name, (kept.get(name) ?? 0) + 1)
      if (!emitted.get(detail.data?.id)?.users.includes(user)) faults.push(`the event ${name} was emitted by nobody`)
    }
  }
  for (const { key, users } of emitted.values()) {
    for (const user of users) {
      const times = kept.get(`${key} for ${user}`) ?? 0
      if (times > 1) faults.push(`the event ${key} is ${times} times in the feed of ${user}`)
      if (times === 0 && acknowledged.has(key))
        faults.push(`the event ${key} was acknowledged, but is not in the feed of ${user}`)
    }
  }
  return faults
}
