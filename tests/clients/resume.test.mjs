// Missing nothing: what a client is told when it says where it was (`docs/RESUME.md`).

import assert from 'node:assert/strict'
import {
  ask,
  connected,
  disconnection,
  forget,
  heard,
  LEGACY,
  next,
  nextWhole,
  ROOMS,
  settled,
  silent,
  VERSIONS,
} from './support/client.mjs'
import { eventually, pause, within } from './support/deadline.mjs'
import { assertRising, cut, follower, isLate, isMarked, markOf, payloads, POSITION, RESET, RESUME } from './support/feed.mjs'
import { chatOf, newDevice } from './support/people.mjs'
import { accepted, iso, rejected, shape, text } from './support/shape.mjs'
import { ownProcess, suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

/** A process of its own that stops quickly. */
const quickly = (t, settings = {}) => ownProcess(t, { RATE_LIMITS: 'off', SHUTDOWN_DRAIN_MS: '100', ...settings })

/** Where messages come, on each of the paths. */
const DOORS = [
  { title: 'rooms on /api/socket', path: ROOMS, namespace: '/' },
  { title: 'rooms on /socket.io', path: '/socket.io', namespace: '/' },
  { title: 'legacy /messenger', path: LEGACY, namespace: '/messenger' },
]
const AUTH = { path: LEGACY, namespace: '/auth' }
const MESSENGER = { path: LEGACY, namespace: '/messenger' }
const NOTIFICATIONS = { path: LEGACY, namespace: '/notifications' }
const OWN_WORDS = [RESUME, RESET, POSITION]

/** Two people whom the sidecar knows, and the ways to reach them. */
async function pair({ known, rest, internal }) {
  const [ada, bob] = [await known(), await known()]
  const send = async (from, to, line) => {
    const { status, body } = await rest.post(from, `/api/messages/send/${to.userId}`, { text: line })
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }
  const emit = async (who, n, more = {}) => {
    const call = { userId: who.userId, event: 'news', data: { n }, durable: true, ...more }
    const { status, body } = await internal.post('/internal/send-to-user', call)
    assert.equal(status, 200, JSON.stringify(body))
  }
  const notify = async (who, title) => {
    const call = { userId: who.userId, type: 'order', title, message: 'm' }
    assert.equal((await internal.post('/internal/notify', call)).status, 200)
  }
  return { ada, bob, send, emit, notify }
}

const numbers = (total, first = 0) => Array.from({ length: total }, (_, index) => first + index)
const names = (events) => events.map(({ event }) => event)
const texts = (events) => events.map(({ args }) => args[0].text)
const figures = (events) => events.map(({ args }) => args[0].n)

// --- who says nothing, and who asks for the first time --------------------------------------------

test('a stock client that says nothing sees nothing of the feed', async ({ t }) => {
  const world = await quickly(t, { APP_PING_INTERVAL_MS: '200' })
  const { ada, bob, send, emit, notify } = await pair(world)
  const sockets = []
  for (const version of Object.keys(VERSIONS)) {
    for (const door of [...DOORS, AUTH, NOTIFICATIONS]) {
      for (const transports of [['websocket'], ['polling']]) {
        sockets.push(await world.connect(bob, { ...door, version, transports }))
      }
    }
  }
  await send(ada, bob, 'a message')
  const own = await send(bob, ada, 'one of my own')
  await emit(bob, 1)
  await notify(bob, 'a notification')
  await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: ['Lead'] })
  await world.internal.post('/internal/emit-user-status-change', { userId: bob.userId, status: true })
  const reader = await world.connect(ada)
  accepted(await ask(reader, 'messageRead', { messageId: own._id, senderId: bob.userId }))
  await pause(500)
  for (const socket of sockets) {
    await settled(socket)
    const events = heard(socket).filter(({ event }) => !event.startsWith('@'))
    assert.ok(events.length > 0)
    for (const { event, args } of events) {
      assert.ok(args.length <= 1, `${event} has ${args.length} arguments`)
      assert.ok(!OWN_WORDS.includes(event), `${event} was not asked for`)
    }
  }
})

test('live durable events carry their mark behind the payload, and it grows', async (world) => {
  const { ada, bob, send, emit } = await pair(world)
  const [first, second] = [follower(world, bob), follower(world, bob, { device: newDevice() })]
  await Promise.all([first.come(), second.come()])
  await send(ada, bob, 'one')
  await send(bob, ada, 'two')
  await emit(bob, 3)
  await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: ['Lead'] })
  const events = await first.live()
  assert.deepEqual(names(events), ['newMessage', 'messageSent', 'news', 'designationsUpdated'])
  assertRising(events)
  for (const { args } of events) assert.equal(args.length, 2)
  assert.deepEqual(await second.live(), events, 'every device is told the same marks')
})

test('the numbers of a feed are its own: 1, 2, 3', async (world) => {
  const { ada, bob, send } = await pair(world)
  const [hers, his] = [follower(world, ada), follower(world, bob)]
  await Promise.all([hers.come(), his.come()])
  for (const line of ['a', 'b', 'c']) await send(ada, bob, line)
  for (const device of [hers, his]) assert.deepEqual((await device.live()).map(markOf), [1, 2, 3])
})

test('events of state carry no mark', async (world) => {
  const { ada, bob, notify } = await pair(world)
  const rooms = follower(world, bob)
  const legacy = follower(world, bob, NOTIFICATIONS)
  await Promise.all([rooms.come(), legacy.come()])
  const other = await world.connect(ada)
  accepted(await ask(other, 'typing', { receiverId: bob.userId, isTyping: true }))
  await world.internal.post('/internal/emit-token-update', { userId: bob.userId, newToken: bob.anotherToken() })
  await world.internal.post('/internal/send-to-user', { userId: bob.userId, event: 'passing', data: {} })
  await notify(bob, 'counted')
  for (const [device, event] of [
    [rooms, 'userTyping'],
    [rooms, 'getOnlineUsers'],
    [rooms, 'tokenUpdated'],
    [rooms, 'passing'],
    [legacy, 'unreadCount'],
  ]) {
    assert.equal((await nextWhole(device.socket, event)).length, 1, event)
  }
})

