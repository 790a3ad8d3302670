// Signs of life and who is there, on contract `quiz` (`contracts/quiz.md` sections 1, 2, 3 and 6).

import assert from 'node:assert/strict'
import { ask, forget, next, settled } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { directory, does, DOORS, listed, ownQuiz, passedOver, published, quizSuite, refuses, succeeded, titleOf, told, unheard } from './support/quiz.mjs'
import { iso, shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

/** The list in which that holds. */
const listWhere = async (socket, where) => directory(await next(socket, 'onlineUsers', where))

/** Lists are paced: after so long the last one is out. */
const PACE_MS = 1_000

for (const door of DOORS) {
  test(`everything that is in a ping comes back, and the time of the sidecar: ${titleOf(door)}`, async (world) => {
    const socket = await world.connect(await world.member(), door)
    for (const sent of [
      { timestamp: Date.now() },
      { timestamp: 1, id: 'x', deep: { list: [1, null, 'ü'], flag: false }, serverTime: 'forged', pong: 1 },
      {},
    ]) {
      const before = Date.now()
      const reply = await ask(socket, 'ping', sent)
      const pong = await next(socket, 'pong')
      const { serverTime: _, ...echo } = sent
      const { serverTime, ...rest } = pong
      assert.deepEqual(rest, echo)
      assert.ok(iso(serverTime) && Math.abs(Date.parse(serverTime) - before) < 10_000, serverTime)
      succeeded(reply, { serverTime })
    }
  })
}

test('a ping without anything is answered too, and a huge one is not echoed', async (world) => {
  const socket = await world.connect(await world.member())
  for (const argument of [null, 'x', 7, []]) {
    socket.emit('ping', argument)
    shape(await next(socket, 'pong'), { serverTime: iso })
  }
  socket.emit('ping')
  shape(await next(socket, 'pong'), { serverTime: iso })
  await refuses(socket, 'ping', { much: 'x'.repeat(100_000) }, 'Payload too large')
})

for (const door of DOORS) {
  test(`who comes and goes is told to all others, of the first and the last device: ${titleOf(door)}`, async (world) => {
    const [ada, bob] = [await world.member(), await world.member()]
    const hers = await world.connect(ada, door)
    await forget(hers)
    const his = await world.connect(bob, door)
    assert.deepEqual(Object.keys(shape(await next(hers, 'userOnline', ({ userId }) => userId === bob.userId), { name: bob.name, timestamp: iso })).toSorted(), ['name', 'timestamp', 'userId'])
    const list = await listWhere(hers, (one) => listed(one, bob))
    shape(listed(list, ada), { status: 'online' })
    const second = await world.connect(bob, { ...DOORS[2], device: newDevice() })
    his.disconnect()
    await settled(second)
    await pause(PACE_MS)
    await published(world)
    await settled(hers)
    const about = (event) => told(hers, event).filter(({ userId }) => userId === bob.userId)
    assert.equal(about('userOnline').length, 1, 'not of another device')
    assert.equal(about('userOffline').length, 0, 'one device is left')
    await forget(hers)
    second.disconnect()
    shape(await next(hers, 'userOffline', ({ userId }) => userId === bob.userId), { name: bob.name, timestamp: iso })
    await listWhere(hers, (one) => !listed(one, bob))
    assert.deepEqual(told(his, 'userOnline').filter(({ userId }) => userId === bob.userId), [], 'nobody is told of themselves')
  })
}

test('who has just come is told who is there at once', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  await world.connect(ada)
  const his = await world.connect(bob)
  const [first] = told(his, 'onlineUsers')
  directory(first)
  assert.ok(listed(first, ada) && listed(first, bob))
})

test('a status is shown to all, with any word of the contract and no other', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  for (const status of ['away', 'busy', 'online']) {
    await does(hers, 'updatePresence', status)
    for (const socket of [hers, his]) await listWhere(socket, (one) => listed(one, ada)?.status === status)
  }
  for (const word of ['asleep', '', 'ONLINE', null, 7, {}, ['away'], undefined])
    await passedOver(hers, 'updatePresence', word, 'Invalid status')
  const { users } = await world.app.online()
  assert.equal(users.find(({ userId }) => userId === ada.userId).status, 'online')
})

