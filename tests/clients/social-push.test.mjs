// Web push: to a push service on loopback that decrypts what it is sent (`contracts/social.md` sections 4 and 5).

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ask, next } from './support/client.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { newPushService } from './support/push.mjs'
import { iso, shape, text } from './support/shape.mjs'
import { BINARY } from './support/sidecar.mjs'
import { notify, object, ownSocial, say, shown } from './support/social.mjs'
import { suite } from './support/suite.mjs'

// Each story has a process of its own that knows its push service; this one only tells the stories.
const { test } = suite(import.meta.url, { ROOT_CONTRACT: 'social' })

const TITLES = {
  new_reaction: 'New Reaction',
  new_follow: 'New Follower',
  follow_accepted: 'Follow Accepted',
  new_message: 'New Message',
  new_comment: 'New Comment',
  post_liked: 'Post Liked',
  mention: 'You were mentioned',
  system: 'System Notification',
}
// Within this time a push would have come.
const QUIET_MS = 700
const RETRY_MS = 20_000

/** A push service, a process that may talk to it, and the ways to subscribe. */
async function pushing(t, { settings, prefix = '/social', ...options } = {}) {
  const service = await newPushService(t, options)
  const world = await ownSocial(t, service.settings(settings))
  const api = world.apiAt(prefix)
  const subscribe = async (who, browser = service.browser()) => {
    const { status, body } = await api.post(who, '/api/notifications/subscribe', browser.subscription)
    assert.equal(status, 201, JSON.stringify(body))
    return browser
  }
  const unsubscribe = (who, browser) =>
    api.remove(who, `/api/notifications/unsubscribe?endpoint=${encodeURIComponent(browser.subscription.endpoint)}`)
  const total = async (who) => {
    const browser = service.browser()
    const { body } = await api.post(who, '/api/notifications/subscribe', browser.subscription)
    await unsubscribe(who, browser)
    return body.subscriptionCount - 1
  }
  return { ...world, api, service, subscribe, unsubscribe, total }
}

for (const prefix of ['', '/social']) {
  test(`browsers subscribe, and are counted: ${prefix || 'at the root'}`, async ({ t }) => {
    const { api, member, service, unsubscribe } = await pushing(t, { prefix })
    const who = await member()
    const key = await api.get(null, '/api/notifications/vapid-key')
    assert.equal(key.status, 200)
    shape(key.body, { status: 'success', publicKey: service.publicKey, vapidPublicKey: service.publicKey })
    const [first, second] = [service.browser(), service.browser()]
    const subscribe = (browser) => api.post(who, '/api/notifications/subscribe', browser.subscription)
    const one = await subscribe(first)
    assert.equal(one.status, 201, JSON.stringify(one.body))
    shape(one.body, { status: 'success', message: text, subscriptionCount: 1 })
    const again = await subscribe(first)
    assert.equal(again.status, 400, 'a duplicate')
    shape(again.body, { status: 'failure', error: text })
    shape((await subscribe(second)).body, { subscriptionCount: 2 })
    const left = await unsubscribe(who, first)
    assert.equal(left.status, 200)
    shape(left.body, { status: 'success', message: text, subscriptionCount: 1 })
  })
}