for (const version of Object.keys(VERSIONS)) {
  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
    for (const { title, ...door } of DOORS) {
      const client = `client ${version} over ${transports.join(' then ')} on ${title}`

      test(`${client}: begins at the end, then is told what it missed`, async (world) => {
        const { ada, bob, send } = await pair(world)
        await send(ada, bob, 'before')
        const device = follower(world, bob, { ...door, version, transports })
        const first = await device.come()
        shape(first, { recovered: false, missed: 0, chats: [] })
        assert.ok(first.to >= 1, 'the feed has begun already')
        await send(ada, bob, 'live')
        assert.deepEqual(texts(await device.live()), ['live'])
        await device.leave()

        const sent = []
        for (const n of numbers(5)) sent.push(await send(...(n % 3 === 2 ? [bob, ada] : [ada, bob]), `missed ${n}`))
        const back = await device.come()
        shape(back, { recovered: true, missed: 5, feed: first.feed, chats: [] })
        assert.deepEqual(names(back.replayed), ['newMessage', 'newMessage', 'messageSent', 'newMessage', 'newMessage'])
        for (const [index, document] of sent.entries()) {
          shape(back.replayed[index].args[0], { ...document, timestamp: iso })
        }

        await send(ada, bob, 'live again')
        const [live] = await device.live()
        assert.equal(live.args[0].text, 'live again')
        assert.ok(markOf(live) > back.to)
        await device.leave()
        shape(await device.come(), { recovered: true, missed: 0 })
        assert.equal(device.all.length, 7, 'nothing came twice')
      })
    }
  }
}

test('a replayed event is the same, to the letter, as a live one', async (world) => {
  const { ada, bob, send, emit, notify } = await pair(world)
  const [away, there] = [follower(world, bob), follower(world, bob, { device: newDevice() })]
  await Promise.all([away.come(), there.come()])
  await away.leave()
  await send(ada, bob, 'Grüße 👩‍👩‍👧 \u202Eنص "quoted" \\ back\nline </script>')
  await send(bob, ada, 'mine')
  await emit(bob, 1, { data: { n: 1, deep: [1, 'two', null, { three: 3.5 }] } })
  await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: ['Ünïcode'] })
  await notify(bob, 'Grüße "quoted"')
  const { replayed } = await away.come()
  assert.equal(replayed.length, 5)
  assert.deepEqual(replayed, await there.live())
})

test('a client that never got an event misses nothing', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  shape(await device.come(), { recovered: false, to: 0 })
  await device.leave()
  for (const n of numbers(3)) await send(ada, bob, `${n}`)
  const back = await device.come()
  shape(back, { recovered: true, from: 0, missed: 3 })
  assert.deepEqual(texts(back.replayed), ['0', '1', '2'])
})

test('a position that was reached long ago is as good as a new one', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  const begin = device.position
  for (const n of numbers(4)) await send(ada, bob, `${n}`)
  await device.live()
  await device.leave()
  const again = follower(world, bob, { from: begin })
  assert.deepEqual(texts((await again.come()).replayed), ['0', '1', '2', '3'])
})

test('two devices are at positions of their own', async (world) => {
  const { ada, bob, send } = await pair(world)
  const [early, late] = [follower(world, bob), follower(world, bob, { device: newDevice(), transports: ['polling'] })]
  await Promise.all([early.come(), late.come()])
  await send(ada, bob, 'both')
  assert.equal((await early.live()).length, 1)
  await early.leave()
  await send(ada, bob, 'late alone')
  assert.equal((await late.live()).length, 2)
  await late.leave()
  await send(ada, bob, 'neither')
  assert.deepEqual(texts((await early.come()).replayed), ['late alone', 'neither'])
  assert.deepEqual(texts((await late.come()).replayed), ['neither'])
  assert.deepEqual(texts(early.all), texts(late.all), 'and in the end both have all of it, once')
})

test('what is replayed to one device disturbs no other one of the user', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  const [plain, asking] = [await world.connect(bob), follower(world, bob, { device: newDevice() })]
  await asking.come()
  await send(ada, bob, 'once')
  await next(plain, 'newMessage')
  shape(await device.come(), { missed: 1 })
  await silent(plain, 'newMessage')
  assert.equal((await asking.live()).length, 1)
})

test('each socket of a client that reconnects by itself is asked for its position anew', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob, { reconnection: true })
  await device.come()
  for (const n of numbers(3)) {
    cut(device.socket)
    await disconnection(device.socket)
    await send(ada, bob, `gap ${n}`)
    const { recovered, replayed } = await device.answer()
    assert.equal(recovered, true)
    await send(ada, bob, `live ${n}`)
    assert.deepEqual(texts([...replayed, ...(await device.live())]), [`gap ${n}`, `live ${n}`])
  }
})

// --- which events wait, and which do not ------------------------------------------------------------

test('notifications wait on /notifications, and the count that comes is the present one', async (world) => {
  const { bob, notify } = await pair(world)
  const device = follower(world, bob, NOTIFICATIONS)
  await device.come()
  await device.leave()
  for (const title of ['first', 'second', 'third']) await notify(bob, title)
  const back = await device.come()
  assert.deepEqual(
    payloads(back.replayed, 'notification').map(({ title }) => title),
    ['first', 'second', 'third'],
  )
  for (const one of payloads(back.replayed)) shape(one, { id: text, type: 'order', read: false, timestamp: iso })
  assert.equal(back.missed, 3)
  await settled(device.socket)
  const counts = heard(device.socket).filter(({ event }) => event === 'unreadCount')
  assert.deepEqual(counts.at(-1).args, [{ count: 3 }])
})

