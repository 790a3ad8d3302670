// A support widget, for guests and users: a form, then the chat about what was asked. A reload comes back to the chat.

import type { OutriggerClient } from '../client.js'
import type { ContactsServerEvents } from '../generated/contracts.js'
import { all, LiveStore } from '../live-store.js'
import { names } from '../names.js'
import { AskError } from '../socket/ask-error.js'
import { ContactChat, type ContactChatState } from './contact-chat.js'
import type { ContactForm } from './contact.js'
import { rememberContact, rememberedContact, type RememberedContact } from './support-memory.js'

const { server, client: said } = names.contacts
/** For a connection that is on its way, in milliseconds. */
const CONNECT_MS = 8_000

type Submitted = ContactsServerEvents[typeof server.contactFormSubmitted]

export interface SupportChatState extends ContactChatState {
  /** The request that this page made; `null` before, and after `startOver`. */
  readonly contactId: string | null
  readonly isSubmitting: boolean
  /** What the sidecar said when it took the request in. */
  readonly receipt: Pick<Submitted, 'message' | 'estimatedResponseTime'> | null
}

const NOTHING: SupportChatState = Object.freeze({
  messages: [],
  status: null,
  resolvedBy: null,
  typing: [],
  isJoined: false,
  error: null,
  isRefused: false,
  contactId: null,
  isSubmitting: false,
  receipt: null,
})

export class SupportChat extends LiveStore<SupportChatState> {
  #chat: ContactChat | null = null
  #endChat: () => void = () => undefined

  constructor(private readonly client: OutriggerClient) {
    super(NOTHING)
  }

  protected start(): () => void {
    const known = this.#chat
    if (known) this.#follow(known)
    else this.#enter(rememberedContact(this.client.settings.userId))
    return all(() => this.#endChat(), this.client.hold('contacts'))
  }

  /** Sends the form. Rejects with `AskError` if the sidecar does not take it; what is wrong stands in the message. */
  async submit(form: ContactForm): Promise<void> {
    const socket = this.client.peek('contacts')
    this.state.patch({ isSubmitting: true })
    try {
      await this.#connected()
      const { id, accessToken, message, estimatedResponseTime } = await socket.ask(said.submitContactForm, form)
      const contact: RememberedContact = { contactId: id, accessToken }
      rememberContact(this.client.settings.userId, contact)
      this.state.patch({ receipt: { message, estimatedResponseTime } })
      this.#enter(contact)
    } finally {
      this.state.patch({ isSubmitting: false })
    }
  }

  /** Rejects with `AskError` if the sidecar does not take it. */
  async send(message: string): Promise<void> {
    if (!this.#chat) throw new AskError('refused', 'Nothing was asked yet')
    await this.#chat.send(message)
  }

  /** Call at every key; `false` when the message was sent. */
  setTyping(isTyping: boolean): void {
    this.#chat?.setTyping(isTyping)
  }

  /** Forgets the request, for another one. */
  startOver(): void {
    rememberContact(this.client.settings.userId, null)
    this.#endChat()
    this.#chat = null
    this.state.patch(NOTHING)
  }

  #enter(contact: RememberedContact | null): void {
    if (!contact) return
    this.#endChat()
    this.#chat = new ContactChat(this.client, contact.contactId, contact.accessToken)
    this.state.patch({ contactId: contact.contactId, status: 'pending' })
    this.#follow(this.#chat)
  }

  #follow(chat: ContactChat): void {
    const show = (): void => {
      const { status, ...rest } = chat.value
      // It is there no longer, or was never this page's: nothing to come back to.
      if (rest.isRefused) rememberContact(this.client.settings.userId, null)
      this.state.patch({ ...rest, status: status ?? this.value.status })
    }
    const ends = all(chat.subscribe(show), chat.retain())
    this.#endChat = () => {
      this.#endChat = () => undefined
      ends()
    }
  }

  /** A form may be sent while the page is still connecting. */
  async #connected(): Promise<void> {
    const socket = this.client.peek('contacts')
    if (socket.connected) return
    await new Promise<void>((done, failed) => {
      const timer = setTimeout(() => {
        end()
        failed(new AskError('disconnected', 'not connected'))
      }, CONNECT_MS)
      const end = socket.onConnect(() => {
        clearTimeout(timer)
        end()
        done()
      })
    })
  }
}

const SUPPORT_CHAT = Symbol('outrigger.contacts.support-chat')

export function supportChatOf(client: OutriggerClient): SupportChat {
  return client.attachment(SUPPORT_CHAT, () => new SupportChat(client))
}
