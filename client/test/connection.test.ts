// A client and its connections: opening, sharing, losing and finding them again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AskError, createOutriggerClient, names, type ConnectionStatus } from '@outrigger/client'
import { connected, pause, until } from './support/until.js'
import { optionsOf, startSidecar, world } from './support/world.js'

const w = world()

test('nothing is opened before it is used, and the first use connects', async () => {
  const client = w.client(w.person())
  assert.equal(client.status, 'offline')
  await pause(50)
  assert.equal((await w.server.orThrow.getConnections()).totalConnections, 0)
  const seen: ConnectionStatus[] = []
  client.subscribe(() => seen.push(client.status))
  client.rooms()
  await connected(client)
  assert.deepEqual([...new Set(seen)], ['connecting', 'connected'])
  assert.equal(client.snapshot.transport, 'websocket')
  await until('a latency', () => client.latency !== null)
  client.close()
  assert.equal(client.status, 'offline')
})

test('events and acknowledgements arrive typed', async () => {
  const who = w.person()
  const client = w.client(who)
  const socket = client.rooms()
  await connected(client)
  const said = new Promise<string>((resolve) => {
    socket.once(names.rooms.server.testResponse, ({ userId }) => resolve(userId))
  })
  socket.emit(names.rooms.client.test)
  assert.equal(await said, who.userId)
  const answer = await socket.ask(names.rooms.client.checkUserOnline, { userId: who.userId })
  assert.equal(answer.isOnline, true)
  client.close()
})

test('a refusal is an error with the sidecar’s words', async () => {
  const client = w.client(w.person())
  const socket = client.rooms()
  await connected(client)
  const refused = socket.ask(names.rooms.client.joinChatRoom, { chatId: 'not_mine' })
  await assert.rejects(refused, (error: unknown) => error instanceof AskError && error.kind === 'refused')
  client.close()
  await assert.rejects(socket.ask(names.rooms.client.pong), { kind: 'disconnected' })
})

test('three legacy namespaces share one connection, and rooms and monitor another', async () => {
  const client = w.client(w.person({ admin: true }))
  const sockets = [client.legacy('/auth'), client.legacy('/messenger'), client.legacy('/notifications')]
  await until('three sockets', () => sockets.every((socket) => socket.connected))
  assert.equal(new Set(sockets.map((socket) => socket.raw.io)).size, 1)
  assert.equal((await w.server.orThrow.getConnections()).totalConnections, 1)
  client.rooms()
  const monitor = client.monitor()
  await until('the monitor', () => monitor.connected)
  assert.equal((await w.server.orThrow.getConnections()).totalConnections, 2)
  client.close()
})

test('a channel closes when the last of its holders lets go', async () => {
  const client = w.client(w.person())
  const [first, second] = [client.hold('rooms'), client.hold('rooms')]
  await connected(client)
  first()
  await pause(300)
  assert.equal(client.status, 'connected')
  second()
  await until('the end', () => client.status === 'offline')
})

test('it comes back by itself after the sidecar was killed and started again', async () => {
  const client = w.client(w.person())
  client.rooms()
  await connected(client)
  await w.kill()
  await until('the loss', () => client.status === 'reconnecting')
  assert.equal(client.snapshot.fault?.kind, 'unreachable')
  assert.equal(client.latency, null)
  await w.restart()
  await connected(client)
  client.close()
})

test('it turns to another sidecar when its own is lost, both connections together', async (t) => {
  const other = await startSidecar(w.home, { DATABASE_URL: `sqlite:${w.home.directory}/other.db` })
  t.after(() => other.signal('SIGKILL'))
  const client = createOutriggerClient(
    optionsOf(w.person(), '', { urls: [other.publicUrl, w.sidecar.publicUrl], engine: {} }),
  )
  t.after(() => client.close())
  client.rooms()
  const messenger = client.legacy('/messenger')
  await until('both', () => client.status === 'connected' && messenger.connected)
  assert.equal(client.snapshot.url, other.publicUrl)
  other.signal('SIGKILL')
  await until('the other one', () => client.status === 'connected' && client.snapshot.url === w.sidecar.publicUrl)
  await until('the messenger there', () => messenger.connected)
  assert.equal((await client.rest.call<{ total: number }>('/api/messages/unread')).status, 200)
})

test('a first server that is down is passed over quickly', async (t) => {
  const client = createOutriggerClient(optionsOf(w.person(), '', { urls: ['http://127.0.0.1:9', w.sidecar.publicUrl] }))
  t.after(() => client.close())
  client.rooms()
  const begin = Date.now()
  await connected(client)
  assert.ok(Date.now() - begin < 2_000, `took ${Date.now() - begin} ms`)
})

test('polling works where websockets do not', async () => {
  const client = w.client(w.person(), { transports: ['polling'] })
  client.rooms()
  await connected(client)
  assert.equal(client.snapshot.transport, 'polling')
  client.close()
})