test('a notification read on one device is told to the other when it is back, and not to itself', async (world) => {
  const { bob, notify } = await pair(world)
  const here = follower(world, bob, NOTIFICATIONS)
  const there = follower(world, bob, { ...NOTIFICATIONS, device: newDevice() })
  await Promise.all([here.come(), there.come()])
  await notify(bob, 'read me')
  const { id } = await next(here.socket, 'notification')
  await there.live()
  await there.leave()
  const before = here.position
  shape(await ask(here.socket, 'markNotificationRead', { notificationId: id }), { success: true })
  const { replayed } = await there.come()
  assert.deepEqual(names(replayed), ['notificationRead'])
  shape(replayed[0].args[0], { notificationId: id, timestamp: iso })
  await here.leave()
  const again = follower(world, bob, { ...NOTIFICATIONS, from: before })
  shape(await again.come(), { recovered: true, missed: 0 })
})

test('a read receipt waits for the sender', async (world) => {
  for (const door of [DOORS[0], MESSENGER]) {
    const { ada, bob, send } = await pair(world)
    const device = follower(world, ada, door)
    await device.come()
    const sent = await send(ada, bob, 'read me')
    await device.live()
    await device.leave()
    const reader = await world.connect(bob)
    accepted(await ask(reader, 'messageRead', { messageId: sent._id, senderId: ada.userId }))
    const { replayed } = await device.come()
    assert.deepEqual(names(replayed), ['messageReadReceipt'])
    shape(replayed[0].args[0], { messageId: sent._id, readBy: bob.userId, readAt: iso })
  }
})

test('a message that was read meanwhile is replayed as read', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  const [first, second] = [await send(ada, bob, 'read elsewhere'), await send(ada, bob, 'still unread')]
  const elsewhere = await world.connect(bob, { device: newDevice() })
  accepted(await ask(elsewhere, 'messageRead', { messageId: first._id, senderId: ada.userId }))
  const messages = payloads((await device.come()).replayed, 'newMessage')
  shape(messages[0], { _id: first._id, isRead: true, status: 'read' })
  shape(messages[1], { _id: second._id, isRead: false })
  const { feed } = await followed(world, ada)
  const sender = follower(world, ada, { from: { seq: 0, feed } })
  shape(payloads((await sender.come()).replayed, 'messageSent')[0], { _id: first._id, isRead: true, status: 'read' })
})

/** The feed of a user as a new device is told of it. */
async function followed(world, who) {
  const device = follower(world, who, { device: newDevice() })
  const said = await device.come()
  await device.leave()
  return said
}

test('news of the account wait, on both systems', async (world) => {
  const { bob } = await pair(world)
  const devices = [follower(world, bob), follower(world, bob, AUTH)]
  await Promise.all(devices.map((device) => device.come()))
  await Promise.all(devices.map((device) => device.leave()))
  await world.internal.post('/internal/emit-user-status-change', { userId: bob.userId, status: true })
  await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: ['Lead'] })
  for (const device of devices) {
    const { replayed } = await device.come()
    assert.deepEqual(names(replayed), ['userStatusChanged', 'designationsUpdated'])
    shape(replayed[0].args[0], { status: true, reason: 'Account activated by admin', timestamp: iso })
    shape(replayed[1].args[0], { designations: ['Lead'], timestamp: iso })
  }
})

test('events of the app wait if it says so, and not else', async (world) => {
  const { ada, bob, emit } = await pair(world)
  const [his, hers] = [follower(world, bob), follower(world, ada)]
  await Promise.all([his.come(), hers.come()])
  await Promise.all([his.leave(), hers.leave()])
  await emit(bob, 1)
  await emit(bob, 2, { durable: false })
  const both = { userIds: [ada.userId, bob.userId, ada.userId], event: 'news', data: { n: 3 } }
  assert.equal((await world.internal.post('/internal/send-to-users', { ...both, durable: true })).status, 200)
  await world.internal.post('/internal/send-to-users', { ...both, data: { n: 4 } })
  await world.internal.post('/internal/send-to-all', { event: 'news', data: { n: 5 } })
  const { replayed } = await his.come()
  assert.deepEqual(figures(replayed), [1, 3])
  assert.deepEqual(figures((await hers.come()).replayed), [3])
})

test('a durable event of the app waits only where it was meant to arrive', async (world) => {
  const { bob, emit } = await pair(world)
  const rooms = follower(world, bob)
  const auth = follower(world, bob, AUTH)
  const messenger = follower(world, bob, MESSENGER)
  const notifications = follower(world, bob, NOTIFICATIONS)
  const all = [rooms, auth, messenger, notifications]
  for (const device of all) await device.come()
  const tell = async () => {
    await emit(bob, 1)
    await emit(bob, 2, { contract: 'rooms' })
    await emit(bob, 3, { contract: 'legacy' })
    await emit(bob, 4, { contract: 'legacy', namespace: '/messenger' })
    await emit(bob, 5, { contract: 'legacy', namespace: '/auth' })
  }
  await tell()
  const live = []
  for (const device of all) live.push(figures(await device.live()))
  assert.deepEqual(live, [[1, 2], [5], [4], [1, 3]])
  for (const device of all) await device.leave()
  await tell()
  const replayed = []
  for (const device of all) replayed.push(figures((await device.come()).replayed))
  assert.deepEqual(replayed, live, 'what is replayed is what a live one would have got')
})

test('only what is for users can be durable', async ({ internal, person }) => {
  const call = { event: 'news', data: {}, durable: true }
  for (const [path, body] of [
    ['send-to-all', call],
    ['send-to-role', { ...call, role: 'admin' }],
    ['send-to-room', { ...call, room: `chat_x-${person().userId}` }],
  ]) {
    const { status, body: answer } = await internal.post(`/internal/${path}`, body)
    assert.equal(status, 400, path)
    shape(answer, { error: text })
  }
})

