// Notifications and preferences between the app and stock clients (`contracts/social.md` sections 2, 3 and 5).

import assert from 'node:assert/strict'
import { ask, arrivals, LEGACY, next, nextOnes, silent } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape, text } from './support/shape.mjs'
import {
  DOORS,
  newNotification,
  notify,
  object,
  refuses,
  say,
  shown,
  socialSuite,
  succeeded,
  titleOf,
} from './support/social.mjs'

const { test } = socialSuite(import.meta.url)

const TYPES = {
  new_reaction: 'New Reaction',
  new_follow: 'New Follower',
  follow_accepted: 'Follow Accepted',
  new_message: 'New Message',
  new_comment: 'New Comment',
  post_liked: 'Post Liked',
  mention: 'You were mentioned',
  system: 'System Notification',
}
const MOST_CHARACTERS = 500
const NOBODY = 'f'.repeat(24)
const NO_ID = 'Notification ID is required'
const UNKNOWN = 'Notification not found'
const NO_PREFERENCES = 'Invalid preferences data'
const NO_IDS = [
  [],
  [{}],
  [null],
  [undefined],
  [''],
  ['  '],
  [7],
  [true],
  [[]],
  [{ notificationId: '' }],
  [{ notificationId: 7 }],
  [{ notificationId: { $ne: null } }],
]
const LEGACY_NOTIFICATIONS = { path: LEGACY, namespace: '/notifications' }

/** Someone on two devices, and a stranger. */
async function reader(world, door) {
  const who = await world.member()
  const devices = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
  return { who, devices, stranger: await world.connect(await world.member(), door) }
}

const stored = async ({ api }, who, query = '') => {
  const { status, body } = await api.get(who, `/api/notifications${query}`)
  assert.equal(status, 200)
  return body.notifications
}

// --- what the app tells -------------------------------------------------------------------------

for (const door of DOORS) {
  test(`every type is told to every device of its user, and to no one else: ${titleOf(door)}`, async (world) => {
    const { who, devices, stranger } = await reader(world, door)
    const from = await world.member()
    for (const type of Object.keys(TYPES)) {
      const metadata = { reactionType: 'like', reactionId: 'r1', postId: 'p1', deep: { list: [1, null] } }
      const message = `Somebody did ${type}`
      const id = await notify(world, who, { type, message, fromUser: from.userId, postId: 'post-1', metadata })
      for (const device of devices) {
        const told = await next(device, 'new_notification')
        newNotification(told, who, { type, message, from, post: 'post-1', metadata })
        assert.equal(told._id, id)
      }
    }
    for (const socket of [...devices, stranger]) await silent(socket, 'new_notification')
  })
}

test('sender, post and metadata may be absent, the sender may be unknown', async (world) => {
  const { who, devices } = await reader(world)
  await notify(world, who, { type: 'system', message: 'maintenance' })
  const told = await next(devices[0], 'new_notification')
  newNotification(told, who, { type: 'system', message: 'maintenance' })
  for (const key of ['fromUser', 'postId']) {
    assert.ok(!(key in told) && !(key in told.notification), `${key} is left out`)
  }
  const stranger = { userId: 'nobody-knows' }
  await notify(world, who, { type: 'mention', message: 'x', fromUser: stranger.userId })
  newNotification(await next(devices[0], 'new_notification'), who, { type: 'mention', message: 'x', from: stranger })
})

test('data is another name of metadata', async (world) => {
  const { who, devices } = await reader(world)
  await notify(world, who, { data: { a: 1 } })
  shape(await next(devices[0], 'new_notification'), { metadata: { a: 1 } })
})

test('metadata is an object, whatever the app gives as data', async (world) => {
  const { who, devices } = await reader(world)
  for (const data of ['text', 7, [1, 2], null]) {
    await notify(world, who, { data })
    const { metadata, notification: document } = await next(devices[0], 'new_notification')
    assert.ok(
      object(metadata) && object(document.metadata),
      `${JSON.stringify(data)} became ${JSON.stringify(metadata)}`,
    )
  }
})

test('other types of the app are told as well', async (world) => {
  const { who, devices } = await reader(world)
  await notify(world, who, { type: 'order', title: 'Shipped', message: 'Your order is on its way' })
  shape(await next(devices[0], 'new_notification'), { type: 'order', message: 'Your order is on its way' })
})

