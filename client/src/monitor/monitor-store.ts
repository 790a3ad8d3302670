// The sidecar's live state as an admin sees it: a whole picture first, then changes. A change that is missing
// makes it ask for the whole picture again, so that what is shown is never a mixture.

import type { OutriggerClient } from '../client.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import type { MonitorEvent, MonitorState, MonitorUpdate } from '../generated/contracts.js'
import { applyUpdate } from './picture.js'

/** Most events that are kept. */
const MOST_EVENTS = 200

export interface MonitorView {
  /** `null` until it came. */
  readonly picture: MonitorState | null
  /** Newest first. */
  readonly events: readonly MonitorEvent[]
  /** Events that passed and are not in the list. */
  readonly skipped: number
}

export interface Disconnection {
  userId: string
  deviceId?: string
  reason?: string
}

export class MonitorStore extends LiveStore<MonitorView> {
  constructor(private readonly client: OutriggerClient) {
    super({ picture: null, events: [], skipped: 0 })
  }

  protected start(): () => void {
    const { server, client: sent } = names.monitor
    const socket = this.client.peek('monitor')
    return all(
      socket.on(server['monitor:state'], (picture) => this.state.patch({ picture })),
      socket.on(server['monitor:update'], (update) => this.#apply(update)),
      socket.on(server['monitor:events'], ({ events, skipped, replayed }) => {
        const newest = [...events].reverse()
        const rest = replayed ? [] : this.value.events
        this.state.patch({
          events: [...newest, ...rest].slice(0, MOST_EVENTS),
          skipped: replayed ? skipped : this.value.skipped + skipped,
        })
      }),
      socket.onConnect(() => socket.emit(sent['monitor:subscribe'], { events: true })),
      socket.onDisconnect(() => this.state.patch({ picture: null })),
      this.client.hold('monitor'),
    )
  }

  /** Logs a user, or one of their devices, out. Gives how many sockets that closed. */
  async disconnect(whom: Disconnection): Promise<number> {
    const answer = await this.client.peek('monitor').ask(names.monitor.client['monitor:disconnect'], whom)
    return answer.sockets
  }

  #apply(update: MonitorUpdate): void {
    const { picture } = this.value
    if (!picture || update.seq <= picture.seq) return
    if (update.seq === picture.seq + 1) this.state.patch({ picture: applyUpdate(picture, update) })
    else void this.#refresh()
  }

  async #refresh(): Promise<void> {
    const socket = this.client.peek('monitor')
    try {
      this.state.patch({ picture: await socket.ask(names.monitor.client['monitor:snapshot']) })
    } catch {
      // The next connection brings one.
      this.state.patch({ picture: null })
    }
  }
}

const MONITOR = Symbol('outrigger.monitor')

export function monitorOf(client: OutriggerClient): MonitorStore {
  return client.attachment(MONITOR, () => new MonitorStore(client))
}
