// Who is there, how they are, and who hears of it (`contracts/social.md` sections 1, 2, 6 and 7).

import assert from 'node:assert/strict'
import { ask, forget, next, settled, silent } from './support/client.mjs'
import { pause, PROMPTLY_MS, within } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape } from './support/shape.mjs'
import { DOORS, ownSocial, refuses, say, socialSuite, succeeded, titleOf } from './support/social.mjs'

const { test } = socialSuite(import.meta.url)

const CHANGE = 'user_status_change'
const MOST_CHARACTERS = 50
const AUTO_STOP_MS = 10_000
// From coming or going to the news of it, with what a busy machine adds.
const TICK_MS = 1_000

const about =
  (who) =>
  ({ userId }) =>
    userId === who.userId
const only = (payload, ...keys) => assert.deepEqual(Object.keys(payload).sort(), keys.sort())

async function online(observer, who) {
  const told = await next(observer, CHANGE, about(who))
  only(told, 'userId', 'status', 'timestamp')
  shape(told, { status: 'online', timestamp: iso })
}

async function offline(observer, who) {
  const told = await next(observer, CHANGE, about(who))
  only(told, 'userId', 'status', 'lastSeen', 'timestamp')
  shape(told, { status: 'offline', lastSeen: iso, timestamp: iso })
}

/** Nothing of `who` came, as something that happened later is here already. */
async function unheard(world, observer, who) {
  const marker = world.person()
  await world.connect(marker)
  await online(observer, marker)
  await silent(observer, CHANGE, about(who))
}

// --- coming and going ---------------------------------------------------------------------------

for (const door of DOORS) {
  test(`the first device makes a user online, the last one offline: ${titleOf(door)}`, async (world) => {
    const who = world.person()
    const observer = await world.connect(world.person(), door)
    const first = await world.connect(who, door)
    await online(observer, who)
    const second = await world.connect(who, { ...door, device: newDevice() })
    first.disconnect()
    await unheard(world, observer, who)
    await silent(second, CHANGE, about(who))
    second.disconnect()
    await offline(observer, who)
    await silent(observer, CHANGE, about(who))
  })
}

test('a client that vanishes without a word goes offline as well', async (world) => {
  const who = world.person()
  const observer = await world.connect(world.person())
  const socket = await world.connect(who)
  await online(observer, who)
  socket.io.engine.transport.ws.terminate()
  await offline(observer, who)
})

test('a user of rooms comes and goes for social clients, and the other way round', async (world) => {
  const [one, other] = [world.person(), world.person()]
  const observer = await world.connect(world.person())
  const rooms = await world.connectElsewhere(world.person())
  const main = await world.connectElsewhere(one)
  await online(observer, one)
  const social = await world.connect(other)
  shape(await next(rooms, 'userOnlineStatus', about(other)), { isOnline: true })
  main.disconnect()
  await offline(observer, one)
  social.disconnect()
  shape(await next(rooms, 'userOnlineStatus', about(other)), { isOnline: false })
  await silent(rooms, CHANGE)
  await silent(observer, 'userOnlineStatus')
  await silent(observer, 'getOnlineUsers')
})

test('a crowd that comes at once is told of one by one, and completely', async (world) => {
  const observer = await world.connect(world.person())
  const crowd = Array.from({ length: 40 }, () => world.person())
  await Promise.all(crowd.map((who) => world.connect(who)))
  for (const who of crowd) await online(observer, who)
  for (const who of crowd) await silent(observer, CHANGE, about(who))
})

// --- set_status ---------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`a status is told to the others, not to oneself: ${titleOf(door)}`, async (world) => {
    const who = world.person()
    const observer = await world.connect(world.person(), door)
    const own = [await world.connect(who, door), await world.connect(who, door)]
    await online(observer, who)
    succeeded(await ask(own[0], 'set_status', { status: 'busy' }))
    shape(await next(observer, CHANGE, about(who)), { status: 'busy' })
    for (const socket of own) await silent(socket, CHANGE, about(who))
    await silent(observer, CHANGE, about(who))
  })
}

test('a status is 1 to 50 characters after trimming', async (world) => {
  const who = world.person()
  const observer = await world.connect(world.person())
  const socket = await world.connect(who)
  await online(observer, who)
  for (const status of ['x', 'away for lunch 🍜', '🚣'.repeat(MOST_CHARACTERS), `  ${'x'.repeat(MOST_CHARACTERS)}  `]) {
    succeeded(await ask(socket, 'set_status', { status }))
    shape(await next(observer, CHANGE, about(who)), { status: status.trim() })
  }
  const words = 'Invalid status'
  for (const args of [
    [],
    [null],
    [{}],
    [7],
    [[]],
    [{ status: '' }],
    [{ status: '   ' }],
    [{ status: null }],
    [{ status: 7 }],
    [{ status: ['x'] }],
    [{ status: { $ne: 1 } }],
    [{ status: 'x'.repeat(MOST_CHARACTERS + 1) }],
  ]) {
    await refuses(socket, 'set_status', args, words, 'INVALID')
  }
  await silent(observer, CHANGE, about(who))
})

