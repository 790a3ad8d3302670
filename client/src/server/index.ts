// `@outrigger/client/server`: what an app's server asks of the sidecar, and is told by it. Never import it in a page:
// it holds the internal secret.

import { callsOf } from './calls.js'
import { commerceCallsOf, type CommerceCalls } from './commerce-calls.js'
import { contactsCallsOf, type ContactsCalls } from './contacts-calls.js'
import {
  emailCallsOf,
  type CommonEmailVariables,
  type EmailCalls,
  type EmailOptions,
  type EmailQueued,
  type EmailTemplate,
  type EmailVariables,
  type RenderedEmail,
} from './email-calls.js'
import { quizCallsOf, type QuizCalls } from './quiz-calls.js'
import type { Result } from './result.js'
import { InternalApi, type CallOptions, type OutriggerServerOptions } from './transport.js'
import { socialCallsOf } from './social-calls.js'
import { trackingCallsOf } from './tracking-calls.js'
import { webhookCallsOf, type WebhookCalls } from './webhooks/calls.js'

export { OutriggerError, type OutriggerErrorKind, type Result } from './result.js'
export type { CallOptions, OutriggerServerOptions } from './transport.js'
export type {
  EmitOptions,
  LogoutOptions,
  MessageDraft,
  NotificationDraft,
  Reason,
  RoomOptions,
  UserEmitOptions,
} from './calls.js'
export type * from './answers.js'
export type {
  MessageReadAnswer,
  NotificationsStoredAnswer,
  PushDraft,
  PushQueuedAnswer,
  SocialNotificationDraft,
  SocialNotificationType,
  StatusAnswer,
} from './social-calls.js'
export type {
  AnalyticsDraft,
  AnnouncementDraft,
  ConnectionStats,
  MessageUpdateDraft,
  RecipientsUpdatedAnswer,
  RecipientUpdateDraft,
  RecipientUpdatesOptions,
  RegisteredAnswer,
  SystemNotificationDraft,
  TrackedMessageDraft,
  UpdatedAnswer,
} from './tracking-calls.js'
export type {
  CommerceCalls,
  CommerceNotification,
  CommerceRole,
  Decision,
  MappedAnswer,
  ModerationOptions,
  NamedProduct,
  NotificationPriority,
  OrderRegistration,
  RegisteredOrder,
  SellerModerationOptions,
  SoldItem,
  ThrottledAnswer,
  ThrottledTo,
  ThrottleOptions,
} from './commerce-calls.js'
export type * from './quiz-calls.js'
export type * from './contacts-calls.js'
export type * from './email-calls.js'
export { EventStream, type Streamed, type StreamOptions } from './event-stream.js'
export type { ChatbotOptions } from './chatbot-stream.js'
export type { SearchPage } from './search-stream.js'
export { handleWebhooks, type HandleWebhooksOptions, type WebhookHandlers } from './webhooks/handle.js'
export type { SeenWebhooks } from './webhooks/seen.js'
export {
  verifyWebhook,
  WebhookVerificationError,
  type WebhookFault,
  type WebhookHeaders,
  type WebhookToVerify,
} from './webhooks/verify.js'
export type { WebhookCalls, WebhookList, WebhookQuery, WebhookState, WebhookSummary } from './webhooks/calls.js'
export type { MissedNotification, Webhook, WebhookData, WebhookOf, WebhookType } from './webhooks/webhook.js'

export type OutriggerCalls = ReturnType<typeof callsOf> &
  ReturnType<typeof socialCallsOf> &
  ReturnType<typeof trackingCallsOf>

/** The same calls, for those who want an exception: they give the value or throw `OutriggerError`. */
export type Throwing<Calls> = {
  [K in keyof Calls]: Calls[K] extends (...args: infer A) => Promise<Result<infer T>> ? (...args: A) => Promise<T> : never
}

