'use client'

import type { StoredNotification } from '@outrigger/client/react'
import { useNotifications } from '@outrigger/client/react'
import { useRef } from 'react'
import { When } from '@/features/shell/when'
import styles from './social.module.css'

/** The user's notifications; what is read or removed here is so on all of their devices. */
export function Notices() {
  const used = useNotifications({ contract: 'social' })
  const { notifications, unreadCount, status, error, retryAt, hasMore } = used
  const heading = useRef<HTMLHeadingElement>(null)

  function remove(id: string) {
    // The button that has it goes.
    heading.current?.focus()
    void used.remove(id)
  }

  return (
    <section className={`card ${styles.panel}`} aria-labelledby="notices-title">
      <header className={styles.panelHead}>
        <h2 id="notices-title" ref={heading} tabIndex={-1}>
          Notifications
        </h2>
        <p className="quiet" role="status">
          {unreadCount === 0 ? 'Nothing unread' : `${unreadCount} unread`}
        </p>
      </header>
      <div className={styles.actions}>
        <button type="button" className="button small" onClick={() => void used.markAllRead()} disabled={unreadCount === 0}>
          Mark all read
        </button>
        <button
          type="button"
          className="button small danger"
          onClick={() => void used.removeAll()}
          disabled={notifications.length === 0}
        >
          Remove all
        </button>
      </div>
      {error && (
        <p className="fault" role="alert">
          {error}
          {retryAt && `. Try again at ${new Date(retryAt).toLocaleTimeString()}`}
        </p>
      )}
      {notifications.length === 0 ? (
        <p className="quiet">{status === 'loading' ? 'Loading…' : 'Nothing here yet.'}</p>
      ) : (
        <ul className={styles.notices}>
          {notifications.map((one) => (
            <Notice key={one.id} one={one} onRead={() => void used.markRead(one.id)} onRemove={() => remove(one.id)} />
          ))}
        </ul>
      )}
      {hasMore && (
        <button type="button" className="button small" onClick={() => void used.loadMore()}>
          Load older ones
        </button>
      )}
    </section>
  )
}

interface NoticeProps {
  readonly one: StoredNotification
  readonly onRead: () => void
  readonly onRemove: () => void
}

function Notice({ one, onRead, onRemove }: NoticeProps) {
  return (
    <li className={styles.notice} data-read={one.read}>
      <span className={styles.mark} aria-hidden="true" />
      <div className={styles.noticeText}>
        <h3>
          {one.title}
          {!one.read && <span className="visually-hidden"> (unread)</span>}
        </h3>
        <p>{one.message}</p>
        <p className="quiet">
          <When at={one.timestamp} />
        </p>
      </div>
      <div className={styles.actions}>
        {!one.read && (
          <button type="button" className="button small" onClick={onRead}>
            Mark read<span className="visually-hidden">: {one.message}</span>
          </button>
        )}
        <button type="button" className="button small" onClick={onRemove}>
          Remove<span className="visually-hidden">: {one.message}</span>
        </button>
      </div>
    </li>
  )
}
