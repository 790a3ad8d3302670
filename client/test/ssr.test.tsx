// On a server nothing connects, nothing is shared, and everything renders.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import {
  OutriggerProvider,
  SocketMonitor,
  useConnectionStatus,
  useNotificationPreferences,
  useNotifications,
  usePresence,
  usePrivateMessaging,
  useSocket,
  useUnread,
  useUserStatus,
} from '@outrigger/client/react'

function Everything(): ReactNode {
  const { connected } = useSocket()
  const { status } = useConnectionStatus()
  const { onlineUsers } = usePresence()
  const { messages } = usePrivateMessaging('bob')
  const { notifications } = useNotifications()
  const { total } = useUnread()
  const social = { contract: 'social' } as const
  const others = [usePrivateMessaging('bob', social).messages.length, useNotifications(social).notifications.length]
  const { preferences } = useNotificationPreferences()
  const { state } = useUserStatus('bob')
  const rest = [...others, Object.keys(preferences).length, String(state)]
  return [connected, status, onlineUsers.length, messages.length, notifications.length, total, ...rest].join(' ')
}

test('hooks and monitor render without a page', () => {
  assert.equal('window' in globalThis, false)
  const html = renderToString(
    <OutriggerProvider options={{ userId: 'alice' }}>
      <p>
        <Everything />
      </p>
      <SocketMonitor />
    </OutriggerProvider>,
  )
  assert.match(html, /<p>false offline 0 0 0 0 0 0 0 null<\/p>/)
  assert.match(html, /Socket monitor/)
  assert.ok(!html.includes('&quot;auto&quot;'), 'the style sheet is not written as text')
})
