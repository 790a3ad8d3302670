// What the sidecar tells the app: signatures made here by hand, each webhook handled once, and a sidecar that tries
// again until it is.

import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import {
  handleWebhooks,
  verifyWebhook,
  WebhookVerificationError,
  type HandleWebhooksOptions,
  type Webhook,
  type WebhookSummary,
} from '@outrigger/client/server'
import { connected, pause, until } from './support/until.js'
import { world } from './support/world.js'

const secret = 'a secret of the app and of its sidecar'

// An app with the route, and a sidecar that tells it what happens.
const received: Webhook[] = []
/** What the app answers in place of the route's own word; `0`: that. */
let status = 0
const tell = handleWebhooks({
  secret,
  on: {
    'message.stored': (webhook) => void received.push(webhook),
    'message.missed': (webhook) => void received.push(webhook),
  },
})
const app = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const headers = incoming.headers as Record<string, string>
    void post(tell, { payload: Buffer.concat(chunks).toString(), headers }).then((response) =>
      outgoing.writeHead(status || response.status).end(),
    )
  })
})
await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
after(() => {
  app.close()
  app.closeAllConnections()
})
const w = world({
  RATE_LIMITS: 'off',
  OUTRIGGER_WEBHOOK_URL: `http://127.0.0.1:${(app.address() as AddressInfo).port}/webhooks`,
  OUTRIGGER_WEBHOOK_SECRET: secret,
  OUTRIGGER_WEBHOOK_EVENTS: 'message.stored,message.missed',
  OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS: '200',
})

interface Made {
  payload: string
  headers: Record<string, string>
}

