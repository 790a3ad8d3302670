// Notifications in the words of contract `legacy`.

import type { OutriggerClient } from '../client.js'
import { all } from '../live-store.js'
import { names } from '../names.js'
import type { NotificationsWire, StoredNotification } from './wire.js'

const { server, client: said } = names.notifications

interface Page {
  notifications: StoredNotification[]
  unreadCount: number
}

export function legacyWire(client: OutriggerClient): NotificationsWire {
  const socket = () => client.peek('/notifications')
  return {
    channel: '/notifications',
    tellsCount: true,
    needsSocket: true,
    follow: (ears) =>
      all(
        socket().on(server.notification, (one) => ears.arrived(one)),
        socket().on(server.notificationRead, ({ notificationId, all: isAll }) =>
          isAll ? ears.allRead() : ears.read(notificationId),
        ),
        socket().on(server.unreadCount, ({ count }) => ears.counted(count)),
        socket().on(server.newMessage, (alert) => ears.alerted(alert)),
      ),
    newest: async (limit) => {
      const { notifications } = await socket().ask(said.getNotifications, { limit })
      return { notifications, unreadCount: null }
    },
    older: async ({ id }, _, limit) => {
      const query = new URLSearchParams({ limit: String(limit), before: id })
      return (await client.rest.call<Page>(`/api/notifications?${query.toString()}`)).body
    },
    markRead: async (id) => {
      if (socket().connected) await socket().ask(said.markNotificationRead, { notificationId: id })
      else await client.rest.call(`/api/notifications/${encodeURIComponent(id)}/read`, { method: 'PATCH' })
    },
    markAllRead: async () => {
      if (socket().connected) await socket().ask(said.markAllNotificationsRead)
      else await client.rest.call('/api/notifications/read-all', { method: 'POST' })
    },
    remove: null,
    removeAll: null,
  }
}
