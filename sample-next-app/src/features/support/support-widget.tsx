'use client'

import { useChannelState, useSupportChat } from '@outrigger/client/react'
import { useRef } from 'react'
import { ChatLog } from './chat-log'
import { RequestForm } from './request-form'
import { SayForm } from './say-form'
import styles from './support.module.css'
import { stateText } from './words'

/** Asking for help, for everyone: a form, then the chat. A reload of the tab comes back to it. */
export function SupportWidget({ known }: { known: { readonly name: string; readonly email: string } | null }) {
  const support = useSupportChat()
  const { contactId, status, messages, typing, isJoined, isRefused, receipt, resolvedBy } = support
  const { status: via } = useChannelState('contacts')
  const heading = useRef<HTMLHeadingElement>(null)

  function startOver() {
    support.startOver()
    heading.current?.focus()
  }

  return (
    <div className={styles.widget} data-testid="support" data-status={status ?? 'none'} data-joined={isJoined}>
      <header className={styles.widgetHead}>
        <h1 ref={heading} tabIndex={-1}>
          How can we help?
        </h1>
        <span className="tag" data-testid="via" data-via={via === 'connected' ? 'socket' : 'none'}>
          {via === 'connected' ? 'Live' : 'Connecting…'}
        </span>
      </header>
      {contactId === null || isRefused ? (
        <>
          {isRefused && (
            <p className="fault" role="alert">
              What you asked before is not here any more. Ask again below.
            </p>
          )}
          <RequestForm known={known} isBusy={support.isSubmitting} onSubmit={support.submit} />
        </>
      ) : (
        <section className={`card ${styles.chat}`} aria-label="Chat">
          <p role="status" className={styles.state} data-testid="support-state">
            {stateText(status, messages, resolvedBy)}
            {status === 'pending' && receipt && ` An answer takes about ${receipt.estimatedResponseTime}; stay, and it may come here sooner.`}
          </p>
          <ChatLog messages={messages} typing={typing} isMine={({ senderRole }) => senderRole !== 'admin'} />
          {status === 'resolved' ? (
            <button type="button" className="button" onClick={startOver}>
              Ask something else
            </button>
          ) : (
            <SayForm label="Your message" isOpen={isJoined} onSend={support.send} onTyping={support.setTyping} />
          )}
        </section>
      )}
    </div>
  )
}
