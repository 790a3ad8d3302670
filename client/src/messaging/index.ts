// The part of messaging that apps see.

export { messengerOf, Messenger } from './messenger.js'
export { Conversation, type ConversationState } from './conversation.js'
export { MessagesApi, type Chat, type Contact } from './rest-api.js'
export { SocialMessagesApi, type SocialChat } from './social-rest-api.js'
export { OutboxFull } from './outbox.js'
export { isAlert } from './rooms-wire.js'
export type { Draft, MessagingWire, Receipt, Unread } from './wire.js'
export type { ChatMessage, Delivery, MessageDocument, StoredMessage } from './chat-message.js'
