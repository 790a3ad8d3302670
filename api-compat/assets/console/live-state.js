// The monitor's state, kept from a snapshot and the updates that follow it.

export class LiveState {
  users = new Map()
  rooms = new Map()
  #seq = null

  /** Takes the whole. */
  reset(state) {
    this.#seq = state.seq
    this.users = new Map(state.users.items.map((user) => [user.userId, user]))
    this.rooms = new Map(state.rooms.items.map((room) => [room.chatId, room]))
    this.#take(state, state.users.truncated, state.rooms.truncated)
    this.server = state.server
    this.limits = state.limits
    this.startedAt = Date.parse(state.server.startedAt)
  }

  /** Takes what changed; `false` if something was missed, and the whole must be asked for. */
  update(update) {
    if (this.#seq === null || update.seq !== this.#seq + 1) return false
    this.#seq = update.seq
    for (const user of update.users.upserted) this.users.set(user.userId, user)
    for (const id of update.users.gone) this.users.delete(id)
    for (const room of update.rooms.upserted) this.rooms.set(room.chatId, room)
    for (const id of update.rooms.gone) this.rooms.delete(id)
    this.#take(update, update.users.truncated, update.rooms.truncated)
    return true
  }

  #take({ totals, store, rates }, usersLeftOut, roomsLeftOut) {
    Object.assign(this, { totals, store, rates, usersLeftOut, roomsLeftOut })
  }
}
