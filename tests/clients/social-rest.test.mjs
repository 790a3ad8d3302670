// REST of the `social` contract (`contracts/social.md` section 4): at the root, and always under `/social`.

import assert from 'node:assert/strict'
import { next, nextOnes, silent } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { count, flag, iso, shape, text } from './support/shape.mjs'
import { message, newNotification, notification, notify, pages, say, shown, socialSuite } from './support/social.mjs'
import { sign } from './support/tokens.mjs'

const { test: story } = socialSuite(import.meta.url)

const NOBODY = 'f'.repeat(24)
const PREFIXES = ['', '/social']

/** A story for each place of the routes. */
function test(name, tell) {
  for (const prefix of PREFIXES) {
    story(`${name}: ${prefix || 'at the root'}`, (world) => tell({ ...world, api: world.apiAt(prefix) }))
  }
}

const done = (answer, status = 200) => {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  return shape(answer.body, { status: 'success' })
}
const failed = (answer, status, error) => {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.deepEqual(answer.body, { status: 'failure', error })
}

/** `faults`: field, type and, where it matters, the whole message. */
function invalid(answer, ...faults) {
  assert.equal(answer.status, 400, JSON.stringify(answer.body))
  assert.equal(answer.body.message, 'validation error')
  for (const one of answer.body.errors) shape(one, { field: text, message: text, type: text })
  const told = answer.body.errors.map(({ field, message: words, type }) => `${field} | ${words} | ${type}`)
  assert.deepEqual(told.toSorted(), faults.toSorted())
}

/** Two people with a socket each, and messages between them. */
async function pair({ member, connect, api }) {
  const [ada, bob] = [await member(), await member()]
  const [hers, his] = [await connect(ada), await connect(bob)]
  const send = async (from, to, words) =>
    done(await api.post(from, '/api/messages', { receiverId: to.userId, message: words }), 201).data
  return { ada, bob, hers, his, send }
}

// --- who may --------------------------------------------------------------------------------------

const ROUTES = [
  ['get', '/api/notifications'],
  ['get', '/api/notifications/preferences'],
  ['patch', '/api/notifications/preferences'],
  ['patch', '/api/notifications/x/read'],
  ['patch', '/api/notifications/read-all'],
  ['remove', '/api/notifications/x'],
  ['remove', '/api/notifications'],
  ['remove', '/api/notifications/delete-all'],
  ['post', '/api/notifications/subscribe'],
  ['remove', '/api/notifications/unsubscribe?endpoint=x'],
  ['post', '/api/messages'],
  ['get', '/api/messages'],
  ['get', '/api/messages/x'],
  ['patch', '/api/messages/x/read'],
  ['patch', '/api/messages/x/seen'],
  ['patch', '/api/messages/conversation/x/seen'],
  ['patch', '/api/conversation/x/seen'],
  ['remove', '/api/messages/x'],
  ['get', '/api/users/x/status'],
  ['patch', '/api/users/status'],
]

test('without a good token every route says why', async ({ person, api, internal, home }) => {
  const revoked = person()
  await internal.post('/internal/revoke', { token: revoked.token })
  const expired = person()
  expired.token = expired.socialToken({ expiresIn: -60 })
  const forged = person()
  forged.token = sign({ id: forged.userId, exp: 4e9 }, { secret: `${home.jwtSecret}x` })
  const garbage = { ...person(), token: 'garbage' }
  for (const [who, words] of [
    [null, 'No token provided'],
    [expired, 'Token expired'],
    [revoked, 'Token has been revoked'],
    [forged, 'Invalid token'],
    [garbage, 'Invalid token'],
  ]) {
    for (const [method, path] of ROUTES) {
      const { status, body } = await api[method](who, path, method === 'get' ? undefined : {})
      assert.equal(status, 401, `${method} ${path}`)
      assert.deepEqual(body, { error: 'Unauthorized', message: words }, `${method} ${path}`)
    }
  }
})

test('the cookie of the app serves as well', async ({ member, api }) => {
  const who = await member()
  done(await api.get(null, '/api/messages', undefined, { cookie: `authToken=${who.token}` }))
})

