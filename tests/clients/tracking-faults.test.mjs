// What clients of `tracking` and the app are told when the store does not take it, and that nothing of it is lost later.

import assert from 'node:assert/strict'
import { ask, next, silent } from './support/client.mjs'
import { eventually, within } from './support/deadline.mjs'
import { lock, LOCKED_MS } from './support/lock.mjs'
import { shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'
import {
  isWarning,
  lastStatuses,
  newMessageId,
  ownTracking,
  recipients,
  rooms,
  succeeded,
} from './support/tracking.mjs'

const { test } = suite(import.meta.url, { ROOT_CONTRACT: 'tracking' })

test('what the store does not take is refused, and works again later', async ({ t }) => {
  const world = await ownTracking(t)
  const [who, messageId] = [world.person(), newMessageId()]
  const socket = await world.connect(who)
  await world.app.register(who, messageId)
  const { body } = await world.internal.post('/internal/notify', {
    userId: who.userId,
    type: 'system',
    title: 't',
    message: 'm',
  })
  await next(socket, 'notification')
  const release = await lock(t, world)
  const reply = new Promise((done) => socket.emit('mark_notification_read', body.notificationId, done))
  shape(await within(reply, 'an answer', LOCKED_MS), { error: text })
  shape(await next(socket, 'notification', isWarning), { data: { event: 'mark_notification_read' } })
  const call = { userId: who.userId, messageId, status: 'SENDING' }
  const refused = await fetch(`${world.sidecar().internalUrl}/internal/tracking/message-update`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.home.internalSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify(call),
    signal: AbortSignal.timeout(LOCKED_MS),
  })
  assert.ok(refused.status >= 500, `${refused.status}`)
  shape(await refused.json(), { error: text })
  await silent(socket, 'message_update')
  assert.deepEqual(await rooms(socket), [`user_${who.userId}`])
  await release()
  succeeded(await ask(socket, 'mark_notification_read', body.notificationId))
  await world.app.update(who, messageId, 'SENDING')
  shape(await next(socket, 'message_update'), { messageId, status: 'SENDING' })
})

test('what is being told goes on when the store does', async ({ t }) => {
  const world = await ownTracking(t)
  const [who, messageId, total] = [world.person(), newMessageId(), 1_500]
  const socket = await world.connect(who)
  await world.app.recipients(who, messageId, recipients(total, 'SENT'))
  await next(socket, 'recipient_update')
  const release = await lock(t, world)
  await release()
  await eventually(
    () => lastStatuses(socket, messageId).size,
    (size) => size === total,
    'everyone',
    LOCKED_MS,
  )
})
