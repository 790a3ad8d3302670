// Missing nothing on the sockets of `social`, across a broken connection and a killed process (`docs/RESUME.md`).

import assert from 'node:assert/strict'
import { ask, heard, next, settled } from './support/client.mjs'
import { pause, within } from './support/deadline.mjs'
import { assertRising, cut, follower, isMarked, markOf, payloads } from './support/feed.mjs'
import { shape } from './support/shape.mjs'
import { DOORS, notify, ownSocial, ROOT, say, socialSuite, succeeded, titleOf } from './support/social.mjs'

const { test } = socialSuite(import.meta.url)

const names = (events) => events.map(({ event }) => event)
const words = (events) => payloads(events, 'receive_message').map(({ message }) => message.message)

/** Two people; `device` keeps the position of the second. */
async function pair(world, door = ROOT) {
  const [ada, bob] = [await world.member(), await world.member()]
  return { ada, bob, hers: await world.connect(ada, door), device: follower(world, bob, door) }
}

for (const door of DOORS) {
  test(`what was missed comes once and in order, before what is new: ${titleOf(door)}`, async (world) => {
    const { ada, bob, hers, device } = await pair(world, door)
    shape(await device.come(), { recovered: false, missed: 0 })
    await say(hers, bob, 'heard')
    const live = await device.live()
    assert.deepEqual(names(live), ['receive_message', 'new_notification'])
    assertRising(live)
    await device.leave()

    const first = await say(hers, bob, 'missed')
    const second = await say(hers, bob, 'missed and taken back')
    succeeded(await ask(hers, 'delete_message', { messageId: second._id }))
    const noticeId = await notify(world, bob, { type: 'mention', message: 'you were mentioned' })
    await world.api.patch(bob, `/api/notifications/${noticeId}/read`)
    await world.api.remove(bob, `/api/notifications/${noticeId}`)
    const { replayed } = shape(await device.come(), { recovered: true })
    const told = words(replayed)
    assert.ok(told.includes('missed'))
    assert.deepEqual(payloads(replayed, 'message_deleted'), [{ messageId: second._id, deletedBy: ada.userId }])
    assert.ok(
      payloads(replayed, 'new_notification').some(
        ({ _id, metadata }) => _id === noticeId || metadata.messageId === first._id,
      ),
    )
    assert.deepEqual(
      payloads(replayed, 'notification_updated').map((one) => one.notificationId),
      [noticeId],
    )
    assert.deepEqual(
      payloads(replayed, 'notification_deleted').map((one) => one.notificationId),
      [noticeId],
    )
    await say(hers, bob, 'new')
    assert.deepEqual(words(await device.live()), ['new'])
    assertRising(device.all)
  })

  test(`receipts wait for a sender who is away: ${titleOf(door)}`, async (world) => {
    const { ada, bob, device } = await pair(world, door)
    const reader = await world.connect(ada, door)
    await device.come()
    const read = await say(device.socket, ada, 'read me')
    const seen = await say(device.socket, ada, 'see me')
    assert.deepEqual(names(await device.live()), ['message_sent', 'message_sent'])
    await device.leave()
    succeeded(await ask(reader, 'message_read', { messageId: read._id }))
    await world.api.patch(ada, `/api/messages/${seen._id}/seen`)
    const { replayed } = await device.come()
    assert.deepEqual(names(replayed), ['message_read_confirmation', 'message_seen'])
    shape(payloads(replayed)[0], { messageId: read._id, readBy: ada.userId })
    shape(payloads(replayed)[1], { messageId: seen._id, seenBy: ada.userId, isRead: true })
    assert.notEqual(bob.userId, ada.userId)
  })
}

test('a stock client that says nothing sees nothing of the feed', async (world) => {
  const { ada, bob, hers } = await pair(world)
  const socket = await world.connect(bob)
  const document = await say(hers, bob, 'plain')
  await next(socket, 'receive_message')
  await ask(socket, 'message_read', { messageId: document._id })
  await notify(world, bob)
  await ask(socket, 'mark_all_notifications_read')
  await ask(hers, 'typing_start', { receiverId: bob.userId })
  await ask(hers, 'delete_message', { messageId: document._id })
  await next(socket, 'message_deleted')
  for (const one of [socket, hers]) {
    await settled(one)
    for (const { event, args } of heard(one).filter((each) => !each.event.startsWith('@'))) {
      assert.equal(args.length, 1, `${event} has one argument`)
      assert.ok(!['resume', 'reset', 'outrigger:position'].includes(event))
    }
  }
  assert.ok(ada.userId)
})

