// Notifications on the sockets of `commerce`, what the app has to say about products and applications, and what a client
// asks for while its socket is down (`contracts/commerce.md` sections 3, 4 and 5).

import assert from 'node:assert/strict'
import { ask, next, settled, silent } from './support/client.mjs'
import {
  commerceSuite,
  crew,
  does,
  DOORS,
  invalid,
  newId,
  numbers,
  object,
  ownCommerce,
  published,
  SIDE_DOORS,
  titleOf,
  told,
  unheard,
} from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape, text } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url)

const NOTICE = { type: 'promotion', title: 'Sale', message: 'half price', data: { until: 'Sunday', n: [1] } }
const NOT_FOUND = 'Notification not found'

/** The two events of a notification of a user (section 3). */
async function hears(socket, wanted, priority = 'normal') {
  const stored = shape(await next(socket, 'notification:new'), { id: text, ...wanted, priority, timestamp: iso })
  shape(await next(socket, 'notification'), { ...wanted, priority, timestamp: stored.timestamp })
  return stored.id
}

for (const door of [...DOORS, ...SIDE_DOORS]) {
  test(`a notification reaches all sockets of its user, in both forms: ${titleOf(door)}`, async (world) => {
    const { user, hers, sellers, admins } = await crew(world, door)
    const device = await world.connect(user, { ...DOORS[1], device: newDevice() })
    await world.app.notify({ userId: user.userId, notification: NOTICE })
    const id = await hears(hers, NOTICE)
    assert.equal(await hears(device, NOTICE), id)
    await world.app.notify({ userId: user.userId, notification: { ...NOTICE, priority: 'high' } })
    shape(await next(hers, 'notification:new'), { title: 'Sale', priority: 'high' })
    shape(await next(hers, 'notification'), { title: 'Sale', priority: 'high' })
    await world.internal.post('/internal/notify', { userId: user.userId, type: 'mention', title: 'T', message: 'M' })
    shape(await next(hers, 'notification:new'), { type: 'mention', priority: 'normal' })
    await unheard(world, [sellers, admins], 'notification', 'notification:new')
  })
}

test('it is read and dismissed by its owner, once there', async (world) => {
  const { user, hers, sellers } = await crew(world)
  await world.app.notify({ userId: user.userId, notification: NOTICE })
  const id = await hears(hers, NOTICE)
  for (const event of ['notification:read', 'notification:dismiss']) {
    await invalid(sellers, event, { notificationId: id }, NOT_FOUND)
    await invalid(hers, event, { notificationId: newId('never') }, NOT_FOUND)
  }
  for (const _ of numbers(2)) await does(hers, 'notification:read', { notificationId: id })
  const { body } = await world.rest.get(null, '/api/notifications', { cookie: `authToken=${user.appToken}` })
  const [kept] = body.notifications ?? body
  shape(kept, { id, read: true })
  await does(hers, 'notification:dismiss', { notificationId: id })
  await invalid(hers, 'notification:dismiss', { notificationId: id }, NOT_FOUND)
  await invalid(hers, 'notification:read', { notificationId: id }, NOT_FOUND)
})

test('who wants none of a kind gets none', async (world) => {
  const { user, hers } = await crew(world)
  const social = await world.connectElsewhere(user, { path: '/api/socket', namespace: '/social' })
  await ask(social, 'update_notification_preferences', { preferences: { promotion: false } })
  await world.app.notify({ userId: user.userId, notification: NOTICE })
  await world.app.notify({ userId: user.userId, notification: { ...NOTICE, type: 'other', title: 'Another' } })
  await hears(hers, { type: 'other', title: 'Another' })
})

test('a notice for a role or everyone reaches them, on every door', async (world) => {
  const { hers, sellers, admins } = await crew(world)
  const elsewhere = await world.connect(await world.admin(), DOORS[3])
  await world.app.notify({ role: 'admin', notification: { ...NOTICE, title: 'For admins', priority: 'high' } })
  await world.app.notify({ role: 'seller', notification: { ...NOTICE, title: 'For sellers' } })
  await world.app.notify({ everyone: true, notification: { ...NOTICE, title: 'For all' } })
  for (const socket of [admins, elsewhere])
    shape(await next(socket, 'notification'), { ...NOTICE, title: 'For admins', priority: 'high', timestamp: iso })
  shape(await next(sellers, 'notification'), { title: 'For sellers', priority: 'normal' })
  for (const socket of [hers, sellers, admins, elsewhere])
    shape(await next(socket, 'notification'), { type: 'promotion', title: 'For all' })
  await published(world)
  for (const socket of [hers, sellers, admins, elsewhere]) await silent(socket, 'notification')
})