test('typing and presence are not told afterwards; who is online now is', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  const other = await world.connect(ada)
  accepted(await ask(other, 'typing', { receiverId: bob.userId, isTyping: true }))
  await world.internal.post('/internal/emit-token-update', { userId: bob.userId, newToken: bob.anotherToken() })
  await send(ada, bob, 'the only one')
  const back = await device.come()
  assert.deepEqual(names(back.replayed), ['newMessage'])
  const online = await next(device.socket, 'getOnlineUsers', (ids) => ids.includes(ada.userId))
  assert.ok(online.includes(bob.userId))
  await silent(device.socket, 'userTyping')
  await silent(device.socket, 'tokenUpdated')
})

// --- chats --------------------------------------------------------------------------------------------

/** Two people in two chats of the app's and in that of their ids; `say` speaks in one of them. */
async function chatting(world) {
  const { ada, bob, ...more } = await pair(world)
  const [team, club] = [`team-${ada.userId}`, `club-${ada.userId}`]
  for (const chatId of [team, club]) {
    const { status } = await world.internal.post(`/internal/rooms/chat_${chatId}/grant`, {
      userIds: [ada.userId, bob.userId],
    })
    assert.equal(status, 200)
  }
  const two = chatOf(ada, bob)
  const speaker = await world.connect(ada)
  for (const chatId of [team, club, two]) accepted(await ask(speaker, 'joinChatRoom', { chatId }))
  const say = async (chatId, message) => accepted(await ask(speaker, 'sendChatMessage', { chatId, message }))
  return { ada, bob, ...more, team, club, two, say, speaker }
}

const said = (events) => events.map(({ args }) => args[0].message)

test('chats that are named are joined again, replayed and live', async (world) => {
  const { ada, bob, team, club, two, say } = await chatting(world)
  const device = follower(world, bob, { chats: [team, two] })
  await device.come()
  for (const chatId of [team, club, two]) accepted(await ask(device.socket, 'joinChatRoom', { chatId }))
  await say(team, 'live in team')
  const [live] = await device.live()
  assert.equal(live.args[0].message, 'live in team')
  assert.equal(live.args.length, 2, 'a message of a chat is durable')
  await device.leave()
  await say(team, 'missed in team')
  await say(club, 'missed in club')
  await say(two, 'missed by two')
  const back = await device.come()
  assert.deepEqual(back.chats.toSorted(), [team, two].toSorted())
  assert.deepEqual(names(back.replayed), ['receiveChatMessage', 'receiveChatMessage'])
  assert.deepEqual(said(back.replayed), ['missed in team', 'missed by two'])
  for (const one of payloads(back.replayed)) shape(one, { userId: ada.userId, message: text, timestamp: iso })
  for (const chatId of [club, two, team]) await say(chatId, `now in ${chatId}`)
  assert.deepEqual(said(await device.live()), [`now in ${two}`, `now in ${team}`])
  accepted(await ask(device.socket, 'sendChatMessage', { chatId: team, message: 'I am in' }))
})

test('a chat is not joined again by who may no longer be in it, and nothing of it is told', async (world) => {
  const { bob, team, club, say } = await chatting(world)
  const device = follower(world, bob, { chats: [team, club] })
  await device.come()
  for (const chatId of [team, club]) accepted(await ask(device.socket, 'joinChatRoom', { chatId }))
  await device.leave()
  await say(team, 'while he was a member')
  await say(club, 'while he was a member')
  await world.internal.post(`/internal/rooms/chat_${team}/revoke`, { userIds: [bob.userId] })
  await say(team, 'without him')
  const back = await device.come()
  assert.deepEqual(back.chats, [club])
  assert.deepEqual(said(back.replayed), ['while he was a member'])
  await say(team, 'still without him')
  await say(club, 'with him')
  assert.deepEqual(said(await device.live()), ['with him'])
})

test('what was said in a chat while he was no member stays unknown to who is one again', async (world) => {
  const { bob, team, say } = await chatting(world)
  const device = follower(world, bob, { chats: [team] })
  await device.come()
  await device.leave()
  const members = { userIds: [bob.userId] }
  await say(team, 'before')
  await world.internal.post(`/internal/rooms/chat_${team}/revoke`, members)
  await say(team, 'without him')
  await world.internal.post(`/internal/rooms/chat_${team}/grant`, members)
  await say(team, 'after')
  assert.deepEqual(said((await device.come()).replayed), ['before', 'after'])
})

test('a chat goes on where it was across reconnects, each message once and in order', async (world) => {
  const { bob, team, say } = await chatting(world)
  const device = follower(world, bob, { chats: [team], reconnection: true })
  await device.come()
  accepted(await ask(device.socket, 'joinChatRoom', { chatId: team }))
  let talking = true
  const spoken = []
  const talk = (async () => {
    while (talking) {
      spoken.push(`${spoken.length}`)
      await say(team, spoken.at(-1))
    }
  })()
  for (const round of numbers(8)) {
    await pause(10 + 15 * round)
    cut(device.socket)
    await disconnection(device.socket)
    const { recovered, chats } = await device.answer()
    assert.deepEqual([recovered, chats], [true, [team]])
  }
  talking = false
  await talk
  await device.live()
  assertRising(device.all)
  assert.deepEqual(said(device.all), spoken)
})

test('nobody gets into a chat by resuming', async (world) => {
  const { ada, bob, team, two, say } = await chatting(world)
  const stranger = await world.known()
  const chats = [team, two, `chat_${team}`, `user_${bob.userId}`, bob.userId, 'no-such-chat']
  const device = follower(world, stranger, { chats })
  await device.come()
  await device.leave()
  await say(team, 'between members')
  await say(two, 'between two')
  const back = await device.come()
  shape(back, { recovered: true, missed: 0, chats: [] })
  await say(team, 'live between members')
  assert.deepEqual(await device.live(), [])
  rejected(await ask(device.socket, 'sendChatMessage', { chatId: two, message: `let me in, ${ada.userId}` }))
})

