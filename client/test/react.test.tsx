// The hooks, in React 19 under StrictMode, against a real sidecar.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { page, type Page } from './support/page.js'
import { StrictMode, useState, type ReactNode } from 'react'
import { acquireClient, names, releaseClient, type OutriggerOptions } from '@outrigger/client'
import {
  OutriggerProvider,
  useConnectionStatus,
  useNotifications,
  usePresence,
  usePrivateMessaging,
  useRoomChat,
  useSocket,
  useSocketEvent,
  useTyping,
  useUnread,
  type UsedMessaging,
  type UsedNotifications,
  type UsedRoomChat,
  type UsedTyping,
} from '@outrigger/client/react'
import { pause, until } from './support/until.js'
import { optionsOf, world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

let people = 0

/** Clients are shared within a page; another REST address makes each person's a page of its own. */
function options(who: Person): OutriggerOptions {
  people += 1
  const { publicUrl } = w.sidecar
  return optionsOf(who, publicUrl, { restUrl: publicUrl + '/.'.repeat(people), latencyIntervalMs: 500 })
}

function show(on: Page, given: OutriggerOptions, node: ReactNode): void {
  on.render(
    <StrictMode>
      <OutriggerProvider options={given}>{node}</OutriggerProvider>
    </StrictMode>,
  )
}

async function connections(): Promise<number> {
  return (await w.server.orThrow.getConnections()).totalConnections
}

function Status(): ReactNode {
  const { connected } = useSocket()
  const { status, latency, transport } = useConnectionStatus()
  return `${String(connected)} ${status} ${transport ?? 'none'} ${latency === null ? 'unknown' : 'measured'}`
}

test('StrictMode opens one socket, and leaving closes it', async () => {
  const here = page()
  show(here, options(w.person()), <><Status /><Status /></>)
  await until('a connection', () => here.text().includes('true connected websocket measured'))
  await pause(300)
  assert.equal(await connections(), 1)
  here.unmount()
  await until('the end', async () => (await connections()) === 0)
})

test('a remount and a hot reload of the package find the same socket', async () => {
  const given = options(w.person())
  const first = page()
  show(first, given, <Status />)
  await until('a connection', () => first.text().includes('connected'))
  const socket = acquireClient(given)
  const { id } = socket.rooms()
  first.unmount()
  const second = page()
  show(second, given, <Status />)
  // What a hot reload does: the module is evaluated again, its state is not what it was.
  const again = new URL('../dist/shared.js?reloaded', import.meta.url).href
  const reloaded = (await import(again)) as { acquireClient: typeof acquireClient }
  assert.equal(reloaded.acquireClient(given), socket)
  releaseClient(socket)
  releaseClient(socket)
  await pause(500)
  await until('still connected', () => second.text().includes('true connected'))
  assert.equal(socket.rooms().id, id)
  assert.equal(await connections(), 1)
  second.unmount()
  await until('the end', async () => (await connections()) === 0)
})

test('hooks say whether a lost connection cost anything', async () => {
  function Recovered(): ReactNode {
    const { recovered, connected } = useSocket()
    const status = useConnectionStatus()
    return `${String(connected)} ${String(recovered)} ${String(status.recovered)}`
  }
  const here = page()
  show(here, options(w.person()), <Recovered />)
  await until('a beginning', () => here.text() === 'true false false')
  await w.kill()
  await until('the loss', () => here.text() === 'false null null')
  await w.restart()
  await until('all of it', () => here.text() === 'true true true')
  here.unmount()
})

test('the last render’s listener hears, and is put on once', async () => {
  const who = w.person()
  const heard: number[] = []
  function Listener(): ReactNode {
    const [count, setCount] = useState(0)
    const { socket, connected } = useSocket()
    useSocketEvent(names.rooms.server.testResponse, () => {
      heard.push(count)
      setCount(count + 1)
    })
    return connected ? <button onClick={() => socket.emit(names.rooms.client.test)}>ask</button> : null
  }
  const here = page()
  show(here, options(who), <Listener />)
  const button = await until('the button', () => here.button('ask'))
  for (let i = 1; i <= 3; i += 1) {
    button.click()
    await until(`answer ${i}`, () => heard.length === i)
    await pause(20)
  }
  assert.deepEqual(heard, [0, 1, 2])
  here.unmount()
})

interface Seat {
  messaging: UsedMessaging
  typing: UsedTyping
  online: readonly string[]
  unread: number
}

function seat(who: Person, partner: Person, autoRead: boolean): { here: Page; now: () => Seat } {
  let latest: Seat | undefined
  function Chat(): ReactNode {
    latest = {
      messaging: usePrivateMessaging(partner.userId, { autoRead }),
      typing: useTyping(partner.userId),
      online: usePresence().onlineUsers,
      unread: useUnread().total,
    }
    return latest.messaging.messages.map((one) => <p key={one.key}>{one.text}</p>)
  }
  const here = page()
  show(here, options(who), <Chat />)
  return {
    here,
    now: () => {
      assert.ok(latest)
      return latest
    },
  }
}

test('two people talk: typing, presence, messages, unread counts and receipts', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const [hers, his] = [seat(alice, bob, true), seat(bob, alice, false)]
  await until('both', () => hers.now().messaging.status === 'ready' && his.now().messaging.status === 'ready')
  await until('presence', () => hers.now().online.includes(bob.userId) && his.now().online.includes(alice.userId))
  hers.now().typing.setTyping(true)
  await until('typing', () => his.now().typing.isTyping)
  hers.now().messaging.send('hello')
  assert.equal(hers.now().messaging.isPartnerTyping, false)
  await until('the message', () => his.here.text() === 'hello')
  await until('no typing', () => !his.now().typing.isTyping)
  await until('one unread', () => his.now().unread === 1 && his.now().messaging.unread === 1)
  his.now().messaging.markRead()
  await until('the receipt', () => hers.now().messaging.messages[0]?.delivery === 'read')
  await until('none unread', () => his.now().unread === 0)
  his.now().messaging.send({ text: 'hello yourself' })
  await until('read by itself, the page is seen', () => his.now().messaging.messages[1]?.delivery === 'read')
  assert.equal(hers.here.element.querySelectorAll('p').length, 2)
  hers.here.unmount()
  his.here.unmount()
})