test('a text has at most 500 characters', async (world) => {
  const { who, devices } = await reader(world)
  await notify(world, who, { message: '🚣'.repeat(MOST_CHARACTERS) })
  assert.equal((await next(devices[0], 'new_notification')).message, '🚣'.repeat(MOST_CHARACTERS))
  for (const type of Object.keys(TYPES)) {
    const call = { userId: who.userId, type, message: 'x'.repeat(MOST_CHARACTERS + 1) }
    assert.equal((await world.internal.post('/internal/notify', call)).status, 400, type)
  }
  await silent(devices[0], 'new_notification')
})

test('many are told at once, each once', async (world) => {
  const people = [await world.member(), await world.member(), await world.member()]
  const sockets = await Promise.all(people.map((who) => world.connect(who)))
  const stranger = await world.connect(await world.member())
  const from = await world.member()
  const call = {
    userIds: people.map(({ userId }) => userId),
    type: 'new_comment',
    message: 'news',
    fromUser: from.userId,
  }
  const { status, body } = await world.internal.post('/internal/notify-many', call)
  assert.equal(status, 200, JSON.stringify(body))
  for (const [index, socket] of sockets.entries()) {
    newNotification(await next(socket, 'new_notification'), people[index], {
      type: 'new_comment',
      message: 'news',
      from,
    })
    await silent(socket, 'new_notification')
  }
  await silent(stranger, 'new_notification')
  const tooMany = { ...call, userIds: Array.from({ length: 1001 }, (_, n) => `u${n}`) }
  assert.equal((await world.internal.post('/internal/notify-many', tooMany)).status, 400)
})

test('a call of the app that is repeated under its key is one notification', async (world) => {
  const { who, devices } = await reader(world)
  const key = { 'idempotency-key': `key-${who.userId}` }
  const call = { userId: who.userId, type: 'mention', message: 'once' }
  const answers = []
  for (let n = 0; n < 3; n += 1) answers.push((await world.internal.post('/internal/notify', call, key)).body)
  for (const one of answers) assert.deepEqual(one, answers[0])
  await next(devices[0], 'new_notification')
  await silent(devices[0], 'new_notification')
  assert.equal((await stored(world, who)).length, 1)
})

test('two devices that read all at once share what was unread', async (world) => {
  const { who, devices } = await reader(world)
  for (const message of ['a', 'b', 'c']) await notify(world, who, { message })
  const replies = await Promise.all(devices.map((device) => ask(device, 'mark_all_notifications_read')))
  const counts = replies.map(({ modifiedCount }) => modifiedCount)
  assert.deepEqual(counts.toSorted(), [0, 3])
})

test('whatever event the app sends to a user reaches social clients', async (world) => {
  const { who, devices, stranger } = await reader(world)
  const data = { postId: 'p1', likes: 3 }
  await world.internal.post('/internal/send-to-user', { userId: who.userId, event: 'post_updated', data })
  for (const device of devices) assert.deepEqual(await next(device, 'post_updated'), data)
  await silent(stranger, 'post_updated')
})

// --- reading ------------------------------------------------------------------------------------

const updated = (id) => ({ notificationId: id, isRead: true, status: 'success', updates: { isRead: true } })

for (const door of DOORS) {
  test(`a notification that is read is so on every device: ${titleOf(door)}`, async (world) => {
    const { who, devices, stranger } = await reader(world, door)
    const [first, second] = [await notify(world, who), await notify(world, who)]
    succeeded(await ask(devices[0], 'mark_notification_read', { notificationId: first }))
    for (const device of devices) shape(await next(device, 'notification_updated'), updated(first))
    succeeded(await ask(devices[0], 'mark_notification_read', second))
    for (const device of devices) {
      shape(await next(device, 'notification_updated'), updated(second))
      await silent(device, 'notification_updated')
    }
    await silent(stranger, 'notification_updated')
    assert.deepEqual(
      (await stored(world, who)).map(({ isRead }) => isRead),
      [true, true],
    )
  })

  test(`a notification that is deleted is so on every device: ${titleOf(door)}`, async (world) => {
    const { who, devices, stranger } = await reader(world, door)
    const [first, second] = [await notify(world, who), await notify(world, who)]
    for (const [id, argument] of [
      [first, { notificationId: first }],
      [second, second],
    ]) {
      succeeded(await ask(devices[0], 'delete_notification', argument))
      for (const device of devices)
        shape(await next(device, 'notification_deleted'), { notificationId: id, status: 'success' })
    }
    for (const socket of [...devices, stranger]) await silent(socket, 'notification_deleted')
    assert.deepEqual(await stored(world, who), [])
    await refuses(devices[0], 'delete_notification', [{ notificationId: first }], UNKNOWN, 'NOT_FOUND')
    await refuses(devices[0], 'mark_notification_read', [{ notificationId: first }], UNKNOWN, 'NOT_FOUND')
  })

  test(`all are read at once on every device: ${titleOf(door)}`, async (world) => {
    const { who, devices, stranger } = await reader(world, door)
    for (const message of ['a', 'b', 'c']) await notify(world, who, { message })
    succeeded(await ask(devices[0], 'mark_all_notifications_read'), { modifiedCount: 3 })
    for (const device of devices) {
      shape(await next(device, 'all_notifications_updated'), { modifiedCount: 3, status: 'success' })
      await silent(device, 'all_notifications_updated')
      await silent(device, 'notification_updated')
    }
    await silent(stranger, 'all_notifications_updated')
  })
}

