// The hooks of contract `commerce` in React 19 under StrictMode: one connection, two roles, let go of in the end.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { page } from './support/page.js'
import { StrictMode, type ReactNode } from 'react'
import {
  OutriggerProvider,
  useAnswerStream,
  useCart,
  useCommerce,
  useCommerceChat,
  useCommerceNotifications,
  useLiveAdmin,
  useOrders,
  useOrderStatus,
  useSearchStream,
  type UsedCart,
  type UsedCommerceChat,
  type UsedOrders,
} from '@outrigger/client/react'
import type { KnownOrder } from '@outrigger/client'
import { until } from './support/until.js'
import { optionsOf, world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

async function someone(role: 'user' | 'seller' | 'admin'): Promise<Person> {
  const who = w.person()
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name: role, role })
  return who
}

test('a buyer’s page and an admin’s', async () => {
  const [ada, root] = [await someone('user'), await someone('admin')]
  const orderId = `o-${randomUUID()}`
  const { orThrow: server } = w.server
  let cart: UsedCart<string[]> | undefined
  let orders: UsedOrders<KnownOrder> | undefined
  let chat: UsedCommerceChat | undefined
  function Market(): ReactNode {
    const { role, events } = useCommerce()
    cart = useCart<string[]>({ initial: [] })
    orders = useOrders()
    return (
      <p>
        {role} {events.length > 0 ? 'may' : 'may not'} · {cart.cart.join()} · {useOrderStatus(orderId, 'pending')} ·{' '}
        {orders.orders.length} · {useCommerceNotifications().notifications.map(({ title }) => title).join()} ·{' '}
        {useAnswerStream().text} · {useSearchStream().results.join()}
      </p>
    )
  }
  function Room(): ReactNode {
    chat = useCommerceChat('lobby')
    return <p>{chat.isJoined ? 'in' : 'out'}</p>
  }
  function Admin(): ReactNode {
    const { users, stats } = useLiveAdmin()
    return (
      <p>
        {users.map(({ userId }) => userId).join()} {stats?.totalUsers}
      </p>
    )
  }
  const show = (who: Person, node: ReactNode): ReturnType<typeof page> => {
    const here = page()
    here.render(
      <StrictMode>
        <OutriggerProvider options={{ ...optionsOf(who, w.sidecar.publicUrl), userId: who.userId }}>{node}</OutriggerProvider>
      </StrictMode>,
    )
    return here
  }
  const hers = show(
    ada,
    <>
      <Market />
      <Room />
    </>,
  )
  const admins = show(root, <Admin />)
  await until('the role', () => hers.text().startsWith('user may') && hers.text().endsWith('in'))
  await until('her', () => admins.text().includes(ada.userId))
  cart?.update((now) => [...now, 'oar'])
  await until('the cart', () => hers.text().includes('· oar ·'))
  await chat?.send('Hello')
  await until('one’s own words', () => chat?.messages.length === 1)
  await orders?.place({ orderNumber: 'R1' })
  await server.commerce.registerOrder({ orderId, orderNumber: 'R1', buyerId: ada.userId })
  await server.commerce.notifications.notifyOrderStatus(ada.userId, orderId, 'shipped')
  await until('all of it', () => hers.text().includes('shipped · 1 · Order Update'))
  await server.commerce.streamChatbot(ada.userId, 'Count', ['one ', 'two'])
  await server.commerce.streamSearchResults(ada.userId, 'oars', [1, 2, 3])
  await until('streams', () => hers.text().includes('one two · 1,2,3'))
  assert.equal((await server.getConnections()).totalConnections, 2)
  hers.unmount()
  await until('her to leave', () => !admins.text().includes(ada.userId))
  admins.unmount()
  await until('the end', async () => (await server.getConnections()).totalConnections === 0)
})
