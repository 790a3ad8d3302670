// What owners are told of their messages and recipients, and nobody else (`contracts/tracking.md` sections 2, 3 and 5).

import assert from 'node:assert/strict'
import { ask, heard, next, settled, silent } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape, text } from './support/shape.mjs'
import {
  BATCH,
  deliveryNotification,
  DOORS,
  knowsNothing,
  lastStatuses,
  messageNotification,
  newMessageId,
  notification,
  numbers,
  PACE_MS,
  published,
  recipient,
  recipients,
  SHOWN,
  succeeded,
  titleOf,
  told,
  trackingSuite,
} from './support/tracking.mjs'

const { test } = trackingSuite(import.meta.url)

const MESSAGE_STATUSES = ['DRAFT', 'SCHEDULED', 'SENDING', 'SENT', 'FAILED', 'DELIVERED']
const RECIPIENT_STATUSES = ['PENDING', 'SENDING', 'SENT', 'FAILED', 'DELIVERED']

/** Longer than anything is held back. */
const quietly = () => pause(3 * PACE_MS)

/** An owner with a socket, and a message of theirs that is known. */
async function owned(world, { door, ...more } = {}) {
  const [owner, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(owner, door)
  await world.app.register(owner, messageId, more)
  return { owner, messageId, socket }
}

/** The state of a message as the internal API has it. */
async function state({ internal }, messageId) {
  const { status, body } = await internal.get(`/internal/tracking/messages/${messageId}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.message ?? body
}

/** The next update of the message with that status. */
const updated = (socket, messageId, status) =>
  next(socket, 'message_update', (one) => one.messageId === messageId && one.status === status)

// --- messages -------------------------------------------------------------------------------------

for (const door of DOORS) {
  const title = titleOf(door)

  test(`a message is told to every socket of its owner, each once, and to no one else: ${title}`, async (world) => {
    const [owner, stranger, messageId] = [world.person(), world.person(), newMessageId()]
    const devices = [await world.connect(owner, door), await world.connect(owner, { ...door, device: newDevice() })]
    const hers = await world.connect(stranger, door)
    await world.app.update(owner, messageId, 'SENDING')
    await world.app.update(owner, messageId, 'SENT', { successCount: 3, failedCount: 1, cost: 0.25 })
    for (const device of devices) {
      shape(await next(device, 'message_update'), { messageId, status: 'SENDING' })
      messageNotification(await next(device, 'notification'), messageId, 'SENDING')
      const sent = { messageId, status: 'SENT', successCount: 3, failedCount: 1, cost: 0.25 }
      assert.deepEqual(await next(device, 'message_update'), sent)
      messageNotification(await next(device, 'notification'), messageId, 'SENT', sent)
      await silent(device, 'message_update')
      await silent(device, 'notification')
    }
    await published(world)
    await knowsNothing(hers)
  })

  test(`what fails is told as a failure: ${title}`, async (world) => {
    const { owner, messageId, socket } = await owned(world, { door })
    await world.app.update(owner, messageId, 'FAILED', { failedCount: 2 })
    shape(await next(socket, 'message_update'), { messageId, status: 'FAILED', failedCount: 2 })
    const note = messageNotification(await next(socket, 'notification'), messageId, 'FAILED', { failedCount: 2 })
    assert.equal(note.type, 'message_failed')
  })

  test(`whoever is in both rooms gets one copy: ${title}`, async (world) => {
    const { owner, messageId, socket } = await owned(world, { door })
    const plain = await world.connect(owner, { ...door, device: newDevice() })
    succeeded(await ask(socket, 'track_message', messageId))
    succeeded(await ask(socket, 'join_room', `message_${messageId}`))
    succeeded(await ask(socket, 'join_room', `user_${owner.userId}`))
    await world.app.update(owner, messageId, 'SENDING')
    await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED'))
    for (const one of [socket, plain]) {
      await updated(one, messageId, 'SENDING')
      messageNotification(await next(one, 'notification'), messageId, 'SENDING')
      shape(await next(one, 'recipient_update'), { messageId, recipientId: recipient(1).recipientId })
      deliveryNotification(await next(one, 'notification'), messageId, recipient(1, 'DELIVERED'))
    }
    await quietly()
    for (const one of [socket, plain]) {
      await settled(one)
      const ofRecipient = told(one, 'recipient_update')
      assert.equal(ofRecipient.length, 1, JSON.stringify(ofRecipient))
      await silent(one, 'notification')
      // Whoever begins to track is told the state; from then on each change comes once.
      const changes = told(one, 'message_update').filter(({ status }) => status !== 'DRAFT')
      assert.deepEqual(changes, [
        { messageId, status: 'SENDING' },
        { messageId, status: 'SENDING', successCount: 1, failedCount: 0 },
      ])
    }
  })

  test(`who has left the message's room still hears of it as its owner: ${title}`, async (world) => {
    const { owner, messageId, socket } = await owned(world, { door })
    succeeded(await ask(socket, 'track_message', messageId))
    succeeded(await ask(socket, 'untrack_message', messageId))
    await updated(socket, messageId, 'DRAFT')
    await world.app.update(owner, messageId, 'SENDING')
    await updated(socket, messageId, 'SENDING')
    await silent(socket, 'message_update')
  })

  test(`recipients are told, with their failures: ${title}`, async (world) => {
    const { owner, messageId, socket } = await owned(world, { door })
    for (const [n, status] of ['PENDING', 'SENDING', 'SENT', 'DELIVERED'].entries()) {
      const one = recipient(n, status)
      await world.app.recipient(owner, messageId, one)
      const said = await next(socket, 'recipient_update')
      assert.deepEqual(said, { messageId, ...one })
    }
    deliveryNotification(await next(socket, 'notification'), messageId, recipient(3, 'DELIVERED'))
    for (const [n, status] of [
      [4, 'FAILED'],
      [5, 'BOUNCED'],
    ]) {
      const one = recipient(n, status, { errorMessage: `no route to ${n}` })
      await world.app.recipient(owner, messageId, one)
      assert.deepEqual(await next(socket, 'recipient_update'), { messageId, ...one })
      deliveryNotification(await next(socket, 'notification'), messageId, one)
    }
    const { successCount, failedCount } = await next(socket, 'message_update', (one) => one.failedCount === 2)
    assert.deepEqual([successCount, failedCount], [2, 2])
    await silent(socket, 'notification')
  })
}

