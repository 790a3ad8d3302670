// Rows in which something grows: what each step cost, and whether the cost grew faster than what was put out.

import { nameOf } from './shown.mjs'
import { ROWS } from './plan.mjs'
import { figure, markdown } from './words.mjs'

/** CPU is counted in hundredths of a second: less than this says nothing. */
const LEAST_CPU_S = 0.1
/** Up to this much more for the same output is noise. */
const NOISE = 1.5

/** Chapters in Markdown: for each such row a heading, a table and a sentence. */
export function growthParts(rows) {
  return ROWS.filter((row) => row.steps && rows[row.id]).flatMap((row) => {
    const runs = rows[row.id].lines.filter((line) => Array.isArray(line.result?.steps) && line.result.steps.length > 0)
    if (runs.length === 0) return []
    const heading = ['server', 'size', 'to come, ms of CPU each', 'to come, bytes each', 'then, ms of CPU each', 'then, bytes each', 'CPU for a MB of it', 'to go, ms of CPU each']
    const lines = runs.flatMap((line) => line.result.steps.map((step) => [nameOf(line.kind), figure(step.size), ...stepCells(step)]))
    const said = runs.map((line) => `- ${nameOf(line.kind)}: ${verdict(line.result.steps)}`)
    return [`### ${row.title}`, `${row.work} "Then" is what happens once all are there.`, markdown([heading, ...lines]), said.join('\n')]
  })
}

function stepCells({ enter, work, leave }) {
  return [cpuEach(enter), bytesEach(enter), cpuEach(work), bytesEach(work), perMegabyte(work), cpuEach(leave)]
}

const cpuEach = (cost) => figure(cost?.operations > 0 ? (cost.server_cpu_s * 1000) / cost.operations : undefined)
const bytesEach = (cost) => figure(cost?.operations > 0 ? cost.received_bytes / cost.operations : undefined)
const perMegabyte = (cost) => figure(cost?.received_bytes > 0 ? (cost.server_cpu_s * 1e9) / cost.received_bytes : undefined, 'ms')

/** From the first step that can be read to the last. Output is bytes or operations, whichever grew more. */
export function verdict(steps) {
  const parts = [['enter', 'coming'], ['work', 'what happens then']].map(([part, words]) => {
    const readable = steps.filter((step) => step[part]?.server_cpu_s >= LEAST_CPU_S && step[part].received_bytes > 0)
    if (readable.length < 2) return `${words}: too little CPU to tell`
    const [first, last] = [readable[0], readable.at(-1)]
    const grown = (name) => last[part][name] / first[part][name]
    const more = grown('server_cpu_s') / Math.max(grown('received_bytes'), grown('operations') || 0)
    const grows = more > NOISE ? '**grows faster than its output**' : 'does not grow faster than its output'
    return `the cost of ${words} ${grows} from ${figure(first.size)} to ${figure(last.size)} (${figure(more)}× for the same output)`
  })
  return parts.join('; ')
}
