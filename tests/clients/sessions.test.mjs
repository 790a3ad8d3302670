// A user's devices as the app sees them (`contracts/rooms.md` section 4, the sessions routes).

import assert from 'node:assert/strict'
import { disconnection, LEGACY, next, settled } from './support/client.mjs'
import { deviceId, newDevice } from './support/people.mjs'
import { count, iso, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const PATH = '/api/auth/sessions'

async function sessionsOf(rest, reader, who, more = '') {
  const { status, body } = await rest.get(reader, `${PATH}?userId=${who.userId}${more}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.sessions ?? body
}

test('each device of a user is a session, shown without its token', async ({ person, connect, rest }) => {
  const who = person()
  const other = newDevice('Another-Agent/2.0')
  await connect(who)
  await connect(who, { device: other })
  const sessions = await sessionsOf(rest, who, who)
  assert.deepEqual(
    sessions.map((one) => one.deviceId).sort(),
    [deviceId(who.device), deviceId(other)].sort(),
  )
  for (const session of sessions) {
    shape(session, {
      userId: who.userId,
      userAgent: text,
      ipAddress: text,
      createdAt: iso,
      updatedAt: iso,
      expiresAt: iso,
      isActive: true,
    })
    assert.ok(!('token' in session) && !('refreshToken' in session))
    assert.ok(!JSON.stringify(session).includes(who.token))
  }
  const [one] = await sessionsOf(rest, who, who, `&deviceId=${deviceId(other)}`)
  shape(one, { deviceId: deviceId(other), userAgent: other.userAgent, ipAddress: other.ip })
})

test('only the user and an admin see the sessions', async ({ person, connect, rest }) => {
  const [who, stranger, admin] = [person(), person(), person({ admin: true })]
  await connect(who)
  assert.equal((await rest.get(stranger, `${PATH}?userId=${who.userId}`)).status, 403)
  assert.equal((await rest.get(null, `${PATH}?userId=${who.userId}`)).status, 401)
  assert.equal((await sessionsOf(rest, admin, who)).length, 1)
})

test('deleting a device ends its sockets and no others', async ({ person, connect, rest }) => {
  const who = person()
  const stays = newDevice()
  const here = await connect(who)
  const notifications = await connect(who, { path: LEGACY, namespace: '/notifications' })
  const there = await connect(who, { device: stays, auth: { token: who.anotherToken() } })
  const owner = { ...who, token: who.anotherToken() }
  const { status, body } = await rest.remove(owner, `${PATH}?userId=${who.userId}&deviceId=${deviceId(who.device)}`)
  assert.equal(status, 200)
  shape(body, { success: true, deactivatedSessions: 1, message: text })
  for (const socket of [here, notifications]) {
    await next(socket, 'force_logout')
    assert.equal(await disconnection(socket), 'io server disconnect')
  }
  await settled(there)
  assert.ok(there.connected)
  const active = await sessionsOf(rest, owner, who, '&activeOnly=true')
  assert.deepEqual(
    active.map((one) => one.deviceId),
    [deviceId(stays)],
  )
})

test('deleting all devices ends them all', async ({ person, connect, rest }) => {
  const [who, admin] = [person(), person({ admin: true })]
  const sockets = [await connect(who), await connect(who, { device: newDevice() })]
  const { status, body } = await rest.remove(admin, `${PATH}?userId=${who.userId}&allDevices=true`)
  assert.equal(status, 200)
  shape(body, { success: true, deactivatedSessions: count, message: text })
  for (const socket of sockets) assert.equal(await disconnection(socket), 'io server disconnect')
})

test('a device that was logged out and comes back at once is on the list of active ones again', async (given) => {
  const { person, connect, rest, internal } = given
  const who = person()
  const before = await connect(who)
  await internal.post('/internal/force-logout', { userId: who.userId, revoke: false })
  assert.equal(await disconnection(before), 'io server disconnect')
  assert.deepEqual(await sessionsOf(rest, who, who, '&activeOnly=true'), [])
  await connect(who)
  const active = await sessionsOf(rest, who, who, '&activeOnly=true')
  assert.deepEqual(
    active.map((one) => one.deviceId),
    [deviceId(who.device)],
  )
})

test('nobody deletes the sessions of another', async ({ person, connect, rest }) => {
  const [who, stranger] = [person(), person()]
  const socket = await connect(who)
  for (const reader of [stranger, null]) {
    const { status } = await rest.remove(reader, `${PATH}?userId=${who.userId}&allDevices=true`)
    assert.ok([401, 403].includes(status), `answered ${status}`)
  }
  await settled(socket)
  assert.ok(socket.connected)
})
