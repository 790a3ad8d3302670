'use client'
// `@outrigger/client/react`: the provider, the hooks and `<SocketMonitor/>`.

export { OutriggerProvider, useOutrigger, type OutriggerProviderProps } from './provider.js'
export { useChannelState, useConnectionStatus, useSocket, useSocketEvent, type UsedSocket } from './use-socket.js'
export { usePresence, useTyping, type UsedPresence, type UsedTyping } from './use-presence.js'
export {
  usePrivateMessaging,
  useRoomChat,
  useUnread,
  type MessagingOptions,
  type RoomChatOptions,
  type UsedContactChat,
  type UsedMessaging,
  type UsedQuizRoom,
  type UsedRoomChat,
} from './use-messaging.js'
export {
  useNotificationPreferences,
  useNotifications,
  type UsedNotifications,
  type UsedPreferences,
} from './use-notifications.js'
export { useOwnStatus, useUserStatus, type UsedOwnStatus, type UsedStatus } from './use-user-status.js'
export {
  useAnalytics,
  useMessageTracker,
  useSystemNotifications,
  type UsedAnalytics,
  type UsedSystemNotifications,
  type UsedTracker,
} from './use-tracking.js'
export {
  useAnswerStream,
  useCart,
  useCommerce,
  useCommerceChat,
  useCommerceNotifications,
  useLiveAdmin,
  useOrders,
  useOrderStatus,
  useSearchStream,
  type UsedAnswerStream,
  type UsedCart,
  type UsedCommerce,
  type UsedCommerceChat,
  type UsedCommerceNotifications,
  type UsedLiveAdmin,
  type UsedOrders,
} from './use-commerce.js'
export {
  useQuizPresence,
  useQuizSession,
  useServerCountdown,
  type UsedQuizPresence,
  type UsedQuizSession,
} from './use-quiz.js'
export { useContactQueue, useSupportChat, type UsedContactQueue, type UsedSupportChat } from './use-contacts.js'
export type { InContract } from './in-contract.js'
export { SocketMonitor, type SocketMonitorProps } from './monitor/socket-monitor.js'
export type { Alert, NotificationSender, StoredNotification } from '../notifications/notifications.js'
export type { RoomMessage } from '../messaging/room-chat.js'
export { useMonitor, type UsedMonitor } from './monitor/use-monitor.js'
export { useDiagnosis, type UsedDiagnosis } from './monitor/use-diagnosis.js'