test('what is no subscription is refused', async ({ t }) => {
  const { api, member, service } = await pushing(t)
  const who = await member()
  const { subscription } = service.browser()
  const { endpoint, keys } = subscription
  const post = (body) => api.post(who, '/api/notifications/subscribe', body)
  const faults = async (body) => {
    const { status, body: told } = await post(body)
    assert.equal(status, 400, JSON.stringify(body))
    assert.equal(told.message, 'validation error')
    for (const one of told.errors) shape(one, { field: text, message: text, type: text })
    return told.errors.map(({ field, type }) => `${field} ${type}`).toSorted()
  }
  assert.deepEqual(await faults({}), ['endpoint any.required', 'keys any.required'])
  assert.deepEqual(await faults({ endpoint: 'not an address', keys }), ['endpoint string.uri'])
  assert.deepEqual(await faults({ endpoint, keys: {} }), ['keys.auth any.required', 'keys.p256dh any.required'])
  const other = { ...keys, p256dh: 'AAAA' }
  assert.equal((await post({ endpoint, keys: other })).status, 400, 'a key that is none')
  for (const elsewhere of [
    'https://evil.example/push',
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/push',
    `${service.origin}.evil.example/push`,
    service.origin.replace('http://', 'http://user:pass@'),
    service.origin.replace('127.0.0.1', 'localhost'),
    service.origin.replace('http://', 'https://'),
    'file:///etc/passwd',
  ]) {
    const { status } = await post({ endpoint: elsewhere, keys })
    assert.equal(status, 400, elsewhere)
  }
  assert.equal((await post(subscription)).status, 201)
})

test('a notification is pushed to every browser of who is away, and to no one else', async ({ t }) => {
  const world = await pushing(t)
  const [who, from, other] = [await world.member(), await world.member(), await world.member()]
  const browsers = [await world.subscribe(who), await world.subscribe(who)]
  const stranger = await world.subscribe(other)
  const metadata = { followerId: from.userId }
  await notify(world, who, {
    type: 'new_follow',
    message: 'Ada started following you',
    fromUser: from.userId,
    postId: 'p1',
    metadata,
  })
  for (const browser of browsers) {
    const [payload] = await browser.got()
    shape(payload, {
      title: 'New Follower',
      body: 'Ada started following you',
      type: 'new_follow',
      fromUser: shown(from),
      postId: 'p1',
      data: object,
    })
    shape(payload.data, metadata)
    assert.ok(iso(payload.timestamp) || Number.isInteger(payload.timestamp), `timestamp ${payload.timestamp}`)
  }
  await pause(QUIET_MS)
  for (const browser of browsers) assert.equal(browser.attempts().length, 1)
  assert.equal(stranger.attempts().length, 0)
})

test('each type has its title', async ({ t }) => {
  const world = await pushing(t)
  const who = await world.member()
  const browser = await world.subscribe(who)
  for (const type of Object.keys(TITLES)) await notify(world, who, { type, message: `about ${type}` })
  const told = Object.fromEntries((await browser.got(8)).map(({ type, title }) => [type, title]))
  assert.deepEqual(told, TITLES)
})

test('a message to who is away is pushed', async ({ t }) => {
  const world = await pushing(t)
  const [ada, bob] = [await world.member(), await world.member()]
  const browser = await world.subscribe(bob)
  await say(await world.connect(ada), bob, 'are you there?')
  const [payload] = await browser.got()
  shape(payload, {
    title: 'New Message',
    type: 'new_message',
    body: `${ada.name} sent you a message`,
    fromUser: shown(ada),
  })
})

for (const [when, expected] of [
  ['away', 0],
  ['always', 1],
]) {
  test(`who is connected is pushed to ${expected ? 'as well' : 'no push'} where PUSH_WHEN is ${when}`, async ({
    t,
  }) => {
    const world = await pushing(t, { settings: { PUSH_WHEN: when } })
    const who = await world.member()
    const browser = await world.subscribe(who)
    const socket = await world.connect(who)
    await notify(world, who)
    await next(socket, 'new_notification')
    if (expected) await browser.got()
    await pause(QUIET_MS)
    assert.equal(browser.attempts().length, expected)
  })
}

for (const status of [410, 404]) {
  test(`a subscription that its service answers with ${status} is gone`, async ({ t }) => {
    const world = await pushing(t)
    const who = await world.member()
    const [gone, stays] = [await world.subscribe(who), await world.subscribe(who)]
    world.service.answerWith(({ browser }) => (browser === gone ? status : 201))
    await notify(world, who)
    await stays.got()
    await eventually(
      () => world.total(who),
      (seen) => seen === 1,
      'one subscription left',
    )
    await notify(world, who)
    await stays.got(2)
    await pause(QUIET_MS)
    assert.equal(gone.attempts().length, 1, 'nobody asks there again')
  })
}

