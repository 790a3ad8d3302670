'use client'

import type { ContactMessage } from '@outrigger/client'
import { useEffect, useRef } from 'react'
import { When } from '@/features/shell/when'
import styles from './support.module.css'

interface Props {
  readonly messages: readonly ContactMessage[]
  readonly typing: readonly string[]
  readonly isMine: (message: ContactMessage) => boolean
}

/** What was said, oldest first, and who is typing. */
export function ChatLog({ messages, typing, isMine }: Props) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const log = end.current
    if (log) log.scrollTop = log.scrollHeight
  }, [messages.length, typing.length])

  return (
    <>
      <div className={styles.log} role="log" aria-label="What was said" tabIndex={0} ref={end}>
        {messages.length === 0 && <p className="quiet">Nothing was said yet.</p>}
        {messages.map((message) => (
          <div key={message.id} className={styles.message} data-testid="said" data-mine={isMine(message)} data-role={message.senderRole}>
            <p className={styles.who}>
              {message.senderName} · <When at={message.timestamp} time />
            </p>
            <p className={styles.text}>{message.message}</p>
          </div>
        ))}
      </div>
      <p className={styles.typing} role="status" data-testid="typing">
        {typing.length > 0 ? `${typing.join(', ')} ${typing.length === 1 ? 'is' : 'are'} typing…` : ''}
      </p>
    </>
  )
}
