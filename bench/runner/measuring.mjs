// Runs the plan: a server on one core, the generator on another, the kinds in turns.

import { availableParallelism } from 'node:os'
import { isQuiet } from './figures.mjs'
import { generate } from './generator.mjs'
import { can } from './plan.mjs'
import { untilQuiet } from './quiet.mjs'
import { startServer } from './servers.mjs'
import { figure } from './words.mjs'

/** How long a quiet machine is waited for before each run, and in all: some machines never are. */
const QUIET_WAIT_MS = { full: 60_000, quick: 2_500 }
const QUIET_WAIT_IN_ALL_MS = { full: 1_200_000, quick: 120_000 }

const SERVER_CORE = 0
const GENERATOR_CORE = 1

export const tell = (text) => process.stderr.write(`${text}\n`)

/** Runs rows in turns and gives each line to `keep` as it comes. */
export async function measure(rows, { mode, kinds, turns, binaries, wait }, keep) {
  const runs = rows.map((row) => ({ row, kinds: kinds.filter((kind) => can(row, kind)), turns: Math.min(turns, row.turns ?? turns) }))
  const total = runs.reduce((sum, run) => sum + run.kinds.length * run.turns, 0)
  const begun = Date.now()
  let done = 0
  const patience = { each: wait ?? QUIET_WAIT_MS[mode], left: QUIET_WAIT_IN_ALL_MS[mode] }
  for (const run of runs) {
    for (let turn = 1; turn <= run.turns; turn += 1) {
      // Every other turn backwards: whoever comes later has a warmer machine.
      const order = turn % 2 === 1 ? run.kinds : [...run.kinds].reverse()
      for (const kind of order) {
        done += 1
        const where = `[${done}/${total}, ${elapsed(begun)}] ${run.row.id}, ${kind}, turn ${turn}`
        const line = await one(run.row, kind, { mode, turn, binaries, where, patience })
        keep(line)
        tell(`${where}: ${inShort(line)}`)
      }
    }
  }
}

async function one(row, kind, { mode, turn, binaries, where, patience }) {
  const waited = await untilQuiet(Math.min(patience.each, patience.left), (text) => tell(`${where}: ${text}`))
  patience.left = Math.max(0, patience.left - waited.waitedMs)
  const line = {
    row: row.id,
    kind,
    turn,
    mode,
    at: new Date().toISOString(),
    quiet_before: waited.quiet,
    others_before: Number(waited.share.toFixed(3)),
  }
  let server
  try {
    const several = availableParallelism() > 1
    server = await startServer(kind, { binaries, core: several ? SERVER_CORE : undefined, environment: row.environment?.[kind] })
    const parameters = { ...row.size[mode], ...row.parameters?.[kind] }
    const core = several ? GENERATOR_CORE : undefined
    const { code, result, errors } = await generate(row.scenario, parameters, server, {
      binary: binaries.generator,
      core,
      tell: (text) => tell(`${where}: ${text}`),
    })
    Object.assign(line, { code, result })
    if (code !== 0) line.errors = errors.trim().split('\n').slice(-5).join('\n')
    if (server.log() !== '') line.server_log = server.log().slice(-1000)
  } catch (error) {
    Object.assign(line, { code: null, errors: error.message })
  } finally {
    await server?.stop()
  }
  line.quiet = isQuiet(line)
  return line
}

function inShort({ code, result, errors, quiet }) {
  if (!result) return `no result (${code}): ${errors ?? ''}`
  const rate = result.rate === undefined ? '' : `${figure(result.rate)} ${result.unit ?? ''}/s`
  const seconds = result.all_back_s === undefined ? '' : `all back after ${figure(result.all_back_s)} s`
  const words = [seconds || rate || 'done', code === 0 ? '' : `NOT CLEAN: ${errors}`]
  if (result.generator_was_limit) words.push('the generator was the limit')
  if (!quiet) words.push('the machine was not quiet')
  return words.filter(Boolean).join(', ')
}

function elapsed(since) {
  const seconds = Math.round((Date.now() - since) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