test('every status of a message is told, in the words of the contract', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  for (const status of MESSAGE_STATUSES.slice(1)) {
    await world.app.update(owner, messageId, status)
    shape(await next(socket, 'message_update'), { messageId, status })
    messageNotification(await next(socket, 'notification'), messageId, status)
  }
  const called = await owned(world)
  await world.app.update(called.owner, called.messageId, 'CANCELLED')
  shape(await next(called.socket, 'message_update'), { messageId: called.messageId, status: 'CANCELLED' })
  messageNotification(await next(called.socket, 'notification'), called.messageId, 'CANCELLED')
})

test('what the app did not say is absent', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await world.app.update(owner, messageId, 'SENDING')
  const said = await next(socket, 'message_update')
  for (const [key, value] of Object.entries(said)) assert.notEqual(value, null, `${key} of ${JSON.stringify(said)}`)
  await world.app.recipient(owner, messageId, recipient(1, 'SENT'))
  assert.ok(!('errorMessage' in (await next(socket, 'recipient_update'))))
})

test('the sequence of a campaign is told in its order', async (world) => {
  const { owner, messageId, socket } = await owned(world, { totalRecipients: 8 })
  succeeded(await ask(socket, 'subscribe_analytics'))
  await world.app.update(owner, messageId, 'SENDING')
  for (const one of recipients(8, (n) => (n === 3 ? 'FAILED' : 'DELIVERED')))
    await world.app.recipient(owner, messageId, one)
  await world.app.update(owner, messageId, 'SENT', { successCount: 7, failedCount: 1, cost: 0.8 })
  shape(await updated(socket, messageId, 'SENT'), { successCount: 7, failedCount: 1, cost: 0.8 })
  await eventually(
    () => lastStatuses(socket, messageId).size,
    (size) => size === 8,
    'all recipients',
  )
  shape(
    await next(socket, 'analytics_update', ({ type, data }) => type === 'dashboard_stats' && data.totalContacts === 8),
    { type: 'dashboard_stats' },
  )
  const statuses = told(socket, 'message_update').map(({ status }) => status)
  assert.deepEqual([...new Set(statuses)].slice(-2), ['SENDING', 'SENT'], 'never back')
})

