'use client'

import type { ChatMessage } from '@outrigger/client'
import { usePrivateMessaging } from '@outrigger/client/react'
import { Fragment, useMemo } from 'react'
import { Avatar } from '@/features/shell/avatar'
import { BackIcon } from '@/features/shell/icons'
import { useOnline, wordFor } from '@/features/shell/use-online'
import { Composer, type Draft } from './composer'
import { MessageBubble } from './message-bubble'
import type { Person } from './person'
import styles from './thread.module.css'
import { useStickToEnd } from './use-stick-to-end'
import { eachOnce } from './waiting'

interface Props {
  readonly partner: Person
  readonly onBack: () => void
}

/** The conversation with one person. */
export function Thread({ partner, onBack }: Props) {
  const chat = usePrivateMessaging(partner.id)
  const messages = useMemo(() => eachOnce(chat.messages), [chat.messages])
  const log = useStickToEnd(messages.at(-1)?.key)

  function send(draft: Draft): string | null {
    try {
      chat.send(draft)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : 'The message cannot be sent.'
    }
  }

  const online = useOnline()(partner.id)
  return (
    <section className={styles.thread} aria-label={`Conversation with ${partner.name}`}>
      <header className={styles.head}>
        <button type="button" className={styles.back} onClick={onBack}>
          <BackIcon />
          <span className="visually-hidden">Back to the list</span>
        </button>
        <Avatar id={partner.id} name={partner.name} image={partner.image} online={online} />
        <div>
          <h2>{partner.name}</h2>
          <p className={styles.state} role="status">
            {chat.isPartnerTyping ? 'Typing…' : wordFor(online)}
          </p>
        </div>
      </header>
      <div className={styles.log} ref={log} role="log" aria-label="Messages" tabIndex={0}>
        <History chat={chat} count={messages.length} />
        {messages.map((message, index) => (
          <Fragment key={message.key}>
            {isNewDay(messages[index - 1], message) && <Day at={message.createdAt} />}
            <MessageBubble
              message={message}
              author={message.direction === 'out' ? 'You' : partner.name}
              onRetry={() => chat.retry(message)}
              onDiscard={() => chat.discard(message)}
            />
          </Fragment>
        ))}
      </div>
      <Composer name={partner.name} onSend={send} onTyping={chat.setTyping} />
    </section>
  )
}

interface HistoryProps {
  readonly chat: ReturnType<typeof usePrivateMessaging>
  readonly count: number
}

/** What stands before the first message that is shown. */
function History({ chat, count }: HistoryProps) {
  if (chat.hasMore) {
    return (
      <button type="button" className={`button small ${styles.older}`} onClick={() => void chat.loadOlder()} disabled={chat.isLoadingOlder}>
        {chat.isLoadingOlder ? 'Loading…' : 'Load older messages'}
      </button>
    )
  }
  if (count > 0) return null
  const words = {
    loading: 'Loading messages…',
    ready: 'No messages yet. Say hello.',
    failed: 'Messages cannot be loaded now. They will be when the connection is back.',
  }
  return <p className="empty">{words[chat.status]}</p>
}

const dayOf = (message: ChatMessage) => new Date(message.createdAt).toDateString()

const isNewDay = (before: ChatMessage | undefined, message: ChatMessage) => !before || dayOf(before) !== dayOf(message)

function Day({ at }: { at: string }) {
  const text = new Date(at).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })
  return <p className={styles.day}>{text}</p>
}
