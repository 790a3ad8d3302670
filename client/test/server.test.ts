// The app's server and the internal API: answers, time limits, other tries, and failures that hurt nobody.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { messengerOf, names } from '@outrigger/client'
import { createOutrigger, OutriggerError } from '@outrigger/client/server'
import { gateTo } from './support/gate.js'
import { connected, until } from './support/until.js'
import { world } from './support/world.js'

const w = world()

function outrigger(url: string, options: { timeoutMs?: number; retries?: number } = {}) {
  const errors: string[] = []
  const server = createOutrigger({
    url,
    secret: w.home.internalSecret,
    ...options,
    onError: (error, call) => errors.push(`${error.kind} ${call}`),
  })
  return { server, errors }
}

test('what is sent arrives', async () => {
  const who = await w.known()
  const client = w.client(who)
  const heard: unknown[] = []
  client.rooms().raw.on('invoiceReady', (data) => heard.push(data))
  client.rooms().on(names.rooms.server.designationsUpdated, ({ designations }) => heard.push(designations))
  await connected(client)
  const sent = await w.server.sendToUser(who.userId, 'invoiceReady', { id: 7 }, { contract: 'rooms' })
  assert.deepEqual(sent, { ok: true, value: { success: true, reached: { sockets: 1, devices: 1 } } })
  await w.server.orThrow.emitDesignationsUpdate(who.userId, ['editor'])
  await until('both', () => heard.length === 2)
  assert.deepEqual(heard, [{ id: 7 }, ['editor']])
  assert.deepEqual(await w.server.isUserOnline(who.userId), { ok: true, value: true })
  assert.ok((await w.server.orThrow.getOnlineUsers()).includes(who.userId))
  client.close()
})

test('every call finds its route', async () => {
  const { orThrow: server } = w.server
  const [alice, bob] = [await w.known(), await w.known()]
  const pair = [alice.userId, bob.userId]
  assert.equal((await server.getUser(alice.userId)).email, alice.email)
  assert.equal((await server.upsertUser(alice.userId, { firstName: 'Alice' })).firstName, 'Alice')
  assert.equal((await server.emitTokenUpdate(alice.userId, alice.anotherToken())).success, true)
  assert.equal((await server.emitUserStatusChange(alice.userId, true, { reason: 'Welcome' })).success, true)
  assert.equal((await server.emitOnlineUsers()).success, true)
  assert.equal((await server.sendToUsers(pair, 'x')).success, true)
  assert.equal((await server.sendToRole('admin', 'x')).success, true)
  assert.equal((await server.sendToAll('x', {}, { except: [bob.userId] })).success, true)
  assert.equal((await server.grantRoom('chat_team', pair)).success, true)
  assert.deepEqual((await server.getRoomMembers('chat_team')).members.sort(), [...pair].sort())
  assert.equal((await server.sendToRoom('chat_team', 'x')).success, true)
  assert.equal((await server.revokeRoom('chat_team', pair)).revoked, 2)
  assert.equal((await server.sendTypingIndicator(alice.userId, bob.userId, true)).success, true)
  assert.equal((await server.notify(bob.userId, { type: 'info', title: 'T', message: 'M' })).unreadCount, 1)
  assert.equal((await server.notifyNewMessage(bob.userId, { from: 'A', content: 'B' })).success, true)
  assert.equal((await server.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: 'hi' })).text, 'hi')
  assert.deepEqual(await server.getOnlineUsersStatus([bob.userId]), { [bob.userId]: false })
  assert.equal((await server.getUserConnections(bob.userId)).connections, 0)
  assert.equal((await server.getConnections()).totalConnections, 0)
  assert.equal((await server.getServerStatus()).isListening, true)
  const results = await server.batch([{ path: '/internal/emit-online-users', body: {} }])
  assert.equal(results[0]?.status, 200)
  assert.equal((await server.revoke({ tokenId: 'some-token' })).success, true)
  assert.equal((await server.forceLogout(bob.userId, { revoke: false })).success, true)
})

test('an answer that got lost is asked for again, and the message is stored once', async (t) => {
  const [alice, bob] = [await w.known(), await w.known()]
  const gate = await gateTo(Number(new URL(w.sidecar.internalUrl).port))
  t.after(() => gate.end())
  const { server, errors } = outrigger(gate.url)
  gate.loseAnswers(1)
  const sent = await server.sendMessage({ senderId: alice.userId, receiverId: bob.userId, text: 'once' })
  assert.equal(sent.ok, true)
  gate.loseAnswers(2)
  const notified = await server.notify(bob.userId, { type: 'info', title: 'Once', message: 'too' })
  assert.equal(notified.ok && notified.value.unreadCount, 1)
  assert.deepEqual(errors, [])
  const client = w.client(bob)
  assert.equal((await messengerOf(client).wire.page(alice.userId, 50)).length, 1)
})

test('a key of your own covers your own tries as well', async () => {
  const who = await w.known()
  const notification = { type: 'info', title: 'T', message: 'M' }
  const first = await w.server.orThrow.notify(who.userId, notification, { idempotencyKey: `order-7-${who.userId}` })
  const again = await w.server.orThrow.notify(who.userId, notification, { idempotencyKey: `order-7-${who.userId}` })
  assert.equal(again.notificationId, first.notificationId)
  const other = await w.server.notify(
    who.userId,
    { ...notification, title: 'Another' },
    { idempotencyKey: `order-7-${who.userId}` },
  )
  assert.equal(other.error?.kind, 'conflict')
})

test('with the sidecar down nothing throws, and the time limit holds', async () => {
  const { server, errors } = outrigger('http://127.0.0.1:9', { timeoutMs: 1_000 })
  const begin = Date.now()
  const result = await server.notify('someone', { type: 'info', title: 'T', message: 'M' })
  assert.equal(result.ok, false)
  assert.equal(result.error?.kind, 'unreachable')
  assert.equal(result.error?.attempts, 3)
  assert.ok(Date.now() - begin < 1_200)
  assert.deepEqual(errors, ['unreachable POST /internal/notify'])
  await assert.rejects(server.orThrow.isUserOnline('someone'), OutriggerError)
})

test('a sidecar that hangs costs the time limit and no more', async (t) => {
  const hanging = createServer(() => undefined)
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    hanging.close()
    hanging.closeAllConnections()
  })
  const { server } = outrigger(`http://127.0.0.1:${(hanging.address() as AddressInfo).port}`, { timeoutMs: 400 })
  const begin = Date.now()
  const result = await server.emitOnlineUsers()
  assert.equal(result.error?.kind, 'timeout')
  assert.ok(Date.now() - begin < 900)
})

test('refusals have their own kinds and are not tried again', async () => {
  const stranger = createOutrigger({ url: w.sidecar.internalUrl, secret: 'x'.repeat(40) })
  assert.equal((await stranger.emitOnlineUsers()).error?.kind, 'unauthorized')
  const wrong = await w.server.notify('', { type: 'info', title: 'T', message: 'M' })
  assert.equal(wrong.error?.kind, 'invalid')
  assert.equal(wrong.error?.attempts, 1)
  assert.equal((await w.server.getUser('nobody-knows')).error?.kind, 'not-found')
})

test('a logger that throws changes nothing', async () => {
  const server = createOutrigger({
    url: 'http://127.0.0.1:9',
    secret: 'x'.repeat(40),
    retries: 0,
    onError: () => {
      throw new Error('disk full')
    },
  })
  assert.equal((await server.emitOnlineUsers()).ok, false)
})