test('a status is kept: REST shows it, and the app sets it too', async (world) => {
  const [who, observing] = [await world.member(), world.person()]
  const observer = await world.connect(observing)
  await world.connect(who)
  await online(observer, who)
  const { status, body } = await world.internal.put(`/internal/users/${who.userId}/status`, { status: 'in a meeting' })
  assert.equal(status, 200, JSON.stringify(body))
  shape(await next(observer, CHANGE, about(who)), { status: 'in a meeting' })
  const patched = await world.api.patch(who, '/api/users/status', { status: 'back' })
  assert.equal(patched.status, 200, JSON.stringify(patched.body))
  shape(await next(observer, CHANGE, about(who)), { status: 'back' })
})

for (const word of ['invisible', 'offline', 'Invisible', 'OFFLINE']) {
  test(`${word} hides a user from everyone, until another word`, async (world) => {
    const who = await world.member()
    const observing = world.person()
    const observer = await world.connect(observing)
    const rooms = await world.connectElsewhere(world.person())
    const socket = await world.connect(who)
    await online(observer, who)
    await next(rooms, 'userOnlineStatus', about(who))
    succeeded(await ask(socket, 'set_status', { status: word }))
    await offline(observer, who)
    shape(await next(rooms, 'userOnlineStatus', about(who)), { isOnline: false })
    await next(rooms, 'getOnlineUsers', (ids) => !ids.includes(who.userId))
    assert.deepEqual(await ask(rooms, 'checkUserOnline', { userId: who.userId }), { isOnline: false })
    const seen = await world.api.get(observing, `/api/users/${who.userId}/status`)
    shape(seen.body.userStatus, { isOnline: false, status: 'offline' })
    await silent(socket, CHANGE, about(who))

    succeeded(await ask(socket, 'set_status', { status: 'here' }))
    await next(observer, CHANGE, about(who))
    shape(await next(rooms, 'userOnlineStatus', about(who)), { isOnline: true })
    assert.deepEqual(await ask(rooms, 'checkUserOnline', { userId: who.userId }), { isOnline: true })
    const again = await world.api.get(observing, `/api/users/${who.userId}/status`)
    shape(again.body.userStatus, { isOnline: true, status: 'online' })
  })
}

test('who is hidden still gets everything', async (world) => {
  const [who, ada] = [await world.member(), await world.member()]
  const [socket, from] = [await world.connect(who), await world.connect(ada)]
  succeeded(await ask(socket, 'set_status', { status: 'invisible' }))
  await say(from, who, 'I know you are there')
  await next(socket, 'receive_message')
  await ask(from, 'typing_start', { receiverId: who.userId })
  await next(socket, 'user_typing')
})

test('who is hidden comes and goes unheard, also after a restart', async ({ t }) => {
  const world = await ownSocial(t)
  const who = world.person()
  const socket = await world.connect(who)
  succeeded(await ask(socket, 'set_status', { status: 'invisible' }))
  socket.disconnect()
  world.sidecar().signal('SIGKILL')
  await within(world.sidecar().exited, 'the killed process to be gone')
  await world.again()
  const observer = await world.connect(world.person())
  const rooms = await world.connectElsewhere(world.person())
  const back = await world.connect(who)
  await unheard(world, observer, who)
  assert.deepEqual(await ask(rooms, 'checkUserOnline', { userId: who.userId }), { isOnline: false })
  back.disconnect()
  await unheard(world, observer, who)
})

test('who is hidden leaves no trace of when they were here', async (world) => {
  const [who, asking] = [await world.member(), await world.member()]
  const status = async () => (await world.api.get(asking, `/api/users/${who.userId}/status`)).body.userStatus
  const observer = await world.connect(asking)
  const rooms = await world.connectElsewhere(world.person())
  const socket = await world.connect(who)
  await online(observer, who)
  succeeded(await ask(socket, 'set_status', { status: 'invisible' }))
  await offline(observer, who)
  await next(rooms, 'userOnlineStatus', ({ userId, isOnline }) => userId === who.userId && !isOnline)
  const { lastSeen } = shape(await status(), { isOnline: false, status: 'offline', lastSeen: iso })
  await forget(rooms)
  const second = await world.connectElsewhere(who)
  for (const one of [socket, second]) one.disconnect()
  await world.connect(who)
  await unheard(world, observer, who)
  await silent(rooms, 'userOnlineStatus', about(who))
  await silent(rooms, 'getOnlineUsers', (ids) => ids.includes(who.userId))
  shape(await status(), { isOnline: false, status: 'offline', lastSeen })
})

// --- who hears of it ----------------------------------------------------------------------------

const follow = ({ internal }, who, followers) =>
  internal.put(`/internal/users/${who.userId}/followers`, { followers: followers.map(({ userId }) => userId) })

