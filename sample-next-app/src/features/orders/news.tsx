'use client'

import type { NoticesState } from '@outrigger/client'
import { useCommerceNotifications } from '@outrigger/client/react'
import { useRef } from 'react'
import { When } from '@/features/shell/when'
import styles from './orders.module.css'

const SHOWN = 15
const WAYS: Readonly<Record<NoticesState['via'], string>> = {
  socket: 'As it happens',
  polling: 'Asked for every 15 seconds',
  none: 'Not connected',
}

/** What the user is notified of: orders, products, announcements. */
export function News() {
  const { notifications, unreadCount, via, error, markRead, dismiss } = useCommerceNotifications()
  const heading = useRef<HTMLHeadingElement>(null)

  function remove(key: string) {
    // The button that has it goes.
    heading.current?.focus()
    void dismiss(key)
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="news-title">
      <header className={styles.panelHead}>
        <h2 id="news-title" ref={heading} tabIndex={-1}>
          News
        </h2>
        <p className="quiet" data-testid="via" data-via={via}>
          {unreadCount > 0 && `${unreadCount} unread · `}
          {WAYS[via]}
        </p>
      </header>
      {error && (
        <p className="fault" role="alert">
          {error}
        </p>
      )}
      {notifications.length === 0 && <p className="quiet">Nothing since you are here.</p>}
      <ul className={styles.news}>
        {notifications.slice(0, SHOWN).map((one) => (
          <li key={one.key} data-read={one.read} data-priority={one.priority}>
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
                <button type="button" onClick={() => void markRead(one.key)}>
                  Mark read<span className="visually-hidden">: {one.message}</span>
                </button>
              )}
              <button type="button" onClick={() => remove(one.key)}>
                Hide<span className="visually-hidden">: {one.message}</span>
              </button>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
