// A real sidecar for a file of tests, and people who use it.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { createOutriggerClient, type OutriggerClient, type OutriggerOptions } from '@outrigger/client'
import { createOutrigger, type Outrigger } from '@outrigger/client/server'

export interface Home {
  directory: string
  jwtSecret: string
  internalSecret: string
  remove(): void
}

export interface Sidecar {
  home: Home
  pid: number
  publicUrl: string
  internalUrl: string
  port: number
  exited: Promise<unknown>
  log(): string
  signal(name: string): void
  stop(): Promise<void>
}

export interface Person {
  userId: string
  email: string
  isAdmin: boolean
  token: string
  device: { ip: string; userAgent: string }
  anotherToken(options?: { expiresIn?: number; jti?: string; isAdmin?: boolean }): string
}

interface SidecarModule {
  newHome(): Home
  startSidecar(home: Home, settings?: Record<string, string>): Promise<Sidecar>
  killAll(): void
}

interface PeopleModule {
  newPerson(secret: string, options?: { admin?: boolean; userId?: string }): Person
}

// The Rust side's tests start the sidecar the same way; what they use has no types of its own.
const support = new URL('../../../tests/clients/support/', import.meta.url)
const { newHome, startSidecar, killAll } = (await import(new URL('sidecar.mjs', support).href)) as SidecarModule
const { newPerson } = (await import(new URL('people.mjs', support).href)) as PeopleModule

export { killAll, newHome, newPerson, startSidecar }

const QUICK = { SHUTDOWN_NOTICE_MS: '100', SHUTDOWN_DEADLINE_MS: '3000' }

export interface World {
  readonly sidecar: Sidecar
  readonly home: Home
  /** Ends the process as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  person(options?: { admin?: boolean }): Person
  /** Someone whom the app has told the sidecar about. */
  known(options?: { admin?: boolean }): Promise<Person>
  /** A client of a person; closed when the file is done. */
  client(who: Person | null, options?: OutriggerOptions): OutriggerClient
  readonly server: Outrigger
}

/** The options with which a person's page connects. */
export function optionsOf(who: Person | null, url: string, options: OutriggerOptions = {}): OutriggerOptions {
  const { token, device } = who ?? {}
  return {
    urls: url,
    ...(token === undefined ? {} : { getToken: () => token }),
    ...options,
    engine: {
      autoUnref: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 300,
      ...options.engine,
      extraHeaders: {
        ...(device ? { 'User-Agent': device.userAgent, 'X-Forwarded-For': device.ip } : {}),
        ...options.engine?.extraHeaders,
      },
    },
  }
}

export function world(settings: Record<string, string> = {}): World {
  const home = newHome()
  const clients: OutriggerClient[] = []
  let current: Sidecar | undefined
  const sidecar = (): Sidecar => {
    assert.ok(current, 'the sidecar has not been started')
    return current
  }
  before(async () => {
    current = await startSidecar(home, { ...QUICK, ...settings })
  })
  after(async () => {
    for (const client of clients) client.close()
    killAll()
    await current?.exited
    home.remove()
  })
  const person = (options?: { admin?: boolean }): Person => newPerson(home.jwtSecret, options)
  return {
    get sidecar() {
      return sidecar()
    },
    home,
    kill: async () => {
      sidecar().signal('SIGKILL')
      await sidecar().exited
    },
    restart: async () => {
      current = await startSidecar(home, { ...QUICK, ...settings, PORT: String(sidecar().port) })
    },
    person,
    known: async (options) => {
      const who = person(options)
      await server(sidecar()).orThrow.upsertUser(who.userId, { email: who.email })
      return who
    },
    client: (who, options) => {
      const client = createOutriggerClient(optionsOf(who, sidecar().publicUrl, options))
      clients.push(client)
      return client
    },
    get server() {
      return server(sidecar())
    },
  }
}

function server({ internalUrl, home }: Sidecar): Outrigger {
  return createOutrigger({ url: internalUrl, secret: home.internalSecret })
}
