// E-mail by template (`contracts/quiz.md` section 7), as `outrigger.email`; `outrigger.sendEmail` is the first of them. The sidecar
// keeps what it took until a server has it, tries again, and sends nothing to who wants nothing or is not there.

import { pathId as id, requestsOf } from './requests.js'
import type { CallOptions, InternalApi } from './transport.js'

type Value = string | number

/** What each template is filled with; every value is escaped. */
export interface EmailVariables {
  'account-verification': { name: string; otp: Value; link?: string; expiresMinutes?: Value }
  'contact-confirmation': {
    name: string
    subject?: string
    message?: string
    contactId?: string
    estimatedResponseTime?: string
  }
  'course-enrollment': {
    name: string
    courseTitle: string
    courseDescription?: string
    courseLink?: string
    startDate?: string
  }
  'password-reset': { name: string; link: string; expiresMinutes?: Value }
  'quiz-completion': {
    name: string
    quizTitle: string
    marks: Value
    outOf: Value
    percentage?: Value
    rank?: Value
    reviewLink?: string
  }
  'quiz-reminder': {
    name: string
    quizTitle: string
    quizLink: string
    author?: string
    category?: string
    dueDate?: string
    /** Yours; else the sidecar's own. */
    unsubscribeLink?: string
  }
  'school-registration': { name: string; schoolTitle: string; location?: string; website?: string; loginLink?: string }
  'welcome-email': { name: string; loginLink?: string; unsubscribeLink?: string }
  'contact-reply': { name: string; question: string; answer: string; subject?: string; contactId?: string }
  'contact-alert': {
    name: string
    email: string
    message: string
    subject?: string
    contactId?: string
    priority?: string
    phone?: string
    queueLink?: string
  }
}

export type EmailTemplate = keyof EmailVariables

/** What every template may be given; by default it is the sidecar's settings. */
export interface CommonEmailVariables {
  appName?: string
  supportEmail?: string
  year?: Value
  baseUrl?: string
}

export interface EmailOptions extends CallOptions {
  /** One e-mail for one key, however often it is handed over. */
  key?: string
}

export interface EmailQueued {
  success: true
  id: string
  /** `false`: there was one under this key already. */
  queued: boolean
}

export interface RenderedEmail {
  subject: string
  html: string
  text: string
}

export interface EmailTemplateDocument {
  name: EmailTemplate
  required: string[]
  optional: string[]
  /** Older names of variables, and what they are called today. */
  aliases: Record<string, string>
  /** Whether people can say that they want no more of it. */
  listMail: boolean
  sample: Record<string, Value>
}

export type EmailState = 'waiting' | 'sent' | 'dead'

export interface EmailDocument {
  id: string
  template: EmailTemplate
  to: string
  state: EmailState
  attempts: number
  lastError?: string
  createdAt: string
  dueAt: string
  updatedAt: string
  key?: string
}

export interface EmailSuppression {
  address: string
  suppressed: boolean
  reason?: 'bounced' | 'unsubscribed'
  since?: string
}

export function emailCallsOf(api: InternalApi) {
  const { post, get, remove } = requestsOf(api)
  return {
    /**
     * Has an e-mail sent. `invalid` names what is missing (`error.field`), `conflict` says that the address wants none or does
     * not exist, `unavailable` that the sidecar has no server to send by.
     */
    sendEmail: <T extends EmailTemplate>(
      template: T,
      to: string,
      vars: EmailVariables[T] & CommonEmailVariables,
      options?: EmailOptions,
    ) => post<EmailQueued>('/internal/email', { template, to, vars }, options),
    /** As it would look; without variables with a sample's. Works without a server to send by. */
    preview: <T extends EmailTemplate>(
      template: T,
      vars?: EmailVariables[T] & CommonEmailVariables,
      options?: CallOptions,
    ) => post<RenderedEmail>('/internal/email/preview', { template, ...(vars ? { vars } : {}) }, options),
    templates: (options?: CallOptions) => get<{ templates: EmailTemplateDocument[] }>('/internal/email/templates', options),
    /** What waits, was sent, or was given up; never with what is in it. */
    list: ({ state = 'waiting', limit = 50 }: { state?: EmailState; limit?: number } = {}, options?: CallOptions) =>
      get<{ waiting: number; dead: number; mails: EmailDocument[] }>(
        `/internal/email?${new URLSearchParams({ state, limit: String(limit) }).toString()}`,
        options,
      ),
    /** Tries one again that was given up. */
    retry: (emailId: string, options?: CallOptions) =>
      post<{ success: true }>(`/internal/email/${id(emailId)}/retry`, {}, options),
    getSuppression: (address: string, options?: CallOptions) =>
      get<EmailSuppression>(`/internal/email/suppressions/${id(address)}`, options),
    /** Lets an address have e-mail again. */
    allowAgain: (address: string, options?: CallOptions) =>
      remove<{ success: true; removed: boolean }>(`/internal/email/suppressions/${id(address)}`, {}, options),
  }
}

export type EmailCalls = ReturnType<typeof emailCallsOf>
