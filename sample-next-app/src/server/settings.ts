// What the app is told from outside, read once and checked as a whole: every fault is named at once.
import 'server-only'

export type Transport = 'websocket' | 'polling'

export interface Settings {
  /** Where browsers find this app, without a slash at the end. */
  readonly appUrl: string
  /** Whether cookies may only travel over https. */
  readonly secureCookies: boolean
  readonly jwtSecret: Uint8Array
  readonly sidecar: { readonly url: string; readonly internalUrl: string; readonly secret: string }
  /** Signs what the sidecar tells the app; empty: it tells nothing. */
  readonly webhookSecret: string
  readonly databaseUrl: string
  readonly firstAdmin: { readonly email: string; readonly password: string } | null
  readonly demoPassword: string | null
  readonly transports: readonly Transport[]
}

const SHORTEST_SECRET_BYTES = 32
const SHORTEST_PASSWORD = 8

let known: Settings | undefined

/** The settings; the first call reads them and throws if they are unusable. */
export function settings(): Settings {
  known ??= read(process.env)
  return known
}

function read(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = []
  const secret = (name: string) => {
    const value = env[name] ?? ''
    if (Buffer.byteLength(value) < SHORTEST_SECRET_BYTES) {
      faults.push(`${name} must be a secret of at least ${SHORTEST_SECRET_BYTES} bytes`)
    }
    return value
  }
  const address = (name: string, fallback: string) => {
    const value = (env[name] || fallback).replace(/\/+$/, '')
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) faults.push(`${name} must be an http or https URL, not "${value}"`)
    return value
  }
  const appUrl = address('NEXT_PUBLIC_APP_URL', 'http://localhost:3000')
  const found: Settings = {
    appUrl,
    secureCookies: appUrl.startsWith('https:'),
    jwtSecret: new TextEncoder().encode(secret('JWT_SECRET')),
    sidecar: {
      url: address('OUTRIGGER_URL', 'http://127.0.0.1:3001'),
      internalUrl: address('OUTRIGGER_INTERNAL_URL', 'http://127.0.0.1:3002'),
      secret: secret('INTERNAL_SECRET'),
    },
    webhookSecret: env.OUTRIGGER_WEBHOOK_SECRET ? secret('OUTRIGGER_WEBHOOK_SECRET') : '',
    databaseUrl: env.SAMPLE_DATABASE_URL || 'file:.data/sample.db',
    firstAdmin: firstAdmin(env, faults),
    demoPassword: env.SAMPLE_DEMO_PASSWORD || null,
    transports: transports(env.SOCKET_TRANSPORTS, faults),
  }
  if (faults.length > 0) throw new Error(`The app cannot run like this:\n- ${faults.join('\n- ')}`)
  return found
}

function firstAdmin(env: NodeJS.ProcessEnv, faults: string[]): Settings['firstAdmin'] {
  const { SAMPLE_ADMIN_EMAIL: email, SAMPLE_ADMIN_PASSWORD: password } = env
  if (!email && !password) return null
  if (!email || !password || password.length < SHORTEST_PASSWORD) {
    faults.push(`SAMPLE_ADMIN_EMAIL and SAMPLE_ADMIN_PASSWORD (at least ${SHORTEST_PASSWORD} characters) belong together`)
    return null
  }
  return { email, password }
}

function transports(text: string | undefined, faults: string[]): Transport[] {
  const words = (text || 'websocket,polling').split(',').map((word) => word.trim())
  const isTransport = (word: string): word is Transport => word === 'websocket' || word === 'polling'
  const found = words.filter(isTransport)
  if (found.length !== words.length) faults.push('SOCKET_TRANSPORTS takes websocket and polling, between commas')
  return found
}
