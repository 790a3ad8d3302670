// The authorization code flow (RFC 6749 section 4.1) with PKCE (RFC 7636) and a state that binds it to this browser.
import 'server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { cookies } from 'next/headers'
import { settings } from '../settings'
import { readProfile, type Profile, type Provider } from './providers'
import { objectOf, textOf } from './shape'

const COOKIE = 'oauthFlow'
const FLOW_SECONDS = 10 * 60
const PURPOSE = 'oauth-flow'
const PATIENCE_MS = 8000

const random = () => randomBytes(32).toString('base64url')

const redirectUri = (provider: Provider) => `${settings().appUrl}/api/auth/${provider.name}/callback`

function cookieAttributes(maxAge: number) {
  return { httpOnly: true, sameSite: 'lax', secure: settings().secureCookies, path: '/api/auth', maxAge } as const
}

/** Where to send the browser; the state and the verifier stay behind in a signed cookie. */
export async function begin(provider: Provider): Promise<string> {
  const [state, verifier] = [random(), random()]
  const kept = await new SignJWT({ purpose: PURPOSE, provider: provider.name, state, verifier })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(`${FLOW_SECONDS} seconds`)
    .sign(settings().jwtSecret)
  ;(await cookies()).set(COOKIE, kept, cookieAttributes(FLOW_SECONDS))
  const url = new URL(provider.authorizeUrl)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectUri(provider),
    scope: provider.scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

export type Outcome = { readonly profile: Profile } | { readonly fault: 'cancelled' | 'state' | 'provider' | 'email' }

/** The browser is back: checks the state, and asks the provider who this is. */
export async function complete(provider: Provider, answer: URLSearchParams): Promise<Outcome> {
  const verifier = await takeVerifier(provider, answer.get('state') ?? '')
  if (verifier === null) return { fault: 'state' }
  const code = answer.get('code')
  if (!code) return { fault: answer.get('error') === 'access_denied' ? 'cancelled' : 'provider' }
  try {
    const token = await exchange(provider, code, verifier)
    const profile = await readProfile(provider, (url) => fetchJson(url, { headers: { authorization: `Bearer ${token}` } }))
    return profile ? { profile } : { fault: 'email' }
  } catch (error) {
    console.error(`logging in with ${provider.label} failed`, error instanceof Error ? error.message : error)
    return { fault: 'provider' }
  }
}

/** The verifier of a flow that this browser began with this provider; it can be taken once. */
async function takeVerifier(provider: Provider, state: string): Promise<string | null> {
  const jar = await cookies()
  const kept = jar.get(COOKIE)?.value
  jar.set(COOKIE, '', cookieAttributes(0))
  if (!kept) return null
  try {
    const { payload } = await jwtVerify(kept, settings().jwtSecret, { algorithms: ['HS256'], requiredClaims: ['exp'] })
    const known = Buffer.from(textOf(payload.state))
    const given = Buffer.from(state)
    const same = known.length === given.length && timingSafeEqual(known, given)
    return same && payload.purpose === PURPOSE && payload.provider === provider.name ? textOf(payload.verifier) : null
  } catch {
    // Too late, or not a cookie of ours.
    return null
  }
}

async function exchange(provider: Provider, code: string, verifier: string): Promise<string> {
  const answer = objectOf(
    await fetchJson(provider.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri(provider),
        client_id: provider.clientId,
        client_secret: provider.clientSecret,
      }),
    }),
  )
  const token = answer.access_token
  if (typeof token !== 'string' || token === '') throw new Error('the provider gave no access token')
  return token
}

async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', 'user-agent': 'outrigger-sample', ...init.headers },
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  return response.json()
}
