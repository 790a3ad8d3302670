// The hooks in contract `social`: by the provider's setting, and beside `rooms`, in React 19 under StrictMode.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { page, type Page } from './support/page.js'
import { StrictMode, type ReactNode } from 'react'
import type { OutriggerOptions } from '@outrigger/client'
import {
  OutriggerProvider,
  useNotificationPreferences,
  useNotifications,
  useOwnStatus,
  usePrivateMessaging,
  useSocket,
  useUnread,
  useUserStatus,
  type UsedMessaging,
  type UsedNotifications,
  type UsedOwnStatus,
  type UsedPreferences,
} from '@outrigger/client/react'
import { until } from './support/until.js'
import { optionsOf, world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

let people = 0

/** Clients are shared within a page; another REST address makes each person's a page of its own. */
function options(who: Person, more: OutriggerOptions): OutriggerOptions {
  people += 1
  const { publicUrl } = w.sidecar
  return optionsOf(who, publicUrl, { restUrl: publicUrl + '/.'.repeat(people), ...more })
}

interface Seat {
  messaging: UsedMessaging
  notifications: UsedNotifications
  preferences: UsedPreferences
  own: UsedOwnStatus
  unread: number
  partner: string | null
}

function sit(who: Person, partner: Person): { here: Page; now: () => Seat } {
  let latest: Seat | undefined
  function Everything(): ReactNode {
    latest = {
      messaging: usePrivateMessaging(partner.userId, { autoRead: false }),
      notifications: useNotifications(),
      preferences: useNotificationPreferences(),
      own: useOwnStatus(),
      unread: useUnread().total,
      partner: useUserStatus(partner.userId).state?.status ?? null,
    }
    return latest.messaging.messages.map((one) => <p key={one.key}>{one.text}</p>)
  }
  const here = page()
  here.render(
    <StrictMode>
      <OutriggerProvider options={options(who, { contract: 'social' })}>
        <Everything />
      </OutriggerProvider>
    </StrictMode>,
  )
  return {
    here,
    now: () => {
      assert.ok(latest)
      return latest
    },
  }
}

test('two people: messages, typing, receipts, deletion, notifications, preferences and statuses', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  const [hers, his] = [sit(alice, bob), sit(bob, alice)]
  await until('both', () => hers.now().messaging.status === 'ready' && his.now().messaging.status === 'ready')
  await until('each other', () => hers.now().partner === 'online' && his.now().partner === 'online')
  hers.now().messaging.setTyping(true)
  await until('typing', () => his.now().messaging.isPartnerTyping)
  hers.now().messaging.send('hello')
  await until('the message', () => his.here.text() === 'hello')
  await until('no typing', () => !his.now().messaging.isPartnerTyping)
  await until('one unread', () => his.now().unread === 1 && his.now().messaging.unread === 1)
  await until('its notification', () => his.now().notifications.unreadCount === 1)
  assert.equal(his.now().notifications.notifications[0]?.type, 'new_message')
  his.now().messaging.markRead()
  await until('the receipt', () => hers.now().messaging.messages[0]?.delivery === 'read')
  const [message] = hers.now().messaging.messages
  assert.ok(message)
  await hers.now().messaging.remove(message)
  await until('gone', () => his.here.text() === '' && hers.here.text() === '')
  await his.now().notifications.removeAll()
  await until('none', () => his.now().notifications.notifications.length === 0)
  await his.now().preferences.update({ new_message: false })
  hers.now().messaging.send('again')
  await until('the message alone', () => his.here.text() === 'again')
  assert.equal(his.now().notifications.notifications.length, 0)
  await his.now().own.setStatus('busy')
  await until('his word', () => hers.now().partner === 'busy')
  hers.here.unmount()
  his.here.unmount()
  await until('the end', async () => (await w.server.orThrow.getConnections()).totalConnections === 0)
})

test('a page that speaks rooms speaks social beside it, on the same connection', async () => {
  const [alice, bob] = [await w.known(), await w.known()]
  let talks: UsedMessaging[] = []
  function Both(): ReactNode {
    talks = [usePrivateMessaging(bob.userId), usePrivateMessaging(bob.userId, { contract: 'social' })]
    const { connected } = useSocket('social')
    return connected ? talks.map(({ messages }) => messages.map(({ text }) => text).join()).join(' | ') : 'away'
  }
  const here = page()
  here.render(
    <OutriggerProvider options={options(alice, {})}>
      <Both />
    </OutriggerProvider>,
  )
  await until('both', () => talks.length === 2 && talks.every(({ status }) => status === 'ready'))
  talks[0]?.send('one')
  await until('in both', () => here.text() === 'one | one')
  talks[1]?.send('two')
  await until('in both', () => here.text() === 'one,two | one,two')
  assert.equal((await w.server.orThrow.getConnections()).totalConnections, 1)
  here.unmount()
})
