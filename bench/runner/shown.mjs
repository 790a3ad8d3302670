// The rows of tables, for the terminal and for the document.

import { faults, limitedByGenerator, summary } from './figures.mjs'
import { ROWS } from './plan.mjs'
import { figure, times, timesWithRange } from './words.mjs'

const NAMES = { sidecar: 'Outrigger', baseline: 'Outrigger, before', ws: 'Node `ws`', uws: 'Node uWS', lane: 'lane' }
export const nameOf = (kind) => NAMES[kind]

const ORDER = ['sidecar', 'baseline', 'ws', 'uws', 'lane']

/** Kinds that any of these lines is of. */
export function kindsOf(rows) {
  const there = new Set(Object.values(rows).flatMap(({ lines }) => lines.map((line) => line.kind)))
  return ORDER.filter((kind) => there.has(kind))
}

/** One line for each measure of a table that was taken; `table` as in the plan, the chief one without. */
export function measures(rows, table) {
  return ROWS.filter((row) => rows[row.id]).flatMap((row) => {
    const { lines } = rows[row.id]
    const wanted = row.measures.filter((measure) => measure.table === table)
    return wanted.map((measure) => ({ row, measure, lines, ...summary(lines, measure, kindsOf(rows)) }))
  })
}

/** Cells, with a heading: what was measured, the figure of each kind, and how many times better the sidecar is. */
export function cells(rows, table, { plain }) {
  const kinds = kindsOf(rows)
  const others = kinds.includes('sidecar') ? kinds.filter((kind) => kind !== 'sidecar') : []
  const name = (kind) => (plain ? kind : nameOf(kind))
  const heading = ['measure', ...kinds.map(name), ...others.map((kind) => `× ${name(kind)}`), 'notes']
  const ratio = plain ? times : timesWithRange
  const found = measures(rows, table).map(({ row, measure, lines, values, ratios }) => [
    measure.title,
    ...kinds.map((kind) => figure(values[kind], values[kind] === undefined ? '' : measure.unit)),
    ...others.map((kind) => ratio(ratios[kind])),
    notes(row, lines),
  ])
  return found.length === 0 ? undefined : [heading, ...found]
}

/** What one has to know about a row. */
export function notes(row, lines) {
  const said = faults(lines)
  const limited = limitedByGenerator(lines)
  if (limited.length > 0) said.push(`the generator was the limit for ${limited.join(', ')}`)
  const busy = lines.filter((line) => !line.quiet).length
  if (busy > 0) said.push(`not quiet: ${busy} of ${lines.length}`)
  return said.join('; ')
}
