// Tokens: expiring, refreshed once for all, replaced by the server, and ended.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '@outrigger/client'
import { connected, pause, until } from './support/until.js'
import { world } from './support/world.js'

const w = world()

test('one refresh serves every socket and call that found the token expired', async () => {
  const who = w.person()
  let token = who.anotherToken({ expiresIn: -60 })
  let refreshes = 0
  const client = w.client(who, {
    getToken: () => token,
    refreshToken: async () => {
      refreshes += 1
      await pause(150)
      token = who.anotherToken()
      return token
    },
  })
  client.rooms()
  const sockets = [client.legacy('/auth'), client.legacy('/messenger'), client.legacy('/notifications')]
  const call = client.rest.call('/api/messages/unread')
  await connected(client)
  await until('all sockets', () => sockets.every((socket) => socket.connected))
  assert.equal((await call).status, 200)
  assert.equal(refreshes, 1)
  client.close()
})

test('without a way to refresh, it stops and says why', async () => {
  const who = w.person()
  const faults: Fault[] = []
  const client = w.client(who, {
    getToken: () => who.anotherToken({ expiresIn: -60 }),
    onError: (fault) => faults.push(fault),
  })
  client.rooms()
  await until('the refusal', () => client.status === 'refused')
  assert.deepEqual(client.snapshot.fault, { kind: 'token-expired', message: 'Authentication error: Token expired' })
  assert.equal(faults.at(-1)?.kind, 'token-expired')
})

test('a token that is never good enough is not asked for again and again', async () => {
  const who = w.person()
  let refreshes = 0
  const client = w.client(who, {
    getToken: () => who.anotherToken({ expiresIn: -60 }),
    refreshToken: async () => {
      refreshes += 1
      return who.anotherToken({ expiresIn: -60 })
    },
  })
  client.rooms()
  await until('giving up', () => client.status === 'refused')
  assert.ok(refreshes <= 3, `refreshed ${refreshes} times`)
})

test('a refresh that fails because the app is away is tried again', async () => {
  const who = w.person()
  let tries = 0
  let token = who.anotherToken({ expiresIn: -60 })
  const client = w.client(who, {
    getToken: () => token,
    refreshToken: async () => {
      tries += 1
      if (tries === 1) throw new Error('502')
      token = who.anotherToken()
    },
  })
  client.rooms()
  await connected(client)
  assert.equal(tries, 2)
  client.close()
})

test('a token that expires while connected is refreshed without anyone noticing more than a blink', async () => {
  const who = w.person()
  let token = who.anotherToken({ expiresIn: 2 })
  let refreshes = 0
  const client = w.client(who, {
    getToken: () => token,
    refreshToken: () => {
      refreshes += 1
      token = who.anotherToken()
      return Promise.resolve(token)
    },
  })
  client.rooms()
  await connected(client)
  await until('the refresh', () => refreshes === 1)
  await connected(client)
  client.close()
})

test('a cookie that was refreshed is sent: the engine’s handshake is made anew', async () => {
  const who = w.person()
  // Outside of a browser the cookie is a header; as in one, each new engine takes it as it is then.
  const headers = { cookie: `authToken=${who.anotherToken({ expiresIn: -60 })}` }
  const client = w.client(null, {
    engine: { extraHeaders: headers },
    refreshToken: async () => {
      for (const known of jars) known['cookie'] = `authToken=${who.anotherToken()}`
    },
  })
  const jars = [client.settings.engine.extraHeaders as Record<string, string>]
  client.rooms()
  client.legacy('/messenger')
  await connected(client)
  await until('the messenger', () => client.peek('/messenger').connected)
  client.close()
})

test('a token handed over by the server is taken once, and prolongs the connection', async () => {
  const who = await w.known()
  let token = who.anotherToken({ expiresIn: 3 })
  const taken: string[] = []
  const client = w.client(who, {
    getToken: () => token,
    onTokenUpdated: ({ newToken }) => {
      taken.push(newToken)
      token = newToken
    },
  })
  let losses = 0
  client.rooms().onDisconnect(() => (losses += 1))
  client.legacy('/auth')
  await connected(client)
  await until('/auth', () => client.peek('/auth').connected)
  const fresh = who.anotherToken()
  await w.server.orThrow.emitTokenUpdate(who.userId, fresh)
  await until('the token', () => taken.length > 0)
  await pause(4_000)
  assert.deepEqual(taken, [fresh])
  assert.equal(losses, 0, 'the socket outlived its first token')
  client.close()
})

test('a forced logout ends every channel and nothing comes back until asked', async () => {
  const who = await w.known()
  const reasons: string[] = []
  let token = who.token
  const client = w.client(who, {
    getToken: () => token,
    refreshToken: () => Promise.reject(new Error('must not be asked')),
    onLoggedOut: ({ message }) => reasons.push(message),
  })
  client.rooms()
  client.legacy('/messenger')
  await connected(client)
  await until('the messenger', () => client.peek('/messenger').connected)
  await w.server.orThrow.forceLogout(who.userId, { reason: 'Enough for today' })
  await until('the refusal', () => client.status === 'refused')
  assert.deepEqual(client.snapshot.fault, { kind: 'logged-out', message: 'Enough for today' })
  await pause(800)
  assert.equal(client.peek('/messenger').connected, false)
  assert.deepEqual(reasons, ['Enough for today'])
  token = who.anotherToken()
  client.reconnect()
  await connected(client)
  client.close()
})

test('a deactivated account hears of it and is logged out', async () => {
  const who = await w.known()
  const statuses: boolean[] = []
  const client = w.client(who, { onStatusChanged: ({ status }) => statuses.push(status) })
  client.rooms()
  await connected(client)
  await w.server.orThrow.emitUserStatusChange(who.userId, false)
  await until('the news', () => statuses.length > 0)
  assert.deepEqual(statuses, [false])
  client.close()
})

test('contract social has its own words for a token, and they end the same way', async () => {
  const who = w.person()
  const words: string[] = []
  let token = 'no.token.atall'
  let refreshes = 0
  const client = w.client(who, {
    contract: 'social',
    getToken: () => token,
    refreshToken: async () => {
      refreshes += 1
      const next = [`${who.token.slice(0, -4)}AAAA`, who.anotherToken({ expiresIn: -60 }), who.anotherToken()]
      token = next[refreshes - 1] ?? ''
      return token
    },
    onError: ({ kind, message }) => words.push(`${kind}: ${message}`),
  })
  client.social()
  await connected(client)
  assert.deepEqual(words, [
    'token-invalid: Authentication error: jwt malformed',
    'token-signature: Authentication error: invalid signature',
    'token-expired: Authentication error: jwt expired',
  ])
  client.close()
})

test('a social socket whose token expires while connected is back with a new one', async () => {
  const who = w.person()
  let token = who.anotherToken({ expiresIn: 2 })
  const words: string[] = []
  const client = w.client(who, {
    contract: 'social',
    getToken: () => token,
    refreshToken: async () => {
      token = who.anotherToken()
      return token
    },
    onError: ({ message }) => words.push(message),
  })
  const socket = client.social()
  await connected(client)
  const { id } = socket
  await until('another connection', () => socket.connected && socket.id !== id, 45_000)
  assert.deepEqual(words, ['Authentication error: jwt expired'])
  client.close()
})
