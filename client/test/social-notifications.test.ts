// Notifications in contract `social`: arriving, read and removed on every device, counted, in pages; and who wants which.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notificationsOf, preferencesOf, type Notifications, type OutriggerClient } from '@outrigger/client'
import { Notifications as List } from '../dist/notifications/notifications.js'
import { socialNotificationsWire } from '../dist/notifications/social-wire.js'
import { gateTo } from './support/gate.js'
import { connected, until } from './support/until.js'
import { world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

interface Seat {
  client: OutriggerClient
  list: Notifications
}

async function sit(who: Person, url?: string): Promise<Seat> {
  const client = w.client(who, { contract: 'social', ...(url === undefined ? {} : { urls: url }) })
  const list = notificationsOf(client)
  list.retain()
  await connected(client)
  await until('the list', () => list.value.status === 'ready')
  return { client, list }
}

/** Holds up what passes while it is shut. */
function latch() {
  let gate = Promise.resolve()
  let open = (): void => {}
  return {
    waiting: 0,
    passed: 0,
    shut(): void {
      gate = new Promise((done) => (open = done))
    },
    open: () => open(),
    async pass<T>(it: T): Promise<T> {
      this.waiting += 1
      await gate
      this.waiting -= 1
      this.passed += 1
      return it
    },
  }
}

const messages = ({ list }: Seat): string => list.value.notifications.map(({ message }) => message).join()

async function tell(who: Person, ...all: string[]): Promise<void> {
  for (const message of all) {
    await w.server.orThrow.createNotification({ userId: who.userId, type: 'new_comment', message, metadata: { n: message } })
  }
}

test('listed and arriving, with who caused it and what it is about', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  await w.server.orThrow.upsertUser(bob.userId, { name: 'Bob' })
  await tell(alice, 'old')
  const seat = await sit(alice)
  assert.equal(messages(seat), 'old')
  const made = await w.server.orThrow.createNotification({
    userId: alice.userId,
    type: 'post_liked',
    fromUser: bob.userId,
    postId: 'post-7',
    message: 'Bob liked your post',
    metadata: { reactionType: 'like' },
  })
  assert.equal(made.stored, true)
  await until('it arrives', () => messages(seat) === 'Bob liked your post,old')
  const [live] = seat.list.value.notifications
  const wanted = { userId: bob.userId, username: 'Bob', profileImage: null }
  assert.deepEqual(live?.fromUser, wanted)
  assert.equal(live?.title, 'Post Liked')
  assert.equal(live?.postId, 'post-7')
  assert.deepEqual(live?.data, { reactionType: 'like' })
  assert.equal(live?.id, made.notificationId)
  await until('the count', () => seat.list.value.unreadCount === 2)
  await w.server.orThrow.createNotification({ userId: alice.userId, type: 'order_shipped', message: 'It is on its way' })
  await until('one of the app’s own', () => seat.list.value.notifications[0]?.title === 'Order shipped')
  const again = await sit(alice)
  assert.deepEqual(again.list.value.notifications[1], live)
})

test('read, removed, all read and all removed on every device, and counted', async () => {
  const alice = await w.known()
  await tell(alice, 'a', 'b', 'c', 'd')
  const seats = [await sit(alice), await sit(alice)]
  const [first, second] = seats as [Seat, Seat]
  const counts = (): string => seats.map(({ list }) => list.value.unreadCount).join()
  assert.equal(counts(), '4,4')
  await first.list.markRead(first.list.value.notifications[0]?.id ?? '')
  await until('three', () => counts() === '3,3')
  assert.equal(second.list.value.notifications[0]?.read, true)
  await second.list.remove(second.list.value.notifications[1]?.id ?? '')
  await until('two', () => counts() === '2,2')
  assert.equal(messages(first), 'd,b,a')
  // Read already: it was not among those.
  await second.list.remove(second.list.value.notifications[0]?.id ?? '')
  await until('gone', () => messages(first) === 'b,a')
  assert.equal(counts(), '2,2')
  await first.list.markAllRead()
  await until('none', () => counts() === '0,0')
  assert.ok(second.list.value.notifications.every(({ read }) => read))
  await second.list.removeAll()
  await until('empty', () => seats.every(({ list }) => list.value.notifications.length === 0))
  await tell(alice, 'e')
  await until('the next', () => counts() === '1,1')
})

