'use client'

import { names, type LegacyNamespace, type TypedSocket } from '@outrigger/client'
import { useOutrigger } from '@outrigger/client/react'
import { useState } from 'react'
import styles from './legacy.module.css'
import { NamespaceCard, type Action } from './namespace-card'

const { auth, messenger, notifications } = names

/** Whether all connected sockets travel over the same engine. */
function useOneConnection(): { check: () => void; said: string | null } {
  const client = useOutrigger()
  const [said, setSaid] = useState<string | null>(null)
  const check = () => {
    const all: LegacyNamespace[] = ['/auth', '/messenger', '/notifications']
    const connected = all.map((name) => client.peek(name).raw).filter((raw) => raw.connected)
    const engines = new Set(connected.map((raw) => raw.io.engine))
    setSaid(`${connected.length} sockets, ${engines.size} ${engines.size === 1 ? 'connection' : 'connections'}`)
  }
  return { check, said }
}

const AUTH_ACTIONS: readonly Action<'/auth'>[] = [
  { label: 'Check the connection', run: (socket: TypedSocket<'/auth'>) => socket.ask(auth.client.pong) },
]

const MESSENGER_ACTIONS: readonly Action<'/messenger'>[] = [
  { label: 'Who is online?', run: (socket: TypedSocket<'/messenger'>) => socket.ask(messenger.client.getOnlineUsers) },
  { label: 'Send a test', run: (socket: TypedSocket<'/messenger'>) => socket.ask(messenger.client.test) },
]

const NOTIFICATION_ACTIONS: readonly Action<'/notifications'>[] = [
  {
    label: 'List the latest',
    run: (socket: TypedSocket<'/notifications'>) => socket.ask(notifications.client.getNotifications, { limit: 5 }),
  },
  {
    label: 'Mark all read',
    run: (socket: TypedSocket<'/notifications'>) => socket.ask(notifications.client.markAllNotificationsRead),
  },
]

/** A card for each namespace, and the proof that they share a connection. */
export function Namespaces() {
  const { check, said } = useOneConnection()
  return (
    <>
      <div className={styles.cards}>
        <NamespaceCard namespace="/auth" about="The account: tokens, status, being logged out." actions={AUTH_ACTIONS} />
        <NamespaceCard namespace="/messenger" about="Messages, typing, receipts and presence." actions={MESSENGER_ACTIONS} />
        <NamespaceCard namespace="/notifications" about="Notifications and how many are unread." actions={NOTIFICATION_ACTIONS} />
      </div>
      <div className={styles.check}>
        <button type="button" className="button" onClick={check}>
          Count the connections
        </button>
        <span role="status">{said}</span>
      </div>
    </>
  )
}
