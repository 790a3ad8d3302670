// The internal API, as far as it is measured: the same calls, checks and answers as the sidecar's.

import { createHash, timingSafeEqual } from 'node:crypto'
import { chatRoom, contractRoom, isId, userRoom } from './identity.mjs'
import { settings } from './settings.mjs'

const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])
const MAX_EVENT_BYTES = 128
const QUIZ = 'quiz'

const digest = (text) => createHash('sha256').update(text).digest()
const secret = digest(settings.internalSecret)

class Wrong extends Error {
  constructor(field, text) {
    super(text)
    this.field = field
  }
}

/** Answers one call: `{ status, body }`, the body as text. */
export function internalApi(io, presence) {
  const root = io.of('/')
  const quiz = io.of('/quiz')
  const calls = {
    '/internal/send-to-user': (body) => {
      if (!isId(body.userId)) throw new Wrong('userId', 'userId must be an id')
      return emit(body, userRoom(body.userId))
    },
    '/internal/send-to-room': (body) => emit(body, roomNamed(body)),
    '/internal/send-to-all': (body) => emit(body, undefined),
  }

  function emit(body, room) {
    const { event, data = null, contract } = body
    if (typeof event !== 'string') throw new Wrong('event', 'event is required')
    if (event === '' || Buffer.byteLength(event) > MAX_EVENT_BYTES) {
      throw new Wrong('event', 'the event needs a name of 1 to 128 bytes')
    }
    if (RESERVED.has(event)) throw new Wrong('event', 'the event name is reserved by Socket.IO')
    const devices = new Set()
    let sockets = 0
    if (contract !== QUIZ) {
      const target = room ?? (contract === undefined ? undefined : contractRoom(contract))
      // A room of one contract has only its sockets, so that no second room has to be asked.
      ;(target === undefined ? root : root.to(target)).emit(event, data)
      sockets += count(root, target, devices)
    }
    if ((contract === undefined || contract === QUIZ) && quiz.sockets.size > 0) {
      ;(room === undefined ? quiz : quiz.to(room)).emit(event, data)
      sockets += count(quiz, room, devices)
    }
    const reached = room === undefined ? presence.devices.size : devices.size
    return { success: true, reached: { sockets, devices: reached } }
  }

  /** Counting all devices for an event to all would cost as much as sending it: those are kept counted. */
  function count(namespace, room, devices) {
    if (room === undefined) return namespace.sockets.size
    const ids = namespace.adapter.rooms.get(room)
    if (ids === undefined) return 0
    if (room.startsWith('contract ')) return ids.size
    for (const id of ids) {
      const { actor } = namespace.sockets.get(id)?.data ?? {}
      if (actor) devices.add(`${actor.user} ${actor.device}`)
    }
    return ids.size
  }

  return (path, authorization, bytes) => {
    const shown = authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : ''
    if (!timingSafeEqual(digest(shown), secret)) return answer(401, { error: 'Unauthorized' })
    const call = calls[path]
    if (call === undefined) return answer(404, { error: 'Not found' })
    let body
    try {
      body = JSON.parse(bytes.toString())
    } catch {
      body = undefined
    }
    if (body === null || typeof body !== 'object') {
      return answer(400, { error: 'The request body must be a JSON object' })
    }
    try {
      return answer(200, call(body))
    } catch (wrong) {
      if (wrong instanceof Wrong) return answer(400, { error: wrong.message, field: wrong.field })
      console.error(wrong)
      return answer(500, { error: 'Internal error' })
    }
  }
}

function answer(status, body) {
  return { status, body: JSON.stringify(body) }
}

/** Rooms as clients spell them. */
function roomNamed({ room, contract }) {
  if (typeof room === 'string') {
    if (contract === QUIZ && room !== '') return chatRoom(room)
    if (room.startsWith('chat_')) return chatRoom(room.slice('chat_'.length))
    if (room.startsWith('user_')) return userRoom(room.slice('user_'.length))
  }
  throw new Wrong('room', 'room must be chat_<id>, user_<id>, or a room of the contract that is named')
}
