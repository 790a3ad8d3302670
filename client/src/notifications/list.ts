// Lists of notifications: newest first, each once, and what was read stays read.

import type { StoredNotification } from './wire.js'

type List = readonly StoredNotification[]

function inOrder(a: StoredNotification, b: StoredNotification): number {
  if (a.timestamp === b.timestamp) return a.id < b.id ? 1 : -1
  return a.timestamp < b.timestamp ? 1 : -1
}

export function merged(known: List, come: List): List {
  const byId = new Map(known.map((one) => [one.id, one]))
  for (const one of come) byId.set(one.id, one.read ? one : { ...one, read: byId.get(one.id)?.read ?? false })
  return [...byId.values()].sort(inOrder)
}

export function withRead(known: List, isMeant: (one: StoredNotification) => boolean): List {
  return known.map((one) => (isMeant(one) && !one.read ? { ...one, read: true } : one))
}

/**
 * Without those that the newest page would have named: they were removed while nobody listened. `asked` is what was
 * known when it was asked for, `isAll` says that nothing is stored behind the page.
 */
export function withoutRemoved(known: List, asked: List, page: List, isAll: boolean): List {
  const named = new Set(page.map(({ id }) => id))
  const end = page.at(-1)?.timestamp
  const isGone = ({ id, timestamp }: StoredNotification): boolean =>
    !named.has(id) && (isAll || (end !== undefined && timestamp > end))
  const gone = new Set(asked.filter(isGone).map(({ id }) => id))
  return gone.size === 0 ? known : known.filter(({ id }) => !gone.has(id))
}
