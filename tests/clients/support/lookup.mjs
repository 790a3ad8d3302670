// The app's answer to "who is that?": a real HTTP server that checks every signature by hand.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { isSigned } from './receiver.mjs'

/** Listens on a free port; `users` are the fields of those whom the app knows, by id. `answer` may decide otherwise. */
export async function newLookup(t, { users = new Map(), answer } = {}) {
  const secret = randomBytes(32).toString('hex')
  const asked = []
  const faults = []
  const server = createServer((request, response) => {
    const userId = new URL(request.url, 'http://app').searchParams.get('userId')
    const { headers, method } = request
    asked.push(userId)
    const prefix = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`
    if (method !== 'GET') faults.push(`${method} for ${userId}`)
    if (headers['webhook-id'] !== userId) faults.push(`the id of the header is ${headers['webhook-id']}, not ${userId}`)
    if (!isSigned(headers['webhook-signature'], prefix, '', secret)) faults.push(`no right signature for ${userId}`)
    const found = users.get(userId)
    const { status, body } =
      answer?.(userId) ?? (found ? { status: 200, body: { user: found } } : { status: 404, body: {} })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
    assert.deepEqual(faults, [], 'every question is signed')
  })
  return {
    users,
    asked,
    settings: (more = {}) => ({
      OUTRIGGER_USER_LOOKUP_URL: `http://127.0.0.1:${server.address().port}/users`,
      OUTRIGGER_WEBHOOK_SECRET: secret,
      ...more,
    }),
  }
}