test('chats are replayed on /messenger to its own words', async (world) => {
  const { bob, team, say } = await chatting(world)
  const device = follower(world, bob, { ...MESSENGER, chats: [team] })
  await device.come()
  accepted(await ask(device.socket, 'joinChatRoom', { chatId: team }))
  await say(team, 'live')
  const live = names(await device.live())
  await device.leave()
  await say(team, 'missed')
  const back = await device.come()
  assert.deepEqual(back.chats, [team])
  assert.deepEqual(names(back.replayed), live, 'what is replayed is what a live one gets')
})

// --- what cannot be resumed ---------------------------------------------------------------------------

test("another user's feed is unknown, also with the same number", async (world) => {
  const { ada, bob, send } = await pair(world)
  const [his, hers] = [follower(world, bob), follower(world, ada)]
  await Promise.all([his.come(), hers.come()])
  for (const line of ['secret one', 'secret two']) await send(ada, bob, line)
  await Promise.all([his.live(), hers.live()])
  await Promise.all([his.leave(), hers.leave()])
  await send(ada, bob, 'secret three')
  assert.notEqual(his.position.feed, hers.position.feed)
  const thief = follower(world, await world.known(), { from: his.position })
  shape(await thief.come(), { reason: 'unknown' })
  const mixed = follower(world, ada, { from: { seq: 1, feed: his.position.feed } })
  const said = await mixed.come()
  shape(said, { reason: 'unknown', feed: hers.position.feed })
  await send(ada, bob, 'live')
  assert.deepEqual(names(await mixed.live()), ['messageSent'], 'after a reset what happens is told')
  await mixed.leave()
  await send(ada, bob, 'missed')
  assert.deepEqual(texts((await mixed.come()).replayed), ['missed'], 'and the new position holds')
})

test('a position that the feed has not reached is unknown', async (world) => {
  const { ada, bob, send } = await pair(world)
  const { feed } = await followed(world, bob)
  await send(ada, bob, 'one')
  const device = follower(world, bob, { from: { seq: 2, feed } })
  shape(await device.come(), { reason: 'unknown', to: 1, feed })
  await send(ada, bob, 'two')
  assert.deepEqual((await device.live()).map(markOf), [2])
})

test('what is no position is invalid, and harms nothing', async (world) => {
  const { ada, bob, send } = await pair(world)
  const { feed } = await followed(world, bob)
  await send(ada, bob, 'one')
  const malformed = [
    7,
    'text',
    true,
    [],
    [1, feed],
    { seq: '0', feed },
    { seq: -1, feed },
    { seq: 0.5, feed },
    { seq: 1e300, feed },
    { seq: 0, feed: 7 },
    { seq: 0, feed, chats: 'all' },
    { seq: 0, feed, chats: [7] },
    { seq: 0, feed, chats: { 0: 'x' } },
    { seq: { $gt: 0 }, feed },
  ]
  const answers = []
  for (const from of malformed) {
    const device = follower(world, bob, { auth: (show) => show({ token: bob.token, resume: from }) })
    const { reason, to } = await device.come()
    answers.push(`${JSON.stringify(from).slice(0, 60)} → ${reason} ${to}`)
    await send(ada, bob, `live ${answers.length}`)
    assert.equal((await device.live()).length, 1, 'live events come afterwards')
    await device.leave()
  }
  assert.deepEqual(
    answers,
    malformed.map((from, index) => `${JSON.stringify(from).slice(0, 60)} → invalid ${index + 1}`),
  )
})

test('a position is good without the name of its feed; without a number it is none yet', async (world) => {
  const { bob, emit } = await pair(world)
  for (const n of numbers(3)) await emit(bob, n)
  const resuming = (resume) => follower(world, bob, { auth: (show) => show({ token: bob.token, resume }) })
  const named = await resuming({ seq: 1 }).come()
  assert.equal(named.recovered, true)
  assert.deepEqual(figures(named.replayed), [1, 2])
  shape(await resuming({ seq: 4 }).come(), { reason: 'unknown' })
  for (const none of [{}, { seq: null }, { seq: null, feed: named.feed }, { chats: [] }]) {
    shape(await resuming(none).come(), { recovered: false, to: 3, missed: 0 })
  }
})

test('a client without a position is in the chats it names, from now on', async (world) => {
  const { bob, team, club, say } = await chatting(world)
  await say(team, 'long ago')
  const resume = { chats: [team, 'no-chat-of-his'] }
  const device = follower(world, bob, { auth: (show) => show({ token: bob.token, resume }) })
  shape(await device.come(), { recovered: false, missed: 0, chats: [team] })
  for (const chatId of [club, team]) await say(chatId, `now in ${chatId}`)
  assert.deepEqual(said(await device.live()), [`now in ${team}`])
})

test('more chats than a hundred are no position', async (world) => {
  const { bob } = await pair(world)
  const { to: seq, feed } = await followed(world, bob)
  for (const [total, expected] of [
    [100, { recovered: true, chats: [] }],
    [101, { reason: 'invalid' }],
  ]) {
    const chats = numbers(total).map((n) => `chat-${n}`)
    shape(await follower(world, bob, { from: { seq, feed }, chats }).come(), expected)
  }
})

