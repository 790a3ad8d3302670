// Socket.IO as most run it: Node's HTTP server and `ws`.

import { createServer } from 'node:http'
import { PATHS, newPeer, ready } from './peer.mjs'
import { settings } from './settings.mjs'

const { io, internal } = newPeer()

const publicServer = createServer((_, response) => response.writeHead(404).end())
for (const path of PATHS) io.attach(publicServer, { path })

const internalServer = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const { status, body } = internal(request.url, request.headers.authorization, bytes)
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    response.end(body)
  })
})
internalServer.keepAliveTimeout = 60_000

const listen = (server) => new Promise((done) => server.listen({ port: 0, host: settings.host, backlog: 4096 }, done))
await Promise.all([listen(publicServer), listen(internalServer)])
ready(publicServer.address().port, internalServer.address().port)
