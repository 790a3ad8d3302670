// The hooks of contract `tracking` in React 19 under StrictMode: one connection, one subscription, let go of in the end.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { page } from './support/page.js'
import { StrictMode, type ReactNode } from 'react'
import {
  OutriggerProvider,
  useAnalytics,
  useMessageTracker,
  useSystemNotifications,
  type UsedSystemNotifications,
} from '@outrigger/client/react'
import { until } from './support/until.js'
import { optionsOf, world } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

test('a page with a campaign, its figures and news', async () => {
  const alice = await w.known()
  const id = `m-${randomUUID()}`
  const { orThrow: server } = w.server
  await server.registerMessage(id, alice.userId, 4)
  let news: UsedSystemNotifications | undefined
  let renders = 0
  function Campaign({ messageId }: { messageId: string | null }): ReactNode {
    const { status, progress, recipients } = useMessageTracker(messageId)
    renders += 1
    return (
      <p>
        {status ?? 'none'} {progress} {recipients.size}
      </p>
    )
  }
  function Figures(): ReactNode {
    news = useSystemNotifications()
    return <p>{useAnalytics('message_stats').data?.totalSuccess ?? '?'} in all</p>
  }
  const here = page()
  const show = (messageId: string | null): void =>
    here.render(
      <StrictMode>
        <OutriggerProvider options={optionsOf(alice, w.sidecar.publicUrl)}>
          <Campaign messageId={messageId} />
          <Campaign messageId={messageId} />
          <Figures />
        </OutriggerProvider>
      </StrictMode>,
    )
  show(null)
  await until('nothing yet', () => here.text() === 'none 0 0none 0 00 in all')
  show(id)
  await until('both', () => here.text().startsWith('DRAFT 0 0DRAFT 0 0'))
  const all = Array.from({ length: 4 }, (_, i) => ({ recipientId: `r${i}`, phone: `+1555${i}`, status: 'SENT' as const }))
  await server.broadcastMessageUpdate(alice.userId, { messageId: id, status: 'SENDING' })
  await server.broadcastRecipientUpdates(alice.userId, id, all.slice(0, 1))
  await until('a quarter', () => here.text().startsWith('SENDING 0.25 1SENDING 0.25 1'))
  const before = renders
  await server.broadcastRecipientUpdates(alice.userId, id, all)
  await until('all', () => here.text() === 'SENDING 1 4SENDING 1 44 in all')
  assert.ok(renders - before <= 24, `${renders - before} renders for a few changes`)
  assert.equal(news?.notifications[0]?.type, 'message_sent')
  assert.equal((await server.getConnections()).totalConnections, 1)
  here.unmount()
  await until('the end', async () => (await server.getConnections()).totalConnections === 0)
})
