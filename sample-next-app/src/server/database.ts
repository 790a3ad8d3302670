// The app's own SQLite file. One connection for the process; hot reload must not open a second one.
import 'server-only'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createClient, type Client } from '@libsql/client'
import { SCHEMA } from './schema'
import { settings } from './settings'

const kept = globalThis as typeof globalThis & { sampleDatabase?: Promise<Client> }

/** The database, made at first use. */
export function database(): Promise<Client> {
  kept.sampleDatabase ??= open(settings().databaseUrl).catch((error: unknown) => {
    delete kept.sampleDatabase
    throw error
  })
  return kept.sampleDatabase
}

async function open(url: string): Promise<Client> {
  if (url.startsWith('file:')) mkdirSync(dirname(url.slice('file:'.length)), { recursive: true })
  const client = createClient({ url })
  await client.execute('PRAGMA journal_mode = WAL')
  await client.execute('PRAGMA busy_timeout = 5000')
  await client.batch(SCHEMA, 'write')
  return client
}