// --- late, twice and out of order ---------------------------------------------------------------------

test('statuses of a message never go backwards', async (world) => {
  for (const [reached, late] of [
    ['SENDING', ['DRAFT', 'SCHEDULED', 'SENDING']],
    ['SENT', ['DRAFT', 'SCHEDULED', 'SENDING', 'SENT', 'CANCELLED']],
    ['FAILED', ['DRAFT', 'SENDING', 'SENT', 'FAILED', 'CANCELLED']],
    ['DELIVERED', ['DRAFT', 'SENDING', 'SENT', 'FAILED', 'CANCELLED', 'DELIVERED']],
    ['CANCELLED', ['DRAFT', 'SENDING', 'SENT', 'FAILED', 'DELIVERED', 'CANCELLED']],
  ]) {
    const { owner, messageId, socket } = await owned(world)
    await world.app.update(owner, messageId, reached)
    await updated(socket, messageId, reached)
    messageNotification(await next(socket, 'notification'), messageId, reached)
    for (const status of late) await world.app.update(owner, messageId, status)
    await published(world)
    await silent(socket, 'message_update')
    await silent(socket, 'notification')
    shape(await state(world, messageId), { status: reached })
  }
})

test('statuses of recipients never go backwards, whatever the order of the reports', async (world) => {
  const orders = [
    [['SENT', 'DELIVERED', 'SENT', 'PENDING'], 'DELIVERED'],
    [['DELIVERED', 'FAILED', 'BOUNCED', 'SENDING'], 'DELIVERED'],
    [['FAILED', 'SENT', 'SENDING'], 'FAILED'],
    [['FAILED', 'BOUNCED'], 'FAILED'],
    [['FAILED', 'DELIVERED', 'FAILED'], 'DELIVERED'],
    [['SENDING', 'PENDING'], 'SENDING'],
  ]
  const { owner, messageId, socket } = await owned(world)
  const end = new Map(orders.map(([, last], n) => [recipient(n).recipientId, last]))
  for (const [n, [statuses]] of orders.entries()) {
    for (const status of statuses) await world.app.recipient(owner, messageId, recipient(n, status))
  }
  await eventually(
    () => lastStatuses(socket, messageId),
    (seen) => [...end].every(([id, status]) => seen.get(id) === status),
    'each recipient as it is in the end',
  )
  const rank = (status) => ({ PENDING: 0, SENDING: 1, SENT: 2, FAILED: 3, BOUNCED: 3, DELIVERED: 4 })[status]
  const seen = new Map()
  for (const { recipientId, status } of told(socket, 'recipient_update')) {
    assert.ok(
      !seen.has(recipientId) || rank(status) > rank(seen.get(recipientId)),
      `${recipientId}: ${status} is no news`,
    )
    seen.set(recipientId, status)
  }
  await eventually(
    () => state(world, messageId),
    (one) => one.successCount === 3 && one.failedCount === 2,
    'the counts',
  )
})

test('in one batch the furthest of several updates of a recipient counts', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  const updates = [
    ...RECIPIENT_STATUSES.map((status) => recipient(1, status)),
    recipient(2, 'DELIVERED'),
    recipient(2, 'SENT'),
    recipient(3, 'SENT'),
    recipient(3, 'SENT'),
  ]
  const answer = await world.app.recipients(owner, messageId, updates)
  shape(answer, { success: true, successCount: 3, failedCount: 0, total: 3 })
  await eventually(
    () => lastStatuses(socket, messageId).size,
    (size) => size === 3,
    'three recipients',
  )
  await quietly()
  await settled(socket)
  assert.deepEqual(
    told(socket, 'recipient_update')
      .map(({ recipientId, status }) => [recipientId, status])
      .toSorted(),
    [1, 2, 3].map((n) => [recipient(n).recipientId, n === 3 ? 'SENT' : 'DELIVERED']),
    'each once, as it is by then',
  )
})

