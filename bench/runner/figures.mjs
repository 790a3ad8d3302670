// From raw lines to figures: medians, and ratios within the same turn.

import { MOST_OTHERS } from './quiet.mjs'

export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** A field of a result, `a.b` for one inside another. */
export function field(result, path) {
  const value = path.split('.').reduce((inner, name) => inner?.[name], result)
  return typeof value === 'number' ? value : undefined
}

/**
 * How many times better `one` is than `other`, for each turn in which both ran: the machine drifts from turn to turn.
 * Gives `{ median, least, most }`, or nothing.
 */
export function ratio(lines, one, other, measure) {
  const ratios = []
  for (const turn of new Set(lines.map((line) => line.turn))) {
    const of = (kind) => field(lines.find((line) => line.turn === turn && line.kind === kind)?.result, measure.path)
    const [a, b] = [of(one), of(other)]
    if (!(a > 0) || !(b > 0)) continue
    ratios.push(measure.better === 'lower' ? b / a : a / b)
  }
  if (ratios.length === 0) return undefined
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

/** All that is said of one measure of one row: by kind the median, and ratios of the first kind to others. */
export function summary(lines, measure, kinds) {
  const values = {}
  const ratios = {}
  for (const kind of kinds) {
    const own = lines.filter((line) => line.kind === kind && line.result)
    values[kind] = median(own.map((line) => field(line.result, measure.path)))
    if (kind !== 'sidecar') ratios[kind] = ratio(lines, 'sidecar', kind, measure)
  }
  return { values, ratios }
}

const FAULTS = ['lost', 'doubled', 'misordered', 'misdelivered']

/** What went wrong in these lines, in words; empty if nothing. */
export function faults(lines) {
  const said = []
  for (const kind of new Set(lines.map((line) => line.kind))) {
    const own = lines.filter((line) => line.kind === kind)
    for (const fault of FAULTS) {
      const count = own.reduce((sum, line) => sum + (line.result?.[fault] ?? 0), 0)
      if (count > 0) said.push(`${kind}: ${count} ${fault}`)
    }
    const failed = own.filter((line) => line.code !== 0).length
    if (failed > 0) said.push(`${kind}: ${failed} of ${own.length} runs failed`)
  }
  return said
}

/** Kinds for which the generator, and not the server, was at its limit in most runs. */
export function limitedByGenerator(lines) {
  const kinds = [...new Set(lines.map((line) => line.kind))]
  return kinds.filter((kind) => {
    const own = lines.filter((line) => line.kind === kind && line.result)
    return own.filter((line) => line.result.generator_was_limit).length * 2 > own.length
  })
}

/** Whether nothing else used the machine, before the run and while it lasted. */
export function isQuiet(line) {
  return line.quiet_before && (line.result?.other_cpu_share ?? 0) < MOST_OTHERS
}