/** Calls of contract `commerce` that give the value or throw. */
export type ThrowingCommerceCalls = Throwing<Omit<CommerceCalls, 'createStream' | 'notifications'>> & {
  readonly notifications: Throwing<CommerceCalls['notifications']>
}

/** Calls about e-mail that give the value or throw; what a template needs stands in the type. */
export type ThrowingEmailCalls = Omit<Throwing<EmailCalls>, 'sendEmail' | 'preview'> & {
  sendEmail<T extends EmailTemplate>(
    template: T,
    to: string,
    vars: EmailVariables[T] & CommonEmailVariables,
    options?: EmailOptions,
  ): Promise<EmailQueued>
  preview<T extends EmailTemplate>(
    template: T,
    vars?: EmailVariables[T] & CommonEmailVariables,
    options?: CallOptions,
  ): Promise<RenderedEmail>
}

export type ThrowingCalls = Throwing<OutriggerCalls> & {
  readonly webhooks: Throwing<WebhookCalls>
  readonly commerce: ThrowingCommerceCalls
  readonly quiz: Throwing<QuizCalls>
  readonly contacts: Throwing<ContactsCalls>
  readonly email: ThrowingEmailCalls
  readonly sendEmail: ThrowingEmailCalls['sendEmail']
}

export interface Outrigger extends OutriggerCalls {
  /** Webhooks that the app has not taken. */
  readonly webhooks: WebhookCalls
  /** What contract `commerce` asks of a server, under its own names. */
  readonly commerce: CommerceCalls
  /** What contract `quiz` asks of a server, under its own names. */
  readonly quiz: QuizCalls
  /** What contract `contacts` asks of a server, under its own names. */
  readonly contacts: ContactsCalls
  readonly email: EmailCalls
  /** The same as `email.sendEmail`. */
  readonly sendEmail: EmailCalls['sendEmail']
  readonly orThrow: ThrowingCalls
}

/**
 * Calls to one sidecar. None of them throws: each gives `{ ok: true, value }` or `{ ok: false, error }`, so that
 * the user's action goes on with the sidecar down. `outrigger.orThrow.notify(…)` throws instead.
 */
export function createOutrigger(options: OutriggerServerOptions): Outrigger {
  if (typeof window !== 'undefined' && !('process' in globalThis)) {
    throw new Error('@outrigger/client/server holds the internal secret and has no place in a browser')
  }
  const api = new InternalApi(options)
  const calls = { ...callsOf(api), ...socialCallsOf(api), ...trackingCallsOf(api) }
  const webhooks = webhookCallsOf(api)
  const commerce = commerceCallsOf(api)
  const [quiz, contacts, email] = [quizCallsOf(api), contactsCallsOf(api), emailCallsOf(api)]
  const { sendEmail } = email
  const emailOrThrow = throwing(email) as ThrowingEmailCalls
  return {
    ...calls,
    webhooks,
    commerce,
    quiz,
    contacts,
    email,
    sendEmail,
    orThrow: {
      ...throwing(calls),
      webhooks: throwing(webhooks),
      commerce: throwingCommerce(commerce),
      quiz: throwing(quiz),
      contacts: throwing(contacts),
      email: emailOrThrow,
      sendEmail: emailOrThrow.sendEmail,
    },
  }
}

function throwingCommerce({ createStream: _, notifications, ...calls }: CommerceCalls): ThrowingCommerceCalls {
  return { ...throwing(calls), notifications: throwing(notifications) } as ThrowingCommerceCalls
}

function throwing<Calls extends object>(calls: Calls): Throwing<Calls> {
  const entries = Object.entries(calls).map(([name, call]) => {
    const callOrThrow = async (...args: unknown[]): Promise<unknown> => {
      const result = await (call as (...args: unknown[]) => Promise<Result<unknown>>)(...args)
      if (!result.ok) throw result.error
      return result.value
    }
    return [name, callOrThrow] as const
  })
  return Object.fromEntries(entries) as unknown as Throwing<Calls>
}
