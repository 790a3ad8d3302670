// Whom the sidecar takes this page's user for in contract `commerce`, and what they may send. It is told at each connection,
// and again when the app changes it: whoever looks later has to find it.

import { Observable } from '../connection/snapshot.js'
import type { CommerceServerEvents } from '../generated/contracts.js'
import { names } from '../names.js'
import type { TypedSocket } from '../socket/typed-socket.js'

const { server } = names.commerce

export interface StandingState {
  /** `null` before it said, and without a connection. `userId` is `null` for guests. */
  readonly me: CommerceServerEvents[typeof server['connection:success']] | null
  /** The role of now: it may change while the page is open. */
  readonly role: string | null
  /** Events that this user may send. */
  readonly events: readonly string[]
}

/** Before anything was said. */
export const NO_STANDING: StandingState = Object.freeze({ me: null, role: null, events: [] })

export class Standing {
  readonly state = new Observable<StandingState>(NO_STANDING)

  follow(socket: TypedSocket<'commerce'>): void {
    socket.on(server['connection:success'], (me) => this.state.patch({ me, role: me.userRole }))
    socket.on(server['events:available'], ({ role, events }) => this.state.patch({ role, events }))
    socket.onDisconnect(() => this.state.patch(NO_STANDING))
  }
}