/** A follower, a partner of a conversation and a stranger of one user. */
async function circle(world) {
  const [who, follower, partner, stranger] = [
    await world.member(),
    await world.member(),
    await world.member(),
    await world.member(),
  ]
  const sockets = [await world.connect(follower), await world.connect(partner), await world.connect(stranger)]
  await say(sockets[1], who, 'we know each other')
  return { who, follower, sockets }
}

test('followers and partners hear of a user whose followers are known, strangers do not', async (world) => {
  const { who, follower, sockets } = await circle(world)
  const [following, talking, strange] = sockets
  const { status } = await follow(world, who, [follower])
  assert.equal(status, 200)
  const { body } = await world.internal.get(`/internal/users/${who.userId}/followers`)
  shape(body, { followers: [follower.userId] })
  const socket = await world.connect(who)
  for (const observer of [following, talking]) await online(observer, who)
  succeeded(await ask(socket, 'set_status', { status: 'writing' }))
  for (const observer of [following, talking]) shape(await next(observer, CHANGE, about(who)), { status: 'writing' })
  socket.disconnect()
  for (const observer of [following, talking]) await offline(observer, who)
  await unheard(world, strange, who)
})

test('without any follower the partners hear, and no one else', async (world) => {
  const { who, sockets } = await circle(world)
  await follow(world, who, [])
  await world.connect(who)
  await online(sockets[1], who)
  for (const observer of [sockets[0], sockets[2]]) await unheard(world, observer, who)
})

test('the last list of followers counts', async (world) => {
  const { who, follower, sockets } = await circle(world)
  const [following, , strange] = sockets
  await follow(world, who, [follower])
  await follow(world, who, [])
  const socket = await world.connect(who)
  await unheard(world, following, who)
  await follow(world, who, [follower])
  await ask(socket, 'set_status', { status: 'followed again' })
  shape(await next(following, CHANGE, about(who)), { status: 'followed again' })
  await unheard(world, strange, who)
})

test('everyone hears where the settings say so', async ({ t }) => {
  const world = await ownSocial(t, { SOCIAL_STATUS_AUDIENCE: 'everyone' })
  const { who, follower, sockets } = await circle(world)
  await follow(world, who, [follower])
  const socket = await world.connect(who)
  for (const observer of sockets) await online(observer, who)
  await ask(socket, 'set_status', { status: 'loud' })
  for (const observer of sockets) shape(await next(observer, CHANGE, about(who)), { status: 'loud' })
})

// --- typing that ends by itself -----------------------------------------------------------------

async function typist(world) {
  const [ada, bob] = [await world.member(), await world.member()]
  const [from, to] = [await world.connect(ada), await world.connect(bob)]
  const start = async () => {
    await ask(from, 'typing_start', { receiverId: bob.userId })
    await next(to, 'user_typing')
  }
  return { ada, bob, from, to, start }
}

test('typing that is not renewed stops ten seconds later, once', async (world) => {
  const { ada, to, start } = await typist(world)
  await start()
  const since = performance.now()
  assert.deepEqual(await next(to, 'user_stopped_typing', undefined, AUTO_STOP_MS + 3_000), { userId: ada.userId })
  const took = performance.now() - since
  assert.ok(took > AUTO_STOP_MS - 300 && took < AUTO_STOP_MS + 2_500, `stopped after ${took.toFixed()} ms`)
  await pause(TICK_MS)
  await silent(to, 'user_stopped_typing')
})

test('typing that is renewed goes on', async (world) => {
  const { to, start } = await typist(world)
  await start()
  const since = performance.now()
  await pause(6_000)
  await start()
  await next(to, 'user_stopped_typing', undefined, AUTO_STOP_MS + PROMPTLY_MS)
  const took = performance.now() - since
  assert.ok(took > 6_000 + AUTO_STOP_MS - 300, `stopped after ${took.toFixed()} ms`)
})

test('typing that was stopped does not stop again', async (world) => {
  const { bob, from, to, start } = await typist(world)
  await start()
  await ask(from, 'typing_stop', { receiverId: bob.userId })
  await next(to, 'user_stopped_typing', undefined, PROMPTLY_MS)
  await pause(AUTO_STOP_MS + TICK_MS)
  await silent(to, 'user_stopped_typing')
})

test('who is gone does not type any more, unless another device is there', async (world) => {
  const { ada, from, to, start } = await typist(world)
  await start()
  const sibling = await world.connect(ada, { device: newDevice() })
  from.disconnect()
  await settled(sibling)
  await silent(to, 'user_stopped_typing')
  sibling.disconnect()
  assert.deepEqual(await next(to, 'user_stopped_typing', undefined, PROMPTLY_MS), { userId: ada.userId })
})

test('a user without a name types all the same', async (world) => {
  const [ada, bob] = [world.person(), await world.member()]
  const [from, to] = [await world.connect(ada), await world.connect(bob)]
  await ask(from, 'typing_start', { receiverId: bob.userId })
  assert.deepEqual(await next(to, 'user_typing'), { userId: ada.userId, username: null })
})
