'use client'

import { useNotifications } from '@outrigger/client/react'
import { When } from '@/features/shell/when'
import styles from './notifications.module.css'

/** What the app had to say to this user; read on one device is read on all. */
export function NotificationList() {
  const { notifications, unreadCount, status, hasMore, markRead, markAllRead, loadMore } = useNotifications()
  return (
    <>
      <header>
        <div>
          <h1>Notifications</h1>
          <p role="status">{unreadCount === 0 ? 'Nothing unread' : `${unreadCount} unread`}</p>
        </div>
        <button type="button" className="button" onClick={() => void markAllRead()} disabled={unreadCount === 0}>
          Mark all read
        </button>
      </header>
      {notifications.length === 0 ? (
        <p className="card empty">{status === 'loading' ? 'Loading…' : 'Nothing here yet.'}</p>
      ) : (
        <ul className={styles.list}>
          {notifications.map((one) => (
            <li key={one.id} className={`card ${styles.notification}`} data-read={one.read}>
              <span className={styles.mark} aria-hidden="true" />
              <div className={styles.text}>
                <h2>
                  {one.title}
                  {!one.read && <span className="visually-hidden"> (unread)</span>}
                </h2>
                <p>{one.message}</p>
                <p className="quiet">
                  <When at={one.timestamp} />
                </p>
              </div>
              {!one.read && (
                <button type="button" className="button small" onClick={() => void markRead(one.id)}>
                  Mark read<span className="visually-hidden">: {one.title}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {hasMore && (
        <div>
          <button type="button" className="button" onClick={() => void loadMore()}>
            Load older ones
          </button>
        </div>
      )}
    </>
  )
}
