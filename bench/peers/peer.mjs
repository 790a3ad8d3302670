// What both peers share: one Socket.IO server on the sidecar's two paths, and the contracts on it.

import { Server } from 'socket.io'
import { internalApi } from './internal.mjs'
import { ownRooms, recognise } from './identity.mjs'
import { quiz } from './quiz.mjs'
import { rooms } from './rooms.mjs'
import { settings } from './settings.mjs'
import { tracking } from './tracking.mjs'

export const PATHS = ['/socket.io', '/api/socket']

const RECOVERY_MS = 120_000
/** More than any client here is ever behind: what is over it uWebSockets.js leaves out without a word. */
const MAX_BACKPRESSURE = 64 << 20

/** What a contract says to those whose token does not hold. */
const REFUSALS = {
  rooms: { missing: 'Authentication error: No token provided', invalid: 'Authentication error: Invalid token signature' },
  tracking: { missing: 'Authentication token required', invalid: 'Invalid authentication token' },
  quiz: { missing: 'Authentication token required', invalid: 'Invalid authentication token' },
}

/** The server, not yet attached to anything, and what answers internal calls. */
export function newPeer() {
  const io = new Server({
    serveClient: false,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    connectTimeout: 10_000,
    maxHttpBufferSize: 1_000_000,
    perMessageDeflate: false,
    httpCompression: false,
    destroyUpgrade: false,
    maxBackpressure: MAX_BACKPRESSURE,
    ...(settings.recovery && {
      connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: false },
    }),
  })
  const presence = newPresence()
  const [root, quizzes] = [io.of('/'), io.of('/quiz')]
  const byContract = { rooms: rooms(root, presence.users), tracking: tracking(), quiz: quiz(quizzes) }
  presence.changed = byContract.rooms.changed
  mount(root, (socket) => (pathOf(socket) === PATHS[1] ? byContract.rooms : byContract.tracking), presence)
  mount(quizzes, () => byContract.quiz, presence)
  return { io, internal: internalApi(io, presence) }
}

function mount(namespace, contractOf, presence) {
  namespace.use((socket, next) => {
    const { contract } = contractOf(socket)
    try {
      socket.data.actor = recognise(socket.handshake)
      next()
    } catch (refused) {
      next(new Error(REFUSALS[contract][refused.message] ?? 'Internal error'))
    }
  })
  namespace.on('connection', (socket) => {
    const contract = contractOf(socket)
    const { actor } = socket.data
    socket.join(ownRooms(actor, contract.contract))
    // As Socket.IO's page on memory advises: nobody needs the first request any more.
    socket.conn.request = null
    presence.enter(actor)
    socket.on('disconnect', () => presence.leave(actor))
    contract.connected(socket)
  })
}

const pathOf = (socket) => PATHS.find((path) => socket.handshake.url.startsWith(path))

/** Who is there, on which devices. */
function newPresence() {
  const presence = {
    users: new Map(),
    devices: new Map(),
    changed: () => {},
    enter({ user, device }) {
      if (add(presence.users, user, 1) === 1) presence.changed(user, false)
      add(presence.devices, `${user} ${device}`, 1)
    },
    leave({ user, device }) {
      if (add(presence.users, user, -1) === 0) presence.changed(user, true)
      add(presence.devices, `${user} ${device}`, -1)
    },
  }
  return presence
}

function add(counts, key, change) {
  const count = (counts.get(key) ?? 0) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
  return count
}

/** Says where it listens; ends with the signal. */
export function ready(publicPort, internalPort) {
  const at = (port) => `${settings.host}:${port}`
  process.stdout.write(`${JSON.stringify({ public: at(publicPort), internal: at(internalPort) })}\n`)
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
}