test('repeated updates change nothing and are not told', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  const updates = recipients(20, (n) => (n % 4 ? 'DELIVERED' : 'FAILED'))
  const first = await world.app.recipients(owner, messageId, updates)
  shape(first, { changed: 20, ignored: 0, successCount: 15, failedCount: 5, total: 20 })
  await eventually(
    () => lastStatuses(socket, messageId).size,
    (size) => size === 20,
    'all recipients',
  )
  await quietly()
  await settled(socket)
  const before = heard(socket).length
  for (const _ of numbers(3)) {
    const again = await world.app.recipients(owner, messageId, updates)
    shape(again, { changed: 0, ignored: 20, successCount: 15, failedCount: 5, total: 20 })
    await world.app.recipient(owner, messageId, updates[0])
  }
  await quietly()
  await settled(socket)
  assert.deepEqual(heard(socket).slice(before), [])
})

test('what is told of a recipient later is no second delivery', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED'))
  deliveryNotification(await next(socket, 'notification'), messageId, recipient(1, 'DELIVERED'))
  await quietly()
  await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED', { cost: 0.1, name: 'Ada' }))
  await quietly()
  await silent(socket, 'notification')
})

test('counts are those of the recipients, whatever is said', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await world.app.update(owner, messageId, 'SENDING', { successCount: 900, failedCount: 90 })
  shape(await next(socket, 'message_update'), { successCount: 900, failedCount: 90 })
  await world.app.recipients(
    owner,
    messageId,
    recipients(6, (n) => (n < 4 ? 'SENT' : 'FAILED')),
  )
  shape(await next(socket, 'message_update', (one) => one.successCount === 4), { failedCount: 2, status: 'SENDING' })
  await world.app.update(owner, messageId, 'SENT', { successCount: 1_000, failedCount: 0 })
  shape(await updated(socket, messageId, 'SENT'), { successCount: 4, failedCount: 2 })
  shape(await state(world, messageId), { successCount: 4, failedCount: 2, status: 'SENT' })
})

// --- many at once ------------------------------------------------------------------------------------

test('many deliveries are told in summaries, few one by one', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await world.app.recipients(
    owner,
    messageId,
    recipients(300, (n) => (n % 3 ? 'DELIVERED' : 'FAILED')),
  )
  await eventually(
    () => lastStatuses(socket, messageId).size,
    (size) => size === 300,
    'all recipients',
  )
  await settled(socket)
  const notes = told(socket, 'notification').filter(({ type }) => type === 'delivery_update')
  assert.ok(notes.length <= 30, `${notes.length} notifications of 300 deliveries`)
  let [delivered, failed] = [0, 0]
  for (const one of notes) {
    if (!('delivered' in one.data)) {
      if (one.data.status === 'DELIVERED') delivered += 1
      else failed += 1
      continue
    }
    notification(one, {
      id: `delivery_${messageId}_`,
      title: 'Delivery Update',
      message: `${one.data.delivered} delivered, ${one.data.failed} failed`,
      data: { messageId, delivered: one.data.delivered, failed: one.data.failed },
      read: false,
    })
    delivered += one.data.delivered
    failed += one.data.failed
  }
  assert.deepEqual([delivered, failed], [200, 100], 'the summaries add up')
})

test('deliveries are not stored as notifications, changes of a message are', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await world.app.update(owner, messageId, 'SENDING')
  const note = messageNotification(await next(socket, 'notification'), messageId, 'SENDING')
  await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED'))
  await next(socket, 'notification', ({ type }) => type === 'delivery_update')
  const { body } = await world.api.get(owner, '/api/socket/notifications')
  assert.deepEqual(
    body.notifications.map(({ id }) => id),
    [note.id],
  )
  succeeded(await ask(socket, 'mark_notification_read', note.id))
})

// --- who comes late ----------------------------------------------------------------------------------

