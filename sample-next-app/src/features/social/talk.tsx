'use client'

import type { ChatMessage } from '@outrigger/client'
import { usePrivateMessaging, useUserStatus } from '@outrigger/client/react'
import { useState } from 'react'
import { Composer, type Draft } from '@/features/messenger/composer'
import { nameOfContact } from '@/features/messenger/person'
import { useStickToEnd } from '@/features/messenger/use-stick-to-end'
import { BackIcon } from '@/features/shell/icons'
import type { Contact } from '@/server/user-document'
import { FollowButton } from './follow-button'
import styles from './social.module.css'
import { TalkMessage } from './talk-message'
import { faultOf, wordsFor } from './words'

/** Characters of a message (`contracts/social.md` section 2). */
const LONGEST = 1_000

interface Props {
  readonly partner: Contact
  readonly isFollowed: boolean
  readonly onBack: () => void
}

/** The conversation with one person, in the words of contract `social`. */
export function Talk({ partner, isFollowed, onBack }: Props) {
  const chat = usePrivateMessaging(partner._id, { contract: 'social' })
  const { state, isCurrent } = useUserStatus(partner._id)
  const [fault, setFault] = useState<string | null>(null)
  const log = useStickToEnd(chat.messages.at(-1)?.key)
  const name = nameOfContact(partner)

  function send({ text }: Draft): string | null {
    try {
      chat.send({ text })
      return null
    } catch (error) {
      return faultOf(error)
    }
  }

  async function remove(message: ChatMessage) {
    try {
      await chat.remove(message)
      setFault(null)
      // The button that had it is gone.
      log.current?.focus()
    } catch (error) {
      setFault(faultOf(error))
    }
  }

  return (
    <section className={styles.thread} aria-label={`Conversation with ${name}`}>
      <header className={styles.threadHead}>
        <button type="button" className={styles.back} onClick={onBack}>
          <BackIcon />
          <span className="visually-hidden">Back to the people</span>
        </button>
        <div className={styles.partnerText}>
          <h2>{name}</h2>
          <p className="quiet" role="status">
            {chat.isPartnerTyping ? 'Typing…' : wordsFor(state, isCurrent)}
          </p>
        </div>
        <FollowButton userId={partner._id} name={name} isFollowed={isFollowed} />
      </header>
      <div className={styles.log} ref={log} role="log" aria-label="Messages" tabIndex={0}>
        {chat.hasMore && (
          <button type="button" className="button small" onClick={() => void chat.loadOlder()} disabled={chat.isLoadingOlder}>
            Load older messages
          </button>
        )}
        {chat.messages.length === 0 && <p className="empty">{chat.error ?? (chat.status === 'loading' ? 'Loading…' : 'Say hello.')}</p>}
        {chat.messages.map((message) => (
          <TalkMessage
            key={message.key}
            message={message}
            author={message.direction === 'out' ? 'You' : name}
            onRetry={() => chat.retry(message)}
            onRemove={() => void remove(message)}
          />
        ))}
      </div>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <Composer name={name} onSend={send} onTyping={chat.setTyping} longest={LONGEST} withImages={false} />
    </section>
  )
}
