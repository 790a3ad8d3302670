// The app's end of webhooks: a real HTTP server that verifies, takes note, and now and then refuses.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { newJournal } from './journal.mjs'

/** Much more than any attempt takes to arrive; the clock is the same. */
const TOLERANCE_S = 300

/**
 * `random` decides which attempts are answered 503: `refuses` is their share. What is refused is noted all the same,
 * since an answer that got lost looks like that to the sidecar.
 */
export async function newReceiver(secret, random, { refuses = 0.01 } = {}) {
  const journal = newJournal('webhooks')
  const taken = new Set()
  const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const line = read(request.headers, body, secret)
    const refused = random.chance(refuses)
    journal.note('webhook', { ...line, refused })
    if (!refused) taken.add(line.id)
    response.writeHead(refused ? 503 : 204).end()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    journal,
    taken,
    url: `http://127.0.0.1:${server.address().port}/webhooks`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function read(headers, body, secret) {
  const id = headers['webhook-id']
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16)
  const fault = faultOf(headers, body, secret)
  if (fault) return { id, digest, valid: false, why: fault }
  const { id: named, type, userId, data } = JSON.parse(body)
  if (named !== id) return { id, digest, valid: false, why: `the body calls it ${named}` }
  const reason = data?.reason
  return {
    id,
    digest,
    valid: true,
    type,
    userId,
    ...(data?.message ? { message: data.message._id } : {}),
    ...(reason ? { reason } : {}),
  }
}

/** Standard Webhooks: `v1,<base64 of HMAC-SHA256(secret, "<id>.<timestamp>.<body>")>`. */
function faultOf(headers, body, secret) {
  const timestamp = Number(headers['webhook-timestamp'])
  if (!(Math.abs(Date.now() / 1000 - timestamp) < TOLERANCE_S))
    return `its timestamp is ${headers['webhook-timestamp']}`
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${timestamp}.`), body])
  const wanted = createHmac('sha256', secret).update(signed).digest()
  const shown = (headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice(3), 'base64'))
  const matches = shown.some((each) => each.length === wanted.length && timingSafeEqual(each, wanted))
  return matches ? null : 'its signature does not match'
}