test('what was counted before something was read here does not stay', async () => {
  const alice = await w.known()
  await tell(alice, 'a', 'b')
  const client = w.client(alice, { contract: 'social' })
  const wire = socialNotificationsWire(client)
  const pages = latch()
  const reads = latch()
  let isFollowed = false
  const list = new List(client, {
    ...wire,
    follow: (ears) => {
      const end = wire.follow(ears)
      isFollowed = true
      return () => {
        isFollowed = false
        end()
      }
    },
    newest: async (limit) => pages.pass(await wire.newest(limit)),
    markRead: async (id) => wire.markRead(await reads.pass(id)),
  })
  const seat = { client, list: list as Notifications }
  const leave = list.retain()
  await connected(client)
  await until('both', () => list.value.unreadCount === 2 && messages(seat) === 'b,a')
  leave()
  await until('nobody looks', () => !isFollowed)

  pages.shut()
  reads.shut()
  list.retain()
  await until('it is counted', () => pages.waiting > 0)
  const done = list.markRead(list.value.notifications[0]?.id ?? '')
  assert.equal(list.value.unreadCount, 1)
  pages.open()
  await until('the count has come', () => pages.waiting === 0)
  const before = pages.passed
  reads.open()
  await done
  await until('it is counted again', () => pages.passed > before)
  await until('one is left', () => list.value.unreadCount === 1)
})

test('older ones come in pages, each once', async () => {
  const alice = await w.known()
  await tell(alice, ...Array.from({ length: 120 }, (_, i) => `${i}`))
  const seat = await sit(alice)
  assert.equal(seat.list.value.notifications.length, 50)
  assert.equal(seat.list.value.hasMore, true)
  assert.equal(seat.list.value.unreadCount, 120)
  await seat.list.remove(seat.list.value.notifications[3]?.id ?? '')
  await seat.list.loadMore()
  await seat.list.loadMore()
  await seat.list.loadMore()
  const wanted = Array.from({ length: 120 }, (_, i) => `${119 - i}`).filter((text) => text !== '116')
  assert.equal(messages(seat), wanted.join())
  assert.equal(seat.list.value.hasMore, false)
  assert.equal(seat.list.value.unreadCount, 119)
})

test('what happened while away is made up for', async (t) => {
  const alice = await w.known()
  const gate = await gateTo(w.sidecar.port)
  t.after(() => gate.end())
  await tell(alice, 'a', 'b', 'c')
  const away = await sit(alice, gate.url)
  const here = await sit(alice)
  gate.close()
  await until('the loss', () => away.client.status === 'reconnecting')
  await here.list.remove(here.list.value.notifications[1]?.id ?? '')
  await here.list.markRead(here.list.value.notifications[0]?.id ?? '')
  await tell(alice, 'd')
  gate.open()
  await until('all of it', () => messages(away) === 'd,c,a')
  await until('the counts', () => away.list.value.unreadCount === 2)
  assert.equal(away.list.value.notifications[1]?.read, true)
})

test('who wants none of a kind gets none, and only that', async () => {
  const alice = await w.known()
  const seat = await sit(alice)
  const preferences = preferencesOf(seat.client)
  preferences.retain()
  await until('loaded', () => preferences.value.status === 'ready')
  assert.deepEqual(preferences.value.preferences, {})
  await preferences.update({ new_comment: false })
  await until('kept', () => preferences.value.preferences['new_comment'] === false)
  const { orThrow: server } = w.server
  const refused = await server.createNotification({ userId: alice.userId, type: 'new_comment', message: 'no' })
  assert.deepEqual(refused, { success: true, stored: false })
  const many = await server.createNotifications([alice.userId], { type: 'mention', message: 'yes' })
  assert.equal(many.stored, 1)
  await until('the other kind', () => messages(seat) === 'yes')
})