test('sent while the sidecar is down, shown at once, stored once after it is back', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const hers = seat(alice, bob, true)
  await until('ready', () => hers.now().messaging.status === 'ready' && hers.now().online.length > 0)
  await w.kill()
  hers.now().messaging.send('are you there?')
  await until('the echo', () => hers.here.text() === 'are you there?')
  await pause(400)
  assert.equal(hers.now().messaging.messages[0]?.id, null)
  await w.restart()
  await until('stored', () => hers.now().messaging.messages[0]?.delivery === 'sent')
  await pause(300)
  assert.equal(hers.here.element.querySelectorAll('p').length, 1)
  const his = seat(bob, alice, true)
  await until('his history', () => his.here.text() === 'are you there?')
  hers.here.unmount()
  his.here.unmount()
})

test('notifications: listed, arriving, alerts, and read in another tab or on another device', async () => {
  const who = await w.known()
  await w.server.orThrow.notify(who.userId, { type: 'info', title: 'Old', message: 'before' })
  const seen: UsedNotifications[] = []
  const pages = [0, 1].map((index) => {
    const here = page()
    function List(): ReactNode {
      const used = useNotifications()
      seen[index] = used
      return `${used.unreadCount}: ${used.notifications.map((one) => one.title).join(', ')}`
    }
    show(here, options(who), <List />)
    return here
  })
  await until('the list', () => pages.every((here) => here.text() === '1: Old'))
  await w.server.orThrow.notify(who.userId, { type: 'info', title: 'New', message: 'now' })
  await until('the new one', () => pages.every((here) => here.text() === '2: New, Old'))
  await w.server.orThrow.notifyNewMessage(who.userId, { from: 'Bob', content: 'hi' })
  const alert = await until('the alert', () => seen[0]?.alerts[0])
  assert.equal(alert['content'], 'hi')
  seen[0]?.dismiss(alert)
  await until('none', () => seen[0]?.alerts.length === 0)
  await seen[0]?.markRead(seen[0].notifications[0]?.id ?? '')
  await until('read on both', () => pages.every((here) => here.text().startsWith('1:')))
  await until('the other device', () => seen[1]?.notifications[0]?.read === true)
  await seen[1]?.markAllRead()
  await until('all read', () => pages.every((here) => here.text().startsWith('0:')))
  for (const here of pages) here.unmount()
})

test('a chat of several: joined again after a reconnect, refused to strangers', async () => {
  const [alice, bob, eve] = [await w.known(), await w.known(), await w.known()]
  await w.server.orThrow.grantRoom('chat_team', [alice.userId, bob.userId])
  const used = new Map<Person, UsedRoomChat>()
  const pages = [alice, bob, eve].map((who) => {
    const here = page()
    function Room(): ReactNode {
      const chat = useRoomChat('team')
      used.set(who, chat)
      return chat.messages.map((one) => <p key={one.key}>{one.message}</p>)
    }
    show(here, options(who), <Room />)
    return here
  })
  await until('both in', () => used.get(alice)?.isJoined && used.get(bob)?.isJoined)
  await until('the refusal', () => used.get(eve)?.error)
  await used.get(alice)?.send('hello all')
  await until('it arrives', () => pages[1]?.text() === 'hello all')
  await w.kill()
  await w.restart()
  await until('both in again', () => used.get(alice)?.isJoined && used.get(bob)?.isJoined)
  await used.get(bob)?.send('back')
  await until('it arrives too', () => pages[0]?.text() === 'hello allback')
  assert.equal(pages[2]?.text(), '')
  for (const here of pages) here.unmount()
})
