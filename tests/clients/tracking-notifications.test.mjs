// Notifications, announcements to everyone and signs of life (`contracts/tracking.md` sections 2, 3 and 5).

import assert from 'node:assert/strict'
import { ask, heard, next, settled, silent } from './support/client.mjs'
import { within } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { flag, iso, shape, text } from './support/shape.mjs'
import {
  DOORS,
  isWelcome,
  messageNotification,
  newMessageId,
  notification,
  ownTracking,
  published,
  refuses,
  succeeded,
  titleOf,
  told,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url)

const KINDS = ['message_sent', 'message_failed', 'delivery_update', 'system', 'warning']

/** What the app says to a user (`sendNotificationToUser`); gives the id. */
async function notify({ internal }, who, more = {}) {
  const { status, body } = await internal.post('/internal/notify', {
    userId: who.userId,
    type: 'system',
    title: 'a title',
    message: 'a text',
    ...more,
  })
  assert.equal(status, 200, JSON.stringify(body))
  return shape(body, { success: true, stored: true, notificationId: text }).notificationId
}

/** What REST lists. */
async function listed({ api }, who, query = '') {
  const { status, body } = await api.get(who, `/api/socket/notifications${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  for (const one of body.notifications) notification(one, { read: flag })
  return body.notifications
}

for (const door of DOORS) {
  const title = titleOf(door)

  test(`what the app says reaches every socket of the user, and no one else: ${title}`, async (world) => {
    const who = world.person()
    const devices = [await world.connect(who, door), await world.connect(who, { ...door, device: newDevice() })]
    const stranger = await world.connect(world.person(), door)
    for (const type of KINDS) {
      const data = { of: type, deep: [1, null] }
      const id = await notify(world, who, { type, data })
      for (const device of devices)
        assert.deepEqual(
          notification(await next(device, 'notification'), {
            title: 'a title',
            message: 'a text',
            read: false,
            data,
            type,
          }).id,
          id,
        )
    }
    await notify(world, who, { type: 'mention' })
    for (const device of devices) {
      shape(await next(device, 'notification'), { type: 'system' })
      await silent(device, 'notification')
    }
    await silent(stranger, 'notification')
  })

  test(`a notification is marked as read by whom it is for: ${title}`, async (world) => {
    const [who, other] = [world.person(), world.person()]
    const [socket, hers] = [await world.connect(who, door), await world.connect(other, door)]
    const ids = [await notify(world, who), await notify(world, who), await notify(world, who)]
    await refuses(hers, 'mark_notification_read', ids[0])
    succeeded(await ask(socket, 'mark_notification_read', ids[0]))
    succeeded(await ask(socket, 'mark_notification_read', { notificationId: ids[1] }))
    succeeded(await ask(socket, 'mark_notification_read', ids[0]), {})
    await refuses(socket, 'mark_notification_read', 'f'.repeat(24))
    const read = Object.fromEntries((await listed(world, who)).map((one) => [one.id, one.read]))
    assert.deepEqual(read, { [ids[0]]: true, [ids[1]]: true, [ids[2]]: false })
    assert.deepEqual(
      (await listed(world, who, '?unread=true')).map(({ id }) => id),
      [ids[2]],
    )
    assert.deepEqual(await listed(world, other), [])
  })

  test(`an announcement reaches every socket of the contract, stored for nobody: ${title}`, async (world) => {
    const [who, other] = [world.person(), world.person()]
    const sockets = [await world.connect(who, door), await world.connect(other, door)]
    for (const place of DOORS) sockets.push(await world.connect(world.person(), place))
    await world.app.broadcast({
      type: 'system',
      title: 'Maintenance',
      message: 'tonight',
      data: { at: 22 },
      read: false,
    })
    for (const socket of sockets) {
      const wanted = {
        id: 'system_',
        type: 'system',
        title: 'Maintenance',
        message: 'tonight',
        data: { at: 22 },
        read: false,
      }
      notification(await next(socket, 'notification'), wanted)
    }
    await world.app.broadcast({ type: 'warning', title: 'Careful', message: 'now' })
    for (const socket of sockets) {
      notification(await next(socket, 'notification'), { id: 'system_', type: 'warning', title: 'Careful' })
      await silent(socket, 'notification')
    }
    for (const one of [who, other]) assert.deepEqual(await listed(world, one), [])
  })

  test(`everyone is asked for a sign of life: ${title}`, async (world) => {
    const sockets = [await world.connect(world.person(), door), await world.connect(world.person(), door)]
    await world.app.ping()
    for (const socket of sockets) {
      const asked = shape(await next(socket, 'ping'), { timestamp: iso })
      socket.emit('pong', asked)
      await silent(socket, 'ping')
      assert.ok(socket.connected)
    }
  })
}

test('an announcement needs no kind, and others are shown as system', async (world) => {
  const socket = await world.connect(world.person())
  for (const more of [{}, { type: 'mention' }]) {
    await world.app.broadcast({ title: 't', message: 'm', ...more })
    shape(await next(socket, 'notification'), { type: 'system', title: 't', message: 'm' })
  }
})

test('an id that the app gives is kept', async (world) => {
  const [who, id] = [world.person(), `app-${newMessageId()}`]
  const socket = await world.connect(who)
  assert.equal(await notify(world, who, { id }), id)
  shape(await next(socket, 'notification'), { id })
  succeeded(await ask(socket, 'mark_notification_read', id))
})

test('lists are of the newest first, with a limit', async (world) => {
  const who = world.person()
  const ids = []
  for (let n = 0; n < 5; n += 1) ids.unshift(await notify(world, who, { message: `${n}` }))
  assert.deepEqual(
    (await listed(world, who)).map(({ id }) => id),
    ids,
  )
  assert.deepEqual(
    (await listed(world, who, '?limit=2')).map(({ id }) => id),
    ids.slice(0, 2),
  )
  for (const query of ['?limit=0', '?limit=x', '?limit=-1', '?unread=perhaps']) {
    const { status, body } = await world.api.get(who, `/api/socket/notifications${query}`)
    assert.equal(status, 400, query)
    shape(body, { error: text })
  }
})

test('what was missed is not told again by itself, and is in the list', async (world) => {
  const [who, messageId] = [world.person(), newMessageId()]
  const first = await world.connect(who)
  first.disconnect()
  const id = await notify(world, who)
  await world.app.update(who, messageId, 'FAILED')
  const socket = await world.connect(who)
  await published(world)
  await silent(socket, 'notification')
  const [ofMessage, ofApp] = await listed(world, who, '?unread=true')
  messageNotification(ofMessage, messageId, 'FAILED')
  assert.equal(ofApp.id, id)
  succeeded(await ask(socket, 'mark_notification_read', ofMessage.id))
})

test('two changes in the same moment are two notifications', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const ids = Array.from({ length: 10 }, newMessageId)
  await Promise.all(ids.map((id) => world.app.update(who, id, 'SENDING')))
  await Promise.all(ids.map((id) => world.app.update(who, id, 'SENT')))
  for (const _ of [...ids, ...ids]) await next(socket, 'notification')
  const notes = told(socket, 'notification').filter((one) => !isWelcome(one))
  assert.equal(new Set(notes.map(({ id }) => id)).size, 20, 'ids are different')
  assert.equal((await listed(world, who)).length, 20)
})

test('what is read and what is not survives a killed process', async ({ t }) => {
  const world = await ownTracking(t)
  const who = world.person()
  const socket = await world.connect(who)
  const ids = [await notify(world, who), await notify(world, who)]
  succeeded(await ask(socket, 'mark_notification_read', ids[0]))
  world.sidecar().signal('SIGKILL')
  await within(world.sidecar().exited, 'the killed process to be gone')
  await world.again()
  const read = Object.fromEntries((await listed(world, who)).map((one) => [one.id, one.read]))
  assert.deepEqual(read, { [ids[0]]: true, [ids[1]]: false })
})

test('who is told in this contract is told in the others too, each in its own words', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const rooms = await world.connectElsewhere(who, { path: '/api/socket' })
  const id = await notify(world, who)
  shape(await next(socket, 'notification'), { id })
  await settled(rooms)
  assert.ok(
    heard(rooms).some(({ args }) => JSON.stringify(args).includes(id)),
    'the rooms client hears of it',
  )
  await silent(rooms, 'notification')
})

test('any event of the app reaches the sockets of this contract', async (world) => {
  const who = world.person()
  for (const door of DOORS) {
    const socket = await world.connect(who, door)
    const call = { userId: who.userId, event: 'custom', data: { n: 1 }, contract: 'tracking' }
    assert.equal((await world.internal.post('/internal/send-to-user', call)).status, 200)
    assert.deepEqual(await next(socket, 'custom'), { n: 1 })
    await silent(socket, 'custom')
    socket.disconnect()
  }
})

test('the app sees who is there', async (world) => {
  const who = world.person()
  const online = async () => (await world.internal.get(`/internal/users/${who.userId}/online`)).body
  shape(await online(), { isOnline: false })
  await Promise.all(DOORS.map((door) => world.connect(who, door)))
  shape(await online(), { isOnline: true })
  const { body } = await world.internal.get(`/internal/users/${who.userId}/connections`)
  shape(body, { userId: who.userId, connections: DOORS.length })
})
