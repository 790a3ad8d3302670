// What the types refuse. Each `@ts-expect-error` fails the compilation if its line were taken after all.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutriggerClient, names } from '@outrigger/client'
import { createOutrigger, handleWebhooks, type Webhook } from '@outrigger/client/server'

declare module '@outrigger/client' {
  interface CustomEvents {
    invoiceReady: { invoiceId: string }
  }
}

const never = false as boolean

test('events, payloads and answers are those of the contract', async () => {
  const client = createOutriggerClient({ urls: 'http://127.0.0.1:9' })
  const socket = client.peek('rooms')
  const { server, client: sent } = names.rooms
  const seen: string[] = []
  socket.on(server.userTyping, ({ userId, isTyping }) => seen.push(userId, String(isTyping)))
  // @ts-expect-error: a payload has no other fields than those
  socket.on(server.userTyping, ({ receiverId }) => seen.push(String(receiverId)))
  // @ts-expect-error: no such event
  socket.on('userTypping', () => undefined)
  // An event of the app's own, as declared above.
  socket.on('invoiceReady', ({ invoiceId }) => seen.push(invoiceId))
  if (never) {
    socket.emit(sent.typing, { receiverId: 'bob', isTyping: true })
    // @ts-expect-error: an argument is missing
    socket.emit(sent.typing)
    // @ts-expect-error: of the wrong type
    socket.emit(sent.typing, { receiverId: 'bob', isTyping: 'yes' })
    // @ts-expect-error: it takes none
    socket.emit(sent.getOnlineUsers, {})
    const { isOnline } = await socket.ask(sent.checkUserOnline, { userId: 'bob' })
    const flag: boolean = isOnline
    // @ts-expect-error: only /auth knows it
    client.legacy('/messenger').emit(names.auth.client.logout, {})
    const social = client.social()
    const { message } = await social.ask(names.social.client.send_message, { receiverId: 'bob', message: 'hi' })
    // A refusal is thrown: what is given is the answer.
    const text: string = message.message
    // @ts-expect-error: a word of the contract is missing
    await social.ask(names.social.client.send_message, { message: text })
    // @ts-expect-error: rooms does not know it
    client.rooms().emit(names.social.client.set_status, { status: 'busy' })
    const tracking = client.tracking()
    const { totalRecipients } = await tracking.ask(names.tracking.client.track_message, 'campaign')
    const total: number = totalRecipients
    const inRooms = await tracking.ask(names.tracking.client.get_rooms)
    assert.ok(inRooms.includes('user_alice') && total > 0)
    // @ts-expect-error: it is one of the contract's words
    tracking.on(names.tracking.server.message_update, ({ status }) => status === 'GONE')
    const commerce = client.commerce()
    const { messageId } = await commerce.ask(names.commerce.client['chat:message'], { message: 'hi', roomId: 'lobby' })
    const { data: stats } = await commerce.ask(names.commerce.client['admin:stats'])
    assert.ok(messageId.length + stats.totalUsers > 0)
    // @ts-expect-error: it has no such field
    commerce.on(names.commerce.server['order:status:changed'], ({ status }) => status)
    // @ts-expect-error: a status is missing
    commerce.emit(names.commerce.client['seller:order_status_update'], { orderId: '7' })
    const outrigger = createOutrigger({ url: '', secret: '' })
    await outrigger.sendToUsers(['bob'], 'invoiceReady', { invoiceId: '7' }, { durable: true })
    // @ts-expect-error: only users have feeds
    await outrigger.sendToRole('admin', 'invoiceReady', { invoiceId: '7' }, { durable: true })
    await outrigger.broadcastMessageUpdate('bob', { messageId: 'm', status: 'SENT', cost: 2 })
    // @ts-expect-error: no such status
    await outrigger.broadcastRecipientUpdate('bob', { messageId: 'm', recipientId: 'r', status: 'ARRIVED' })
    // The same name in two contracts: each takes its own.
    await outrigger.broadcastSystemNotification({ title: 'Down', message: 'at noon' })
    await outrigger.commerce.notifications.broadcastSystemNotification('Down at noon', 'high')
    await outrigger.commerce.notifications.sendToUser('bob', { type: 'note', title: 'Hi', message: 'there' })
    // @ts-expect-error: an event is no notification
    await outrigger.commerce.notifications.sendToUser('bob', 'invoiceReady')
    // @ts-expect-error: no such role
    await outrigger.commerce.emitToRole('boss', 'x')
    const sockets: string[] = await outrigger.orThrow.commerce.getUserSockets('bob')
    assert.ok(sockets)
    const result = await outrigger.isUserOnline('bob')
    // @ts-expect-error: it may have failed
    const online: boolean = result.value
    assert.ok(flag && online)
  }
  assert.deepEqual(seen, [])
})

test('a webhook’s type says what its data is', () => {
  handleWebhooks({
    secret: 'secret',
    on: {
      'message.missed': ({ data }) => void data.message.text,
      // @ts-expect-error: it has no message
      'user.connected': ({ data }) => void data.message.text,
      // @ts-expect-error: no such type
      'user.connnected': () => undefined,
    },
  })
  const told = (webhook: Webhook): string =>
    webhook.type === 'user.disconnected' ? webhook.data.reason : webhook.userId
  assert.equal(told({ id: '1', type: 'user.disconnected', at: '', userId: 'bob', data: { reason: 'lost' } }), 'lost')
})
