// Runs the load generator once against one server.

import { spawn } from 'node:child_process'

const TELL_EVERY_MS = 10_000
/** A generator that hangs is ended: twice its own time, the longest that clients may come (twice, too), and this. */
const SPARE_MS = 120_000

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** `{ name: value }` as arguments; `true` stands alone. */
function asArguments(options) {
  return Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]))
}

/**
 * Gives `{ code, result, errors }`: what it printed as JSON, if it did, and the end of what it said on its way.
 * @param options `binary`, `core`, `tell` (what it says on its way)
 */
export async function generate(scenario, parameters, server, { binary, core, tell }) {
  const own = [
    binary,
    scenario,
    ...asArguments({
      public: server.public,
      internal: server.internal,
      'jwt-secret': server.secrets.jwt,
      'internal-secret': server.secrets.internal,
      pid: server.pid,
    }),
    ...asArguments(parameters),
  ]
  const command = core === undefined ? own : ['taskset', '-c', String(core), ...own]
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const limit = setTimeout(() => child.kill('SIGKILL'), ((parameters.seconds ?? 0) + (parameters.patience ?? 0)) * 2000 + SPARE_MS)
  let output = ''
  let errors = ''
  let told = Date.now()
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-4000)
    if (Date.now() - told >= TELL_EVERY_MS) {
      told = Date.now()
      tell?.(text.trim().split('\n').at(-1))
    }
  })
  const code = await new Promise((done) => {
    child.once('error', (error) => {
      errors += error.message
      done(null)
    })
    child.once('close', done)
  })
  clearTimeout(limit)
  running.delete(child)
  return { code, result: parsed(output), errors }
}

function parsed(output) {
  const line = output.trim().split('\n').at(-1)
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