test('what was read already is confirmed to the asking socket alone', async (world) => {
  const { who, devices } = await reader(world)
  const id = await notify(world, who)
  await ask(devices[0], 'mark_notification_read', { notificationId: id })
  for (const device of devices) await next(device, 'notification_updated')
  succeeded(await ask(devices[0], 'mark_notification_read', { notificationId: id }))
  shape(await next(devices[0], 'notification_updated'), updated(id))
  succeeded(await ask(devices[0], 'mark_all_notifications_read', {}), { modifiedCount: 0 })
  shape(await next(devices[0], 'all_notifications_updated'), { modifiedCount: 0, status: 'success' })
  await silent(devices[1], 'notification_updated')
  await silent(devices[1], 'all_notifications_updated')
})

test('nobody reads or deletes what is not theirs', async (world) => {
  const { who, devices, stranger } = await reader(world)
  const id = await notify(world, who)
  await refuses(stranger, 'mark_notification_read', [{ notificationId: id }], UNKNOWN, 'NOT_FOUND')
  await refuses(stranger, 'delete_notification', [{ notificationId: id }], UNKNOWN, 'NOT_FOUND')
  succeeded(await ask(stranger, 'mark_all_notifications_read'), { modifiedCount: 0 })
  for (const event of ['notification_updated', 'notification_deleted', 'all_notifications_updated'])
    await silent(devices[0], event)
  assert.deepEqual(
    (await stored(world, who)).map(({ isRead }) => isRead),
    [false],
  )
})

for (const event of ['mark_notification_read', 'delete_notification']) {
  test(`${event} wants the id of a notification that exists`, async (world) => {
    const socket = await world.connect(world.person())
    for (const args of NO_IDS) await refuses(socket, event, args, NO_ID, 'INVALID')
    for (const id of [NOBODY, 'no such <id>', 'x'.repeat(5_000)])
      await refuses(socket, event, [{ notificationId: id }], UNKNOWN, 'NOT_FOUND')
  })
}

test('mark_all_notifications_read takes no notice of its argument', async (world) => {
  const { who, devices } = await reader(world)
  for (const args of [[], [null], [{}], ['x'], [{ notificationId: 'x' }]]) {
    await notify(world, who)
    succeeded(await ask(devices[0], 'mark_all_notifications_read', ...args), { modifiedCount: 1 })
  }
})

// --- across contracts ---------------------------------------------------------------------------

test('legacy clients follow what social clients read and delete, and the other way round', async (world) => {
  const { who, devices } = await reader(world)
  const legacy = await world.connectElsewhere(who, LEGACY_NOTIFICATIONS)
  await next(legacy, 'unreadCount')
  const [first, second, third] = [await notify(world, who), await notify(world, who), await notify(world, who)]
  shape(await next(legacy, 'notification'), { id: first, type: 'system', read: false })
  await next(legacy, 'unreadCount', ({ count }) => count === 3)
  await ask(devices[0], 'mark_notification_read', { notificationId: first })
  shape(await next(legacy, 'notificationRead'), { notificationId: first, timestamp: iso })
  await next(legacy, 'unreadCount', ({ count }) => count === 2)
  await ask(devices[0], 'delete_notification', { notificationId: second })
  await next(legacy, 'unreadCount', ({ count }) => count === 1)
  await ask(legacy, 'markNotificationRead', { notificationId: third })
  // Legacy tells the *other* devices of the user; of these two, the second is one.
  shape(
    await next(devices[1], 'notification_updated', ({ notificationId }) => notificationId === third),
    updated(third),
  )
})

