// What clients of `commerce` are told when the store does not take it, and that it works again later.

import assert from 'node:assert/strict'
import { ask, next, silent } from './support/client.mjs'
import { commerceSuite, crew, does, newId, ownCommerce } from './support/commerce.mjs'
import { within } from './support/deadline.mjs'
import { lock, LOCKED_MS } from './support/lock.mjs'
import { shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const FAILED = { code: 'INTERNAL_ERROR', message: 'An error occurred' }

/** `fails`, for as long as the sidecar waits for a lock. */
async function fails(socket, event, argument) {
  const reply = new Promise((done) => socket.emit(event, argument, done))
  assert.deepEqual(await within(reply, `an answer to ${event}`, LOCKED_MS), FAILED)
  assert.deepEqual(await next(socket, 'error:internal'), {
    code: 'INTERNAL_ERROR',
    message: 'An error occurred processing your request',
    event,
  })
}

test('what the store does not take fails, and nothing of it is told', async ({ t }) => {
  const world = await ownCommerce(t)
  const { user, seller, admin, hers, sellers, admins } = await crew(world)
  const orderId = newId('o')
  const mine = { orderId, buyerId: user.userId, sellers: [{ sellerId: seller.userId }], tell: false }
  await world.app.order(mine)
  await world.app.notify({ userId: user.userId, notification: { type: 't', title: 'T', message: 'M' } })
  const { id: notificationId } = await next(hers, 'notification:new')
  await next(hers, 'notification')
  const release = await lock(t, world)
  await Promise.all([
    fails(hers, 'chat:message', { recipientId: seller.userId, message: 'lost' }),
    fails(sellers, 'seller:order_status_update', { orderId, status: 'shipped' }),
    fails(admins, 'admin:system_notification', { title: 'lost', message: 'm' }),
  ])
  await fails(hers, 'notification:read', { notificationId })
  const { status, body } = await fetch(`${world.sidecar().publicUrl}/api/socket/events/mapping`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ eventName: 'shop:lost', roles: ['user'] }),
    signal: AbortSignal.timeout(LOCKED_MS),
  }).then(async (response) => ({ status: response.status, body: await response.json() }))
  assert.ok(status >= 500, `${status}`)
  shape(body, { success: false })
  await does(hers, 'user:cart_update', { cart: [] })
  for (const socket of [hers, sellers, admins])
    for (const event of ['chat:message:new', 'order:status:changed', 'system:announcement', 'notification', 'events:available'])
      await silent(socket, event)
  assert.ok(hers.connected && sellers.connected && admins.connected)

  await release()
  await does(hers, 'chat:message', { recipientId: seller.userId, message: 'again' })
  shape(await next(sellers, 'chat:message:new'), { message: 'again' })
  await does(sellers, 'seller:order_status_update', { orderId, status: 'shipped' })
  shape(await next(hers, 'order:status:changed'), { orderId, newStatus: 'shipped' })
  await does(hers, 'notification:read', { notificationId })
  await does(admins, 'admin:system_notification', { title: 'heard', message: 'm' })
  shape(await next(hers, 'system:announcement'), { title: 'heard' })
  const { body: map } = await world.api.get(admin, '/api/socket/events')
  assert.equal(map.data.mappings['shop:lost'], undefined)
  assert.deepEqual(await ask(hers, 'shop:lost', {}), { code: 'UNKNOWN_EVENT', message: 'Unknown event' })
})

test('who comes meanwhile is let in later, or told that it cannot be known', async ({ t }) => {
  const world = await ownCommerce(t)
  const who = await world.member()
  const release = await lock(t, world)
  const socket = world.open(who)
  const outcome = await new Promise((done) => {
    socket.once('connect', () => done(undefined))
    socket.once('connect_error', (error) => done(error))
    setTimeout(() => done(undefined), LOCKED_MS).unref()
  })
  if (outcome) assert.equal(outcome.message, 'Authentication failed')
  await release()
  await world.connect(who)
})
