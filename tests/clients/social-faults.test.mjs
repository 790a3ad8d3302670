// What clients of `social` are told when the store does not take it (`contracts/social.md` section 2, "Failed to …").

import assert from 'node:assert/strict'
import { ask, next, silent } from './support/client.mjs'
import { lock, LOCKED_MS } from './support/lock.mjs'
import { shape, text } from './support/shape.mjs'
import { notify, ownSocial, say, succeeded } from './support/social.mjs'
import { suite } from './support/suite.mjs'
import { within } from './support/deadline.mjs'

const { test } = suite(import.meta.url, { ROOT_CONTRACT: 'social' })

test('what the store does not take is refused in the words of the contract, and works again later', async ({ t }) => {
  const world = await ownSocial(t)
  const [ada, bob] = [await world.member(), await world.member()]
  const [hers, his] = [await world.connect(ada), await world.connect(bob)]
  const { _id: messageId } = await say(hers, bob, 'before')
  const { _id: mine } = await say(his, ada, 'mine')
  const notificationId = await notify(world, bob)
  await next(his, 'receive_message')
  const release = await lock(t, world)
  const asked = [
    ['send_message', { receiverId: ada.userId, message: 'x' }, 'Failed to send message'],
    ['message_read', { messageId }, 'Failed to mark message as read'],
    ['delete_message', { messageId: mine }, 'Failed to delete message'],
    ['mark_notification_read', { notificationId }, 'Failed to mark notification as read'],
    ['delete_notification', { notificationId }, 'Failed to delete notification'],
    ['mark_all_notifications_read', {}, 'Failed to update all notifications'],
    ['update_notification_preferences', { preferences: { a: 1 } }, 'Failed to update notification preferences'],
  ]
  for (const [event, argument, words] of asked) {
    const reply = new Promise((done) => his.emit(event, argument, done))
    shape(await within(reply, `an answer to ${event}`, LOCKED_MS), { status: 'failure', error: words })
    shape(await next(his, 'error'), { message: words, event, code: 'INTERNAL' })
  }
  for (const event of ['receive_message', 'message_read_confirmation', 'message_deleted'])
    await silent(hers, event, (one) => one.messageId !== undefined)
  const sent = await world.api.post(bob, '/api/messages', { receiverId: ada.userId, message: 'x' })
  assert.ok(sent.status >= 500, `${sent.status}`)
  shape(sent.body, { status: 'failure', error: text })
  await release()
  for (const [event, argument] of asked) succeeded(await ask(his, event, argument))
})
