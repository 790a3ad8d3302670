// A man in the middle for websockets: passes every frame on, but for those that `tamper` changes.

import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../clients/package.json', import.meta.url))
const { WebSocket, WebSocketServer } = require('ws')

/** `tamper(frame)` gives the frames that the client gets in its place; a frame is a text. */
export async function newProxy(target, tamper) {
  let messages = 0
  const server = createServer()
  const clients = new WebSocketServer({ server })
  clients.on('connection', (client, request) => {
    const upstream = new WebSocket(target.replace('http', 'ws') + request.url)
    const early = []
    client.on('message', (data) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data.toString())
      else early.push(data.toString())
    })
    upstream.on('open', () => early.splice(0).forEach((text) => upstream.send(text)))
    upstream.on('message', (data) => {
      const frame = data.toString()
      if (isMessage(frame)) messages += 1
      tamper(frame).forEach((text) => client.send(text))
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      one.on('close', () => other.close())
      one.on('error', () => other.close())
    }
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    /** How many messages have come by. */
    messages: () => messages,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      for (const client of clients.clients) client.terminate()
      server.close()
    },
  }
}

const isMessage = (frame) => frame.startsWith('42["newMessage"')

/** Tampers with one message, the `count`-th. */
export const TAMPERS = {
  'leaves everything as it is': () => (frame) => [frame],
  'swallows a message': (count) => nth(count, () => []),
  'doubles a message': (count) => nth(count, (frame) => [frame, frame]),
  'swaps two messages': (count) => {
    let held = null
    let seen = 0
    return (frame) => {
      if (!isMessage(frame)) return [frame]
      seen += 1
      if (seen === count) {
        held = frame
        return []
      }
      if (held === null) return [frame]
      const frames = [frame, held]
      held = null
      return frames
    }
  },
}

function nth(count, change) {
  let seen = 0
  return (frame) => {
    if (isMessage(frame)) seen += 1
    return isMessage(frame) && seen === count ? change(frame) : [frame]
  }
}
