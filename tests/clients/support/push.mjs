// A push service on loopback, and browsers subscribed to it: what arrives is decrypted with the browser's own key
// (RFC 8030, RFC 8291, RFC 8292).

import assert from 'node:assert/strict'
import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import ece from 'http_ece'
import { eventually } from './deadline.mjs'

const CURVE = 'prime256v1'
const MOST_BYTES = 4096
const DAY_S = 86_400
const SUBJECT = 'mailto:ops@example.test'

/**
 * Listens on a free port. `answer` decides on each attempt, given it and how many came before for that browser:
 * a status, or `{ status, headers }`.
 */
export async function newPushService(t, { answer = () => 201 } = {}) {
  const browsers = new Map()
  const attempts = []
  const faults = []
  const vapid = createECDH(CURVE)
  const publicKey = vapid.generateKeys('base64url')
  let decide = answer
  let origin

  const receive = async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const browser = browsers.get(request.url)
    const { headers, method } = request
    const attempt = { browser, headers, at_ms: Date.now() }
    try {
      assert.ok(browser, `${request.url} is nobody's address`)
      assert.equal(method, 'POST')
      attempt.payload = decrypted(Buffer.concat(chunks), headers, browser)
      checkVapid(headers.authorization, { origin, publicKey })
    } catch (error) {
      faults.push(error.message)
    }
    attempt.before = attempts.filter((one) => one.browser === browser).length
    attempts.push(attempt)
    const verdict = decide(attempt)
    const { status, headers: more = {} } = typeof verdict === 'number' ? { status: verdict } : verdict
    attempt.status = status
    response.writeHead(status, more).end()
  }

  const server = createServer((request, response) => {
    receive(request, response).catch((error) => faults.push(error.message))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${server.address().port}`
  t.after(async () => {
    server.close()
    server.closeAllConnections()
    assert.deepEqual(faults, [], 'every push is signed, encrypted and for somebody')
  })

  return {
    origin,
    publicKey,
    attempts,
    answerWith(next) {
      decide = next
    },
    /** The settings of a sidecar that may talk to this service. */
    settings: (more = {}) => ({
      VAPID_PRIVATE_KEY: padded(vapid.getPrivateKey()),
      VAPID_SUBJECT: SUBJECT,
      PUSH_ORIGINS: origin,
      ...more,
    }),
    /** A browser that has asked for push: `subscription` is what `PushSubscription.toJSON()` gives. */
    browser() {
      const keys = createECDH(CURVE)
      const path = `/push/${randomBytes(16).toString('base64url')}`
      const auth = randomBytes(16)
      const browser = {
        keys,
        auth,
        subscription: {
          endpoint: origin + path,
          expirationTime: null,
          keys: { p256dh: keys.generateKeys('base64url'), auth: auth.toString('base64url') },
        },
        /** What this browser was sent and its service took. */
        taken: () =>
          attempts.filter((one) => one.browser === browser && one.status < 300).map(({ payload }) => payload),
        attempts: () => attempts.filter((one) => one.browser === browser),
        /** The payloads, as soon as there are `total` of them. */
        async got(total = 1, ms) {
          const what = `${total} pushes`
          await eventually(
            () => browser.taken().length,
            (seen) => seen >= total,
            what,
            ms,
          )
          return browser.taken()
        },
      }
      browsers.set(path, browser)
      return browser
    },
  }
}

/** A private key in its 32 bytes: ECDH leaves zeros in front away. */
function padded(key) {
  return Buffer.concat([Buffer.alloc(32 - key.length), key]).toString('base64url')
}

function decrypted(body, headers, { keys, auth }) {
  assert.equal(headers['content-encoding'], 'aes128gcm')
  assert.ok(Number(headers.ttl) > 0 && Number(headers.ttl) <= 28 * DAY_S, `TTL ${headers.ttl}`)
  assert.ok(body.length <= MOST_BYTES, `${body.length} bytes are more than push services take`)
  const plain = ece.decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth })
  return JSON.parse(plain.toString())
}

/** RFC 8292: a token of the application server for this push service. */
function checkVapid(authorization, { origin, publicKey }) {
  const { token, key } = /^vapid t=(?<token>[^, ]+), ?k=(?<key>[^, ]+)$/.exec(authorization ?? '')?.groups ?? {}
  assert.equal(key, publicKey, `the public key in ${authorization?.split(' ')[0]}`)
  const [header, claims, signature] = token.split('.')
  assert.equal(read(header).alg, 'ES256')
  const { aud, exp, sub } = read(claims)
  const now = Date.now() / 1000
  assert.deepEqual([aud, sub], [origin, SUBJECT])
  assert.ok(exp > now && exp <= now + DAY_S + 5, `it ends in ${exp - now} s`)
  const signed = Buffer.from(`${header}.${claims}`)
  const how = { key: asKey(publicKey), dsaEncoding: 'ieee-p1363' }
  assert.ok(verify('sha256', signed, how, Buffer.from(signature, 'base64url')), 'the signature of the token')
}

const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString())

function asKey(publicKey) {
  const point = Buffer.from(publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
}
