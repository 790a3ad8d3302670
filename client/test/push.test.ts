// Web push without a browser: what is asked of the page, of its push service, and of the sidecar, in this order.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { canPush, createOutriggerClient, isSubscribedToPush, PushError, subscribeToPush, unsubscribeFromPush } from '@outrigger/client'

/** A point of P-256 as browsers write it, and another. */
const KEY = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 0xfb)])
const OLD_KEY = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)])

interface Page {
  calls: string[]
  permission: NotificationPermission
  subscription: FakeSubscription | null
  refuses: boolean
}

class FakeSubscription {
  readonly endpoint = 'https://push.example/abc'
  readonly options: { applicationServerKey: ArrayBuffer }

  constructor(
    private readonly page: Page,
    key: Uint8Array,
  ) {
    this.options = { applicationServerKey: Uint8Array.from(key).buffer }
  }

  toJSON(): object {
    return { endpoint: this.endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }
  }

  async unsubscribe(): Promise<boolean> {
    this.page.calls.push('unsubscribe')
    this.page.subscription = null
    return true
  }
}

/** Puts on `globalThis` what a page has. */
function fakePage(t: TestContext, change: Partial<Page> = {}): Page {
  const page: Page = { calls: [], permission: 'granted', subscription: null, refuses: false, ...change }
  const pushManager = {
    getSubscription: async () => page.subscription,
    subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      page.calls.push('subscribe')
      if (page.refuses) throw new DOMException('push service not available', 'AbortError')
      assert.deepEqual(Buffer.from(applicationServerKey), KEY)
      page.subscription ??= new FakeSubscription(page, applicationServerKey)
      return page.subscription
    },
  }
  const registration = { pushManager }
  const serviceWorker = {
    register: async (path: string) => page.calls.push(`register ${path}`),
    ready: Promise.resolve(registration),
    getRegistration: async () => registration,
  }
  const globals = {
    navigator: { serviceWorker },
    PushManager: class {},
    Notification: {
      requestPermission: async () => {
        page.calls.push('permission')
        return page.permission
      },
    },
  }
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name)
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    t.after(() => {
      if (before) Object.defineProperty(globalThis, name, before)
      else delete (globalThis as Record<string, unknown>)[name]
    })
  }
  return page
}

interface Answer {
  status: number
  body: object
}

/** A sidecar that only knows push. */
async function fakeSidecar(t: TestContext, answers: Record<string, Answer>) {
  const asked: string[] = []
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const call = `${request.method} ${request.url?.split('?')[0]}`
      asked.push(call)
      if (body !== undefined) bodies.push(body)
      const { status, body: answer } = answers[call] ?? { status: 404, body: {} }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const client = createOutriggerClient({ urls: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return { client, asked, bodies }
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

const REST = '/social/api/notifications'
const key = { status: 200, body: { status: 'success', publicKey: KEY.toString('base64url') } }
const taken = { status: 201, body: { status: 'success', subscriptionCount: 1 } }
const known = { status: 400, body: { status: 'failure', error: 'Subscription already exists' } }
const fine = { [`GET ${REST}/vapid-key`]: key, [`POST ${REST}/subscribe`]: taken, [`DELETE ${REST}/unsubscribe`]: taken }

const faultOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => null, (error: unknown) => error)

test('asks the user, subscribes with the sidecar’s key, tells the sidecar, and ends it again', async (t) => {
  const page = fakePage(t)
  const { client, asked, bodies } = await fakeSidecar(t, fine)
  assert.equal(canPush(), true)
  assert.equal(await isSubscribedToPush(), false)
  await subscribeToPush(client, { serviceWorker: '/worker.js' })
  assert.deepEqual(page.calls, ['permission', 'register /worker.js', 'subscribe'])
  assert.deepEqual(bodies, [{ endpoint: 'https://push.example/abc', keys: { p256dh: 'p', auth: 'a' } }])
  assert.equal(await isSubscribedToPush(), true)
  await unsubscribeFromPush(client)
  assert.equal(await isSubscribedToPush(), false)
  assert.deepEqual(asked, Object.keys(fine))
})

test('once more is no fault, and one for another key is replaced', async (t) => {
  const page = fakePage(t)
  page.subscription = new FakeSubscription(page, OLD_KEY)
  const { client } = await fakeSidecar(t, { ...fine, [`POST ${REST}/subscribe`]: known })
  await subscribeToPush(client)
  assert.deepEqual(page.calls.slice(-2), ['unsubscribe', 'subscribe'])
  page.calls.length = 0
  await subscribeToPush(client)
  assert.deepEqual(page.calls.slice(-1), ['subscribe'])
})

test('each way it cannot be has its word', async (t) => {
  const none = await fakeSidecar(t, { [`GET ${REST}/vapid-key`]: { status: 503, body: { error: 'not configured' } } })
  assert.equal(canPush(), false)
  const unsupported = await faultOf(subscribeToPush(none.client))
  assert.ok(unsupported instanceof PushError && unsupported.kind === 'unsupported')
  await unsubscribeFromPush(none.client)
  const page = fakePage(t, { permission: 'denied' })
  const denied = await faultOf(subscribeToPush(none.client))
  assert.ok(denied instanceof PushError && denied.kind === 'denied')
  assert.deepEqual(none.asked, [], 'nothing is asked of anybody before the user has agreed')
  page.permission = 'granted'
  const keyless = await faultOf(subscribeToPush(none.client))
  assert.ok(keyless instanceof PushError && keyless.kind === 'not-configured')
  page.refuses = true
  const { client } = await fakeSidecar(t, fine)
  const failed = await faultOf(subscribeToPush(client))
  assert.ok(failed instanceof PushError && failed.kind === 'failed')
})