test('who is invisible is on no list, and looks like gone', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  await listWhere(his, (one) => listed(one, ada))
  // Who comes and goes within one telling is no news.
  await pause(PACE_MS)
  await forget(his)
  await does(hers, 'updatePresence', 'invisible')
  await listWhere(his, (one) => !listed(one, ada))
  shape(await next(his, 'userOffline', ({ userId }) => userId === ada.userId), { name: ada.name })
  const { users, count } = await world.app.online()
  assert.equal(users.length, count)
  assert.equal(users.find(({ userId }) => userId === ada.userId), undefined)
  await pause(PACE_MS)
  await forget(his)
  await does(hers, 'updatePresence', 'online')
  shape(await next(his, 'userOnline', ({ userId }) => userId === ada.userId), { name: ada.name })
  await listWhere(his, (one) => listed(one, ada))
})

test('who hides stays hidden when they come again', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  await does(hers, 'updatePresence', 'invisible')
  await listWhere(his, (one) => !listed(one, ada))
  hers.disconnect()
  await published(world)
  await forget(his)
  const again = await world.connect(ada)
  await pause(PACE_MS)
  await settled(his)
  assert.ok(told(his, 'onlineUsers').slice(-1).every((one) => !listed(one, ada)), 'not on the list')
  await does(again, 'updatePresence', 'online')
  await listWhere(his, (one) => listed(one, ada))
})

test('any event renews the time of the last activity', async (world) => {
  const ada = await world.member()
  const hers = await world.connect(ada)
  const lastActivity = async () => Date.parse((await world.app.online()).users.find(({ userId }) => userId === ada.userId).lastActivity)
  const before = await lastActivity()
  await pause(50)
  for (const [event, argument] of [['ping', {}], ['joinRoom', 'lobby'], ['nonsense', 1]]) {
    const sent = Date.now()
    await pause(5)
    await ask(hers, event, argument)
    await eventually(lastActivity, (at) => at > before && at >= sent - 5, `the activity of ${event}`)
  }
})

test('guests are on no list and see none, nor who comes and goes', async (world) => {
  const ada = await world.member()
  const guest = await world.connectGuest()
  const before = (await world.app.online()).count
  const hers = await world.connect(ada)
  await listWhere(hers, (one) => listed(one, ada))
  const second = await world.connectGuest()
  await pause(PACE_MS)
  assert.equal((await world.app.online()).count, before + 1)
  assert.ok((await world.app.online()).users.every(({ name }) => name !== 'Guest'))
  hers.disconnect()
  await pause(PACE_MS)
  await unheard(world, [guest, second], 'onlineUsers', 'userOnline', 'userOffline')
})

test('newUserConnected shows those who are there again; who it says it is does not matter', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  await pause(PACE_MS)
  for (const socket of [hers, his]) await forget(socket)
  await does(hers, 'newUserConnected', { _id: 'forged', name: 'Forged', email: 'forged@x.example' })
  for (const socket of [hers, his]) {
    const list = await listWhere(socket, (one) => listed(one, ada))
    assert.ok(!JSON.stringify(list).includes('orged'))
  }
})

test('addresses are on no list, not even for admins', async (world) => {
  const ada = await world.member()
  const admin = await world.connect(await world.member('Admin'))
  await world.connect(ada)
  const list = await listWhere(admin, (one) => listed(one, ada))
  assert.ok(!JSON.stringify(list).includes('@'), JSON.stringify(list))
})

test('the list is in order of names, and a new name is shown', async ({ t }) => {
  const world = await ownQuiz(t)
  const [zoe, ann, mia] = [
    await world.member('Visitor', { name: 'Zoë' }),
    await world.member('Visitor', { name: 'ann' }),
    await world.member('Visitor', { name: 'Mia' }),
  ]
  for (const who of [zoe, ann, mia]) await world.connect(who)
  const { users, count, timestamp } = await world.app.online()
  assert.deepEqual(users.map(({ name }) => name), ['ann', 'Mia', 'Zoë'])
  assert.equal(count, 3)
  assert.ok(iso(timestamp))
})

test('many who come and go are told in few lists', async ({ t }) => {
  const world = await ownQuiz(t)
  const watcher = await world.connect(await world.member())
  await forget(watcher)
  const before = told(watcher, 'onlineUsers').length
  const people = await Promise.all(Array.from({ length: 60 }, () => world.member()))
  await Promise.all(people.map((who) => world.connect(who)))
  await listWhere(watcher, ({ count }) => count === 61)
  await pause(PACE_MS)
  const lists = told(watcher, 'onlineUsers').length - before
  assert.ok(lists <= 30, `${lists} lists for 60 people`)
})
