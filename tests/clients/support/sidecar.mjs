// Starts the built binary as a user would: environment in, one line of JSON out, SIGTERM to stop.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { within } from './deadline.mjs'

const repository = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../..')
const targetDirectory = resolve(repository, process.env.CARGO_TARGET_DIR ?? 'target')

export const BINARY = process.env.OUTRIGGER_BIN ?? join(targetDirectory, 'debug', 'outrigger')

const START_MS = 20_000
const STOP_MS = 10_000
const DEFAULT_ROOT = 'rooms'

const running = new Set()
process.on('exit', killAll)

/** Ends whatever is still running, also what a failed story left behind. */
export function killAll() {
  running.forEach((child) => child.kill('SIGKILL'))
}

/** A directory and secrets that outlive a process, so that a second one can continue where it stopped. */
export function newHome() {
  const directory = mkdtempSync(join(tmpdir(), 'outrigger-clients-'))
  return {
    directory,
    jwtSecret: randomBytes(32).toString('hex'),
    internalSecret: randomBytes(32).toString('hex'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Runs one sidecar until `stop`; resolves when it says that it is ready. */
export async function startSidecar(home, settings = {}) {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} does not exist: run cargo build first`)
  const child = spawn(BINARY, ['serve'], {
    cwd: home.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(home, settings),
  })
  running.add(child)
  const process = observe(child)
  const ready = await within(
    process.ready,
    () => `the sidecar's ready line; it wrote:\n${process.log()}`,
    START_MS,
  ).catch((reason) => {
    child.kill('SIGKILL')
    throw reason
  })
  return {
    home,
    /** The contract of `/socket.io`. */
    root: settings.ROOT_CONTRACT ?? DEFAULT_ROOT,
    pid: child.pid,
    publicUrl: `http://${ready.public}`,
    internalUrl: `http://${ready.internal}`,
    port: Number(ready.public.split(':').at(-1)),
    exited: process.exited,
    log: process.log,
    signal: (name) => child.kill(name),
    stop: () => stop(child, process),
  }
}

function environment(home, settings) {
  return {
    PATH: process.env.PATH,
    JWT_SECRET: home.jwtSecret,
    INTERNAL_SECRET: home.internalSecret,
    DATABASE_URL: `sqlite:${join(home.directory, 'outrigger.db')}`,
    BIND: '127.0.0.1',
    PORT: '0',
    INTERNAL_ADDR: '127.0.0.1:0',
    LOG_FORMAT: 'json',
    ALLOWED_ORIGINS: 'http://localhost:3000',
    ROOT_CONTRACT: DEFAULT_ROOT,
    TRUSTED_PROXIES: '127.0.0.1',
    RUST_BACKTRACE: '1',
    ...settings,
  }
}

function observe(child) {
  let errors = ''
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const exited = new Promise((done) => {
    // Not `exit`: what it wrote last has been read only when its streams are closed.
    child.once('close', (code, signal) => {
      running.delete(child)
      done({ code, signal })
    })
    child.once('error', (error) => done({ code: null, signal: null, error }))
  })
  const ready = new Promise((done, failed) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      const line = output.split('\n').find((one) => one.includes('"ready"'))
      if (line) done(JSON.parse(line))
    })
    exited.then(({ code, signal }) =>
      failed(new Error(`the sidecar ended before it was ready (${signal ?? code}):\n${errors}`)),
    )
  })
  ready.catch(() => {})
  return { ready, exited, log: () => errors }
}

async function stop(child, { exited }) {
  child.kill('SIGTERM')
  return within(exited, 'the sidecar to end after SIGTERM', STOP_MS).catch((reason) => {
    child.kill('SIGKILL')
    throw reason
  })
}
