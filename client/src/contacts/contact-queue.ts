// Requests for help as admins see them: what waits, what they look after, who was quicker, and figures. What waits is asked for
// at every connection; between, everything is told.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { ContactsServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { byPriority, type ContactStats, type PendingContact, type SupportContact } from './contact.js'

const { server, client: said } = names.contacts
/** Most of each list that are kept. */
const MOST = 500
/** Lost races that are kept until somebody looks away. */
const MOST_RACES = 5
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 5_000

type Told<E extends keyof ContactsServerEvents> = ContactsServerEvents[E]

/** A request that another admin looks after. */
export interface TakenContact {
  readonly contactId: string
  readonly adminName: string
  /** Whether that admin is gone: it may be claimed. */
  readonly isAdminLost: boolean
}

/** This admin wanted a request that another had already. */
export interface LostRace {
  readonly contactId: string
  /** In the sidecar's words. */
  readonly error: string
  /** By name, if it was told. */
  readonly assignedTo: string | null
}

export interface ContactQueueState {
  /** Urgent ones first, of the same priority the newest. */
  readonly pending: readonly PendingContact[]
  /** What this admin looks after, the latest first. */
  readonly mine: readonly SupportContact[]
  /** What others look after, as far as it was told while this page was there. */
  readonly taken: readonly TakenContact[]
  readonly lostRaces: readonly LostRace[]
  readonly stats: ContactStats | null
  readonly isCurrent: boolean
  /** Why it is not known. */
  readonly error: string | null
}

const UNKNOWN: ContactQueueState = Object.freeze({
  pending: [],
  mine: [],
  taken: [],
  lostRaces: [],
  stats: null,
  isCurrent: false,
  error: null,
})

/** What is looked after already. */
export interface LookedAfter {
  /** By this admin. */
  readonly mine: readonly SupportContact[]
  /** By others. */
  readonly taken: readonly TakenContact[]
}

export interface ContactQueueParts {
  /** What is looked after already: the sidecar tells of what happens from now on only. Asked for at every connection. */
  load?: (() => Promise<LookedAfter>) | undefined
}

export class ContactQueue extends LiveStore<ContactQueueState> {
  #load: ContactQueueParts['load']
  #again: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  /** Counts what was told. */
  #changes = 0
  #assignedTo: string | null = null

  constructor(private readonly client: OutriggerClient) {
    super(UNKNOWN)
  }

  /** Replaces the way to what this admin looks after; the returned function takes it back. */
  loadBy(load: ContactQueueParts['load']): () => void {
    this.#load = load
    return () => {
      if (this.#load === load) this.#load = undefined
    }
  }

  protected start(): () => void {
    const socket = this.client.peek('contacts')
    const ends = all(
      socket.on(server.pendingContacts, (pending) => this.#waits(pending)),
      socket.on(server.newContactSubmission, (one) => this.#waits([one, ...this.value.pending.filter(({ id }) => id !== one.id)])),
      socket.on(server.contactStats, (stats) => this.state.patch({ stats })),
      socket.on(server.contactClaimed, (told) => this.#claimed(told)),
      socket.on(server.autoAssignedContact, ({ contact }) => this.#isMine(contact)),
      socket.on(server.contactReleased, ({ contactId }) => {
        this.#forget(contactId)
        void this.#ask()
      }),
      socket.on(server.contactResolved, ({ contactId }) => this.#forget(contactId)),
      socket.on(server.adminDisconnected, ({ contactId, adminName }) => this.#isTaken({ contactId, adminName, isAdminLost: true })),
      socket.on(server.claimError, ({ assignedTo }) => {
        this.#assignedTo = assignedTo ?? null
      }),
      socket.onConnect(() => void this.#ask()),
      socket.onDisconnect(() => this.#lost()),
      () => this.#lost(),
      this.client.hold('contacts'),
    )
    if (socket.connected) void this.#ask()
    return ends
  }

  /**
   * Takes a request. Rejects with `AskError` if another admin was quicker, which `lostRaces` says too.
   */
  async claim(contactId: string): Promise<void> {
    this.#assignedTo = null
    try {
      await this.client.peek('contacts').ask(said.claimContact, contactId)
      this.dismissRace(contactId)
    } catch (cause) {
      const { isFinal, message: error } = refusalOf(cause)
      if (isFinal) this.#lostRace({ contactId, error, assignedTo: this.#assignedTo })
      throw cause
    }
  }

  /** Gives a request back: it waits again. Rejects with `AskError`. */
  async release(contactId: string): Promise<void> {
    await this.client.peek('contacts').ask(said.releaseContact, contactId)
    this.#forget(contactId)
  }

  /** Says that a request is done. Rejects with `AskError`. */
  async resolve(contactId: string): Promise<void> {
    await this.client.peek('contacts').ask(said.resolveContact, contactId)
    this.#forget(contactId)
  }

  /** Takes a lost race off the list. */
  dismissRace(contactId: string): void {
    const lostRaces = this.value.lostRaces.filter((one) => one.contactId !== contactId)
    if (lostRaces.length < this.value.lostRaces.length) this.state.patch({ lostRaces })
  }

  /** Asks anew what waits, and loads what this admin looks after. */
  async refresh(): Promise<void> {
    await this.#ask()
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#again)
    const socket = this.client.peek('contacts')
    if (!socket.connected) return
    const asked = ++this.#asked
    const changes = this.#changes
    try {
      // The answers come as events; these say that they did.
      const [, , looked] = await Promise.all([
        socket.ask(said.getPendingContacts),
        socket.ask(said.getContactStats),
        this.#load?.(),
      ])
      if (asked !== this.#asked) return
      this.state.patch({ isCurrent: true, error: null })
      // What was loaded is of before what was told meanwhile.
      if (looked && changes !== this.#changes) void this.#ask()
      else if (looked) this.state.patch({ mine: looked.mine, taken: looked.taken })
    } catch (cause) {
      if (asked !== this.#asked || !socket.connected) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ isCurrent: false, error: message })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#ask())
    }
  }

  #waits(pending: readonly PendingContact[]): void {
    this.state.patch({ pending: [...pending].sort(byPriority).slice(0, MOST) })
  }

  #claimed({ contactId, adminName, contact }: Told<typeof server.contactClaimed>): void {
    if (contact) this.#isMine(contact)
    else this.#isTaken({ contactId, adminName, isAdminLost: false })
  }

  #isMine(contact: SupportContact): void {
    this.#forget(contact.id)
    this.state.patch({ mine: [contact, ...this.value.mine].slice(0, MOST) })
  }

  #isTaken(one: TakenContact): void {
    this.#forget(one.contactId)
    this.state.patch({ taken: [one, ...this.value.taken].slice(0, MOST) })
  }

  /** Out of every list. */
  #forget(contactId: string): void {
    this.#changes += 1
    const { pending, mine, taken } = this.value
    this.state.patch({
      pending: pending.filter(({ id }) => id !== contactId),
      mine: mine.filter(({ id }) => id !== contactId),
      taken: taken.filter((one) => one.contactId !== contactId),
    })
  }

  #lostRace(race: LostRace): void {
    this.dismissRace(race.contactId)
    this.state.patch({ lostRaces: [race, ...this.value.lostRaces].slice(0, MOST_RACES) })
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#asked += 1
    this.state.patch({ isCurrent: false })
  }
}

const QUEUE = Symbol('outrigger.contacts.queue')

export function contactQueueOf(client: OutriggerClient): ContactQueue {
  return client.attachment(QUEUE, () => new ContactQueue(client))
}
