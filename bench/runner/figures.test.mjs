// The arithmetic behind the tables.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document } from './document.mjs'
import { faults, isQuiet, limitedByGenerator, median, ratio, summary } from './figures.mjs'
import { verdict } from './growth.mjs'
import { chosen, ROWS } from './plan.mjs'
import { byRow } from './results.mjs'
import { cells } from './shown.mjs'
import { floors, goals, TARGETS } from './targets.mjs'
import { figure, timesWithRange } from './words.mjs'

const line = (kind, turn, result, more = {}) => ({ row: 'direct', kind, turn, code: 0, quiet: true, quiet_before: true, result, ...more })
const RATE = { path: 'rate', better: 'higher' }

test('medians leave out what is no figure', () => {
  assert.equal(median([3, 1, undefined, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.equal(median([]), undefined)
})

test('ratios are taken within turns', () => {
  // The machine was half as fast in the second turn: no ratio may say so.
  const lines = [line('sidecar', 1, { rate: 300 }), line('ws', 1, { rate: 100 }), line('sidecar', 2, { rate: 150 }), line('ws', 2, { rate: 50 })]
  assert.deepEqual(ratio(lines, 'sidecar', 'ws', RATE), { median: 3, least: 3, most: 3 })
  assert.equal(ratio(lines, 'sidecar', 'uws', RATE), undefined)
  const memory = [line('sidecar', 1, { a: { b: 10 } }), line('ws', 1, { a: { b: 20 } })]
  assert.equal(ratio(memory, 'sidecar', 'ws', { path: 'a.b', better: 'lower' }).median, 2)
  assert.equal(summary(lines, RATE, ['sidecar', 'ws']).values.ws, 75)
})

test('what went wrong is told', () => {
  const lines = [line('ws', 1, { lost: 2, doubled: 0 }, { code: 1 }), line('ws', 2, undefined, { code: 2 }), line('uws', 1, { lost: 0 })]
  assert.deepEqual(faults(lines), ['ws: 2 lost', 'ws: 2 of 2 runs failed'])
  assert.deepEqual(limitedByGenerator([line('ws', 1, { generator_was_limit: true }), line('uws', 1, {})]), ['ws'])
  assert.equal(isQuiet(line('ws', 1, { other_cpu_share: 0.2 })), false)
  assert.equal(isQuiet(line('ws', 1, { other_cpu_share: 0.1 })), true)
})

test('figures have the digits that count', () => {
  assert.equal(figure(52_345), '52,300')
  assert.equal(figure(0.4567), '0.46')
  assert.equal(figure(undefined), '–')
  assert.equal(timesWithRange({ median: 2.5, least: 2, most: 3.2 }), '2.50× (2.00–3.2)')
})

test('rows of a run come from that run alone', () => {
  const runs = [
    { name: 'a', lines: [line('sidecar', 1, { rate: 1 }), line('ws', 1, { rate: 1 })] },
    { name: 'b', lines: [line('sidecar', 1, { rate: 5 })] },
  ]
  assert.equal(byRow(runs).direct.lines.length, 1)
})

test('a document is made of whatever there is', () => {
  const rows = byRow([{ name: 'a', machine: {}, lines: [line('sidecar', 1, { rate: 300 }), line('ws', 1, { rate: 100, lost: 1 }, { code: 1 })] }])
  const text = document(rows, { cores: 2, memory_bytes: 1 })
  assert.match(text, /\| direct messages a second \|.*3\.0×.*ws: 1 lost/)
  assert.equal(cells(rows, 'cpu', { plain: true }).length, 2)
  assert.throws(() => chosen('full', ['nothing']), /no scenario nothing/)
})

test('each target is a measure of its row', () => {
  for (const target of TARGETS) {
    const row = ROWS.find((one) => one.id === target.row)
    assert.ok(row?.measures.some(({ path, table }) => path === target.path && table === undefined), `${target.row} ${target.path}`)
    if (target.connections) assert.equal(row.size.full.connections, target.connections)
  }
})

test('of each target is told whether it was reached', () => {
  const of = (row, kind, result) => ({ ...line(kind, 1, result), row })
  const run = (connections, back) => [
    of('direct', 'sidecar', { rate: 350, p99_ms: 3 }), of('direct', 'ws', { rate: 100 }), of('direct', 'uws', { rate: 200, p99_ms: 2 }),
    of('direct-stored', 'sidecar', { rate: 400 }), of('direct-stored', 'ws', { rate: 99 }),
    of('direct-stored-each', 'sidecar', { rate: 400 }), of('direct-stored-each', 'ws', { rate: 101 }),
    of('fanout-5k-4', 'sidecar', { server_rss_bytes: { after: 100 } }), of('fanout-5k-4', 'uws', { server_rss_bytes: { after: 100 } }),
    of('storm', 'sidecar', { all_back_s: back, parameters: { connections } }),
  ]
  const told = (lines) => {
    const found = floors(byRow([{ name: 'a', lines }]))
    return Object.fromEntries(found.map(({ target, is }) => [`${target.row} ${target.path} ${target.than ?? ''}`, is]))
  }
  const lines = run(2000, 0.3)
  const said = told(lines)
  assert.equal(said['direct rate ws'], true)
  assert.equal(said['direct rate uws'], false)
  assert.equal(said['direct-stored rate ws'], true)
  assert.equal(said['direct-stored-each rate ws'], false)
  assert.equal(said['direct-stored rate uws'], undefined)
  assert.equal(said['fanout-5k-4 server_rss_bytes.after uws'], false, 'as much is not less')
  assert.equal(said['storm all_back_s '], true)
  assert.equal(told(run(2000, 0.31))['storm all_back_s '], false)
  assert.equal(told(run(500, 0.1))['storm all_back_s '], undefined, 'a storm of fewer says nothing')
  const further = goals(byRow([{ name: 'a', lines }])).filter(({ reached }) => reached !== undefined)
  assert.deepEqual(further.map(({ title, is }) => [title, is]), [['direct message, client to client', false]])
  const text = document(byRow([{ name: 'a', machine: {}, lines }]), {})
  assert.match(text, /\| direct messages a second \| 3\.5× Node `ws` \| 3\.5× \| yes \|/)
  assert.match(text, /\| Slowest of a hundred: direct message, client to client \| 1× Node uWS \| 0\.67× \| \*\*no\*\* \|/)
  assert.match(text, /\| resident bytes a connection, 10,000 idle \| at most 18,000 B \| – \| not measured \|/)
})

test('a cost that grows faster than its output is found', () => {
  const step = (size, server_cpu_s, received_bytes) => ({ size, enter: { server_cpu_s: 0.01, received_bytes: 1 }, work: { server_cpu_s, received_bytes } })
  assert.match(verdict([step(1, 0.1, 1000), step(10, 1, 10_000)]), /what happens then does not grow/)
  assert.match(verdict([step(1, 0.1, 1000), step(10, 4, 10_000)]), /\*\*grows faster.*from 1 to 10 \(4×/)
  assert.match(verdict([step(1, 0.01, 1000), step(10, 1, 10_000)]), /coming: too little.*what happens then: too little/)
})
