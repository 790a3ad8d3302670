'use client'

import type { SupportContact } from '@outrigger/client'
import { useRoomChat } from '@outrigger/client/react'
import { useState } from 'react'
import { When } from '@/features/shell/when'
import { ChatLog } from './chat-log'
import { SayForm } from './say-form'
import styles from './support.module.css'
import { faultText } from './words'

interface Props {
  readonly contact: SupportContact
  readonly meId: string
  readonly onRelease: (contactId: string) => Promise<void>
  readonly onResolve: (contactId: string) => Promise<void>
}

/** The chat about one request, for the admin who looks after it. */
export function AdminChat({ contact, meId, onRelease, onResolve }: Props) {
  const { id, name, email, phone, subject, message, submittedAt } = contact
  const chat = useRoomChat(id, { contract: 'contacts' })
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function end(deed: (contactId: string) => Promise<void>) {
    setBusy(true)
    setFault(null)
    try {
      await deed(id)
    } catch (cause) {
      setFault(faultText(cause))
      setBusy(false)
    }
  }

  return (
    <section className={`card ${styles.chat}`} aria-label="Chat" data-testid="admin-chat" data-joined={chat.isJoined}>
      <header className={styles.chatHead}>
        <div className={styles.grow}>
          <h2>{subject || 'No subject'}</h2>
          <p className="quiet">
            {name} · {email}
            {phone && ` · ${phone}`} · <When at={submittedAt} />
          </p>
        </div>
        <div className={styles.deeds}>
          <button type="button" className="button small" disabled={busy} onClick={() => void end(onRelease)}>
            Give back
          </button>
          <button type="button" className="button small primary" disabled={busy} onClick={() => void end(onResolve)}>
            Resolve
          </button>
        </div>
      </header>
      <blockquote className={styles.asked}>{message}</blockquote>
      <ChatLog messages={chat.messages} typing={chat.typing} isMine={({ senderId }) => senderId === meId} />
      <SayForm label={`Answer to ${name}`} isOpen={chat.isJoined} onSend={chat.send} onTyping={chat.setTyping} />
      {(fault ?? chat.error) && (
        <p className="fault" role="alert">
          {fault ?? chat.error}
        </p>
      )}
    </section>
  )
}
