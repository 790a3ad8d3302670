// Contract `quiz` in namespace `/quiz`: rooms whose messages the app has stored, so that they only pass.

import { chatRoom } from './identity.mjs'
import { newPace } from './pace.mjs'

const MOST_CHARACTERS = 1_000
const MOST_LISTED = 1_000
const DONE = { success: true }

const now = () => new Date().toISOString()
const refused = (error) => ({ success: false, error })

export function quiz(namespace) {
  /** By user: the name to show, sockets, when anything was last sent. */
  const present = new Map()
  const pace = newPace({
    isOnline: (user) => present.has(user),
    online: () => present.size,
    singly: (changes) => {
      for (const [userId, isOnline] of changes) {
        const name = present.get(userId)?.name ?? userId
        namespace.except(`user ${userId}`).emit(isOnline ? 'userOnline' : 'userOffline', { userId, name, timestamp: now() })
      }
    },
    list: () => namespace.emit('onlineUsers', list()),
    cost: {
      changeBytes: 150,
      pauseBytes: (online) => online * Math.min(online, MOST_LISTED) * 150,
      pauses: [200, 30_000],
    },
  })

  function list() {
    const entries = [...present].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1)).slice(0, MOST_LISTED)
    return {
      users: entries.map(([userId, { name, active }]) => ({
        userId,
        name,
        status: 'online',
        lastActivity: new Date(active).toISOString(),
      })),
      onlineUsers: entries.map(([id, { name }]) => ({ socketID: '', _id: id, name, email: null })),
      count: entries.length,
      timestamp: now(),
    }
  }

  function members(room) {
    const users = new Set()
    for (const id of namespace.adapter.rooms.get(room) ?? []) users.add(namespace.sockets.get(id)?.data.actor.user)
    return users.size
  }

  return {
    contract: 'quiz',
    connected(socket) {
      const { actor } = socket.data
      const entry = present.get(actor.user) ?? { name: actor.name, sockets: 0, active: 0 }
      entry.sockets += 1
      entry.active = Date.now()
      present.set(actor.user, entry)
      if (entry.sockets === 1) pace.note(actor.user, false)
      socket.emit('onlineUsers', list())
      socket.use((_, next) => {
        entry.active = Date.now()
        next()
      })
      socket.on('disconnect', () => {
        entry.sockets -= 1
        if (entry.sockets > 0) return
        present.delete(actor.user)
        pace.note(actor.user, true)
      })
      socket.on('joinRoom', (said, acknowledge) => {
        const name = roomNamed(said, ['roomId', 'roomID'])
        if (name === undefined) return acknowledge?.(refused('Room name is required'))
        const room = chatRoom(name)
        if (!socket.rooms.has(room)) {
          socket.join(room)
          const [userId, userName] = [actor.user, actor.name]
          const message = `${userName} joined the room`
          socket.to(room).emit('userJoinedRoom', { userId, userName, roomId: name, message, timestamp: now() })
        }
        const memberCount = members(room)
        socket.emit('roomJoined', { roomId: name, memberCount, roomType: said?.roomType ?? 'chat' })
        acknowledge?.({ success: true, roomId: name, memberCount })
      })
      socket.on('leaveRoom', (said, acknowledge) => {
        const name = roomNamed(said, ['roomId', 'roomID'])
        if (name === undefined) return acknowledge?.(refused('Room name is required'))
        socket.leave(chatRoom(name))
        acknowledge?.(DONE)
      })
      socket.on('roomMessage', (said, acknowledge) => {
        const name = roomNamed(said, ['roomId', 'roomID'])
        if (name === undefined) return acknowledge?.(refused('Room name is required'))
        const { content } = said
        if (typeof content !== 'string' || content === '' || content.length > MOST_CHARACTERS) {
          return acknowledge?.(refused('Invalid payload'))
        }
        const room = chatRoom(name)
        if (!socket.rooms.has(room)) return acknowledge?.(refused('Not in room'))
        const inFull = typeof said.sender === 'object' && said.sender !== null
        socket.to(room).emit('newMessage', {
          _id: said._id,
          roomID: name,
          roomName: said.roomName,
          sender: inFull ? { _id: actor.user, name: actor.name } : actor.user,
          senderName: actor.name,
          receiver: said.receiver ?? null,
          content,
          createdAt: now(),
        })
        acknowledge?.(DONE)
      })
    },
  }
}

function roomNamed(said, fields) {
  const name = typeof said === 'string' ? said : fields.map((field) => said?.[field]).find((value) => value !== undefined)
  return typeof name === 'string' && name !== '' && name.length <= 128 ? name : undefined
}