function sign(key: string | Buffer, id: string, timestamp: string, payload: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`
}

function made(change: { id?: string; type?: string; data?: object; age?: number; key?: string | Buffer } = {}): Made {
  const { id = 'webhook-1', type = 'user.connected', data = {}, age = 0, key = secret } = change
  const timestamp = String(Math.floor(Date.now() / 1000) - age)
  const payload = JSON.stringify({ id, type, at: new Date().toISOString(), userId: 'bob', data })
  return {
    payload,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(key, id, timestamp, payload),
    },
  }
}

const refusedAs = (kind: string) => (error: unknown) => error instanceof WebhookVerificationError && error.kind === kind

test('a signed webhook is what it says', async () => {
  const { payload, headers } = made({ type: 'message.missed', data: { message: { text: 'hüllo ✓' } } })
  const bytes = new TextEncoder().encode(payload)
  for (const given of [headers, new Headers(headers)]) {
    for (const body of [payload, bytes]) {
      const webhook = await verifyWebhook({ payload: body, headers: given, secret })
      assert.equal(webhook.type, 'message.missed')
      assert.equal(webhook.type === 'message.missed' && webhook.data.message.text, 'hüllo ✓')
    }
  }
})

test('the published example of the standard holds', async () => {
  const payload = '{"test": 2432232314}'
  const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  // Signed right, years ago.
  const given = { payload, headers, secret: `whsec_${key}` }
  await assert.rejects(verifyWebhook(given), refusedAs('timestamp'))
  await assert.rejects(verifyWebhook({ ...given, toleranceSeconds: 1e12 }), refusedAs('payload'))
})

test('one of several signatures is enough, and only of the version that is known', async () => {
  const { payload, headers } = made()
  const good = headers['webhook-signature'] as string
  const bad = sign('another secret', 'webhook-1', headers['webhook-timestamp'] as string, payload)
  const verify = (signature: string): Promise<Webhook> =>
    verifyWebhook({ payload, headers: { ...headers, 'webhook-signature': signature }, secret })
  await verify(`${bad} v1a,${good.slice(3)} ${good}`)
  for (const signature of [bad, good.replace('v1', 'v2'), good.slice(3), 'v1,', 'v1,***', good.slice(0, -4), `${good}A`]) {
    await assert.rejects(verify(signature), refusedAs('signature'), signature)
  }
})

test('a secret in base64 is its bytes', async () => {
  const bytes = randomBytes(32)
  const { payload, headers } = made({ key: bytes })
  await verifyWebhook({ payload, headers, secret: `whsec_${bytes.toString('base64')}` })
  await assert.rejects(verifyWebhook({ payload, headers, secret: bytes.toString('base64') }), refusedAs('signature'))
})

test('changed on its way, replayed later, or missing a header: refused, each with its own word', async () => {
  const { payload, headers } = made()
  const verify = (change: Partial<Made>): Promise<Webhook> => verifyWebhook({ payload, headers, secret, ...change })
  await assert.rejects(verify({ payload: payload.replace('bob', 'eve') }), refusedAs('signature'))
  await assert.rejects(verify({ headers: { ...headers, 'webhook-id': 'webhook-2' } }), refusedAs('signature'))
  const later = String(Number(headers['webhook-timestamp']) + 1)
  await assert.rejects(verify({ headers: { ...headers, 'webhook-timestamp': later } }), refusedAs('signature'))
  for (const name of Object.keys(headers)) {
    await assert.rejects(verify({ headers: { ...headers, [name]: '' } }), refusedAs('headers'))
  }
  await assert.rejects(verify(made({ age: 301 })), refusedAs('timestamp'))
  await assert.rejects(verify(made({ age: -310 })), refusedAs('timestamp'))
  await verify(made({ age: 290 }))
  const words = 'not JSON'
  const signed = { ...headers, 'webhook-signature': sign(secret, 'webhook-1', headers['webhook-timestamp'] as string, words) }
  await assert.rejects(verify({ payload: words, headers: signed }), refusedAs('payload'))
})

test('without a secret nobody is let in', async () => {
  const { payload, headers } = made({ key: '' })
  for (const none of ['', 'whsec_', 'whsec_***']) {
    await assert.rejects(verifyWebhook({ payload, headers, secret: none }), TypeError)
  }
})

function post(route: (request: Request) => Promise<Response>, { payload, headers }: Made): Promise<Response> {
  return route(new Request('http://app/api/outrigger/webhooks', { method: 'POST', body: payload, headers }))
}

function route(options: Partial<HandleWebhooksOptions> = {}) {
  const handled: string[] = []
  const errors: string[] = []
  const handler = handleWebhooks({
    secret,
    on: { 'user.connected': ({ id }) => void handled.push(id) },
    onError: (error, type) => errors.push(`${type}: ${String(error)}`),
    ...options,
  })
  return { handler, handled, errors }
}

test('the route answers so that the sidecar does what it should', async () => {
  const { handler, handled, errors } = route()
  assert.equal((await post(handler, made())).status, 200)
  assert.equal((await post(handler, made({ type: 'message.read', id: '2' }))).status, 200)
  assert.equal((await post(handler, made({ type: 'constructor', id: '3' }))).status, 200)
  assert.equal((await post(handler, made({ type: 'something.new', id: '4' }))).status, 200)
  assert.equal((await post(handler, made({ key: 'another' }))).status, 401)
  assert.equal((await post(handler, { payload: '{}', headers: {} })).status, 401)
  assert.equal((await post(handler, made({ age: 1000 }))).status, 400)
  assert.equal((await post(handler, { payload: 'x'.repeat(10_000_001), headers: {} })).status, 413)
  assert.deepEqual(handled, ['webhook-1'])
  assert.deepEqual(errors, [])
})

test('each is handled once, also when it comes again while it is being handled', async () => {
  let go = (): void => undefined
  const held = new Promise<void>((resolve) => {
    go = resolve
  })
  let calls = 0
  const { handler } = route({
    on: {
      'user.connected': async () => {
        calls += 1
        await held
      },
    },
  })
  const [first, second] = [post(handler, made()), post(handler, made())]
  await pause(20)
  go()
  assert.deepEqual([(await first).status, (await second).status], [200, 200])
  assert.deepEqual(await (await second).json(), { success: true })
  assert.equal((await post(handler, made())).status, 200)
  assert.equal(calls, 1)
})

test('a handler that fails has it sent again', async () => {
  let calls = 0
  const { handler, errors } = route({
    on: {
      'user.connected': () => {
        calls += 1
        if (calls === 1) throw new Error('no database')
      },
    },
  })
  assert.equal((await post(handler, made())).status, 500)
  assert.equal((await post(handler, made())).status, 200)
  assert.equal((await post(handler, made())).status, 200)
  assert.equal(calls, 2)
  assert.deepEqual(errors, ['user.connected: Error: no database'])
})

test('a store of the app’s own is asked and told; one that forgets does no harm, one that cannot be asked does', async () => {
  const ids = new Set(['webhook-1'])
  const own = route({ seen: { has: (id) => ids.has(id), add: (id) => void ids.add(id) } })
  await post(own.handler, made())
  await post(own.handler, made({ id: '2' }))
  assert.deepEqual(own.handled, ['2'])
  assert.ok(ids.has('2'))
  const broken = (): never => {
    throw new Error('no store')
  }
  const forgetful = route({ seen: { has: () => false, add: broken } })
  assert.equal((await post(forgetful.handler, made())).status, 200)
  assert.equal(forgetful.errors.length, 1)
  const mute = route({ seen: { has: broken, add: () => undefined } })
  assert.equal((await post(mute.handler, made())).status, 500)
  assert.deepEqual(mute.handled, [])
})

test('a secret that is not there is a fault of the app, said in its log and not in the answer', async () => {
  const { handler, errors } = route({ secret: () => '' })
  const response = await post(handler, made({ key: '' }))
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /secret/)
  assert.match(errors[0] ?? '', /^unverified: TypeError/)
})

test('a sidecar’s webhooks arrive: the message, and that its receiver missed it', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  await w.server.orThrow.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: 'hello' })
  const missed = await until('both', () => received.find((one) => one.type === 'message.missed'))
  assert.deepEqual(received.map((one) => one.type), ['message.stored', 'message.missed'])
  assert.equal(missed.userId, bob.userId)
  assert.equal(missed.type === 'message.missed' && missed.data.message.text, 'hello')
  received.length = 0
})

/** Whether someone missed a message is not decided right after a start: those wait for longer. */
async function waitingStored(): Promise<WebhookSummary[]> {
  const { webhooks } = await w.server.orThrow.webhooks.list({ state: 'waiting' })
  return webhooks.filter((one) => one.type === 'message.stored')
}

test('one whose answer got lost is sent again and handled once', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const client = w.client(bob)
  client.rooms()
  await connected(client)
  status = 500
  await w.server.orThrow.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: 'once' })
  await until('it', () => received.length === 1)
  const waiting = await until('a failed attempt', async () => (await waitingStored()).find((one) => one.attempts > 0))
  assert.equal(waiting.id, received[0]?.id)
  assert.ok(waiting.lastError)
  status = 0
  await until('its end', async () => !(await waitingStored()).some((one) => one.id === waiting.id))
  assert.equal(received.length, 1)
  received.length = 0
})

test('those given up are listed, sent again when asked, or removed', async () => {
  const { webhooks } = w.server
  const [alice, bob] = [await w.known(), await w.known()]
  const client = w.client(bob)
  client.rooms()
  await connected(client)
  status = 410
  for (const text of ['one', 'two', 'three']) {
    await w.server.orThrow.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text })
  }
  const list = await until('three dead ones', async () => {
    const { value } = await webhooks.list({ state: 'dead' })
    return value?.dead === 3 ? value : null
  })
  const [first, second] = list.webhooks
  assert.ok(first && second)
  assert.equal((await w.server.orThrow.webhooks.list({ limit: 1, after: first.id })).webhooks[0]?.id, second.id)
  status = 0
  assert.deepEqual(await webhooks.retry(first.id), { ok: true, value: { success: true } })
  await until('it is taken', async () => (await w.server.orThrow.webhooks.list()).dead === 2)
  assert.deepEqual(await webhooks.remove(second.id), { ok: true, value: { success: true } })
  assert.equal((await webhooks.remove(second.id)).error?.kind, 'not-found')
  assert.equal((await webhooks.retry(second.id)).error?.kind, 'not-found')
  assert.deepEqual(await webhooks.retryAll(), { ok: true, value: { success: true, retried: 1 } })
  await until('none left', async () => {
    const { dead } = await w.server.orThrow.webhooks.list()
    return dead === 0 && (await waitingStored()).length === 0
  })
})

test('only users have feeds: an event to others cannot last', async () => {
  const options = { durable: true } as object
  const result = await w.server.sendToAll('invoiceReady', {}, options)
  assert.equal(result.error?.kind, 'invalid')
  assert.equal(result.error?.field, 'durable')
})
