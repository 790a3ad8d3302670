// The app's end of webhooks: a real HTTP server that checks every signature by hand (`docs/WEBHOOKS.md`).

import assert from 'node:assert/strict'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { eventually, PATIENCE_MS } from './deadline.mjs'

const PATH = '/webhooks'
const CLOCK_S = 5

/** Answers that a story may give: a status, or headers with it; `HANG` never answers. */
export const HANG = Symbol('no answer')
const TAKEN = { status: 200 }

/**
 * Listens on a free port. `answer` decides on each attempt, given it and how many came before with its id:
 * `{ status, headers? }`, a status alone, or `HANG`.
 */
export async function newReceiver(t, { secret = randomBytes(32).toString('hex'), answer = () => TAKEN } = {}) {
  const attempts = []
  const faults = []
  let decide = answer
  let server
  let port = 0

  const receive = async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const fault = faultOf(request, body, secret)
    if (fault) faults.push(fault)
    const attempt = { ...JSON.parse(body), path: request.url, headers: request.headers, body, at_ms: Date.now() }
    attempt.before = attempts.filter(({ id }) => id === attempt.id).length
    attempts.push(attempt)
    const verdict = decide(attempt)
    if (verdict === HANG) return
    const { status, headers = {} } = typeof verdict === 'number' ? { status: verdict } : verdict
    attempt.status = status
    response.writeHead(status, headers).end('what stands in an answer does not matter')
  }

  const receiver = {
    secret,
    get url() {
      return `http://127.0.0.1:${port}${PATH}`
    },
    /** Every attempt, in order of arrival. */
    attempts,
    /** Those that were taken, in that order. */
    get taken() {
      return attempts.filter(({ status }) => status >= 200 && status < 300)
    },
    /** The settings of a sidecar that reports here. */
    settings: (more = {}) => ({ OUTRIGGER_WEBHOOK_URL: receiver.url, OUTRIGGER_WEBHOOK_SECRET: secret, ...more }),
    answerWith(next) {
      decide = next
    },
    async open() {
      server = createServer((request, response) => {
        receive(request, response).catch((error) => faults.push(error.message))
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = server.address().port
    },
    /** Nobody listens from now on; the port stays the receiver's. */
    async close() {
      if (!server?.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
    /** The first attempt for which `wants` holds, whether it was here already or not. */
    async attempt(wants, what, ms = PATIENCE_MS) {
      await eventually(
        () => attempts.map(summary),
        () => attempts.some(wants),
        `an attempt of ${what}`,
        ms,
      )
      return attempts.find(wants)
    },
    /** The taken webhooks of this type about `who`, as soon as there are `total` of them. */
    async took(type, who, total = 1, ms = PATIENCE_MS) {
      const mine = () => receiver.about(who).filter((one) => one.type === type)
      await eventually(
        () => attempts.map(summary),
        () => mine().length >= total,
        `${total} of "${type}"`,
        ms,
      )
      return mine()
    },
    /** What was taken about `who`. */
    about: (who) => receiver.taken.filter(({ userId }) => userId === who.userId),
  }
  await receiver.open()
  t.after(async () => {
    await receiver.close()
    assert.deepEqual(faults, [], 'every webhook is signed and complete')
  })
  return receiver
}

const summary = ({ type, userId, status }) => `${type} ${userId} ${status ?? 'hanging'}`

/** What is wrong with a request as Standard Webhooks describes it, or nothing. */
function faultOf({ method, headers }, body, secret) {
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  const said = JSON.parse(body)
  const checks = {
    'a POST': method === 'POST',
    'JSON by its content type': headers['content-type']?.startsWith('application/json'),
    'the id of the header in the body': typeof id === 'string' && id.length > 0 && said.id === id,
    'the time of sending in seconds': /^\d{10}$/.test(timestamp) && Math.abs(timestamp - Date.now() / 1000) < CLOCK_S,
    'a signature that is right': isSigned(headers['webhook-signature'], `${id}.${timestamp}.`, body, secret),
    'its time': !Number.isNaN(Date.parse(said.at)) && said.at.endsWith('Z'),
    'type, user and data': typeof said.type === 'string' && typeof said.userId === 'string' && isObject(said.data),
  }
  const missing = Object.keys(checks).filter((name) => !checks[name])
  return missing.length ? `${said.type} without ${missing.join(', ')}` : undefined
}

/** Whether a header of Standard Webhooks is right for these bytes. */
export function isSigned(header, prefix, body, secret) {
  const [version, signature] = (header ?? '').split(',')
  const expected = createHmac('sha256', keyOf(secret)).update(prefix).update(body).digest()
  const actual = Buffer.from(signature ?? '', 'base64')
  return version === 'v1' && actual.length === expected.length && timingSafeEqual(actual, expected)
}

const keyOf = (secret) =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)
