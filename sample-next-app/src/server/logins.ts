// Logins: one for each device, until it is ended or its time has passed.
import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Row } from '@libsql/client'
import { database } from './database'

/** How long a login lasts. */
export const LOGIN_SECONDS = 7 * 24 * 3600
const LONGEST_USER_AGENT = 512

/** One login on one device; its id is the device's id at the sidecar too. */
export interface Login {
  readonly deviceId: string
  readonly userId: string
  /** How many tokens it has been given: part of the id of the latest. */
  readonly version: number
  readonly userAgent: string
  readonly provider: string
  readonly createdAt: string
  readonly seenAt: string
  readonly expiresAt: string
}

function fromRow(row: Row): Login {
  return {
    deviceId: String(row.id),
    userId: String(row.user_id),
    version: Number(row.version),
    userAgent: String(row.user_agent),
    provider: String(row.provider),
    createdAt: String(row.created_at),
    seenAt: String(row.seen_at),
    expiresAt: String(row.expires_at),
  }
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

async function query(sql: string, args: (string | number)[]): Promise<Login[]> {
  const { rows } = await (await database()).execute({ sql, args })
  return rows.map(fromRow)
}

export async function openLogin(userId: string, provider: string, userAgent: string): Promise<Login> {
  const now = inSeconds(0)
  await query('DELETE FROM logins WHERE expires_at < ? RETURNING *', [now])
  const [login] = await query(
    `INSERT INTO logins (id, user_id, user_agent, provider, created_at, seen_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *`,
    [randomUUID(), userId, userAgent.slice(0, LONGEST_USER_AGENT), provider, now, now, inSeconds(LOGIN_SECONDS)],
  )
  if (!login) throw new Error('the login was not stored')
  return login
}

/** The login of a device, if it still holds. */
export async function findLogin(deviceId: string): Promise<Login | null> {
  const sql = 'SELECT * FROM logins WHERE id = ? AND ended_at IS NULL AND expires_at > ?'
  return (await query(sql, [deviceId, inSeconds(0)]))[0] ?? null
}

/** A user's logins that hold, last seen first. */
export function listLogins(userId: string): Promise<Login[]> {
  const sql = 'SELECT * FROM logins WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? ORDER BY seen_at DESC'
  return query(sql, [userId, inSeconds(0)])
}

/** Lasts from now on, with another token. */
export async function renewLogin(deviceId: string): Promise<Login | null> {
  const sql = 'UPDATE logins SET version = version + 1, seen_at = ?, expires_at = ? WHERE id = ? AND ended_at IS NULL RETURNING *'
  return (await query(sql, [inSeconds(0), inSeconds(LOGIN_SECONDS), deviceId]))[0] ?? null
}

/** Ends one device, or all of a user; gives the logins that ended. */
export function endLogins(userId: string, deviceId?: string): Promise<Login[]> {
  const device = deviceId === undefined ? '' : ' AND id = ?'
  const sql = `UPDATE logins SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL${device} RETURNING *`
  return query(sql, [inSeconds(0), userId, ...(deviceId === undefined ? [] : [deviceId])])
}