for (const door of DOORS) {
  test(`who begins to track gets the state first, then is answered: ${titleOf(door)}`, async (world) => {
    const [owner, messageId] = [world.person(), newMessageId()]
    await world.app.register(owner, messageId, { totalRecipients: 700 })
    await world.app.update(owner, messageId, 'SENDING', { cost: 1.5 })
    await world.app.recipients(owner, messageId, recipients(600, 'SENT'))
    await world.app.recipients(owner, messageId, recipients(20, 'DELIVERED'))
    await quietly()
    const socket = await world.connect(owner, door)
    const other = await world.connect(owner, { ...door, device: newDevice() })
    const reply = await ask(socket, 'track_message', messageId)
    assert.deepEqual(reply, { success: true, totalRecipients: 700, recipientsShown: SHOWN })
    const before = heard(socket).filter(({ event }) => event.endsWith('_update'))
    assert.equal(before[0].event, 'message_update')
    shape(before[0].args[0], { messageId, status: 'SENDING', successCount: 600, failedCount: 0, cost: 1.5 })
    const shown = before.slice(1)
    assert.ok(shown.every(({ event }) => event === 'recipient_update'))
    const expected = [...recipients(SHOWN - 20, 'SENT', 120), ...recipients(20, 'DELIVERED')]
    assert.deepEqual(
      shown.map(({ args }) => args[0]),
      expected.map((one) => ({ messageId, ...one })),
      'those that changed last, the oldest change first',
    )
    await silent(socket, 'notification')
    await silent(other, 'message_update')
    await silent(other, 'recipient_update')
    await world.app.recipient(owner, messageId, recipient(300, 'DELIVERED'))
    await world.app.recipient(owner, messageId, recipient(599, 'DELIVERED'))
    const last = recipient(599, 'DELIVERED')
    const isLast = ({ recipientId, status }) => recipientId === last.recipientId && status === last.status
    for (const one of [socket, other])
      assert.deepEqual(await next(one, 'recipient_update', isLast), { messageId, ...last })
  })
}

test('many changes of a few recipients do not hide the others', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  await world.app.recipients(owner, messageId, recipients(600, 'SENT'))
  for (const cost of numbers(60, 1))
    await world.app.recipients(
      owner,
      messageId,
      recipients(50, 'SENT').map((one) => ({ ...one, cost })),
    )
  await quietly()
  const socket = await world.connect(owner)
  succeeded(await ask(socket, 'track_message', messageId), { totalRecipients: 600, recipientsShown: SHOWN })
  assert.equal(lastStatuses(socket, messageId).size, SHOWN)
})

test('of a message without recipients there is only the message', async (world) => {
  const { messageId, socket } = await owned(world, { totalRecipients: 10 })
  const reply = await ask(socket, 'track_message', messageId)
  assert.deepEqual(reply, { success: true, totalRecipients: 10, recipientsShown: 0 })
  shape(await next(socket, 'message_update'), { messageId, status: 'DRAFT' })
  await silent(socket, 'recipient_update')
})

test('who comes into the middle of updates ends with the state as it is', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  const first = await world.connect(owner)
  await world.app.update(owner, messageId, 'SENDING')
  const total = 400
  const feeding = (async () => {
    for (const status of ['SENDING', 'SENT', 'DELIVERED'])
      for (const from of numbers(total / 50).map((n) => n * 50))
        await world.app.recipients(owner, messageId, recipients(50, status, from))
  })()
  await pause(100)
  const late = await world.connect(owner, { device: newDevice() })
  succeeded(await ask(late, 'track_message', messageId))
  await feeding
  for (const socket of [first, late])
    await eventually(
      () => [...lastStatuses(socket, messageId).values()].filter((status) => status === 'DELIVERED').length,
      (delivered) => delivered === total,
      'everyone delivered',
    )
})

test('who comes back gets nothing of the time away unless they ask', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  await settled(socket)
  socket.disconnect()
  await world.app.update(owner, messageId, 'SENDING')
  await world.app.recipients(owner, messageId, recipients(30, 'DELIVERED'))
  await quietly()
  const back = await world.connect(owner)
  await quietly()
  await knowsNothing(back)
  succeeded(await ask(back, 'track_message', messageId), { totalRecipients: 30, recipientsShown: 30 })
})

// --- whose it is ---------------------------------------------------------------------------------------

