// Who is online, as the sidecar tells it: the whole list at every connection, single changes between.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

export interface PresenceState {
  /** Ids, sorted. */
  readonly onlineUsers: readonly string[]
  /** Whether the list is that of now: without a connection it is the last that was known. */
  readonly isCurrent: boolean
}

const NOBODY: PresenceState = Object.freeze({ onlineUsers: [], isCurrent: false })

export class Presence extends LiveStore<PresenceState> {
  constructor(private readonly client: OutriggerClient) {
    super(NOBODY)
  }

  protected start(): () => void {
    const { server } = names.rooms
    const socket = this.client.peek('rooms')
    const ends = all(
      socket.on(server.getOnlineUsers, (ids) => this.#set(ids)),
      socket.on(server.userOnlineStatus, ({ userId, isOnline }) => {
        const others = this.value.onlineUsers.filter((id) => id !== userId)
        if (this.value.isCurrent) this.#set(isOnline ? [...others, userId] : others)
      }),
      socket.onConnect(() => this.refresh()),
      socket.onDisconnect(() => this.state.patch({ isCurrent: false })),
      this.client.hold('rooms'),
    )
    this.refresh()
    return ends
  }

  /** Asks for the list. */
  refresh(): void {
    this.client.peek('rooms').emitNow(names.rooms.client.getOnlineUsers)
  }

  #set(ids: readonly string[]): void {
    const onlineUsers = [...new Set(ids)].sort()
    const known = this.value.onlineUsers
    const isSame = known.length === onlineUsers.length && known.every((id, i) => id === onlineUsers[i])
    this.state.patch({ isCurrent: true, ...(isSame ? {} : { onlineUsers }) })
  }
}

const PRESENCE = Symbol('outrigger.presence')

export function presenceOf(client: OutriggerClient): Presence {
  return client.attachment(PRESENCE, () => new Presence(client))
}
