// What this user wants to be notified of (`contracts/social.md` section 2): `"<type>": false` for not at all, `push: false`
// or `push: { "<type>": false }` for not pushed; whatever else the app keeps there.

import type { OutriggerClient } from '../client.js'
import type { SocialClientEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { SOCIAL_REST } from '../rest/social.js'

const { server, client: said } = names.social

export type NotificationPreferences = SocialClientEvents[typeof said.update_notification_preferences]['preferences']

export interface PreferencesState {
  /** All of them; empty before they were loaded. */
  readonly preferences: NotificationPreferences
  readonly status: 'loading' | 'ready' | 'failed'
  readonly error: string | null
}

const UNKNOWN: PreferencesState = Object.freeze({ preferences: Object.freeze({}), status: 'loading', error: null })
const PATH = `${SOCIAL_REST}/notifications/preferences`

interface Answer {
  preferences: NotificationPreferences
}

export class Preferences extends LiveStore<PreferencesState> {
  constructor(private readonly client: OutriggerClient) {
    super(UNKNOWN)
  }

  protected start(): () => void {
    const socket = this.client.peek('social')
    const ends = all(
      socket.on(server.preferences_updated, ({ preferences }) => this.#take(preferences)),
      // Other devices are not told of a change: it is asked for at each connection.
      socket.onConnect(() => void this.refresh()),
      this.client.hold('social'),
    )
    void this.refresh()
    return ends
  }

  async refresh(): Promise<void> {
    try {
      this.#take((await this.client.rest.call<Answer>(PATH)).body.preferences)
    } catch (cause) {
      const status = this.value.status === 'ready' ? 'ready' : 'failed'
      this.state.patch({ status, error: cause instanceof Error ? cause.message : String(cause) })
    }
  }

  /**
   * Puts these on top of what is there, name by name. Rejects with `AskError` or `RestError` if that is refused;
   * `retryAfterMs` says when it was too often.
   */
  async update(preferences: NotificationPreferences): Promise<void> {
    const socket = this.client.peek('social')
    if (socket.connected) {
      await socket.ask(said.update_notification_preferences, { preferences })
    } else {
      const { body } = await this.client.rest.call<Answer>(PATH, { method: 'PATCH', body: { preferences } })
      this.#take(body.preferences)
    }
  }

  #take(preferences: NotificationPreferences): void {
    this.state.patch({ preferences, status: 'ready', error: null })
  }
}

const PREFERENCES = Symbol('outrigger.preferences')

export function preferencesOf(client: OutriggerClient): Preferences {
  return client.attachment(PREFERENCES, () => new Preferences(client))
}