test('a message belongs to whoever it was first told of for, whichever way', async (world) => {
  const firsts = [
    (owner, id) => world.app.register(owner, id),
    (owner, id) => world.app.update(owner, id, 'SENDING'),
    (owner, id) => world.app.recipient(owner, id, recipient(1, 'SENT')),
    (owner, id) => world.app.recipients(owner, id, [recipient(1, 'SENT')]),
  ]
  for (const first of firsts) {
    const [owner, other, messageId] = [world.person(), world.person(), newMessageId()]
    const [his, hers] = [await world.connect(owner), await world.connect(other)]
    await first(owner, messageId)
    const calls = [
      ['messages', {}],
      ['message-update', { status: 'SENT' }],
      ['recipient-update', recipient(1, 'DELIVERED')],
      ['recipient-updates', { updates: [recipient(1, 'DELIVERED')] }],
    ]
    for (const [path, more] of calls) {
      const { status, body } = await world.internal.post(`/internal/tracking/${path}`, {
        userId: other.userId,
        messageId,
        ...more,
      })
      assert.equal(status, 409, `${path}: ${JSON.stringify(body)}`)
      shape(body, { error: text })
    }
    succeeded(await ask(his, 'track_message', messageId))
    shape(await ask(hers, 'track_message', messageId), { error: text })
    await published(world)
    for (const event of ['message_update', 'recipient_update']) await silent(hers, event)
    assert.notEqual((await state(world, messageId)).status, 'SENT')
  }
})

test('not even an admin sees the messages of others', async (world) => {
  const { owner, messageId } = await owned(world)
  const admin = await world.connect(world.person({ admin: true }))
  shape(await ask(admin, 'track_message', messageId), { error: text })
  shape(await ask(admin, 'join_room', `user_${owner.userId}`), { error: text })
  await next(admin, 'notification')
  await next(admin, 'notification')
  await world.app.update(owner, messageId, 'SENT')
  await published(world)
  for (const event of ['message_update', 'recipient_update', 'notification']) await silent(admin, event)
})

test('clients of other contracts hear nothing of it in the words of this one', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  const others = [
    await world.connectElsewhere(owner, { path: '/api/socket' }),
    await world.connectElsewhere(owner, { path: '/api/socket-namespaces', namespace: '/messenger' }),
    await world.connectElsewhere(owner, { path: '/api/socket', namespace: '/social' }),
  ]
  await world.app.update(owner, messageId, 'SENDING')
  await world.app.recipient(owner, messageId, recipient(1, 'DELIVERED'))
  await world.app.broadcast({ type: 'system', title: 't', message: 'm' })
  await world.app.ping()
  await next(socket, 'recipient_update')
  await next(socket, 'ping')
  const own = [
    'message_update',
    'recipient_update',
    'notification',
    'analytics_update',
    'global_analytics_update',
    'ping',
  ]
  for (const other of others) for (const event of own) await silent(other, event)
})

// --- what the app may say ------------------------------------------------------------------------------

test('the app is told what is wrong with what it says', async (world) => {
  const { userId } = world.person()
  const messageId = newMessageId()
  const one = { userId, messageId }
  const wrong = [
    ['messages', {}],
    ['messages', { userId }],
    ['messages', { messageId }],
    ['messages', { ...one, totalRecipients: -1 }],
    ['messages', { ...one, totalRecipients: 'many' }],
    ['messages', { userId, messageId: '' }],
    ['messages', { userId, messageId: 7 }],
    ['message-update', one],
    ['message-update', { ...one, status: 'NOPE' }],
    ['message-update', { ...one, status: 'sent' }],
    ['message-update', { ...one, status: 'PENDING' }],
    ['message-update', { ...one, status: 7 }],
    ['message-update', { ...one, status: 'SENT', successCount: -1 }],
    ['message-update', { ...one, status: 'SENT', cost: 'much' }],
    ['message-update', { userId, messageId: 'x'.repeat(10_000), status: 'SENT' }],
    ['recipient-update', one],
    ['recipient-update', { ...one, recipientId: 'r' }],
    ['recipient-update', { ...one, recipientId: 'r', phone: '1', status: 'DRAFT' }],
    ['recipient-update', { ...one, phone: '1', status: 'SENT' }],
    ['recipient-updates', one],
    ['recipient-updates', { ...one, updates: 'all' }],
    ['recipient-updates', { ...one, updates: [{}] }],
    ['recipient-updates', { ...one, updates: [recipient(1, 'SENT'), recipient(2, 'NOPE')] }],
    ['recipient-updates', { ...one, updates: recipients(BATCH + 1, 'SENT') }],
    ['analytics', { userId, type: 'nope', data: {} }],
    ['analytics', { userId, data: {} }],
    ['global-analytics', { type: 'nope', data: {} }],
    ['broadcast', { title: 'x' }],
    ['broadcast', { message: 'x' }],
  ]
  for (const [path, call] of wrong) {
    const { status, body } = await world.internal.post(`/internal/tracking/${path}`, call)
    const told = `${path} ${JSON.stringify(call).slice(0, 120)}`
    assert.equal(status, 400, `${told} was answered ${status} ${JSON.stringify(body)}`)
    shape(body, { error: text })
  }
  const named = await world.internal.post('/internal/tracking/message-update', { ...one, status: 'NOPE' })
  for (const status of [...MESSAGE_STATUSES, 'CANCELLED'])
    assert.ok(JSON.stringify(named.body).includes(status), status)
  const ofOne = await world.internal.post('/internal/tracking/recipient-update', { ...one, ...recipient(1, 'NOPE') })
  for (const status of [...RECIPIENT_STATUSES, 'BOUNCED'])
    assert.ok(JSON.stringify(ofOne.body).includes(status), status)
  assert.equal((await world.internal.get(`/internal/tracking/messages/${messageId}`)).status, 404, 'nothing was taken')
})

