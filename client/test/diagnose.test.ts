// Each fault people have, made for real, is called by its name.

import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { DiagnosisCode, OutriggerClient, OutriggerOptions } from '@outrigger/client'
import { connected, until } from './support/until.js'
import { newPerson, world, type Person } from './support/world.js'

const w = world({ CONNECT_TIMEOUT_MS: '1000' })

async function codes(client: OutriggerClient): Promise<DiagnosisCode[]> {
  return (await client.diagnose()).map((diagnosis) => diagnosis.code)
}

async function refused(who: Person | null, options: OutriggerOptions): Promise<OutriggerClient> {
  const client = w.client(who, options)
  client.rooms()
  await until('a fault', () => client.snapshot.fault !== null)
  return client
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.on('upgrade', (_request, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('healthy, and a diagnosis leaves no session behind', async () => {
  const client = w.client(w.person())
  assert.deepEqual(await codes(client), ['healthy'])
  client.rooms()
  await connected(client)
  assert.deepEqual(await codes(client), ['healthy'])
  await until('the probes to be gone', async () => (await w.server.orThrow.getConnections()).totalConnections === 1)
  client.close()
})

test('expired token', async () => {
  const who = w.person()
  const client = await refused(who, { getToken: () => who.anotherToken({ expiresIn: -60 }) })
  const [found] = await client.diagnose()
  assert.equal(found?.code, 'expired-token')
  assert.match(found?.detail ?? '', /holds until \d{4}-/)
  assert.match(found?.remedy ?? '', /refreshToken/)
})

test('a secret that does not fit', async () => {
  const stranger = newPerson('another secret that is long enough for it')
  assert.deepEqual(await codes(await refused(stranger, {})), ['token-signature'])
})

test('cookie not sent, and no token given', async () => {
  assert.deepEqual(await codes(await refused(null, {})), ['cookie-not-sent'])
  assert.deepEqual(await codes(await refused(null, { getToken: () => null })), ['no-token'])
})

test('sidecar down', async () => {
  const client = await refused(w.person(), { urls: 'http://127.0.0.1:9' })
  assert.deepEqual(await codes(client), ['sidecar-down'])
  client.close()
})

test('sidecar down behind a proxy that is up', async (t) => {
  const url = await serve(t, (_request, response) => response.writeHead(500).end('Internal Server Error'))
  const client = await refused(w.person(), { urls: url })
  assert.deepEqual(await codes(client), ['sidecar-down'])
  client.close()
})

test('308 on the path', async (t) => {
  const url = await serve(t, (request, response) => {
    response.writeHead(308, { location: (request.url ?? '').replace('?', '/?') }).end()
  })
  const client = await refused(w.person(), { urls: url })
  const [found] = await client.diagnose()
  assert.equal(found?.code, 'redirected')
  assert.match(found?.remedy ?? '', /skipTrailingSlashRedirect/)
  client.close()
})

test('nothing at the path, and something else at the path', async (t) => {
  const nothing = await serve(t, (_request, response) => response.writeHead(404).end())
  const page = await serve(t, (_request, response) => response.end('<html></html>'))
  for (const [url, code] of [
    [nothing, 'not-routed'],
    [page, 'not-the-sidecar'],
  ] as const) {
    const client = await refused(w.person(), { urls: url })
    assert.deepEqual(await codes(client), [code])
    client.close()
  }
})

test('wrong origin', async () => {
  const client = await refused(w.person(), {
    engine: { extraHeaders: { Origin: 'http://elsewhere.example' } },
  })
  const [found] = await client.diagnose()
  assert.equal(found?.code, 'wrong-origin')
  assert.match(found?.remedy ?? '', /ALLOWED_ORIGINS/)
  client.close()
})

test('stuck on polling', async (t) => {
  // Passes requests on and no upgrades, as many proxies do.
  const url = await serve(t, (request, response) => {
    const target = new URL(request.url ?? '/', w.sidecar.publicUrl)
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      const { method = 'GET' } = request
      fetch(target, { method, ...(method === 'POST' ? { body: Buffer.concat(body) } : {}) }).then(
        async (answer) => response.writeHead(answer.status).end(await answer.text()),
        () => response.destroy(),
      )
    })
  })
  const client = w.client(w.person(), { urls: url })
  client.rooms()
  await connected(client)
  assert.equal(client.snapshot.transport, 'polling')
  const found = await until('the finding', async () => (await codes(client)).find((code) => code === 'stuck-on-polling'))
  assert.equal(found, 'stuck-on-polling')
  client.close()
})

test('logged out by the server', async () => {
  const who = await w.known()
  const client = w.client(who)
  client.rooms()
  await connected(client)
  await w.server.orThrow.forceLogout(who.userId, { reason: 'Password changed' })
  await until('the refusal', () => client.status === 'refused')
  const [found] = await client.diagnose()
  assert.equal(found?.code, 'logged-out')
  assert.match(found?.detail ?? '', /Password changed/)
})

test('a second server that is down is a warning, the first works', async () => {
  const client = w.client(w.person(), { urls: [w.sidecar.publicUrl, 'http://127.0.0.1:9'] })
  client.rooms()
  await connected(client)
  const [found] = await client.diagnose()
  assert.equal(found?.code, 'sidecar-down')
  assert.equal(found?.severity, 'warning')
  client.close()
})
