// The part of messaging that apps see.

export { messengerOf, Messenger } from './messenger.js'
export { Conversation, type ConversationState } from './conversation.js'
export { MessagesApi, type Chat, type Contact, type Draft, type Unread } from './rest-api.js'
export { OutboxFull } from './outbox.js'
export { isAlert } from './inbox.js'
export type { ChatMessage, Delivery, MessageDocument } from './chat-message.js'
