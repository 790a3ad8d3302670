'use client'

import type { SystemNotification } from '@outrigger/client'
import { useSystemNotifications } from '@outrigger/client/react'
import { useRef } from 'react'
import { When } from '@/features/shell/when'
import styles from './campaign.module.css'

const SHOWN = 20

/** Reports of deliveries come many times a second: single ones stand in the campaign's own list, of sums the last counts. */
function newsOf(notifications: readonly SystemNotification[]): readonly SystemNotification[] {
  const reported = new Set<unknown>()
  return notifications.filter(({ type, data }) => {
    if (type !== 'delivery_update') return true
    const { messageId, recipientId } = (data ?? {}) as { messageId?: string; recipientId?: string }
    if (recipientId !== undefined || reported.has(messageId)) return false
    reported.add(messageId)
    return true
  })
}

/** What the sidecar says of campaigns, and to everyone. */
export function News() {
  const { notifications, error, markRead, dismiss } = useSystemNotifications()
  const news = newsOf(notifications)
  const unreadCount = news.filter(({ read }) => !read).length
  const heading = useRef<HTMLHeadingElement>(null)

  function remove(id: string) {
    // The button that has it goes.
    heading.current?.focus()
    dismiss(id)
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="news-title">
      <header className={styles.panelHead}>
        <h2 id="news-title" ref={heading} tabIndex={-1}>
          News
        </h2>
        <p className="quiet">{unreadCount === 0 ? 'Nothing unread' : `${unreadCount} unread`}</p>
      </header>
      {error && (
        <p className="fault" role="alert">
          {error}
        </p>
      )}
      <ul className={styles.news}>
        {news.slice(0, SHOWN).map((one) => (
          <li key={one.id} data-kind={one.type} data-read={one.read}>
            <h3>
              {one.title}
              {!one.read && <span className="visually-hidden"> (unread)</span>}
            </h3>
            <p>{one.message}</p>
            <p className={styles.newsFoot}>
              <span className="quiet">
                <When at={one.timestamp} />
              </span>
              {!one.read && (
                <button type="button" onClick={() => void markRead(one.id)}>
                  Mark read<span className="visually-hidden">: {one.message}</span>
                </button>
              )}
              <button type="button" onClick={() => remove(one.id)}>
                Hide<span className="visually-hidden">: {one.message}</span>
              </button>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