test('an announcement is told in both forms to everyone', async (world) => {
  const { admin, hers, sellers, admins } = await crew(world)
  const everyone = [hers, sellers, admins, await world.connect(admin, SIDE_DOORS[1])]
  const heardBy = async (title, priority) => {
    for (const socket of everyone) {
      assert.deepEqual(await next(socket, 'system:announcement'), { title, message: 'at 2 AM', priority })
      shape(await next(socket, 'notification'), { type: text, title, message: 'at 2 AM', priority, timestamp: iso })
    }
  }
  await does(admins, 'admin:system_notification', { title: 'Maintenance', message: 'at 2 AM', priority: 'high' })
  await heardBy('Maintenance', 'high')
  await does(admins, 'admin:system_notification', { title: 'Later', message: 'at 2 AM' })
  await heardBy('Later', 'normal')
  await world.app.announce({ title: 'From the app', message: 'at 2 AM', priority: 'high' })
  await heardBy('From the app', 'high')
  await world.internal.post('/internal/tracking/broadcast', { title: 'From tracking', message: 'at 2 AM' })
  await heardBy('From tracking', 'normal')
})

// --- what the app decided --------------------------------------------------------------------------------

for (const status of ['approved', 'rejected']) {
  test(`a product that is ${status} is told to its seller, and to admins who did it`, async (world) => {
    const { seller, hers, sellers, admins } = await crew(world)
    const [id, name, note] = [newId('p'), 'Vase', status === 'rejected' ? 'blurred picture' : undefined]
    const product = { id, name }
    await world.app.productModeration({ userId: seller.userId, product, status, note, moderator: 'Mo' })
    const facts = { productId: id, productName: name, status }
    const decision = shape(await next(sellers, `moderation:product_${status}`), { ...facts, timestamp: iso })
    assert.equal(decision.note, note ?? null)
    if (status === 'approved')
      assert.deepEqual(await next(sellers, 'product:approved'), {
        productId: id,
        productName: name,
        message: 'Your product has been approved',
      })
    else assert.deepEqual(told(sellers, 'product:approved'), [])
    shape(await next(sellers, 'notification:new'), { type: 'product_moderation', data: (data) => data.productId === id })
    shape(await next(sellers, 'notification'), { type: 'product_moderation' })
    shape(await next(admins, 'moderation:product_status_changed'), { ...facts, moderator: 'Mo', timestamp: iso })
    await unheard(world, [hers, admins], `moderation:product_${status}`, 'notification')
    await unheard(world, [hers, sellers], 'moderation:product_status_changed')
  })

  test(`an application that is ${status} is told to who applied, and to admins`, async (world) => {
    const { user, hers, sellers, admins } = await crew(world)
    const applicationId = newId('a')
    await world.app.sellerApplication({
      userId: user.userId,
      applicationId,
      status,
      note: 'thank you',
      userName: user.name,
      businessName: 'Clay & Co',
      moderator: 'Mo',
    })
    shape(await next(hers, `moderation:seller_${status}`), { applicationId, status, note: 'thank you', timestamp: iso })
    if (status === 'approved')
      assert.deepEqual(await next(hers, 'seller:application:approved'), {
        message: 'Your seller application has been approved!',
        businessName: 'Clay & Co',
      })
    else assert.deepEqual(told(hers, 'seller:application:approved'), [])
    shape(await next(hers, 'notification:new'), { type: 'seller_application' })
    shape(await next(admins, 'moderation:seller_status_changed'), {
      applicationId,
      userName: user.name,
      status,
      moderator: 'Mo',
      timestamp: iso,
    })
    await unheard(world, [sellers, admins], `moderation:seller_${status}`)
    await unheard(world, [hers, sellers], 'moderation:seller_status_changed')
  })
}

test('a seller whose stock is low is told so, urgently', async (world) => {
  const { seller, hers, sellers } = await crew(world)
  const product = { id: newId('p'), name: 'Vase', stock: 2 }
  await world.app.lowStock({ sellerId: seller.userId, product })
  await hears(
    sellers,
    {
      type: 'low_stock',
      title: 'Low Stock Alert',
      message: 'Vase is running low (2 left)',
      data: (data) => data.productId === product.id && data.productName === 'Vase' && data.stock === 2,
    },
    'high',
  )
  await unheard(world, [hers], 'notification')
})

