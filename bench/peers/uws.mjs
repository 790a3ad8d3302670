// Socket.IO on uWebSockets.js; the internal API on it too, since it is there.

import * as uWS from 'uWebSockets.js'
import { STATUS_CODES } from 'node:http'
import { PATHS, newPeer, ready } from './peer.mjs'
import { settings } from './settings.mjs'

const { io, internal } = newPeer()

const publicApp = uWS.App()
for (const path of PATHS) io.attachApp(publicApp, { path })

const internalApp = uWS.App()
internalApp.post('/*', (response, request) => {
  const path = request.getUrl()
  const authorization = request.getHeader('authorization')
  let gone = false
  let before
  response.onAborted(() => {
    gone = true
  })
  response.onData((chunk, isLast) => {
    // The bytes are only lent for this call.
    const bytes = before ? Buffer.concat([before, Buffer.from(chunk)]) : Buffer.from(chunk)
    if (!isLast) {
      before = Buffer.from(bytes)
      return
    }
    if (gone) return
    const { status, body } = internal(path, authorization, bytes)
    response.cork(() => {
      response.writeStatus(`${status} ${STATUS_CODES[status]}`)
      response.writeHeader('Content-Type', 'application/json')
      response.end(body)
    })
  })
})

const listen = (app) =>
  new Promise((done, failed) => {
    app.listen(settings.host, 0, (socket) => {
      if (socket) done(uWS.us_socket_local_port(socket))
      else failed(new Error('no port is free'))
    })
  })
ready(await listen(publicApp), await listen(internalApp))
