// Contract `rooms` on `/api/socket`: chats of two whose lines are stored before anybody is told.

import { chatRoom, contractRoom } from './identity.mjs'
import { newPace } from './pace.mjs'
import { storeLine } from './store.mjs'

const CONTRACT = 'rooms'
const APP_PING_MS = 25_000
const MAX_TEXT_BYTES = 65_536
const NOT_A_MEMBER = { error: 'Not a member of this chat', ok: false }
const BAD_PAYLOAD = { error: 'Invalid payload', ok: false }
const OK = { ok: true }

const now = () => new Date().toISOString()

/** The two whose conversation a chat is; ids with underscores are not needed here. */
function pairOf(chat) {
  const ids = chat.split('_')
  return ids.length === 2 ? ids : []
}

export function rooms(io, presence) {
  const everyone = io.to(contractRoom(CONTRACT))
  const pace = newPace({
    isOnline: (user) => presence.has(user),
    online: () => presence.size,
    singly: (changes) => {
      for (const [userId, isOnline] of changes) {
        everyone.emit('userOnlineStatus', { userId, isOnline, timestamp: now() })
      }
    },
    list: () => io.adapter.rooms.has(contractRoom(CONTRACT)) && everyone.emit('getOnlineUsers', onlineUsers()),
    cost: { changeBytes: 100, pauseBytes: (online) => online * online * 27, pauses: [100, 30_000] },
  })
  const onlineUsers = () => [...presence.keys()].sort()
  setInterval(() => everyone.emit('ping', { timestamp: now() }), APP_PING_MS).unref()

  return {
    contract: CONTRACT,
    changed: pace.note,
    connected(socket) {
      const { actor } = socket.data
      socket.emit('getOnlineUsers', onlineUsers())
      socket.on('joinChatRoom', (said, acknowledge) => {
        const chat = chatNamed(said)
        if (chat === undefined) return acknowledge?.(BAD_PAYLOAD)
        if (!pairOf(chat).includes(actor.user)) return acknowledge?.(NOT_A_MEMBER)
        socket.join(chatRoom(chat))
        acknowledge?.(OK)
      })
      socket.on('leaveChatRoom', (said, acknowledge) => {
        const chat = chatNamed(said)
        if (chat === undefined) return acknowledge?.(BAD_PAYLOAD)
        socket.leave(chatRoom(chat))
        acknowledge?.(OK)
      })
      socket.on('sendChatMessage', (said, acknowledge) => {
        const chat = chatNamed(said)
        const text = said?.message
        if (chat === undefined || typeof text !== 'string') return acknowledge?.(BAD_PAYLOAD)
        const pair = pairOf(chat)
        if (!pair.includes(actor.user)) return acknowledge?.(NOT_A_MEMBER)
        if (text.trim() === '') return acknowledge?.({ error: 'Text or image is required.', ok: false })
        if (Buffer.byteLength(text) > MAX_TEXT_BYTES) return acknowledge?.({ error: 'Text is too long.', ok: false })
        storeLine({ sender: actor.user, chat, text, feeds: pair }, (error, at) => {
          if (error) return acknowledge?.({ error: 'Internal error', ok: false })
          const timestamp = new Date(at).toISOString()
          io.to(chatRoom(chat)).emit('receiveChatMessage', { userId: actor.user, message: text, timestamp })
          acknowledge?.(OK)
        })
      })
      socket.on('getOnlineUsers', () => socket.emit('getOnlineUsers', onlineUsers()))
      socket.on('ping', () => socket.emit('pong', { timestamp: now() }))
    },
  }
}

function chatNamed(said) {
  const id = said?.chatId
  if (typeof id !== 'string' || id === '' || id.length > 256) return undefined
  return id.startsWith('chat_') ? id.slice('chat_'.length) : id
}
