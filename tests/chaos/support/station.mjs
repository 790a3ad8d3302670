// A sidecar that is killed and started again: one folder, one pair of ports.

import { createServer } from 'node:net'
import { internalApi, publicApi } from '../../clients/support/api.mjs'
import { pause } from '../../clients/support/deadline.mjs'
import { claimsOf, sign } from '../../clients/support/tokens.mjs'
import { killAll, newHome, startSidecar } from '../../clients/support/sidecar.mjs'

// Below the range from which the kernel gives clients their ports: else a client that reconnects while nobody
// listens could be given this very port, and the sidecar could not have it back.
const LOWEST_PORT = 20_000
const HIGHEST_PORT = 31_999

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killAll()
    process.exit(130)
  })
}

async function isFree(port) {
  const server = createServer()
  return new Promise((done) => {
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

async function freePort(random) {
  for (;;) {
    const port = random.between(LOWEST_PORT, HIGHEST_PORT)
    if (await isFree(port)) return port
  }
}

/**
 * A place for one sidecar after another. `settings` is their environment; `folder` another place for the file.
 */
export async function newStation(random, settings = {}) {
  const home = newHome()
  const ports = { public: await freePort(random), internal: await freePort(random) }
  const logs = []
  let current
  const station = {
    home,
    settings,
    publicUrl: `http://127.0.0.1:${ports.public}`,
    internalUrl: `http://127.0.0.1:${ports.internal}`,
    port: ports.public,
    database: settings.DATABASE_URL?.replace(/^sqlite:/, '') ?? `${home.directory}/outrigger.db`,
    get pid() {
      return current.pid
    },
    get isRunning() {
      return current !== undefined
    },
    start: async (more = {}) => {
      const started = await startSidecar(home, {
        RATE_LIMITS: 'off',
        // Nothing is dropped in so short a time: the checker compares with the whole of each feed.
        FEED_KEEP_EVENTS: '100000',
        LOG: 'info,outrigger_transport=warn',
        ...settings,
        ...more,
        PORT: String(ports.public),
        INTERNAL_ADDR: `127.0.0.1:${ports.internal}`,
      })
      current = started
      logs.push(started.log)
      started.exited.then((end) => {
        started.end = end
      })
      return started
    },
    /** `kill -9`; resolves when the process is gone. */
    kill: async () => {
      const killed = current
      current = undefined
      killed.signal('SIGKILL')
      await killed.exited
    },
    /** SIGTERM; gives how it ended. */
    stop: async () => {
      const stopped = current
      current = undefined
      stopped.signal('SIGTERM')
      return Promise.race([stopped.exited, pause(30_000).then(() => ({ code: 'still running' }))])
    },
    /** How the running process ended by itself, if it did. */
    crash: () => current?.end,
    log: () => logs.map((log) => log()).join(''),
    token: (userId, { device, expiresIn = 7 * 24 * 3600, ...extra } = {}) => {
      const claims = claimsOf(
        { userId, email: `${userId}@example.test`, isAdmin: false },
        { expiresIn, ...(device ? { deviceId: device } : {}), ...extra },
      )
      return sign(claims, { secret: home.jwtSecret })
    },
    close: () => {
      killAll()
      home.remove()
    },
  }
  process.once('exit', station.close)
  const address = () => ({ publicUrl: station.publicUrl, internalUrl: station.internalUrl, home })
  station.internal = internalApi(address)
  station.rest = publicApi(address)
  return station
}

/** Whether `probe` came to hold within `ms`; a probe that throws does not hold yet. */
export async function holdsWithin(ms, probe, every = 50) {
  const end = Date.now() + ms
  for (;;) {
    const holds = await Promise.resolve()
      .then(probe)
      .catch(() => false)
    if (holds) return true
    if (Date.now() > end) return false
    await pause(every)
  }
}
