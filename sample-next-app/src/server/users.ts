// The users of the app.
import 'server-only'
import { randomBytes } from 'node:crypto'
import type { Row } from '@libsql/client'
import { database } from './database'

export interface User {
  readonly userId: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly profileImage: string | null
  readonly isAdmin: boolean
  readonly active: boolean
  readonly inactiveSince: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface NewUser {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly passwordHash?: string
  readonly profileImage?: string | null
  readonly isAdmin?: boolean
}

/** Shown in lists at most. */
const MOST_USERS = 1000

function fromRow(row: Row): User {
  const text = (name: string) => (row[name] === null ? null : String(row[name]))
  return {
    userId: String(row.id),
    email: String(row.email),
    firstName: String(row.first_name),
    lastName: String(row.last_name),
    profileImage: text('profile_image'),
    isAdmin: row.is_admin === 1,
    active: row.active === 1,
    inactiveSince: text('inactive_since'),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  }
}

/** What to call someone. */
export function nameOf(user: Pick<User, 'firstName' | 'lastName' | 'email'>): string {
  return `${user.firstName} ${user.lastName}`.trim() || user.email
}

/** Makes a user; null if the address is taken. */
export async function createUser(user: NewUser): Promise<User | null> {
  const now = new Date().toISOString()
  const { rows } = await (await database()).execute({
    sql: `INSERT INTO users (id, email, first_name, last_name, password_hash, profile_image, is_admin, created_at, updated_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING RETURNING *`,
    args: [
      randomBytes(12).toString('hex'),
      user.email,
      user.firstName,
      user.lastName,
      user.passwordHash ?? null,
      user.profileImage ?? null,
      user.isAdmin ? 1 : 0,
      now,
      now,
    ],
  })
  return rows[0] ? fromRow(rows[0]) : null
}

async function findOne(sql: string, args: (string | number)[]): Promise<Row | null> {
  const { rows } = await (await database()).execute({ sql, args })
  return rows[0] ?? null
}

export async function findUser(userId: string): Promise<User | null> {
  const row = await findOne('SELECT * FROM users WHERE id = ?', [userId])
  return row && fromRow(row)
}

export async function findUserByEmail(email: string): Promise<{ user: User; passwordHash: string | null } | null> {
  const row = await findOne('SELECT * FROM users WHERE email = ?', [email])
  return row && { user: fromRow(row), passwordHash: row.password_hash === null ? null : String(row.password_hash) }
}

export async function listUsers(): Promise<User[]> {
  const { rows } = await (await database()).execute({
    sql: 'SELECT * FROM users ORDER BY first_name COLLATE NOCASE, last_name COLLATE NOCASE, id LIMIT ?',
    args: [MOST_USERS],
  })
  return rows.map(fromRow)
}

export async function hasAdmin(): Promise<boolean> {
  return (await findOne('SELECT 1 FROM users WHERE is_admin = 1 AND active = 1 LIMIT 1', [])) !== null
}

/** Makes someone an admin or takes it back; null if there is no such user. */
export async function setAdmin(userId: string, isAdmin: boolean): Promise<User | null> {
  const row = await findOne('UPDATE users SET is_admin = ?, updated_at = ? WHERE id = ? RETURNING *', [
    isAdmin ? 1 : 0,
    new Date().toISOString(),
    userId,
  ])
  return row && fromRow(row)
}

/** Lets someone in or keeps them out; null if there is no such user. */
export async function setActive(userId: string, active: boolean): Promise<User | null> {
  const now = new Date().toISOString()
  const { rows } = await (await database()).execute({
    sql: 'UPDATE users SET active = ?, inactive_since = ?, updated_at = ? WHERE id = ? RETURNING *',
    args: [active ? 1 : 0, active ? null : now, now, userId],
  })
  return rows[0] ? fromRow(rows[0]) : null
}

/** The user with this account at a provider. */
export async function findIdentity(provider: string, subject: string): Promise<User | null> {
  const row = await findOne(
    'SELECT users.* FROM users JOIN identities ON identities.user_id = users.id WHERE provider = ? AND subject = ?',
    [provider, subject],
  )
  return row && fromRow(row)
}

export async function addIdentity(userId: string, provider: string, subject: string): Promise<void> {
  await (await database()).execute({
    sql: 'INSERT INTO identities (provider, subject, user_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    args: [provider, subject, userId],
  })
}
