// What the sidecar is to reach on one core: floors, as times better than a peer of the same run or as a figure of its own, and a
// goal for everything else.

import { ratio } from './figures.mjs'
import { can, ROWS, TABLES } from './plan.mjs'
import { kindsOf, measures } from './shown.mjs'

/** A KB has 1,000 bytes here, as in all tables. */
const KB = 1000

/**
 * `row`, `path` of the measure; `than` and `times`, or `most`; `above`: more than `times`, not
 * just as much. `connections`: holds for this many clients only, while short runs have fewer.
 */
export const TARGETS = [
  { row: 'fanout-1k-1', path: 'rate', than: 'ws', times: 2.4 },
  { row: 'fanout-1k-1', path: 'rate', than: 'uws', times: 1 },
  { row: 'fanout-1k-4', path: 'rate', than: 'ws', times: 6 },
  { row: 'fanout-1k-4', path: 'rate', than: 'uws', times: 1.4 },
  { row: 'fanout-5k-4', path: 'rate', than: 'ws', times: 6 },
  { row: 'fanout-5k-4', path: 'rate', than: 'uws', times: 1.4 },
  { row: 'direct', path: 'rate', than: 'ws', times: 3.5 },
  { row: 'direct', path: 'rate', than: 'uws', times: 2 },
  // A peer that commits all that came in one turn of its loop, and one that commits each message, as most programs do.
  { row: 'direct-stored', path: 'rate', than: 'ws', times: 4 },
  { row: 'direct-stored', path: 'rate', than: 'uws', times: 4 },
  { row: 'direct-stored-each', path: 'rate', than: 'ws', times: 4 },
  { row: 'direct-stored-each', path: 'rate', than: 'uws', times: 4 },
  { row: 'emit-user', path: 'calls_per_second', than: 'ws', times: 3 },
  { row: 'emit-user', path: 'calls_per_second', than: 'uws', times: 2 },
  { row: 'connect-known', path: 'rate', than: 'ws', times: 15 },
  { row: 'idle', path: 'bytes_per_connection', most: 18 * KB, unit: 'B', connections: 10_000 },
  { row: 'connect-10k', path: 'bytes_per_connection', most: 18 * KB, unit: 'B', connections: 10_000 },
  { row: 'fanout-5k-4', path: 'server_rss_bytes.after', than: 'uws', times: 1, above: true },
  { row: 'storm', path: 'all_back_s', most: 0.3, unit: 's', connections: 2000 },
]

/** For everything that has no floor of its own beside that peer: to be better. */
export const GOAL = { than: 'uws', times: 1 }

/** `{ target, title, reached, is }` for each floor: a figure or a ratio, and whether it is enough; nothing where it was not measured. */
export function floors(rows) {
  return TARGETS.map((target) => {
    const found = measured(rows, target)
    if (found === undefined) return { target }
    return { target, title: found.measure.title, reached: found.reached, is: isEnough(target, found.reached) }
  })
}

/** The same for everything that has only the goal, with the table that it stands in; nothing if nobody ran beside. */
export function goals(rows) {
  const { than, times } = GOAL
  if (!kindsOf(rows).includes(than)) return []
  const hasFloor = (id, { path, table }) =>
    table === undefined && TARGETS.some((target) => target.than === than && target.path === path && target.row === id)
  return TABLES.flatMap((table) =>
    ROWS.filter((row) => can(row, than)).flatMap((row) => {
      const wanted = row.measures.filter((measure) => measure.table === table && !hasFloor(row.id, measure))
      return wanted.map((measure) => {
        const reached = rows[row.id] && ratio(rows[row.id].lines, 'sidecar', than, measure)
        return { target: GOAL, table, title: measure.title, reached, is: reached && reached.median >= times }
      })
    }),
  )
}

function measured(rows, { row: id, path, than, connections }) {
  if (!rows[id]) return undefined
  const lines = rows[id].lines.filter((line) => connections === undefined || line.result?.parameters?.connections === connections)
  const found = measures({ [id]: { lines } }, undefined).find(({ measure }) => measure.path === path)
  const reached = than === undefined ? found?.values.sidecar : found && ratio(lines, 'sidecar', than, found.measure)
  return reached === undefined ? undefined : { measure: found.measure, reached }
}

function isEnough({ most, times, above }, reached) {
  if (most !== undefined) return reached <= most
  return above ? reached.median > times : reached.median >= times
}