for (const [what, busy] of [
  ['503', () => 503],
  ['429 with Retry-After', () => ({ status: 429, headers: { 'retry-after': '1' } })],
]) {
  test(`a service that answers ${what} is asked again until it takes the push`, async ({ t }) => {
    const world = await pushing(t, { answer: (attempt) => (attempt.before === 0 ? busy() : 201) })
    const who = await world.member()
    const browser = await world.subscribe(who)
    await notify(world, who, { message: 'later perhaps' })
    const [payload] = await browser.got(1, RETRY_MS)
    shape(payload, { body: 'later perhaps' })
    const [first, second] = browser.attempts()
    if (what.startsWith('429'))
      assert.ok(second.at_ms - first.at_ms >= 950, `asked again after ${second.at_ms - first.at_ms} ms`)
    assert.equal(await world.total(who), 1, 'the subscription stays')
  })
}

test('a redirect is not followed', async ({ t }) => {
  const other = await newPushService(t)
  const world = await pushing(t, { answer: () => ({ status: 307, headers: { location: `${other.origin}/push/x` } }) })
  const who = await world.member()
  const browser = await world.subscribe(who)
  await notify(world, who)
  await eventually(
    () => browser.attempts().length,
    (seen) => seen > 0,
    'an attempt',
  )
  await pause(QUIET_MS)
  assert.equal(other.attempts.length, 0)
})

test('push is refused as a whole or by type, notifications come all the same', async ({ t }) => {
  const world = await pushing(t)
  const [whole, some] = [await world.member(), await world.member()]
  const [first, second] = [await world.subscribe(whole), await world.subscribe(some)]
  const path = '/api/notifications/preferences'
  assert.equal((await world.api.patch(whole, path, { preferences: { push: false } })).status, 200)
  assert.equal((await world.api.patch(some, path, { preferences: { push: { mention: false } } })).status, 200)
  for (const who of [whole, some]) {
    for (const type of ['mention', 'system']) await notify(world, who, { type, message: type })
  }
  assert.deepEqual(
    (await second.got()).map(({ type }) => type),
    ['system'],
  )
  await pause(QUIET_MS)
  assert.equal(first.attempts().length, 0)
  assert.equal(second.attempts().length, 1)
  assert.equal((await world.api.get(whole, '/api/notifications')).body.notifications.length, 2)
})

test('the app pushes by itself, to one and to many', async ({ t }) => {
  const world = await pushing(t)
  const [one, two, from] = [await world.member(), await world.member(), await world.member()]
  const browsers = [await world.subscribe(one), await world.subscribe(two)]
  const push = async (call) => {
    const { status, body } = await world.internal.post('/internal/push', call)
    assert.equal(status, 200, JSON.stringify(body))
    shape(body, { success: true })
  }
  const message = {
    title: 'Sale',
    body: 'Everything must go',
    type: 'offer',
    fromUser: from.userId,
    postId: 'p',
    data: { url: '/sale' },
  }
  await push({ userId: one.userId, ...message })
  const [payload] = await browsers[0].got()
  shape(payload, { ...message, fromUser: shown(from) })
  await push({ userIds: [one.userId, two.userId], title: 'All', body: 'of you' })
  shape((await browsers[0].got(2))[1], { title: 'All', body: 'of you' })
  shape((await browsers[1].got())[0], { title: 'All', body: 'of you' })
  const stored = await world.api.get(one, '/api/notifications')
  assert.deepEqual(stored.body.notifications, [], 'a push is no notification')
})

test('a payload always fits', async ({ t }) => {
  const world = await pushing(t)
  const who = await world.member()
  const browser = await world.subscribe(who)
  const call = { userId: who.userId, title: 'Long', body: '🚣'.repeat(3_000), data: { blob: 'x'.repeat(10_000) } }
  const { status, body } = await world.internal.post('/internal/push', call)
  if (status === 400) return shape(body, { error: text })
  assert.equal(status, 200)
  const [payload] = await browser.got()
  shape(payload, { title: 'Long', body: text })
  assert.ok('🚣'.repeat(3_000).startsWith(payload.body.replace(/…$/, '')), 'cut, not broken')
})