test('events of state carry no mark', async (world) => {
  const { ada, bob, hers, device } = await pair(world)
  await device.come()
  await ask(hers, 'typing_start', { receiverId: bob.userId })
  await ask(hers, 'typing_stop', { receiverId: bob.userId })
  await ask(hers, 'set_status', { status: 'busy' })
  await next(device.socket, 'user_status_change', ({ userId }) => userId === ada.userId)
  await ask(device.socket, 'update_notification_preferences', { preferences: {} })
  await settled(device.socket)
  const state = ['user_typing', 'user_stopped_typing', 'user_status_change', 'preferences_updated']
  for (const one of heard(device.socket).filter(({ event }) => state.includes(event))) {
    assert.equal(markOf(one), undefined, one.event)
  }
})

test('a position of somebody else is answered with a reset', async (world) => {
  const { hers, ada, bob, device } = await pair(world)
  await device.come()
  await say(hers, bob, 'x')
  await device.live()
  const thief = follower(world, ada, { ...ROOT, from: device.position })
  shape(await thief.come(), { reason: 'unknown' })
})

test('a device that is cut off again and again misses nothing', async (world) => {
  const { bob, hers, device } = await pair(world)
  await device.come()
  const lines = []
  for (let round = 0; round < 6; round += 1) {
    for (let n = 0; n < 4; n += 1) {
      lines.push(`${round}.${n}`)
      await say(hers, bob, lines.at(-1))
      if (n === 1) cut(device.socket)
    }
    await pause(50)
    await device.come()
  }
  await device.live()
  assert.deepEqual(
    payloads(device.all, 'receive_message').map(({ message }) => message.message),
    lines,
  )
  assertRising(device.all.filter(isMarked))
})

test('what was acknowledged survives kill -9, and is told to who comes back', async ({ t }) => {
  const world = await ownSocial(t)
  const { ada, bob, hers, device } = await pair(world)
  await device.come()
  await device.leave()
  const lines = Array.from({ length: 20 }, (_, n) => `kept ${n}`)
  const sent = []
  for (const line of lines) sent.push(await say(hers, bob, line))
  const reader = await world.connect(bob)
  succeeded(await ask(reader, 'message_read', { messageId: sent[0]._id }))
  succeeded(await ask(hers, 'delete_message', { messageId: sent[1]._id }))
  const noticeId = await notify(world, bob, { type: 'new_follow', message: 'kept' })
  succeeded(await ask(reader, 'update_notification_preferences', { preferences: { mention: false } }))
  succeeded(await ask(reader, 'mark_notification_read', { notificationId: noticeId }))
  succeeded(await ask(hers, 'send_message', { receiverId: bob.userId, message: 'the very last' }))
  world.sidecar().signal('SIGKILL')
  await within(world.sidecar().exited, 'the killed process to be gone')
  await world.again()

  const expected = [...lines.filter((_, n) => n !== 1), 'the very last']
  const { body } = await world.api.get(ada, `/api/messages/${bob.userId}?limit=100`)
  assert.deepEqual(
    body.messages.map(({ message }) => message),
    expected,
  )
  shape(body.messages[0], { isRead: true })
  const notices = (await world.api.get(bob, '/api/notifications?type=new_follow')).body.notifications
  assert.deepEqual(
    notices.map(({ _id, isRead }) => [_id, isRead]),
    [[noticeId, true]],
  )
  const kept = await world.api.get(bob, '/api/notifications/preferences')
  assert.deepEqual(kept.body.preferences, { mention: false })

  const { replayed } = shape(await device.come(), { recovered: true })
  assert.deepEqual(
    words(replayed).filter((line) => line !== 'kept 1'),
    expected,
  )
  assert.equal(
    new Set(payloads(replayed, 'receive_message').map(({ message }) => message._id)).size,
    words(replayed).length,
  )
  assert.deepEqual(
    payloads(replayed, 'message_deleted').map(({ messageId }) => messageId),
    [sent[1]._id],
  )
})
