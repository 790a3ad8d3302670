// Puts a change into a picture.

import type { MonitorState, MonitorUpdate } from '../generated/contracts.js'

interface Changes<T> {
  upserted: readonly T[]
  gone: readonly string[]
  truncated: number
}

export function applyUpdate(picture: MonitorState, update: MonitorUpdate): MonitorState {
  const { timestamp, seq, store, totals, rates } = update
  const since = Date.parse(timestamp) - Date.parse(picture.server.startedAt)
  return {
    ...picture,
    timestamp,
    seq,
    store,
    totals,
    rates,
    server: { ...picture.server, uptimeSeconds: Math.max(0, Math.floor(since / 1000)) },
    users: changed(picture.users.items, update.users, (user) => user.userId),
    rooms: changed(picture.rooms.items, update.rooms, (room) => room.chatId),
  }
}

function changed<T>(
  items: readonly T[],
  { upserted, gone, truncated }: Changes<T>,
  idOf: (item: T) => string,
): { items: T[]; truncated: number } {
  const byId = new Map(items.map((item) => [idOf(item), item]))
  for (const id of gone) byId.delete(id)
  for (const item of upserted) byId.set(idOf(item), item)
  const sorted = [...byId].sort(([a], [b]) => (a < b ? -1 : 1))
  return { items: sorted.map(([, item]) => item), truncated }
}
