// Notifications in the words of contract `social`: changes over the socket while there is one, lists over HTTP.

import type { OutriggerClient } from '../client.js'
import type { SocialNotification, SocialPerson } from '../generated/contracts.js'
import { all } from '../live-store.js'
import { names } from '../names.js'
import { SOCIAL_REST, type Pagination } from '../rest/social.js'
import type { NotificationSender, NotificationsWire, StoredNotification } from './wire.js'

const { server, client: said } = names.social
/** A document of the list; its sender is an id, or a person where the sidecar says more. */
type Document = Omit<SocialNotification, 'fromUser'> & { fromUser?: string | SocialPerson | null }
interface Page {
  notifications: Document[]
  pagination: Pagination & { totalNotifications: number }
}

/** What each type is called (`contracts/social.md` section 5). */
const TITLES: Readonly<Record<string, string>> = {
  new_reaction: 'New Reaction',
  new_follow: 'New Follower',
  follow_accepted: 'Follow Accepted',
  new_message: 'New Message',
  new_comment: 'New Comment',
  post_liked: 'Post Liked',
  mention: 'You were mentioned',
  system: 'System Notification',
}

/** What a type of the app's own is called: `order_shipped` is `Order shipped`. */
function worded(type: string): string {
  const words = type.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function senderOf(from: Document['fromUser']): NotificationSender | undefined {
  if (!from) return undefined
  if (typeof from === 'string') return { userId: from, username: null, profileImage: null }
  return { userId: from._id, username: from.username, profileImage: from.profileImage }
}

function storedOf({ _id, type, message, metadata, createdAt, isRead, postId, fromUser }: Document): StoredNotification {
  const sender = senderOf(fromUser)
  return {
    id: _id,
    type,
    title: TITLES[type] ?? worded(type),
    message,
    data: metadata,
    timestamp: createdAt,
    read: isRead,
    ...(sender ? { fromUser: sender } : {}),
    ...(postId ? { postId } : {}),
  }
}

const NOTIFICATIONS = `${SOCIAL_REST}/notifications`

export function socialNotificationsWire(client: OutriggerClient): NotificationsWire {
  const socket = () => client.peek('social')
  const page = async (query: Record<string, string>): Promise<Page> =>
    (await client.rest.call<Page>(`${NOTIFICATIONS}?${new URLSearchParams(query).toString()}`)).body
  const unreadCount = async (): Promise<number> =>
    (await page({ isRead: 'false', limit: '1' })).pagination.totalNotifications
  const one = (id: string): string => `${NOTIFICATIONS}/${encodeURIComponent(id)}`
  return {
    channel: 'social',
    tellsCount: false,
    needsSocket: false,
    follow: (ears) =>
      all(
        socket().on(server.new_notification, ({ notification, fromUser }) =>
          ears.arrived(storedOf({ ...notification, ...(fromUser ? { fromUser } : {}) })),
        ),
        socket().on(server.notification_updated, ({ notificationId }) => ears.read(notificationId)),
        socket().on(server.all_notifications_updated, () => ears.allRead()),
        socket().on(server.notification_deleted, ({ notificationId, all: isAll }) =>
          isAll ? ears.allRemoved() : ears.removed(notificationId),
        ),
      ),
    newest: async (limit) => {
      const [{ notifications }, unread] = await Promise.all([page({ limit: String(limit) }), unreadCount()])
      return { notifications: notifications.map(storedOf), unreadCount: unread }
    },
    older: async (_, known, limit) => {
      const number = Math.floor(known / limit) + 1
      const { notifications } = await page({ page: String(number), limit: String(limit) })
      return { notifications: notifications.map(storedOf), unreadCount: null }
    },
    markRead: async (id) => {
      if (socket().connected) await socket().ask(said.mark_notification_read, { notificationId: id })
      else await client.rest.call(`${one(id)}/read`, { method: 'PATCH' })
    },
    markAllRead: async () => {
      if (socket().connected) await socket().ask(said.mark_all_notifications_read)
      else await client.rest.call(`${NOTIFICATIONS}/read-all`, { method: 'PATCH' })
    },
    remove: async (id) => {
      if (socket().connected) await socket().ask(said.delete_notification, { notificationId: id })
      else await client.rest.call(one(id), { method: 'DELETE' })
    },
    removeAll: async () => {
      await client.rest.call(NOTIFICATIONS, { method: 'DELETE' })
    },
  }
}
