// Starts a server of any kind, as a process of its own on a core of its own, and ends it.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const bench = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
export const repository = resolve(bench, '..')

const START_MS = 20_000
const STOP_MS = 12_000
const MANY = '1000000'

/** Processes, and the folder of each. */
const running = new Map()
process.on('exit', () => {
  for (const [child, directory] of running) {
    child.kill('SIGKILL')
    remove(directory)
  }
})

const remove = (directory) => rmSync(directory, { recursive: true, force: true })

const peer = (file) => ({
  command: [process.execPath, join(bench, 'peers', file)],
  environment: { NODE_ENV: 'production' },
})

/** What the sidecar is told: no limit is to be met, nobody is to be told of anything beside. */
const SIDECAR = {
  BIND: '127.0.0.1',
  PORT: '0',
  INTERNAL_ADDR: '127.0.0.1:0',
  ROOT_CONTRACT: 'tracking',
  RATE_LIMITS: 'off',
  ALLOWED_ORIGINS: 'http://localhost:3000',
  MAX_CONNECTIONS: MANY,
  MAX_CONNECTIONS_PER_ADDRESS: MANY,
  MAX_SOCKETS_PER_USER: MANY,
  MAX_ROOMS_PER_SOCKET: '2000',
  LOG: 'warn',
  // Nobody is told to wait at the end of a run.
  SHUTDOWN_NOTICE_MS: '0',
  SHUTDOWN_DRAIN_MS: '0',
}

/** How each kind is started; `binaries` are paths of built ones. */
function recipe(kind, binaries) {
  switch (kind) {
    case 'ws':
      return peer('ws.mjs')
    case 'uws':
      return peer('uws.mjs')
    default: {
      const binary = binaries[kind]
      if (!binary || !existsSync(binary)) throw new Error(`there is no binary for ${kind}${binary ? `: ${binary}` : ''}`)
      return { command: [binary, 'serve'], environment: SIDECAR }
    }
  }
}

/**
 * Starts one; resolves when it says where it listens.
 * @param options `binaries`, `core` (undefined: any), `environment`
 */
export async function startServer(kind, { binaries = {}, core, environment = {} } = {}) {
  const { command, environment: own } = recipe(kind, binaries)
  const directory = mkdtempSync(join(tmpdir(), 'outrigger-bench-'))
  const secrets = { jwt: randomBytes(32).toString('hex'), internal: randomBytes(32).toString('hex') }
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const child = spawn(pinned[0], pinned.slice(1), {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TOKIO_WORKER_THREADS: '1',
      JWT_SECRET: secrets.jwt,
      INTERNAL_SECRET: secrets.internal,
      DATABASE_URL: `sqlite:${join(directory, 'bench.db')}`,
      ...own,
      ...environment,
    },
  })
  running.set(child, directory)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000)
  })
  const exited = new Promise((done) => {
    child.once('error', (error) => done({ code: null, error }))
    child.once('close', (code, signal) => {
      running.delete(child)
      done({ code, signal })
    })
  })
  try {
    const ready = await readiness(kind, child, exited, () => log)
    return {
      kind,
      pid: child.pid,
      secrets,
      directory,
      public: `http://${ready.public}`,
      internal: `http://${ready.internal}`,
      log: () => log,
      rss: () => residentBytes(child.pid),
      stop: async () => {
        await stop(child, exited)
        remove(directory)
      },
    }
  } catch (reason) {
    child.kill('SIGKILL')
    remove(directory)
    throw reason
  }
}

function readiness(kind, child, exited, log) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`${kind} did not say that it is ready:\n${log()}`)), START_MS)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      const line = output.split('\n').find((one) => one.startsWith('{') && one.includes('"public"') && one.endsWith('}'))
      if (!line) return
      clearTimeout(timer)
      done(JSON.parse(line))
    })
    exited.then(({ code, signal, error }) => {
      clearTimeout(timer)
      failed(new Error(`${kind} ended before it was ready (${error?.message ?? signal ?? code}):\n${log()}`))
    })
  })
}

async function stop(child, exited) {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(timer)
}

/** Resident memory of a process, in bytes; 0 if it is gone. */
export function residentBytes(pid) {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