test('who is further behind than what is kept is told so, and who is not is told all', async ({ t }) => {
  const world = await quickly(t, { FEED_KEEP_EVENTS: '10' })
  const { bob, emit } = await pair(world)
  const [far, near] = [follower(world, bob), follower(world, bob, { device: newDevice() })]
  await far.come()
  await far.leave()
  for (const n of numbers(190)) await emit(bob, n)
  shape(await near.come(), { recovered: false, to: 190 })
  await near.leave()
  for (const n of numbers(10, 190)) await emit(bob, n)
  const back = await near.come()
  assert.equal(back.recovered, true)
  assert.deepEqual(figures(back.replayed), numbers(10, 190), 'as many as are kept')
  shape(await far.come(), { reason: 'expired', to: 200 })
  await emit(bob, 200)
  assert.deepEqual(figures(await far.live()), [200])
  await far.leave()
  await emit(bob, 201)
  assert.deepEqual(figures((await far.come()).replayed), [201], 'the position after a reset holds')
})

test('what is too old is no longer told', async ({ t }) => {
  const world = await quickly(t, { FEED_KEEP_MS: '1000' })
  const { bob, emit } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  await emit(bob, 1)
  await pause(1_500)
  await emit(bob, 2)
  shape(await device.come(), { reason: 'expired', to: 2 })
  await device.leave()
  await emit(bob, 3)
  assert.deepEqual(figures((await device.come()).replayed), [3])
})

test('the feed of a database that was replaced is unknown', async ({ t }) => {
  const [before, after] = [await quickly(t), await quickly(t)]
  const { bob, emit } = await pair(before)
  await emit(bob, 1)
  const { to: seq, feed } = await followed(before, bob)
  const same = after.person({ userId: bob.userId })
  const call = { userId: bob.userId, event: 'news', data: { n: 1 }, durable: true }
  await after.internal.put(`/internal/users/${bob.userId}`, { email: bob.email })
  await after.internal.post('/internal/send-to-user', call)
  shape(await follower(after, same, { from: { seq, feed } }).come(), { reason: 'unknown', to: 1 })
})

// --- a quiet client -------------------------------------------------------------------------------------

test('a client that is told nothing still learns how far the feed is', async ({ t }) => {
  const world = await quickly(t, { APP_PING_INTERVAL_MS: '250', FEED_KEEP_EVENTS: '20' })
  const { bob, emit } = await pair(world)
  const quiet = follower(world, bob, AUTH)
  const began = follower(world, bob, { ...AUTH, device: newDevice() })
  await Promise.all([quiet.come(), began.come()])
  await began.leave()
  for (const n of numbers(200)) await emit(bob, n, { contract: 'rooms' })
  const [said, ...more] = await nextWhole(quiet.socket, POSITION, ({ seq }) => seq === 200)
  assert.deepEqual([said, more], [{ seq: 200 }, []])
  await quiet.leave()
  shape(await quiet.come(), { recovered: true, from: 200, to: 200, missed: 0 })
  shape(await began.come(), { reason: 'expired' })
})

test('what is said in chats that a socket is not in moves its position as well', async ({ t }) => {
  const world = await quickly(t, { APP_PING_INTERVAL_MS: '200' })
  const { bob, team, club, say } = await chatting(world)
  const device = follower(world, bob, { chats: [club] })
  await device.come()
  accepted(await ask(device.socket, 'joinChatRoom', { chatId: club }))
  await say(club, 'in the club')
  for (const n of numbers(3)) await say(team, `in the team ${n}`)
  await next(device.socket, POSITION, ({ seq }) => seq === 4)
  assert.deepEqual(said(device.all), ['in the club'])
  await device.leave()
  await say(club, 'and again')
  assert.deepEqual(said((await device.come()).replayed), ['and again'])
})

test('a position is told with a heartbeat, at most once with each, and only when there is one to tell', async ({ t }) => {
  const world = await quickly(t, { APP_PING_INTERVAL_MS: '300' })
  const { ada, bob, send, emit } = await pair(world)
  const quiet = follower(world, bob, AUTH)
  const spoken = follower(world, bob)
  await Promise.all([quiet.come(), spoken.come()])
  const total = (device, event) => heard(device.socket).filter((one) => one.event === event).length
  await eventually(() => total(quiet, 'ping'), (pings) => pings >= 2, 'two heartbeats')
  assert.equal(total(quiet, POSITION), 0, 'the feed did not move')
  for (const n of numbers(30)) {
    await send(ada, bob, `${n}`)
    await pause(20)
  }
  await eventually(() => quiet.position.seq, (seq) => seq === 30, 'the position to be told')
  assert.ok(total(quiet, POSITION) <= total(quiet, 'ping') + 1, 'at most one with each heartbeat')
  assert.equal(total(spoken, POSITION), 0, 'who gets the events needs no position besides')
  await emit(bob, 1)
  const [event] = await spoken.live()
  assert.ok(markOf(event) > 0)
})

test('a position never points behind an event that this client is still to get', async ({ t }) => {
  const world = await quickly(t, { APP_PING_INTERVAL_MS: '100' })
  const { bob, emit } = await pair(world)
  const device = follower(world, bob, NOTIFICATIONS)
  await device.come()
  const end = Date.now() + 1_500
  let n = 0
  while (Date.now() < end) {
    n += 2
    await emit(bob, n, { contract: 'rooms' })
    await emit(bob, n + 1)
  }
  await device.live()
  let reached = 0
  for (const one of heard(device.socket)) {
    const mark = markOf(one)
    if (one.event === POSITION) {
      assert.ok(one.args[0].seq > reached, 'a position is news')
      reached = one.args[0].seq
    } else if (mark !== undefined) {
      assert.ok(mark > reached, `event ${mark} came after position ${reached}: a client would miss it`)
      reached = mark
    }
  }
  assert.ok(heard(device.socket).some(({ event }) => event === POSITION))
})

// --- across processes -----------------------------------------------------------------------------------

