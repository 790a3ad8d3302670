// What the app was told, as docs/WEBHOOKS.md promises it.

import { grouped } from './history.mjs'

export function webhooks(history) {
  const calls = history.of('webhook')
  if (calls.length === 0) return []
  const forged = calls.filter(({ valid }) => !valid).map(({ id, why }) => `webhook ${id}: ${why}`)
  const firsts = [...grouped(calls, ({ id }) => id).values()].map(([first]) => first)
  return [...forged, ...changed(calls), ...stored(history, firsts), ...presence(firsts)]
}

/** Every attempt of one id says the same. */
function changed(calls) {
  return [...grouped(calls, ({ id }) => id)]
    .filter(([, attempts]) => new Set(attempts.map(({ digest }) => digest)).size > 1)
    .map(([id]) => `webhook ${id} was not the same in every attempt`)
}

/** `message.stored`: of every stored message, under one id, in order for each user. */
function stored({ store, rows }, firsts) {
  const faults = []
  const told = grouped(
    firsts.filter(({ type }) => type === 'message.stored'),
    ({ message }) => message,
  )
  for (const row of store.messages) {
    const ids = (told.get(row.id) ?? []).map(({ id }) => id)
    if (ids.length === 0) faults.push(`no message.stored came of message ${row.id}`)
    if (ids.length > 1) faults.push(`message.stored of message ${row.id} came under several ids: ${ids.join(', ')}`)
  }
  for (const [message, [first]] of told) {
    if (!rows.has(message)) faults.push(`message.stored ${first.id} tells of message ${message}, which is not stored`)
  }
  const latest = new Map()
  for (const { type, userId, message, id } of firsts) {
    const row = type === 'message.stored' && rows.get(message)
    if (!row) continue
    if (row.position < (latest.get(userId) ?? 0))
      faults.push(`message.stored ${id} for ${userId} came after a later message's`)
    latest.set(userId, Math.max(row.position, latest.get(userId) ?? 0))
  }
  return faults
}

function presence(firsts) {
  const faults = []
  const online = new Map()
  for (const { type, userId, id } of firsts) {
    if (!type.startsWith('user.')) continue
    const now = type === 'user.connected'
    if ((online.get(userId) ?? false) === now) faults.push(`${type} ${id} of ${userId} came twice in a row`)
    online.set(userId, now)
  }
  return faults
}
