// Everything once, tiny, for correctness alone: every scenario against every kind. No time is judged.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { generate } from './generator.mjs'
import { tell } from './measuring.mjs'
import { can, chosen } from './plan.mjs'
import { repository, startServer } from './servers.mjs'
import { whyPeersCannotStore } from './store.mjs'

const FILES = ['bench/peers/surface.test.mjs', 'bench/runner/figures.test.mjs']

/** Servers that store through better-sqlite3. */
const PEERS = ['ws', 'uws']

export async function smoke({ kinds, only, binaries }) {
  const count = { passed: 0, failed: 0 }
  const skipped = []
  const skip = (name, why) => {
    skipped.push(name)
    tell(`skipped ${name}: ${why}`)
  }
  const note = (name, why) => {
    count[why ? 'failed' : 'passed'] += 1
    tell(why ? `FAILED ${name}: ${why}` : `ok ${name}`)
  }
  const rows = chosen('smoke', only)
  // Two at a time, for the two cores that there are at least.
  const noStore = whyPeersCannotStore()
  const work = kinds.map((kind) => () => {
    const possible = rows.filter((row) => can(row, kind))
    const isMissing = (row) => row.stores && noStore !== undefined && PEERS.includes(kind)
    for (const row of possible.filter(isMissing)) skip(`${row.id}, ${kind}`, noStore)
    return allOf(kind, possible.filter((row) => !isMissing(row)), binaries, note)
  })
  if (only.length === 0) work.unshift(() => stories(binaries, note, skip))
  await Promise.all([0, 1].map(() => worker(work)))
  if (skipped.length > 0) tell(`${skipped.length} skipped: ${skipped.join('; ')}`)
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`)
  return count.failed === 0 ? 0 : 1
}

async function worker(work) {
  for (let next = work.shift(); next; next = work.shift()) await next()
}

async function allOf(kind, rows, binaries, note) {
  const groups = grouped(rows, (row) => JSON.stringify(row.environment?.[kind] ?? {}))
  for (const [environment, group] of groups) {
    let server
    try {
      server = await startServer(kind, { binaries, environment: JSON.parse(environment) })
    } catch (error) {
      for (const row of group) note(`${row.id}, ${kind}`, error.message)
      continue
    }
    for (const row of group) {
      const parameters = { ...row.size.smoke, ...row.parameters?.[kind] }
      const { code, result, errors } = await generate(row.scenario, parameters, server, { binary: binaries.generator })
      const why = code === 0 && result ? undefined : `${errors.trim()} ${JSON.stringify(result ?? null)} ${server.log().slice(-500)}`
      note(`${row.id}, ${kind}`, why)
    }
    await server.stop()
  }
}

/** `Map.groupBy`, which Node 20 has not. */
function grouped(values, keyOf) {
  const groups = new Map()
  for (const value of values) {
    const key = keyOf(value)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return groups
}

/** The test files of `bench/`. */
async function stories(binaries, note, skip) {
  for (const file of FILES) {
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', join(repository, file)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OUTRIGGER_BIN: binaries.sidecar },
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    const code = await new Promise((done) => child.once('close', done))
    const ends = [...output.matchAll(/^(not )?ok \d+ - (.*)$/gm)]
    for (const [, failed, said] of ends) {
      const [name, why] = said.split(' # SKIP ')
      if (why === undefined) note(name, failed && 'see above')
      else skip(name, why)
    }
    if (code !== 0) tell(output)
    if (code !== 0 && !ends.some(([, failed]) => failed)) note(file, `ended with ${code}`)
  }
}