for (const signal of ['SIGTERM', 'SIGKILL']) {
  test(`what is sent to the next process after ${signal} is told, and what the last one stored`, async ({ t }) => {
    const world = await quickly(t)
    const { ada, bob, send, emit } = await pair(world)
    const devices = [
      follower(world, bob),
      follower(world, bob, { ...MESSENGER, transports: ['polling'] }),
      follower(world, bob, { path: '/socket.io', version: '3.1', device: newDevice() }),
    ]
    for (const device of devices) await device.come()
    await send(ada, bob, 'had')
    for (const device of devices) {
      assert.deepEqual(texts(await device.live()), ['had'])
      await device.leave()
    }
    await send(ada, bob, 'stored by the first')
    world.sidecar().signal(signal)
    await within(world.sidecar().exited, 'the process to be gone', 10_000)
    await world.again()
    await send(ada, bob, 'stored by the second')
    await emit(bob, 1, { event: 'newMessage', data: { text: 'of the app' } })
    for (const device of devices) {
      const { recovered, replayed } = await device.come()
      assert.equal(recovered, true)
      assert.deepEqual(texts(replayed), ['stored by the first', 'stored by the second', 'of the app'])
    }
  })
}

test('a client that is cut off by a kill loses nothing of what was acknowledged, and gets nothing twice', async ({ t }) => {
  const world = await quickly(t)
  const { ada, bob } = await pair(world)
  const devices = [
    follower(world, bob, { reconnection: true }),
    follower(world, bob, { reconnection: true, transports: ['polling', 'websocket'], device: newDevice() }),
  ]
  for (const device of devices) await device.come()
  const acknowledged = []
  let sending = true
  const sender = (async () => {
    for (let n = 0; sending; n += 1) {
      // A message is repeated under its own id until it is acknowledged, as clients do.
      const body = { text: `${n}`, clientMessageId: `${ada.userId}-${n}` }
      for (;;) {
        const answer = await world.rest.post(ada, `/api/messages/send/${bob.userId}`, body).catch(() => null)
        if (answer?.status < 300) break
        await pause(20)
      }
      acknowledged.push(`${n}`)
    }
  })()
  for (const round of numbers(3)) {
    await pause(150 + 70 * round)
    world.sidecar().signal('SIGKILL')
    await world.sidecar().exited
    await world.again()
    for (const device of devices) assert.equal((await device.answer(10_000)).recovered, true)
  }
  sending = false
  await sender
  for (const device of devices) {
    await device.live()
    assertRising(device.all)
    assert.deepEqual(texts(device.all), acknowledged)
  }
})

// --- many at once -----------------------------------------------------------------------------------------

/** `total` durable events of about `bytes` each, in order, in batches. */
async function manyEvents({ internal }, who, total, bytes) {
  const filling = 'x'.repeat(bytes)
  for (let first = 0; first < total; first += 100) {
    const calls = numbers(100, first).map((n) => ({
      path: '/internal/send-to-user',
      body: { userId: who.userId, event: 'news', data: { n, filling }, durable: true },
    }))
    const { status, body } = await internal.post('/internal/batch', { calls })
    assert.equal(status, 200)
    assert.ok(body.results.every((one) => one.status === 200))
  }
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`more is missed than waits for one connection at a time, over ${transports.join(' then ')}`, async (world) => {
    const { bob, emit } = await pair(world)
    const device = follower(world, bob, { transports })
    await device.come()
    await device.leave()
    await manyEvents(world, bob, 900, 4_000)
    const coming = device.come()
    for (const n of numbers(50, 900)) await emit(bob, n)
    const { recovered, replayed } = await coming
    assert.equal(recovered, true)
    await device.live()
    assert.deepEqual(figures(device.all), numbers(950))
    assert.ok(replayed.length >= 900)
    assertRising(device.all)
  })
}

for (const transports of [['websocket'], ['polling', 'websocket']]) {
  test(`a connection that breaks in the middle goes on from there, over ${transports.join(' then ')}`, async (world) => {
    const { bob } = await pair(world)
    const begin = await followed(world, bob)
    await manyEvents(world, bob, 900, 4_000)
    const device = follower(world, bob, { transports, reconnection: true, from: { seq: begin.to, feed: begin.feed } })
    // Each connection breaks after so many events; the last one may live.
    const limits = [50, 10, 300]
    const reached = []
    const breaking = (socket) => {
      let here = 0
      socket.onAny((event, ...args) => {
        if (!isMarked({ event, args }) || isLate(socket)) return
        here += 1
        if (here !== limits[0]) return
        limits.shift()
        here = 0
        reached.push(device.position.seq)
        socket.io.engine.close()
      })
    }
    const { from, missed } = await device.come({ opened: breaking })
    assertRising(device.all)
    assert.deepEqual(figures(device.all), numbers(900))
    assert.equal(reached.length, 3, 'it broke three times')
    assert.deepEqual({ from, missed }, { from: reached[2], missed: 900 - reached[2] })
  })
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`nothing is lost or doubled at the seam, over ${transports.join(' then ')}`, async (world) => {
    const { ada, bob, send } = await pair(world)
    const device = follower(world, bob, { transports, reconnection: true })
    const steady = follower(world, bob, { device: newDevice() })
    await Promise.all([device.come(), steady.come()])
    const queue = numbers(300)
    const workers = numbers(4).map(async () => {
      while (queue.length > 0) await send(ada, bob, `${queue.shift()}`)
    })
    let missed = 0
    for (const round of numbers(10)) {
      await pause(10 + 13 * round)
      if (round % 2) cut(device.socket)
      else device.socket.io.engine.close()
      await disconnection(device.socket)
      const { recovered, missed: more } = await device.answer()
      assert.equal(recovered, true)
      missed += more
    }
    await Promise.all(workers)
    await Promise.all([device.live(), steady.live()])
    assert.ok(missed > 0, 'some were sent while it was away')
    assertRising(device.all)
    assert.deepEqual(device.all, steady.all, 'the same, in the same order, as who was there all the time')
    const all = texts(device.all).map(Number)
    assert.deepEqual(all.toSorted((a, b) => a - b), numbers(300))
  })
}

