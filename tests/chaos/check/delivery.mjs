// Every event once on every device that never lost its place, in the order in which it was stored.

import { grouped, spoken } from './history.mjs'

export function delivery(history) {
  return history.devices.flatMap((device) => [
    ...(isHeldTo(device) ? onceEach(history, device) : noneTwice(device)),
    ...inOrder(history, device),
  ])
}

/**
 * A device that was reset has no claim to what came before; one without a feed only to what came while it was there.
 */
function isHeldTo({ resumes, steady, lines }) {
  if (!resumes) return steady
  return lines.some(({ kind }) => kind === 'resume') && !lines.some(({ kind }) => kind === 'reset')
}

function onceEach({ feeds, store }, device) {
  const { name, user, lines } = device
  const faults = []
  const baseline = device.resumes ? (lines.find(({ kind }) => kind === 'resume').to ?? 0) : 0
  const expected = new Map()
  for (const entry of feeds.get(user) ?? []) {
    const told = spoken(device, entry)
    if (told && (entry.seq === undefined || entry.seq > baseline)) expected.set(keyOf(told), entry)
  }
  const seen = grouped(
    lines.filter(({ kind }) => kind === 'event'),
    keyOf,
  )
  for (const [key, entry] of expected) {
    const times = seen.get(key) ?? []
    if (times.length === 0) faults.push(`${name}: ${key} (seq ${entry.seq ?? 'unknown'}) never came`)
    if (times.length > 1) {
      const connections = times.map(({ connection }) => connection).join(', ')
      faults.push(`${name}: ${key} came ${times.length} times, on connections ${connections}`)
    }
    const [first] = times
    if (first?.seq !== undefined && entry.seq !== undefined && first.seq !== entry.seq) {
      faults.push(`${name}: ${key} came with seq ${first.seq}, it is stored with ${entry.seq}`)
    }
  }
  // Without a stored feed only messages are known to be complete.
  const mustBeKnown = ({ event, id }) =>
    store.feed || (['newMessage', 'messageSent'].includes(event) && !id.startsWith('notification:'))
  for (const [key, [first]] of seen) {
    if (!expected.has(key) && mustBeKnown(first)) faults.push(`${name}: ${key} is not an event for it`)
  }
  return faults
}

function noneTwice({ name, lines }) {
  return [
    ...grouped(
      lines.filter(({ kind }) => kind === 'event'),
      keyOf,
    ),
  ]
    .filter(([, times]) => times.length > 1)
    .map(([key, times]) => `${name}: ${key} came ${times.length} times`)
}

/** Sender by sender and receiver by receiver, as the file has them. */
function inOrder({ rows, store }, { name, lines }) {
  const faults = []
  const lineOf = new Map(store.messages.filter((row) => row.chat).map((row) => [row.text, row]))
  const latest = new Map()
  for (const { kind, event, id } of lines) {
    if (kind !== 'event') continue
    const row =
      event === 'receiveChatMessage'
        ? lineOf.get(id)
        : ['newMessage', 'messageSent'].includes(event)
          ? rows.get(id)
          : null
    if (!row) continue
    const pair = `${event} ${row.sender}→${row.receiver ?? row.chat}`
    const before = latest.get(pair)
    if (before && before.position > row.position)
      faults.push(`${name}: ${pair}: ${id} came after ${before.id}, it was stored before it`)
    if (!before || before.position < row.position) latest.set(pair, row)
  }
  return faults
}

function keyOf({ event, id }) {
  return `${event} ${id}`
}