test('of more than twenty browsers of a user the oldest is left out', async ({ t }) => {
  const world = await pushing(t)
  const who = await world.member()
  const browsers = []
  for (let n = 0; n < 21; n += 1) browsers.push(await world.subscribe(who))
  await notify(world, who)
  for (const browser of browsers.slice(1)) await browser.got()
  await pause(QUIET_MS)
  assert.equal(browsers[0].attempts().length, 0)
})

test('a browser belongs to the user who subscribed last', async ({ t }) => {
  const world = await pushing(t)
  const [first, second] = [await world.member(), await world.member()]
  const browser = await world.subscribe(first)
  await world.subscribe(second, browser)
  await notify(world, first, { message: 'for the first' })
  await notify(world, second, { message: 'for the second' })
  await browser.got()
  await pause(QUIET_MS)
  assert.deepEqual(
    browser.taken().map(({ body }) => body),
    ['for the second'],
  )
})

test('nobody ends the subscription of another', async ({ t }) => {
  const world = await pushing(t)
  const [who, eve] = [await world.member(), await world.member()]
  const browser = await world.subscribe(who)
  await world.unsubscribe(eve, browser)
  await notify(world, who)
  await browser.got()
})

test('subscriptions survive kill -9, and the log names no endpoint', async ({ t }) => {
  const world = await pushing(t)
  const who = await world.member()
  const browser = await world.subscribe(who)
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  world.service.answerWith(() => 400)
  await notify(world, who)
  await eventually(
    () => browser.attempts().length,
    (seen) => seen > 0,
    'an attempt',
  )
  await pause(QUIET_MS)
  const { endpoint, keys } = browser.subscription
  for (const secret of [endpoint, endpoint.split('/').at(-1), keys.auth, keys.p256dh]) {
    assert.ok(!world.sidecar().log().includes(secret), 'no endpoint and no key in the log')
  }
})

test('the key pair that the command makes is one', async ({ t }) => {
  const said = execFileSync(BINARY, ['vapid'], { encoding: 'utf8', timeout: 10_000 })
  const [, key] = /^VAPID_PRIVATE_KEY=(.+)$/m.exec(said)
  const world = await ownSocial(t, { VAPID_PRIVATE_KEY: key, VAPID_SUBJECT: 'https://app.example' })
  const { status, body } = await world.api.get(null, '/api/notifications/vapid-key')
  assert.equal(status, 200)
  assert.ok(said.includes(body.publicKey), 'the public key is the one it printed')
})

test('where the key is none, nothing starts', async ({ t }) => {
  for (const more of [
    { VAPID_PRIVATE_KEY: 'AAAA' },
    { VAPID_PRIVATE_KEY: 'not a key!' },
    { VAPID_SUBJECT: '' },
    { VAPID_SUBJECT: 'me' },
  ]) {
    const service = await newPushService(t)
    await assert.rejects(ownSocial(t, service.settings(more)), (error) => {
      assert.match(error.message, /ended before it was ready/)
      assert.ok(error.message.includes(Object.keys(more)[0]), error.message)
      return true
    })
  }
})

test('preferences of the event count for push as well', async ({ t }) => {
  const world = await pushing(t)
  const who = await world.member()
  const browser = await world.subscribe(who)
  const socket = await world.connect(who)
  const reply = await ask(socket, 'update_notification_preferences', { preferences: { push: { enabled: false } } })
  shape(reply, { status: 'success' })
  socket.disconnect()
  await eventually(
    async () => (await world.internal.get(`/internal/users/${who.userId}/online`)).body.isOnline,
    (seen) => seen === false,
    'the user to be away',
  )
  await notify(world, who)
  await pause(QUIET_MS)
  assert.equal(browser.attempts().length, 0)
})