test('a crowd of devices that come back at once are all told the same', async (world) => {
  const { ada, bob, send } = await pair(world)
  const devices = numbers(30).map(() => follower(world, bob, { device: newDevice() }))
  await Promise.all(devices.map((device) => device.come()))
  await Promise.all(devices.map((device) => device.leave()))
  for (const n of numbers(20)) await send(ada, bob, `${n}`)
  const coming = devices.map((device) => device.come())
  for (const n of numbers(20, 20)) await send(ada, bob, `${n}`)
  await Promise.all(coming)
  for (const device of devices) {
    await device.live()
    assert.deepEqual(texts(device.all), numbers(40).map(String))
  }
})

// --- connections, tokens ------------------------------------------------------------------------------------

test('two namespaces of one connection are at positions of their own', async (world) => {
  const { ada, bob, send, notify } = await pair(world)
  const messages = follower(world, bob, MESSENGER)
  await messages.come()
  const notices = follower(world, bob, { ...NOTIFICATIONS, over: messages.socket })
  await notices.come()
  assert.equal(notices.socket.io.engine, messages.socket.io.engine)
  await send(ada, bob, 'live')
  await notify(bob, 'live')
  assert.deepEqual(names(await messages.live()), ['newMessage'])
  assert.deepEqual(names(await notices.live()), ['notification'])
  const [beforeMessages, beforeNotices] = [messages.position, notices.position]
  assert.notDeepEqual(beforeMessages, beforeNotices)
  await messages.leave()
  await notices.leave()
  await notify(bob, 'missed')
  await send(ada, bob, 'missed')
  const back = await messages.come()
  assert.deepEqual(names(back.replayed), ['newMessage'])
  const other = await notices.come({ over: messages.socket })
  assert.deepEqual(names(other.replayed), ['notification'])
  assert.deepEqual([back.from, other.from], [beforeMessages.seq, beforeNotices.seq])
  assert.deepEqual([back.to, other.to], [4, 4])
})

test('one namespace may ask for its feed and the other may not', async (world) => {
  const { ada, bob, send, notify } = await pair(world)
  const messages = follower(world, bob, MESSENGER)
  await messages.come()
  const plain = await world.connect(bob, { ...NOTIFICATIONS, over: messages.socket })
  await send(ada, bob, 'with a mark')
  await notify(bob, 'without')
  assert.equal((await nextWhole(messages.socket, 'newMessage')).length, 2)
  assert.equal((await nextWhole(plain, 'notification')).length, 1)
  await silent(plain, RESUME)
})

test('a socket that shows its token later resumes then', async ({ t }) => {
  const world = await quickly(t, { PENDING_AUTH_MS: '2000' })
  const { ada, bob, send } = await pair(world)
  for (const door of [DOORS[0], AUTH]) {
    const device = follower(world, bob, door)
    await device.come()
    const begin = device.position
    await device.leave()
    await send(ada, bob, `a secret at ${door.path}`)
    await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: ['Lead'] })
    const late = await connected(world.open(bob, { ...door, auth: { resume: begin } }))
    for (const event of [RESUME, 'newMessage', 'designationsUpdated']) await silent(late, event)
    accepted(await ask(late, 'authenticate', { token: bob.token }))
    const said = await next(late, RESUME)
    const expected = door === AUTH ? ['designationsUpdated'] : ['newMessage', 'designationsUpdated']
    shape(said, { recovered: true, from: begin.seq, missed: expected.length })
    await settled(late)
    const marked = heard(late).filter(isMarked)
    assert.deepEqual(names(marked), expected)
    const order = heard(late).map(({ event }) => event)
    assert.ok(order.indexOf(RESUME) > order.indexOf('designationsUpdated'))
    await forget(late)
    accepted(await ask(late, 'authenticate', { token: bob.anotherToken() }))
    await silent(late, RESUME)
    await world.internal.post('/internal/emit-designations-update', { userId: bob.userId, designations: [] })
    assert.equal((await nextWhole(late, 'designationsUpdated')).length, 2)
  }
})

test('a socket that is never let in is told nothing', async ({ t }) => {
  const world = await quickly(t, { PENDING_AUTH_MS: '400' })
  const { ada, bob, send } = await pair(world)
  const { feed } = await followed(world, bob)
  await send(ada, bob, 'a secret')
  const idle = await connected(world.open(bob, { auth: { resume: { seq: 0, feed } } }))
  await next(idle, 'authError')
  assert.equal(await disconnection(idle), 'io server disconnect')
  const error = await world.refused(bob, { auth: { token: `${bob.token}x`, resume: { seq: 0, feed } } })
  assert.match(error.message, /^Authentication error/)
  assert.ok(heard(idle).every((one) => !isMarked(one) && !OWN_WORDS.includes(one.event)))
})

test('after a forced logout the next login goes on where the client was', async (world) => {
  const { ada, bob, send } = await pair(world)
  const login = { token: bob.token }
  const device = follower(world, bob, { token: () => login.token })
  await device.come()
  await send(ada, bob, 'before')
  await device.live()
  await world.internal.post('/internal/force-logout', { userId: bob.userId })
  assert.equal(await disconnection(device.socket), 'io server disconnect')
  await send(ada, bob, 'while logged out')
  login.token = bob.anotherToken({ iat: Math.floor(Date.now() / 1000) + 1 })
  const { recovered, replayed } = await device.come()
  assert.equal(recovered, true)
  assert.deepEqual(texts(replayed), ['while logged out'], 'the logout itself is not in the feed')
})

test('a feed is for its user, whichever device or address asks', async (world) => {
  const { ada, bob, send } = await pair(world)
  const device = follower(world, bob)
  await device.come()
  await device.leave()
  await send(ada, bob, 'missed')
  const elsewhere = follower(world, bob, { device: newDevice('Another-Agent/2.0'), from: device.position })
  assert.deepEqual(texts((await elsewhere.come()).replayed), ['missed'])
})
