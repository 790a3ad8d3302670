// Someone has to be the first admin: from the settings, or made up once in development.
import 'server-only'
import { randomBytes } from 'node:crypto'
import { hashPassword } from './passwords'
import { settings } from './settings'
import { tellUser } from './sidecar/notices'
import { createUser, findUserByEmail, hasAdmin, setAdmin } from './users'

const DEMO_USERS = [
  { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' },
  { email: 'ben@example.com', firstName: 'Ben', lastName: 'Okri' },
]

const kept = globalThis as typeof globalThis & { sampleFirstUsers?: Promise<void> }

/** Makes the first users once for each process; does nothing if they are there. */
export function ensureFirstUsers(): Promise<void> {
  kept.sampleFirstUsers ??= make().catch((error: unknown) => {
    delete kept.sampleFirstUsers
    throw error
  })
  return kept.sampleFirstUsers
}

async function make(): Promise<void> {
  const { firstAdmin, demoPassword } = settings()
  if (firstAdmin) await makeAdmin(firstAdmin.email, firstAdmin.password)
  else if (process.env.NODE_ENV !== 'production' && !(await hasAdmin())) {
    const password = randomBytes(9).toString('base64url')
    await makeAdmin('admin@example.com', password)
    process.stdout.write(`\n  First admin: admin@example.com, password ${password} (shown this once)\n\n`)
  }
  if (demoPassword) {
    for (const user of DEMO_USERS) await makeUser(user, demoPassword)
  }
}

async function makeAdmin(email: string, password: string): Promise<void> {
  const known = await findUserByEmail(email)
  if (!known) await makeUser({ email, firstName: 'Admin', lastName: '' }, password, true)
  // Not an account that its owner has given up since: only where nobody else could act.
  else if (!(await hasAdmin())) await setAdmin(known.user.userId, true)
}

async function makeUser(user: { email: string; firstName: string; lastName: string }, password: string, isAdmin = false) {
  const made = (await findUserByEmail(user.email))
    ? null
    : await createUser({ ...user, isAdmin, passwordHash: await hashPassword(password) })
  if (made) await tellUser(made)
}
