// Who is there in contract `quiz`, with a name and a word for how they are.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'

const { server, client: said } = names.quiz

/** `invisible` is shown to nobody. */
export type RosterStatus = 'online' | 'away' | 'busy' | 'invisible'

export interface RosterUser {
  readonly userId: string
  readonly name: string
  /** `online`, `away` or `busy`. */
  readonly status: string
  /** ISO 8601. */
  readonly lastActivity: string
}

export interface RosterState {
  /** At most the first thousand by name. */
  readonly users: readonly RosterUser[]
  /** Of all. */
  readonly count: number
  /** `false` without a connection: the list is the last that was known. */
  readonly isCurrent: boolean
}

export class Roster extends LiveStore<RosterState> {
  constructor(private readonly client: OutriggerClient) {
    super({ users: [], count: 0, isCurrent: false })
  }

  protected start(): () => void {
    const socket = this.client.peek('quiz')
    const ends = all(
      socket.on(server.onlineUsers, ({ users, count }) => this.state.patch({ users, count, isCurrent: true })),
      socket.onDisconnect(() => this.state.patch({ isCurrent: false })),
      () => this.state.patch({ isCurrent: false }),
      this.client.hold('quiz'),
    )
    // The list comes at each connection; one that stands has had it.
    socket.emitNow(said.newUserConnected, {})
    return ends
  }

  /** Says how this user is. Rejects with `AskError`. */
  async setStatus(status: RosterStatus): Promise<void> {
    await this.client.peek('quiz').ask(said.updatePresence, status)
  }
}

const ROSTER = Symbol('outrigger.quiz.roster')

export function rosterOf(client: OutriggerClient): Roster {
  return client.attachment(ROSTER, () => new Roster(client))
}
