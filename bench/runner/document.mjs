// Writes docs/BENCHMARKS.md: what was measured, how, what it does not say, and all raw lines.

import { growthParts } from './growth.mjs'
import { ROWS } from './plan.mjs'
import { cells, kindsOf, nameOf } from './shown.mjs'
import { floors, goals } from './targets.mjs'
import { figure, markdown, timesWithRange } from './words.mjs'

/** The whole text. `rows` as from `byRow`; `machine` of the newest run. */
export function document(rows, machine) {
  const parts = [
    '# Benchmarks',
    'Written by `bench/run`; do not edit. Outrigger beside two Node servers that do the same work, on the same machine, in turns.',
    shortly(rows),
    chapter('Against the targets', ...targets(rows)),
    chapter('Figures', explained(rows), table(rows, undefined)),
    chapter('CPU', "CPU seconds of the server for a million of what is named: steadier than rates, and it holds where a rate was limited by the generator.", table(rows, 'cpu')),
    chapter('Latency', 'The slowest of a hundred, in milliseconds, while the server was driven as hard as the row says. A server that does more in the same time has more under way.', table(rows, 'latency')),
    chapter('A mixture at fixed rates', ...mixture(rows)),
    chapter('Cost as things grow', ...growthParts(rows)),
    chapter('How it was measured', how(rows), machineTable(rows, machine)),
    chapter('What it does not say', CAVEATS),
    chapter('Raw lines', 'What the generator printed, one line for each run.', raw(rows)),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function chapter(title, ...parts) {
  const there = parts.filter(Boolean)
  return there.length === 0 || there.every((part) => part.length === 0) ? undefined : [`## ${title}`, ...there].join('\n\n')
}

function table(rows, name) {
  const found = cells(rows, name, { plain: false })
  return found && markdown(found)
}

const all = (rows) => Object.values(rows).flatMap(({ lines }) => lines)

/** What a reader must know before the first figure. */
function shortly(rows) {
  const lines = all(rows)
  const busy = lines.filter((line) => !line.quiet).length
  const quick = lines.filter((line) => line.mode === 'quick').length
  const unclean = lines.filter((line) => line.code !== 0).length
  const said = []
  if (busy > 0) said.push(`**${busy} of ${lines.length} runs were not on a quiet machine**: something else used more than 15% of a core. Take those rows as hints.`)
  if (quick > 0) said.push(`**${quick} of ${lines.length} runs were short ones** (\`--quick\`).`)
  said.push(unclean === 0 ? 'In no run was anything lost, doubled, out of order or misdelivered.' : `**In ${unclean} of ${lines.length} runs something was lost, doubled, out of order, misdelivered or refused, or there was no result**: see the notes.`)
  return said.join('\n')
}

/** Each floor, and each row that has only the goal, with whether it was reached. */
function targets(rows) {
  const asked = ({ most, unit, times, than, above }) =>
    most === undefined ? `${above ? 'more than ' : ''}${times}× ${nameOf(than)}` : `at most ${figure(most, unit)}`
  const said = ({ target, reached }) => (target.most === undefined ? timesWithRange(reached) : figure(reached, reached === undefined ? '' : target.unit))
  const line = (one) => [titleOf(one), asked(one.target), said(one), verdict(one)]
  const [least, further] = [floors(rows), goals(rows)]
  if (least.every(({ reached }) => reached === undefined) && further.length === 0) return []
  const heading = ['what', 'target', 'reached', '']
  return [
    `On one core; a ratio is the median within turns. ${tallied(least)} 1 KB is 1,000 bytes.`,
    markdown([heading, ...least.map(line)]),
    ...(further.length === 0 ? [] : [
      `Everything else has one goal: to be ahead of uWebSockets.js. ${tallied(further)}`,
      markdown([heading, ...further.map(line)]),
    ]),
  ]
}

const IN_TABLE = { cpu: 'CPU: ', latency: 'Slowest of a hundred: ' }

/** What was not measured has its title from the plan. */
function titleOf({ target, table, title }) {
  const planned = () => ROWS.find((row) => row.id === target.row).measures.find(({ path }) => path === target.path)
  const name = title ?? planned().title
  const clients = target.connections && figure(target.connections)
  const size = clients === undefined || name.includes(clients) ? '' : `, ${clients} clients`
  return `${IN_TABLE[table] ?? ''}${name}${size}`
}

function tallied(found) {
  const judged = found.filter(({ reached }) => reached !== undefined)
  const missing = found.length - judged.length
  return `Reached: ${judged.filter(({ is }) => is).length} of ${found.length}${missing > 0 ? `; ${missing} not measured` : ''}.`
}

const verdict = ({ reached, is }) => (reached === undefined ? 'not measured' : is ? 'yes' : '**no**')

function explained(rows) {
  const most = Math.max(...all(rows).map((line) => line.turn))
  const turns = most === 1 ? 'One turn' : `Medians of up to ${most} turns`
  return `${turns}. **×** says how many times better Outrigger was: more of what there should be much of, less of what there should be little of; below 1 it was worse. It is the median of the ratios within turns, with the lowest and the highest of them in parentheses. Differences under 20% are noise.`
}

function mixture(rows) {
  const row = rows.mixed
  if (!row) return []
  const kinds = kindsOf({ mixed: row })
  const names = [...new Set(row.lines.flatMap((line) => Object.keys(line.result ?? {})))].filter((name) => name.endsWith('p50_ms') || name.endsWith('p99_ms'))
  const measured = names.map((path) => {
    const values = kinds.map((kind) => row.lines.find((line) => line.kind === kind && line.result)?.result[path])
    return [path.replace('_ms', '').replaceAll('_', ' '), ...values.map((value) => figure(value, 'ms'))]
  })
  if (measured.length === 0) return []
  return ['Everything at once at rates that all can keep: what one kind of traffic does to the others. First turn.', markdown([['latency', ...kinds.map(nameOf)], ...measured])]
}

function how(rows) {
  const kinds = kindsOf(rows)
  const peers = {
    sidecar: '- **Outrigger**: `outrigger serve`, release build, one worker thread, contract `tracking` at `/socket.io`, limits raised, SQLite with `synchronous=FULL`, no webhooks.',
    baseline: '- **Outrigger, before**: another build of the same, with the same settings.',
    ws: '- **Node `ws`**: socket.io on Node\'s HTTP server, with `ws` and `bufferutil`.',
    uws: '- **Node uWS**: socket.io on uWebSockets.js; its internal API too.',
    lane: '- **lane**: a spike of a websocket lane of our own.',
  }
  return [
    'Server and generator are pinned to one core each (`taskset`, cores 0 and 1) and talk over loopback. Before each run the machine is waited for until it is quiet; the kinds run in turns, every other turn backwards. Every server is a new process.',
    'Clients speak websocket only, but where it says otherwise, and are checked by HS256 token. Payloads have 200 bytes. Every payload carries a number, and the generator counts what is lost, doubled, out of order or misdelivered.',
    kinds.map((kind) => peers[kind]).filter(Boolean).join('\n'),
    "The peers do the same work: same token check, rooms for user, device, role and token, the same calls, frames, acknowledgements, rows and SQLite settings (`bench/peers`; a test compares every frame with the sidecar's). They leave out what the sidecar does beside: noting users and devices in the store when somebody connects, limits, webhooks, logs. Stored messages are committed by the peers in groups, all that came in one turn of their loop, because that is several times as fast as one transaction each; one row has peers that do that.",
    'Connecting: for "users who were there before" everybody has come and gone once, unmeasured, so that all sides do the same, as Outrigger writes and looks up nothing of those who come again as before; memory is then taken from the second coming, against that of the server before anybody ever came, so that it counts what the first one left behind, garbage not yet collected included: the plain figure is that of the first time. "For the first time" only Outrigger stores anything, a user and a session each; it has no target. The storm is one of users who were there before.',
    'Coming back with what was missed: Outrigger reads it from the store, where it also survives a restart; Node\'s connection state recovery has it in memory, and is turned on for this row only.',
  ].join('\n\n')
}

function machineTable(rows, machine = {}) {
  const gib = (machine.memory_bytes ?? 0) / 2 ** 30
  const commits = [...new Set(Object.values(rows).map(({ run }) => run.machine?.outrigger).filter(Boolean))]
  return markdown([
    ['machine', ''],
    ['cores', `${machine.cores}, ${machine.cpu}`],
    ['memory', `${figure(gib)} GiB`],
    ['kernel', String(machine.kernel)],
    ['Node', `${machine.node}, socket.io ${machine.socket_io}, ws ${machine.ws}, uWebSockets.js as uws-pack ${machine.uws_pack}, better-sqlite3 ${machine.better_sqlite3}`],
    ['Rust', String(machine.rustc)],
    ['Outrigger', commits.join('; ') || String(machine.outrigger)],
    ['measured', [...new Set(Object.values(rows).map(({ run }) => run.name))].sort().join(', ')],
  ])
}

const CAVEATS = `- **Ratios, not rates.** A virtual machine drifts by 30% within the hour; only what ran in the same turns can be compared.
- **One core.** Outrigger uses more cores when there are more; a Node server does not. Nothing here says how it scales.
- **Loopback has no network.** System calls weigh more than they would behind a real one, and nobody is slow.
- **With several broadcasts in flight those that wait together leave together.** One in flight is the like-for-like figure.
- **The generator has one core too.** Where it was the limit, the true figure of that server is higher; the CPU table still holds.
- **Stored messages wait for the disk** of this machine; with another one the ratio is another.
- **Memory** is the growth of resident memory while clients come. It does not count what the kernel holds for their sockets.`

function raw(rows) {
  // What a failed run said on its way may name folders of this machine.
  const lines = all(rows).map(({ errors, server_log, ...line }) => JSON.stringify(line))
  return `<details><summary>${lines.length} lines</summary>\n\n\`\`\`json\n${lines.join('\n')}\n\`\`\`\n\n</details>`
}
