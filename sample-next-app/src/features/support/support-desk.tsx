'use client'

import type { LookedAfter } from '@outrigger/client'
import { useChannelState, useContactQueue } from '@outrigger/client/react'
import { useState } from 'react'
import { call, faultOf } from '@/browser/call'
import { AdminChat } from './admin-chat'
import { Figures } from './figures'
import { Queue } from './queue'
import styles from './support.module.css'

async function load(): Promise<LookedAfter> {
  const answer = await call<LookedAfter>('/api/support/chats')
  if (!answer.ok || !answer.body.mine || !answer.body.taken) throw new Error(faultOf(answer))
  return { mine: answer.body.mine, taken: answer.body.taken }
}

/** The admins' side: what waits, what one looks after, and the chat about it. */
export function SupportDesk({ meId }: { meId: string }) {
  const queue = useContactQueue({ load })
  const { status: via } = useChannelState('contacts')
  const [chosen, setChosen] = useState<string | null>(null)
  const open = queue.mine.find(({ id }) => id === chosen) ?? queue.mine[0] ?? null

  return (
    <div className={styles.desk}>
      <header className={styles.head}>
        <div>
          <h1>Support</h1>
          <p className="quiet">Urgent requests first. Who claims one looks after it.</p>
        </div>
        <span className="tag" data-testid="via" data-via={via === 'connected' ? 'socket' : 'none'}>
          {via === 'connected' ? 'Live' : 'Connecting…'}
        </span>
      </header>
      {queue.error && (
        <p className="fault" role="alert">
          {queue.error}
        </p>
      )}
      {queue.stats && <Figures stats={queue.stats} />}
      <div className={styles.columns}>
        <Queue queue={queue} openId={open?.id ?? null} onOpen={setChosen} />
        {open ? (
          <AdminChat key={open.id} contact={open} meId={meId} onRelease={queue.release} onResolve={queue.resolve} />
        ) : (
          <section className={`card ${styles.chat}`} aria-label="Chat">
            <p className="empty">Claim a request to talk to whoever asked.</p>
          </section>
        )}
      </div>
    </div>
  )
}