test('a status that is none is refused', async ({ member, internal }) => {
  const { userId } = await member()
  for (const [path, call] of [
    ['product-moderation', { userId, product: { id: 'p', name: 'n' }, status: 'perhaps' }],
    ['product-moderation', { userId, status: 'approved' }],
    ['seller-application', { userId }],
    ['low-stock', { sellerId: userId }],
    ['notify', { notification: NOTICE }],
    ['notify', { role: 'king', notification: NOTICE }],
    ['notify', { userId, role: 'user', notification: NOTICE }],
    ['notify', { userId }],
    ['announcement', { title: 't' }],
    ['dashboard-stats', {}],
    ['throttled', {}],
    ['disconnect', {}],
    ['event-mappings', { eventName: 'x:y', roles: ['king'] }],
  ]) {
    const { status, body } = await internal.post(`/internal/commerce/${path}`, call)
    assert.ok(status === 400 || status === 422, `${path} ${JSON.stringify(call)}: ${status}`)
    assert.ok(text(body.error), JSON.stringify(body))
    const stranger = await internal.post(`/internal/commerce/${path}`, call, { authorization: 'Bearer nope' })
    assert.equal(stranger.status, 401, path)
  }
})

// --- while the socket is down ----------------------------------------------------------------------------

/** What the polling client gets. */
async function updates(world, who, since, prefix = '/commerce') {
  const path = `/api/notifications/updates?since=${encodeURIComponent(since)}`
  const { status, body } = await world.apiAt(prefix).get(who, path)
  assert.equal(status, 200, JSON.stringify(body))
  shape(body, { success: true, count: body.updates.length })
  for (const one of body.updates)
    shape(one, { type: text, title: text, message: text, timestamp: iso, priority: (word) => /^(normal|high)$/.test(word) })
  return body.updates
}
const titles = (those) => those.map(({ title }) => title)

for (const prefix of ['', '/commerce']) {
  test(`who has no socket asks what is new, newest first: ${prefix || 'at the root'}`, async ({ t }) => {
    const world = await ownCommerce(t)
    const { user, seller, admin } = await crew(world)
    const since = new Date(Date.now() - 60_000).toISOString()
    assert.deepEqual(await updates(world, user, since, prefix), [])
    await world.app.notify({ userId: user.userId, notification: { ...NOTICE, title: 'one', priority: 'high' } })
    await world.app.notify({ role: 'seller', notification: { ...NOTICE, title: 'two' } })
    await world.app.announce({ title: 'three', message: 'm', priority: 'high' })
    await world.app.notify({ everyone: true, notification: { ...NOTICE, title: 'four' } })
    const all = await updates(world, user, since, prefix)
    assert.deepEqual(titles(all), ['four', 'three', 'one'])
    shape(all[2], { type: 'promotion', message: 'half price', data: object, priority: 'high' })
    shape(all[2].data, NOTICE.data)
    shape(all[1], { priority: 'high' })
    assert.deepEqual(titles(await updates(world, seller, since, prefix)), ['four', 'three', 'two'])
    assert.deepEqual(titles(await updates(world, admin, since, prefix)), ['four', 'three'])
    assert.deepEqual(titles(await updates(world, user, all[1].timestamp, prefix)), ['four'], 'only younger ones')
    assert.deepEqual(await updates(world, user, new Date(Date.now() + 60_000).toISOString(), prefix), [])
  })
}

test('what is heard on the socket and what is asked for have the same time', async (world) => {
  const { user, hers } = await crew(world)
  await world.app.notify({ userId: user.userId, notification: NOTICE })
  const { timestamp } = await next(hers, 'notification')
  const [one] = await updates(world, user, new Date(Date.now() - 60_000).toISOString())
  assert.equal(one.timestamp, timestamp)
})

test('of very many the newest fifty are shown', async (world) => {
  const { user } = await crew(world)
  for (const n of numbers(60)) await world.app.notify({ userId: user.userId, notification: { ...NOTICE, title: `${n}` } })
  const since = new Date(Date.now() - 60_000).toISOString()
  assert.deepEqual(titles(await updates(world, user, since)), numbers(50, 10).reverse().map(String))
})

test('since must be there, and a time', async ({ member, api }) => {
  const who = await member()
  for (const query of ['', '?since=', '?since=yesterday', '?since=%00']) {
    const { status, body } = await api.get(who, `/api/notifications/updates${query}`)
    assert.equal(status, 400, `${query}: ${JSON.stringify(body)}`)
    shape(body, { success: false })
  }
  const { status, body } = await api.get(who, '/api/notifications/health')
  assert.equal(status, 200)
  shape(body, { success: true, message: text, timestamp: iso })
})

test('a notice is still there after a crash', async ({ t }) => {
  const world = await ownCommerce(t)
  const user = await world.member()
  await world.app.announce({ title: 'kept', message: 'm' })
  await world.app.notify({ role: 'user', notification: { ...NOTICE, title: 'kept too' } })
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const since = new Date(Date.now() - 60_000).toISOString()
  assert.deepEqual(titles(await updates(world, user, since)), ['kept too', 'kept'])
  const socket = await world.connect(user)
  await settled(socket)
})
