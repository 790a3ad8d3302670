// What clients of `social` are told when the store does not take it (`contracts/social.md` section 2, "Failed to …").

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ask, next, silent } from './support/client.mjs'
import { shape, text } from './support/shape.mjs'
import { notify, ownSocial, say, succeeded } from './support/social.mjs'
import { suite } from './support/suite.mjs'
import { within } from './support/deadline.mjs'

const { test } = suite(import.meta.url, { ROOT_CONTRACT: 'social' })

// Longer than the sidecar waits for a lock.
const PATIENCE_MS = 15_000

const HOLDER = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
`

/** Another process holds the database; gives what lets go of it. */
async function lock(t, { home }) {
  const database = join(home.directory, 'outrigger.db')
  const holder = spawn('python3', ['-c', HOLDER, database], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  return async () => {
    const ended = once(holder, 'exit')
    holder.stdin.end('\n')
    await ended
  }
}

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
    shape(await within(reply, `an answer to ${event}`, PATIENCE_MS), { status: 'failure', error: words })
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
