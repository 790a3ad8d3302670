// The sample app with a sidecar behind it, as someone would run them: built, in development, or standalone.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, within } from '../../clients/support/deadline.mjs'
import { killAll, newHome, startSidecar } from '../../clients/support/sidecar.mjs'

const APP = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../sample-next-app')
const NEXT = join(APP, 'node_modules/next/dist/bin/next')
const START_MS = 60_000
const STOP_MS = 10_000

/** How each mode is started, and what has to be built before. */
const MODES = {
  start: { command: [NEXT, 'start'], built: '.next/BUILD_ID' },
  dev: { command: [NEXT, 'dev'], built: 'package.json' },
  standalone: { command: ['.next-standalone/standalone/server.js'], built: '.next-standalone/standalone/server.js' },
}

export const ADMIN = { email: 'admin@example.test', name: 'Admin' }

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

/** Starts both. `app` and `sidecar` are settings beside those that belong together. */
export async function startStack({ mode = 'start', app = {}, sidecar: more = {} } = {}) {
  const port = await freePort()
  const home = newHome()
  const url = `http://localhost:${port}`
  const settings = {
    ALLOWED_ORIGINS: url,
    TRUSTED_PROXIES: '',
    SHUTDOWN_NOTICE_MS: '100',
    DEACTIVATION_GRACE_MS: '2000',
    ...more,
  }
  let sidecar = await startSidecar(home, settings)
  const { publicUrl, internalUrl } = sidecar
  const password = randomBytes(9).toString('base64url')
  const next = startNext(mode, port, {
    JWT_SECRET: home.jwtSecret,
    INTERNAL_SECRET: home.internalSecret,
    NEXT_PUBLIC_APP_URL: url,
    OUTRIGGER_URL: publicUrl,
    OUTRIGGER_INTERNAL_URL: internalUrl,
    SAMPLE_DATABASE_URL: `file:${join(home.directory, 'sample.db')}`,
    SAMPLE_ADMIN_EMAIL: ADMIN.email,
    SAMPLE_ADMIN_PASSWORD: password,
    ...app,
  })
  await eventually(() => reached(`${url}/login`), (ok) => ok || next.hasEnded(), `the app in mode ${mode}`, START_MS)
  if (next.hasEnded()) throw new Error(`the app ended:\n${next.log()}`)
  return {
    url,
    home,
    admin: { ...ADMIN, password },
    sidecar: () => sidecar,
    log: next.log,
    /** As an outage does: without a word to anyone. */
    killSidecar: async () => {
      sidecar.signal('SIGKILL')
      await sidecar.exited
    },
    stopSidecar: () => sidecar.stop(),
    /** On the same addresses and the same data. */
    restartSidecar: async () => {
      const at = { PORT: new URL(publicUrl).port, INTERNAL_ADDR: new URL(internalUrl).host }
      sidecar = await startSidecar(home, { ...settings, ...at })
    },
    stop: async () => {
      await next.stop()
      await sidecar.stop().catch(() => {})
      killAll()
      home.remove()
    },
  }
}

async function reached(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) }).catch(() => null)
  return response?.ok ?? false
}

function startNext(mode, port, env) {
  const { command, built } = MODES[mode]
  if (!existsSync(join(APP, built))) throw new Error(`${built} is missing: run tests/browser/run once`)
  const [script, ...words] = command
  const address = mode === 'standalone' ? [] : ['--hostname', '127.0.0.1', '--port', String(port)]
  const child = spawn(process.execPath, [script, ...words, ...address], {
    cwd: APP,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      PORT: String(port),
      HOSTNAME: '127.0.0.1',
      ...env,
    },
  })
  running.add(child)
  let log = ''
  let ended = false
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))
  const exited = new Promise((done) =>
    child.once('close', () => {
      ended = true
      running.delete(child)
      done()
    }),
  )
  const stop = async () => {
    child.kill('SIGTERM')
    await within(exited, 'the app to end after SIGTERM', STOP_MS).catch(() => child.kill('SIGKILL'))
  }
  return { log: () => log, hasEnded: () => ended, stop }
}