test('the notice of a message is not told to rooms again, but to legacy', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const rooms = await world.connectElsewhere(bob)
  const legacy = await world.connectElsewhere(bob, LEGACY_NOTIFICATIONS)
  const from = await world.connect(ada)
  const document = await say(from, bob, 'one message')
  shape(await next(rooms, 'newMessage'), { _id: document._id, text: 'one message' })
  await silent(rooms, 'newMessage')
  shape(await next(legacy, 'notification'), { type: 'new_message', message: `${ada.name} sent you a message` })
  await notify(world, bob, { type: 'new_follow', message: 'a follower' })
  shape(await next(rooms, 'newMessage'), { notification: true })
})

test('a message of someone without a name has a notice all the same', async (world) => {
  const [ada, bob] = [world.person(), await world.member()]
  const socket = await world.connect(bob)
  await say(await world.connect(ada), bob, 'hi')
  const told = await next(socket, 'new_notification')
  shape(told, { type: 'new_message', fromUser: shown(ada), message: text })
  assert.match(told.message, / sent you a message$/)
})

// --- preferences --------------------------------------------------------------------------------

const UPDATED = { status: 'success', message: 'Notification preferences updated' }
const prefer = (socket, preferences) => ask(socket, 'update_notification_preferences', { preferences })

for (const door of DOORS) {
  test(`preferences are kept, and confirmed to the asking socket: ${titleOf(door)}`, async (world) => {
    const { who, devices } = await reader(world, door)
    const preferences = { new_follow: false, theme: 'dark', push: { mention: false } }
    succeeded(await prefer(devices[0], preferences))
    assert.ok(arrivals(devices[0]).includes('preferences_updated'))
    shape(await next(devices[0], 'preferences_updated'), { ...UPDATED, preferences })
    await silent(devices[1], 'preferences_updated')
    const { status, body } = await world.api.get(who, '/api/notifications/preferences')
    assert.equal(status, 200)
    shape(body, { status: 'success', preferences })
  })
}

test('preferences are merged by name', async (world) => {
  const { who, devices } = await reader(world)
  await prefer(devices[0], { a: 1, b: { c: 2 } })
  await prefer(devices[0], { b: { d: 3 }, e: null })
  const { body } = await world.api.get(who, '/api/notifications/preferences')
  assert.deepEqual(body.preferences, { a: 1, b: { d: 3 }, e: null })
})

test('what no preferences are is refused', async (world) => {
  const { who, devices } = await reader(world)
  const event = 'update_notification_preferences'
  const huge = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`name${n}`, true]))
  for (const preferences of [undefined, null, 7, true, 'text', [], ['x'], huge]) {
    await refuses(devices[0], event, [{ preferences }], NO_PREFERENCES, 'INVALID')
  }
  for (const args of [[], [null], ['x'], [{}], [[]]]) await refuses(devices[0], event, args, NO_PREFERENCES, 'INVALID')
  const { body } = await world.api.get(who, '/api/notifications/preferences')
  assert.deepEqual(body.preferences, {})
})

test('what a user refuses is neither stored nor told, except system', async (world) => {
  const { who, devices } = await reader(world)
  await prefer(devices[0], { new_follow: false, mention: { enabled: false }, system: false, new_message: false })
  for (const type of ['new_follow', 'mention', 'new_message']) {
    const { status, body } = await world.internal.post('/internal/notify', { userId: who.userId, type, message: 'x' })
    assert.equal(status, 200)
    shape(body, { success: true, stored: false })
  }
  const ada = await world.member()
  await say(await world.connect(ada), who, 'a message comes all the same')
  await next(devices[0], 'receive_message')
  await silent(devices[0], 'new_notification')
  await notify(world, who, { type: 'system', message: 'y' })
  shape(await next(devices[0], 'new_notification'), { type: 'system' })
  assert.deepEqual(
    (await stored(world, who)).map(({ type }) => type),
    ['system'],
  )
})

test('notifications arrive in the order in which they were stored', async (world) => {
  const { who, devices } = await reader(world)
  const words = Array.from({ length: 20 }, (_, n) => `news ${n}`)
  for (const message of words) await notify(world, who, { message })
  const told = await nextOnes(devices[0], 'new_notification', words.length)
  assert.deepEqual(
    told.map(({ message }) => message),
    words,
  )
  assert.ok(told.every(object))
  assert.deepEqual(
    (await stored(world, who)).map(({ message }) => message),
    words.toReversed(),
    'newest first',
  )
})
