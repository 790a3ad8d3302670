// One sidecar for one file of stories; each story starts with nobody connected.

import { after, before, test as nodeTest } from 'node:test'
import { internalApi, publicApi } from './api.mjs'
import { closeClients, connected, openSocket, refusal, settled } from './client.mjs'
import { storyEnded, writeCoverage } from './coverage.mjs'
import { newPerson } from './people.mjs'
import { killAll, newHome, startSidecar } from './sidecar.mjs'

const STORY_MS = 60_000
const LOG_LINES = 40

/** `const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })`: settings are the sidecar's environment. */
export function suite(fileUrl, settings = {}) {
  const home = newHome()
  let sidecar
  before(async () => {
    sidecar = await startSidecar(home, settings)
  })
  after(async () => {
    writeCoverage(fileUrl)
    try {
      await sidecar?.stop()
    } finally {
      killAll()
      home.remove()
    }
  })
  const world = worldOf(() => sidecar, home)
  return { world, test: storyTeller(world, () => sidecar) }
}

function storyTeller(world, sidecar) {
  return (name, story) =>
    nodeTest(name, { timeout: STORY_MS }, async (t) => {
      const before = sidecar()?.log().length ?? 0
      let passed = false
      try {
        await story({ ...world, t })
        passed = true
      } finally {
        if (!passed) showLog(name, sidecar()?.log().slice(before) ?? '')
        storyEnded(passed)
        closeClients()
      }
    })
}

function showLog(name, log) {
  const lines = log.trimEnd().split('\n').slice(-LOG_LINES).join('\n')
  console.error(`--- the sidecar during "${name}":\n${lines || '(it logged nothing)'}\n---`)
}

/** What a story works with; `sidecar` is a function because the process may be replaced by another. */
export function worldOf(sidecar, home) {
  const internal = internalApi(sidecar)
  const person = (options) => newPerson(home.jwtSecret, options)
  const open = (who, options = {}) => openSocket(sidecar().publicUrl, { root: sidecar().root, ...withIdentity(who, options) })
  return {
    home,
    sidecar,
    internal,
    rest: publicApi(sidecar),
    person,
    /** A person whom the app has told the sidecar about. */
    known: async (options) => {
      const who = person(options)
      await internal.put(`/internal/users/${who.userId}`, { email: who.email })
      return who
    },
    open,
    /** Returns when the socket is connected and the sidecar has taken note of it. */
    connect: async (who, options) => {
      const socket = await connected(open(who, options))
      await settled(socket)
      return socket
    },
    refused: (who, options) => refusal(open(who, options)),
  }
}

/** A world whose process a story may end and start again on the same port and the same data. */
export async function ownProcess(t, settings = {}) {
  const home = newHome()
  let current = await startSidecar(home, { SHUTDOWN_NOTICE_MS: '300', ...settings })
  t.after(() => {
    current.signal('SIGKILL')
    home.remove()
  })
  const again = async () => {
    current = await startSidecar(home, { ...settings, PORT: String(current.port) })
  }
  return { ...worldOf(() => current, home), again }
}

/** The token and the device's headers of a person, unless the options bring their own. */
function withIdentity(who, options) {
  const device = options.device ?? who?.device
  const fromDevice = device ? { 'User-Agent': device.userAgent, 'X-Forwarded-For': device.ip } : {}
  const auth = 'auth' in options ? options.auth : who ? { token: who.token } : undefined
  return { ...options, auth, headers: { ...fromDevice, ...options.headers } }
}