test('without the right secret the app is not heard', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(owner)
  const call = { userId: owner.userId, messageId, status: 'SENT', title: 't', message: 'm', type: 'dashboard_stats' }
  const paths = [
    'messages',
    'message-update',
    'recipient-update',
    'recipient-updates',
    'analytics',
    'global-analytics',
    'broadcast',
    'ping',
  ]
  for (const path of paths) {
    for (const authorization of ['', 'Bearer wrong', `Bearer ${owner.token}`]) {
      const { status } = await world.internal.post(`/internal/tracking/${path}`, call, { authorization })
      assert.equal(status, 401, path)
    }
    const { status } = await world.rest.post(owner, `/internal/tracking/${path}`, call)
    assert.ok([401, 403, 404, 405].includes(status), `${path} on the public listener answered ${status}`)
  }
  assert.equal(
    (await world.internal.get(`/internal/tracking/messages/${messageId}`, { authorization: '' })).status,
    401,
  )
  await published(world)
  await knowsNothing(socket)
})

test('an empty batch changes nothing, and a full one is taken', async (world) => {
  const { owner, messageId } = await owned(world)
  const empty = await world.internal.post('/internal/tracking/recipient-updates', {
    userId: owner.userId,
    messageId,
    updates: [],
  })
  assert.ok([200, 400].includes(empty.status), JSON.stringify(empty.body))
  const full = await world.app.recipients(owner, messageId, recipients(BATCH, 'SENT'))
  shape(full, { changed: BATCH, ignored: 0, successCount: BATCH, failedCount: 0, total: BATCH })
})

test('what is registered is added to, and known by its owner', async (world) => {
  const [owner, messageId] = [world.person(), newMessageId()]
  await world.app.register(owner, messageId, { totalRecipients: 5, content: 'hello', messageType: 'SMS' })
  await world.app.register(owner, messageId, { subject: 'about', templateId: 't1' })
  const known = await state(world, messageId)
  shape(known, {
    status: 'DRAFT',
    totalRecipients: 5,
    content: 'hello',
    messageType: 'SMS',
    subject: 'about',
    templateId: 't1',
  })
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
  await world.app.register(owner, messageId, { status: 'SCHEDULED', scheduledAt })
  const later = await state(world, messageId)
  shape(later, { status: 'SCHEDULED', content: 'hello' })
  assert.equal(Date.parse(later.scheduledAt), Date.parse(scheduledAt))
})

test('a retried call with the same key is carried out once', async (world) => {
  const { owner, messageId, socket } = await owned(world)
  const call = { userId: owner.userId, messageId, status: 'SENDING' }
  const headers = { 'idempotency-key': `key-${messageId}` }
  const answers = []
  for (const _ of numbers(3))
    answers.push(await world.internal.post('/internal/tracking/message-update', call, headers))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  await updated(socket, messageId, 'SENDING')
  messageNotification(await next(socket, 'notification'), messageId, 'SENDING')
  await published(world)
  await silent(socket, 'message_update')
  await silent(socket, 'notification')
})