// --- sending ------------------------------------------------------------------------------------

test('POST /api/messages sends like the socket', async (world) => {
  const { ada, bob, hers, his } = await pair(world)
  const answer = await world.api.post(ada, '/api/messages', { receiverId: bob.userId, message: '  over REST ' })
  const { data } = shape(done(answer, 201), { message: text })
  message(data, ada, bob, 'over REST')
  assert.deepEqual(await next(hers, 'message_sent'), { status: 'success', message: data })
  shape(await next(his, 'receive_message'), { type: 'new_message', message: data, sender: shown(ada) })
  newNotification(await next(his, 'new_notification'), bob, {
    type: 'new_message',
    message: `${ada.name} sent you a message`,
    from: ada,
    metadata: { messageId: data._id },
  })
})

test('POST /api/messages refuses in the words of the contract', async (world) => {
  const { ada, bob, his } = await pair(world)
  const post = (body) => world.api.post(ada, '/api/messages', body)
  const required = (field) => `${field} | "${field}" is required | any.required`
  const empty = (field) => `${field} | "${field}" is not allowed to be empty | string.empty`
  const noText = (field) => `${field} | "${field}" must be a string | string.base`
  const { userId: receiverId } = bob
  invalid(await post({}), required('receiverId'), required('message'))
  invalid(await post({ receiverId }), required('message'))
  invalid(await post({ message: 'x' }), required('receiverId'))
  invalid(await post({ receiverId, message: '' }), empty('message'))
  invalid(await post({ receiverId, message: '   ' }), empty('message'))
  invalid(await post({ receiverId: '', message: '' }), empty('receiverId'), empty('message'))
  invalid(await post({ receiverId, message: 7 }), noText('message'))
  invalid(await post({ receiverId: 7, message: 'x' }), noText('receiverId'))
  const long = 'message | "message" length must be less than or equal to 1000 characters long | string.max'
  invalid(await post({ receiverId, message: 'x'.repeat(1001) }), long)
  done(await post({ receiverId, message: '🚣'.repeat(1000) }), 201)
  await next(his, 'receive_message')
  failed(await post({ receiverId: NOBODY, message: 'x' }), 404, 'Receiver not found')
  failed(await post({ receiverId: ada.userId, message: 'x' }), 400, 'You cannot send a message to yourself')
  for (const body of [[], 'text', null, 7]) {
    const { status } = await post(body)
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)} was answered ${status}`)
  }
  await silent(his, 'receive_message')
})

// --- a conversation -----------------------------------------------------------------------------

test('GET /api/messages/:userId is ascending, in pages, of these two only', async (world) => {
  const { ada, bob, send } = await pair(world)
  const eve = await world.member()
  for (let n = 1; n <= 7; n += 1) await send(n % 2 ? ada : bob, n % 2 ? bob : ada, `${n}`)
  await send(ada, eve, 'aside')
  const page = async (who, partner, query = '') =>
    done(await world.api.get(who, `/api/messages/${partner.userId}?markAsSeen=false&${query}`))
  const words = ({ messages }) => messages.map((one) => one.message)
  const name = 'totalMessages'
  for (const [who, partner] of [
    [ada, bob],
    [bob, ada],
  ]) {
    const whole = await page(who, partner)
    assert.deepEqual(words(whole), ['1', '2', '3', '4', '5', '6', '7'])
    pages(whole.pagination, name, 7, { limit: 50 })
    message(whole.messages[0], ada, bob, '1')
    for (const [n, expected] of [
      [1, ['1', '2', '3']],
      [2, ['4', '5', '6']],
      [3, ['7']],
      [4, []],
    ]) {
      const part = await page(who, partner, `limit=3&page=${n}`)
      assert.deepEqual(words(part), expected)
      pages(part.pagination, name, 7, { page: n, limit: 3 })
    }
  }
  const latest = await page(bob, ada, 'limit=3&latest=true')
  assert.deepEqual(words(latest), ['5', '6', '7'], 'the newest, still ascending')
  const before = await page(bob, ada, `limit=3&before=${latest.messages[0]._id}`)
  assert.deepEqual(words(before), ['2', '3', '4'])
  const nothing = await page(eve, bob)
  assert.deepEqual(nothing.messages, [])
  pages(nothing.pagination, name, 0, { limit: 50 })
})

test('GET /api/messages/:userId marks what it shows as seen, and tells the sender', async (world) => {
  const { ada, bob, hers, send } = await pair(world)
  const desk = await world.connect(ada, { device: newDevice() })
  const sent = [await send(ada, bob, '1'), await send(ada, bob, '2')]
  await send(bob, ada, 'mine is not marked')
  const { messages } = done(await world.api.get(bob, `/api/messages/${ada.userId}`))
  for (const [index, { _id: messageId }] of sent.entries()) {
    for (const device of [hers, desk]) {
      const seen = await next(device, 'message_seen')
      shape(seen, { messageId, seenBy: bob.userId, seenAt: iso, isRead: true })
      shape(messages[index], { _id: messageId, isRead: true, seenBy: [{ userId: bob.userId, seenAt: seen.seenAt }] })
    }
  }
  shape(messages[2], { isRead: false, seenBy: [] })
  done(await world.api.get(bob, `/api/messages/${ada.userId}?markAsSeen=true`))
  for (const device of [hers, desk]) {
    await silent(device, 'message_seen')
    await silent(device, 'message_read_confirmation')
  }
})

test('GET /api/messages/:userId marks only the page, and nothing if it should not', async (world) => {
  const { ada, bob, hers, send } = await pair(world)
  const [first] = [await send(ada, bob, '1'), await send(ada, bob, '2')]
  done(await world.api.get(bob, `/api/messages/${ada.userId}?markAsSeen=false`))
  done(await world.api.get(bob, `/api/messages/${ada.userId}?limit=1`))
  shape(await next(hers, 'message_seen'), { messageId: first._id })
  await silent(hers, 'message_seen')
})

test('pages are validated', async (world) => {
  const { ada, bob } = await pair(world)
  const number = (field) => `${field} | "${field}" must be a number | number.base`
  const least = (field) => `${field} | "${field}" must be greater than or equal to 1 | number.min`
  const most = (limit) => `limit | "limit" must be less than or equal to ${limit} | number.max`
  for (const [path, limit] of [
    [`/api/messages/${bob.userId}`, 100],
    ['/api/messages', 100],
    ['/api/notifications', 50],
  ]) {
    invalid(await world.api.get(ada, `${path}?page=x&limit=y`), number('page'), number('limit'))
    invalid(await world.api.get(ada, `${path}?page=0`), least('page'))
    invalid(await world.api.get(ada, `${path}?page=-3&limit=0`), least('page'), least('limit'))
    invalid(await world.api.get(ada, `${path}?limit=${limit + 1}`), most(limit))
    done(await world.api.get(ada, `${path}?limit=${limit}&page=1000000`))
  }
})

test('GET /api/messages lists conversations, the one spoken in last first', async (world) => {
  const { ada, bob, send } = await pair(world)
  const eve = await world.member()
  await send(ada, bob, 'to Bob')
  const toAda = [await send(eve, ada, 'one'), await send(eve, ada, 'two')]
  const list = async (who, query = '') => done(await world.api.get(who, `/api/messages${query}`))
  const { conversations, pagination } = await list(ada)
  assert.equal(conversations.length, 2)
  shape(conversations[0], { user: shown(eve), lastMessage: toAda[1], unreadCount: 2 })
  shape(conversations[1], { user: shown(bob), unreadCount: 0 })
  message(conversations[1].lastMessage, ada, bob, 'to Bob')
  pages(pagination, 'totalConversations', 2, { limit: 20 })
  const second = await list(ada, '?limit=1&page=2')
  assert.deepEqual(
    second.conversations.map(({ user }) => user._id),
    [bob.userId],
  )
  pages(second.pagination, 'totalConversations', 2, { page: 2, limit: 1 })
  await world.api.patch(ada, `/api/messages/conversation/${eve.userId}/seen`)
  assert.equal((await list(ada)).conversations[0].unreadCount, 0)
  for (const { _id } of toAda) done(await world.api.remove(eve, `/api/messages/${_id}`))
  assert.deepEqual(
    (await list(ada)).conversations.map(({ user }) => user._id),
    [bob.userId],
  )
  const nobody = await list(await world.member())
  assert.deepEqual(nobody.conversations, [])
  pages(nobody.pagination, 'totalConversations', 0, { limit: 20 })
})

// --- reading and deleting -------------------------------------------------------------------------

test('PATCH /api/messages/:id/read confirms to the sender', async (world) => {
  const { ada, bob, hers, send } = await pair(world)
  const { _id: messageId } = await send(ada, bob, 'read me')
  const read = (who, id = messageId) => world.api.patch(who, `/api/messages/${id}/read`)
  failed(await read(ada), 403, 'You can only mark messages sent to you as read')
  failed(await read(await world.member()), 403, 'You can only mark messages sent to you as read')
  failed(await read(bob, NOBODY), 404, 'Message not found')
  shape(done(await read(bob)), { message: text })
  shape(await next(hers, 'message_read_confirmation'), { messageId, readBy: bob.userId, readAt: iso })
  done(await read(bob))
  await silent(hers, 'message_read_confirmation')
  await silent(hers, 'message_seen')
})

test('PATCH /api/messages/:id/seen says that it was seen', async (world) => {
  const { ada, bob, hers, send } = await pair(world)
  const { _id: messageId } = await send(ada, bob, 'see me')
  const see = (who, id = messageId) => world.api.patch(who, `/api/messages/${id}/seen`)
  assert.equal((await see(ada)).status, 403)
  assert.equal((await see(await world.member())).status, 403)
  failed(await see(bob, NOBODY), 404, 'Message not found')
  const { seenBy, isRead } = shape(done(await see(bob)), { message: text, seenBy: Array.isArray, isRead: flag })
  const { seenAt } = shape(await next(hers, 'message_seen'), {
    messageId,
    seenBy: bob.userId,
    seenAt: iso,
    isRead: true,
  })
  assert.deepEqual([seenBy, isRead], [[{ userId: bob.userId, seenAt }], true])
  shape(done(await see(bob)), { seenBy: [{ userId: bob.userId, seenAt }], isRead: true })
  await silent(hers, 'message_seen')
  await silent(hers, 'message_read_confirmation')
})

for (const path of ['/api/messages/conversation', '/api/conversation']) {
  test(`PATCH ${path}/:userId/seen marks all of one partner`, async (world) => {
    const { ada, bob, hers, send } = await pair(world)
    const eve = await world.member()
    const sent = [await send(ada, bob, '1'), await send(ada, bob, '2'), await send(ada, bob, '3')]
    await send(eve, bob, 'of someone else')
    const see = async () => done(await world.api.patch(bob, `${path}/${ada.userId}/seen`))
    shape(await see(), { message: text, updatedCount: 3 })
    assert.deepEqual(
      (await nextOnes(hers, 'message_seen', sent.length)).map(({ messageId }) => messageId),
      sent.map(({ _id }) => _id),
    )
    shape(await see(), { updatedCount: 0 })
    await silent(hers, 'message_seen')
    const { conversations } = done(await world.api.get(bob, '/api/messages'))
    assert.deepEqual(
      conversations.map(({ unreadCount }) => unreadCount),
      [1, 0],
    )
  })
}

test('DELETE /api/messages/:id takes a message back', async (world) => {
  const { ada, bob, hers, his, send } = await pair(world)
  const { _id: messageId } = await send(ada, bob, 'take me back')
  const remove = (who, id = messageId) => world.api.remove(who, `/api/messages/${id}`)
  failed(await remove(bob), 403, 'You can only delete your own messages')
  failed(await remove(await world.member()), 403, 'You can only delete your own messages')
  failed(await remove(ada, NOBODY), 404, 'Message not found')
  shape(done(await remove(ada)), { message: text })
  for (const socket of [hers, his]) {
    shape(await next(socket, 'message_deleted'), { messageId, deletedBy: ada.userId })
    await silent(socket, 'message_deleted')
  }
  failed(await remove(ada), 404, 'Message not found')
})

// --- notifications --------------------------------------------------------------------------------

test('GET /api/notifications lists the newest first, in pages and by kind', async (world) => {
  const [who, from] = [await world.member(), await world.member()]
  const made = []
  for (const type of ['system', 'mention', 'new_follow', 'mention', 'system']) {
    const message = `${type} ${made.length}`
    const id = await notify(world, who, {
      type,
      message,
      fromUser: from.userId,
      postId: 'p',
      metadata: { n: made.length },
    })
    made.unshift({ id, type, message, metadata: { n: made.length } })
  }
  await world.api.patch(who, `/api/notifications/${made[0].id}/read`)
  const get = async (query = '') => done(await world.api.get(who, `/api/notifications${query}`))
  const ids = ({ notifications }) => notifications.map(({ _id }) => _id)
  const whole = await get()
  for (const [index, one] of whole.notifications.entries()) {
    const { fromUser, ...document } = one
    const id = typeof fromUser === 'object' ? fromUser._id : fromUser
    assert.equal(id, from.userId)
    const { type, message: words, metadata } = made[index]
    notification({ ...document, fromUser: id }, who, {
      type,
      message: words,
      from,
      post: 'p',
      metadata,
      isRead: index === 0,
    })
  }
  assert.deepEqual(
    ids(whole),
    made.map(({ id }) => id),
  )
  pages(whole.pagination, 'totalNotifications', 5, { limit: 20 })
  const part = await get('?limit=2&page=2')
  assert.deepEqual(
    ids(part),
    made.slice(2, 4).map(({ id }) => id),
  )
  pages(part.pagination, 'totalNotifications', 5, { page: 2, limit: 2 })
  assert.deepEqual(
    (await get('?type=mention')).notifications.map(({ type }) => type),
    ['mention', 'mention'],
  )
  assert.deepEqual(ids(await get('?isRead=true')), [made[0].id])
  const unread = await get('?isRead=false&type=system&limit=1')
  assert.deepEqual(ids(unread), [made[4].id])
  pages(unread.pagination, 'totalNotifications', 1, { limit: 1 })
  const beyond = await get('?page=9')
  assert.deepEqual(beyond.notifications, [])
  shape(beyond.pagination, { currentPage: 9, totalPages: 1, hasNext: false, hasPrev: true })
  pages((await get('?type=post_liked')).pagination, 'totalNotifications', 0, { limit: 20 })
  assert.deepEqual(ids(done(await world.api.get(from, '/api/notifications'))), [], 'of no one else')
})

test('GET /api/notifications validates its filters, all faults at once', async ({ member, api }) => {
  const who = await member()
  const { status, body } = await api.get(who, '/api/notifications?type=nope&isRead=perhaps&limit=51&page=0')
  assert.equal(status, 400)
  const told = Object.fromEntries(body.errors.map(({ field, type }) => [field, type]))
  assert.deepEqual(told, { type: 'any.only', isRead: 'boolean.base', limit: 'number.max', page: 'number.min' })
  const words = body.errors.find(({ field }) => field === 'type').message
  assert.match(words, /^"type" must be one of \[/)
  assert.match(body.errors.find(({ field }) => field === 'isRead').message, /^"isRead" must be a boolean$/)
})

test('notifications are read and deleted over REST, and sockets follow', async (world) => {
  const who = await world.member()
  const socket = await world.connect(who)
  const ids = []
  for (let n = 0; n < 5; n += 1) ids.push(await notify(world, who, { message: `${n}` }))
  const read = shape(done(await world.api.patch(who, `/api/notifications/${ids[0]}/read`)), { message: text })
  shape(read.notification, { _id: ids[0], isRead: true })
  shape(await next(socket, 'notification_updated'), { notificationId: ids[0], isRead: true, status: 'success' })
  done(await world.api.patch(who, `/api/notifications/${ids[0]}/read`))
  await silent(socket, 'notification_updated')
  shape(done(await world.api.remove(who, `/api/notifications/${ids[1]}`)), { message: text })
  shape(await next(socket, 'notification_deleted'), { notificationId: ids[1], status: 'success' })
  shape(done(await world.api.patch(who, '/api/notifications/read-all')), {
    message: text,
    modifiedCount: 3,
    updatedCount: 3,
  })
  shape(await next(socket, 'all_notifications_updated'), { modifiedCount: 3, status: 'success' })
  shape(done(await world.api.patch(who, '/api/notifications/read-all')), { modifiedCount: 0, updatedCount: 0 })
  shape(done(await world.api.remove(who, '/api/notifications')), { message: text, deletedCount: 4 })
  const gone = []
  for (let n = 0; n < 4; n += 1) gone.push((await next(socket, 'notification_deleted')).notificationId)
  assert.deepEqual(gone.toSorted(), ids.filter((id) => id !== ids[1]).toSorted())
  await notify(world, who)
  shape(done(await world.api.remove(who, '/api/notifications/delete-all')), { deletedCount: 1 })
  shape(done(await world.api.remove(who, '/api/notifications/delete-all')), { deletedCount: 0 })
})

test('nobody reads or deletes what is not theirs', async (world) => {
  const [who, eve] = [await world.member(), await world.member()]
  const id = await notify(world, who)
  for (const one of [id, NOBODY]) {
    failed(await world.api.patch(eve, `/api/notifications/${one}/read`), 404, 'Notification not found')
    failed(await world.api.remove(eve, `/api/notifications/${one}`), 404, 'Notification not found')
  }
  shape(done(await world.api.remove(eve, '/api/notifications')), { deletedCount: 0 })
  shape(done(await world.api.get(who, '/api/notifications')).notifications[0], { _id: id, isRead: false })
})

test('preferences over REST are those of the event', async (world) => {
  const who = await world.member()
  const path = '/api/notifications/preferences'
  shape(done(await world.api.get(who, path)), { preferences: {} })
  const preferences = { new_follow: false }
  shape(done(await world.api.patch(who, path, { preferences })), { preferences })
  shape(done(await world.api.get(who, path)), { preferences })
  const call = { userId: who.userId, type: 'new_follow', message: 'x' }
  shape((await world.internal.post('/internal/notify', call)).body, { stored: false })
  for (const body of [{}, { preferences: 7 }, { preferences: [] }, { preferences: null }]) {
    assert.equal((await world.api.patch(who, path, body)).status, 400, JSON.stringify(body))
  }
})

// --- statuses -------------------------------------------------------------------------------------

test('GET /api/users/:userId/status says who is there, and since when not', async (world) => {
  const [who, asking] = [await world.member(), await world.member()]
  const status = async () => done(await world.api.get(asking, `/api/users/${who.userId}/status`)).userStatus
  shape(await status(), { userId: who.userId, username: who.name, isOnline: false, status: 'offline' })
  const socket = await world.connect(who)
  shape(await status(), { isOnline: true, status: 'online' })
  await eventually(status, ({ lastSeen }) => iso(lastSeen), 'lastSeen of who has just come')
  const observer = await world.connect(asking)
  socket.disconnect()
  await next(observer, 'user_status_change', ({ userId }) => userId === who.userId)
  shape(await status(), { isOnline: false, status: 'offline', lastSeen: iso, lastSeenText: text })
  failed(await world.api.get(asking, `/api/users/${NOBODY}/status`), 404, 'User not found')
})

test("PATCH /api/users/status sets one's own", async (world) => {
  const [who, observing] = [await world.member(), await world.member()]
  const observer = await world.connect(observing)
  await world.connect(who)
  await next(observer, 'user_status_change', ({ userId }) => userId === who.userId)
  const patch = (body) => world.api.patch(who, '/api/users/status', body)
  const set = shape(done(await patch({ status: 'busy', customStatus: 'writing a novel' })), { message: text })
  shape(set.user, { username: who.name, status: 'busy', customStatus: 'writing a novel' })
  shape(await next(observer, 'user_status_change', ({ userId }) => userId === who.userId), { status: 'busy' })
  shape(done(await patch({ customStatus: 'resting' })).user, { status: 'busy', customStatus: 'resting' })
  for (const body of [{ status: 'x'.repeat(51) }, { status: 7 }, { customStatus: 'x'.repeat(51) }, { status: '' }]) {
    assert.equal((await patch(body)).status, 400, JSON.stringify(body).slice(0, 40))
  }
})

// --- whatever is asked ----------------------------------------------------------------------------

test('ids and bodies of any shape are answered', async ({ member, sidecar, api }) => {
  const who = await member()
  const ids = [
    '%00',
    '%20',
    '..%2f..',
    '%F0%9F%9A%A3',
    '%ff%fe',
    '__proto__',
    'undefined',
    '%22%20OR%201',
    'x'.repeat(3_000),
  ]
  for (const id of ids) {
    for (const [method, path] of ROUTES.filter(([, one]) => one.includes('/x'))) {
      const { status } = await api[method](who, path.replace('/x', `/${id}`))
      assert.ok(status < 500, `${method} ${path} with ${id.slice(0, 20)} was answered ${status}`)
    }
  }
  const headers = { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' }
  for (const body of ['', '{', '[]', '"text"', 'null', '7', '\u0000']) {
    const response = await fetch(`${sidecar().publicUrl}/social/api/messages`, { method: 'POST', headers, body })
    assert.equal(response.status, 400, body)
    assert.equal((await response.json()).message, 'validation error', body)
  }
})

test('a page of the app may call every route from its own origin', async ({ sidecar }) => {
  const origin = 'http://localhost:3000'
  for (const [path, method] of [
    ['/social/api/messages', 'POST'],
    ['/social/api/messages/x/read', 'PATCH'],
    ['/social/api/notifications/x', 'DELETE'],
  ]) {
    const headers = {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    }
    const response = await fetch(sidecar().publicUrl + path, { method: 'OPTIONS', headers })
    assert.ok(response.ok, `${path}: ${response.status}`)
    assert.equal(response.headers.get('access-control-allow-origin'), origin)
    assert.ok(response.headers.get('access-control-allow-methods').includes(method), path)
    assert.match(response.headers.get('access-control-allow-headers'), /authorization/i)
  }
})

// --- push, as far as there are no keys --------------------------------------------------------------

test('push answers 503 without keys', async (world) => {
  const who = await world.member()
  const words = 'Push notifications are not configured'
  const keys = { p256dh: 'x', auth: 'y' }
  failed(
    await world.api.post(who, '/api/notifications/subscribe', { endpoint: 'https://push.example/1', keys }),
    503,
    words,
  )
  failed(
    await world.api.remove(who, '/api/notifications/unsubscribe?endpoint=https%3A%2F%2Fpush.example%2F1'),
    503,
    words,
  )
  failed(await world.api.get(null, '/api/notifications/vapid-key'), 503, words)
  const call = { userId: who.userId, title: 't', body: 'b' }
  assert.equal((await world.internal.post('/internal/push', call)).status, 503)
})

story('the rest of rooms stays where it is', async (world) => {
  const [ada, bob] = [await world.member(), await world.member()]
  const headers = { authorization: `Bearer ${ada.appToken}` }
  await say(await world.connect(bob), ada, 'hello')
  const { status, body } = await world.rest.get(null, '/api/messages/chats', headers)
  assert.equal(status, 200)
  assert.deepEqual(
    body.map(({ _id }) => _id),
    [bob.userId],
  )
  shape((await world.rest.get(null, '/api/messages/unread', headers)).body, { total: count })
  const sent = await world.rest.post(null, `/api/messages/send/${bob.userId}`, { text: 'x' }, headers)
  assert.equal(sent.status, 201)
  shape(sent.body, { senderId: ada.userId, text: 'x' })
})
