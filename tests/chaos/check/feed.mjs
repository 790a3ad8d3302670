// The protocol of docs/RESUME.md on each device: numbers, seams, and the feed as it is stored.

import { concerned } from './history.mjs'

export function feed(history) {
  return [...stored(history), ...history.devices.filter((device) => device.resumes).flatMap(walk)]
}

/** Feeds are numbered 1, 2, 3 … and hold every message that is stored, for everyone it concerns. */
function stored({ store, feeds }) {
  if (!store.feed) return []
  const faults = []
  for (const [user, entries] of feeds) {
    entries.forEach((entry, index) => {
      const before = entries[index - 1]
      if (before && entry.seq !== before.seq + 1)
        faults.push(`the feed of ${user} goes from ${before.seq} to ${entry.seq}`)
    })
  }
  const times = new Map()
  for (const [user, entries] of feeds) {
    for (const { kind, id } of entries)
      times.set(`${user} ${kind} ${id}`, (times.get(`${user} ${kind} ${id}`) ?? 0) + 1)
  }
  for (const row of store.messages) {
    for (const [user, kind] of concerned(row)) {
      const found = times.get(`${user} ${kind} ${row.id}`) ?? 0
      if (found !== 1) faults.push(`message ${row.id} is ${found} times in the feed of ${user} as ${kind}`)
    }
  }
  return faults
}

function walk({ name, lines }) {
  const faults = []
  const say = (text) => faults.push(`${name}: ${text}`)
  let last = null
  let told = false
  let replayed = 0
  let allowed = null
  for (const line of lines) {
    const { kind, seq } = line
    if (kind === 'connect') {
      told = false
      replayed = 0
    } else if (kind === 'mayReset') {
      allowed = line.reason
    } else if (kind === 'position') {
      if (!told) say(`a position ${seq} came before resume on connection ${line.connection}`)
      if (last !== null && seq <= last) say(`the position went from ${last} to ${seq}`)
      last = Math.max(last ?? 0, seq)
    } else if (kind === 'event') {
      if (seq === undefined) {
        say(`${line.event} ${line.id} has no seq`)
        continue
      }
      if (last !== null && seq <= last) say(`${line.event} ${line.id} has seq ${seq} after ${last}`)
      if (!told) replayed += 1
      last = Math.max(last ?? 0, seq)
    } else if (kind === 'resume' || kind === 'reset') {
      if (told) say(`a second ${kind} on connection ${line.connection}`)
      told = true
      seam(line, { last, replayed, allowed }, say)
      if (kind === 'reset') allowed = null
      last = line.to
    } else if (kind === 'leftOut') {
      say(`chat ${line.chat} was not joined again`)
    }
  }
  if (!lines.some(({ kind }) => kind === 'resume' || kind === 'reset')) say('was never told where it stands')
  return faults
}

function seam(line, { last, replayed, allowed }, say) {
  const { kind, asked, to, from, missed, recovered, reason } = line
  if (kind === 'reset') {
    if (allowed !== reason) say(`a reset "${reason}" that was not due, to ${to} from ${asked?.seq}`)
    if (replayed > 0) say(`${replayed} events came before a reset`)
    return
  }
  if (recovered !== Boolean(asked)) say(`it asked for ${asked?.seq ?? 'nothing'} and was told recovered: ${recovered}`)
  if (asked && from !== asked.seq) say(`it asked from ${asked.seq} and was answered from ${from}`)
  if (asked && asked.feed && line.feed !== asked.feed) say(`the feed's name changed from ${asked.feed} to ${line.feed}`)
  if ((missed ?? 0) !== replayed) say(`it was told of ${missed} missed events and got ${replayed}`)
  if (last !== null && to < last) say(`resumed to ${to}, though it had ${last}`)
}
