// The chat about one request for help, for whoever asked and for admins: what was said, what is said, and who is typing. It is
// read again at every connection, so that an interruption leaves no gap.

import type { OutriggerClient } from '../client.js'
import { later } from '../connection/later.js'
import type { ContactsServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { Keys } from '../messaging/keys.js'
import { TypingPeople } from '../messaging/typing-people.js'
import { names } from '../names.js'
import { refusalOf } from '../rest/refusal.js'
import { withMessage, type ContactMessage, type ContactStatus } from './contact.js'

const { server, client: said } = names.contacts
/** Most messages that are kept. */
const MOST = 500
/** The contract's word for those who help. */
const ADMIN: ContactMessage['senderRole'] = 'admin'
/** After an answer that did not come, in milliseconds. */
const AGAIN_MS = 3_000

export interface ContactChatState {
  /** Oldest first. */
  readonly messages: readonly ContactMessage[]
  /** How far the request is; `null` before it is known. */
  readonly status: ContactStatus | null
  /** Who is done with it. */
  readonly resolvedBy: string | null
  /** Names of others who are typing. */
  readonly typing: readonly string[]
  readonly isJoined: boolean
  /** Why one is not in the chat, in the sidecar's words. */
  readonly error: string | null
  /** Whether no later try will let this user in. */
  readonly isRefused: boolean
}

type History = ContactsServerEvents[typeof server.contactChatHistory]

export class ContactChat extends LiveStore<ContactChatState> {
  readonly #people = new TypingPeople((typing) => this.state.patch({ typing }))
  readonly #keys: Keys
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly client: OutriggerClient,
    readonly contactId: string,
    /** Given to whoever submitted it; admins and its user need none. */
    private readonly accessToken: string | null = null,
  ) {
    super({ messages: [], status: null, resolvedBy: null, typing: [], isJoined: false, error: null, isRefused: false })
    this.#keys = new Keys((isTyping) => {
      this.client.peek('contacts').emitNow(said.contactTyping, { contactId: this.contactId, isTyping })
    })
  }

  protected start(): () => void {
    const socket = this.client.peek('contacts')
    const here =
      <T extends { contactId: string }>(heard: (told: T) => void) =>
      (told: T): void => {
        if (told.contactId === this.contactId) heard(told)
      }
    const ends = all(
      socket.on(server.contactChatHistory, here((told) => this.#read(told))),
      socket.on(server.contactMessage, here((message) => this.#add(message))),
      // Whoever asked is told of an answer on all connections, in the chat or not.
      socket.on(server.adminResponse, here(() => this.#lookedAfter())),
      socket.on(server.contactUserTyping, here(({ userName, userRole, isTyping }) => {
        this.#people.heard(`${userRole} ${userName}`, userName, isTyping)
        if (userRole === ADMIN) this.#lookedAfter()
      })),
      socket.on(server.contactClaimed, here(() => this.state.patch({ status: 'in_progress' }))),
      socket.on(server.contactReleased, here(() => this.state.patch({ status: 'pending' }))),
      socket.on(server.contactResolved, here(({ resolvedBy }) => {
        this.#people.clear()
        this.state.patch({ status: 'resolved', resolvedBy })
      })),
      socket.onConnect(() => void this.#join()),
      socket.onDisconnect(() => this.#lost()),
      () => {
        clearTimeout(this.#again)
        this.#keys.rest()
        this.#people.clear()
        socket.emitNow(said.leaveContactChat, this.contactId)
        this.state.patch({ isJoined: false })
      },
      this.client.hold('contacts'),
    )
    if (socket.connected) void this.#join()
    return ends
  }

  /** Rejects with `AskError` if the sidecar does not take it. It is shown when it has been told to all in the chat. */
  async send(message: string): Promise<void> {
    this.#keys.rest()
    await this.client.peek('contacts').ask(said.sendContactMessage, { contactId: this.contactId, message })
  }

  /** Call at every key; `false` when the message was sent. Resting keys take it back by themselves. */
  setTyping(isTyping: boolean): void {
    if (isTyping) this.#keys.press()
    else this.#keys.rest()
  }

  async #join(): Promise<void> {
    clearTimeout(this.#again)
    const { contactId, accessToken } = this
    const socket = this.client.peek('contacts')
    try {
      await socket.ask(said.joinContactChat, accessToken === null ? contactId : { contactId, accessToken })
      this.state.patch({ isJoined: true, error: null, isRefused: false })
      this.#keys.connected()
    } catch (cause) {
      // Without a connection it is tried again with the next one.
      if (!socket.connected) return
      const { isFinal, message, retryAfterMs } = refusalOf(cause)
      this.state.patch({ isJoined: false, error: message, isRefused: isFinal })
      if (!isFinal) this.#again = later(retryAfterMs ?? AGAIN_MS, () => void this.#join())
    }
  }

  #read({ messages, status }: History): void {
    // What was told while the history was on its way is in it, or comes behind it.
    const known = new Set(messages.map(({ id }) => id))
    const newer = this.value.messages.filter(({ id }) => !known.has(id))
    const last = messages.at(-1)?.timestamp ?? ''
    const behind = newer.filter(({ timestamp }) => timestamp > last)
    this.state.patch({ messages: [...messages, ...behind].slice(-MOST), status, isJoined: true, error: null })
  }

  #add(message: ContactMessage): void {
    this.#people.heard(`${message.senderRole} ${message.senderName}`, message.senderName, false)
    this.state.patch({ messages: withMessage(this.value.messages, message, MOST) })
    if (message.senderRole === ADMIN) this.#lookedAfter()
  }

  #lookedAfter(): void {
    if (this.value.status !== 'resolved') this.state.patch({ status: 'in_progress' })
    if (!this.value.isJoined) void this.#join()
  }

  #lost(): void {
    clearTimeout(this.#again)
    this.#people.clear()
    this.state.patch({ isJoined: false })
  }
}
