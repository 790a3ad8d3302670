// Whom one can log in with, and how they describe a person. Every address can be set: tests and company
// installations have their own.
import 'server-only'
import { httpsUrl, objectOf, objectsOf, textOf } from './shape'

export const PROVIDERS = ['google', 'github'] as const
export type ProviderName = (typeof PROVIDERS)[number]

export interface Provider {
  readonly name: ProviderName
  readonly label: string
  readonly clientId: string
  readonly clientSecret: string
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly userinfoUrl: string
  /** Where a profile without a verified address is completed. */
  readonly emailsUrl: string | null
  readonly scope: string
}

/** A person as a provider knows them; the address is one that they proved to own. */
export interface Profile {
  readonly subject: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly image: string | null
}

const KNOWN: Record<ProviderName, Omit<Provider, 'clientId' | 'clientSecret' | 'name'>> = {
  google: {
    label: 'Google',
    authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    userinfoUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
    emailsUrl: null,
    scope: 'openid email profile',
  },
  github: {
    label: 'GitHub',
    authorizeUrl: 'https://github.com/login/oauth/authorize',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    userinfoUrl: 'https://api.github.com/user',
    emailsUrl: 'https://api.github.com/user/emails',
    scope: 'read:user user:email',
  },
}

/** A provider that is set up; null otherwise. */
export function provider(name: string): Provider | null {
  const known = PROVIDERS.find((one) => one === name)
  if (!known) return null
  const env = (word: string) => process.env[`${known.toUpperCase()}_${word}`] || undefined
  const [clientId, clientSecret] = [env('CLIENT_ID'), env('CLIENT_SECRET')]
  if (!clientId || !clientSecret) return null
  const { emailsUrl, ...rest } = KNOWN[known]
  return {
    ...rest,
    name: known,
    clientId,
    clientSecret,
    authorizeUrl: env('AUTHORIZE_URL') ?? rest.authorizeUrl,
    tokenUrl: env('TOKEN_URL') ?? rest.tokenUrl,
    userinfoUrl: env('USERINFO_URL') ?? rest.userinfoUrl,
    emailsUrl: emailsUrl && (env('EMAILS_URL') ?? emailsUrl),
  }
}

/** The providers to show. */
export const activeProviders = () => PROVIDERS.map(provider).filter((one) => one !== null)

type Fetch = (url: string) => Promise<unknown>

/** What a provider says of a person; null if there is no verified address. */
export async function readProfile(of: Provider, fetchJson: Fetch): Promise<Profile | null> {
  const info = objectOf(await fetchJson(of.userinfoUrl))
  return of.name === 'google' ? fromGoogle(info) : fromGitHub(of, info, fetchJson)
}

/** OpenID Connect Core 1.0, section 5.1. */
function fromGoogle(info: Record<string, unknown>): Profile | null {
  const email = textOf(info.email)
  const subject = textOf(info.sub)
  if (!email || !subject || info.email_verified !== true) return null
  return {
    subject,
    email,
    firstName: textOf(info.given_name) || textOf(info.name),
    lastName: textOf(info.family_name),
    image: httpsUrl(info.picture),
  }
}

async function fromGitHub(of: Provider, info: Record<string, unknown>, fetchJson: Fetch): Promise<Profile | null> {
  const subject = typeof info.id === 'number' ? String(info.id) : textOf(info.id)
  const emails = of.emailsUrl ? objectsOf(await fetchJson(of.emailsUrl)) : []
  const email = textOf(emails.find((one) => one.primary === true && one.verified === true)?.email)
  if (!email || !subject) return null
  const [firstName = '', ...rest] = (textOf(info.name) || textOf(info.login)).split(/\s+/)
  return { subject, email, firstName, lastName: rest.join(' '), image: httpsUrl(info.avatar_url) }
}
