// Who follows whom.
import 'server-only'
import { database } from './database'

/** Whether that is new. */
export async function follow(userId: string, followerId: string): Promise<boolean> {
  const { rowsAffected } = await (await database()).execute({
    sql: 'INSERT INTO follows (user_id, follower_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    args: [userId, followerId, new Date().toISOString()],
  })
  return rowsAffected > 0
}

/** Whether there was something to end. */
export async function unfollow(userId: string, followerId: string): Promise<boolean> {
  const { rowsAffected } = await (await database()).execute({
    sql: 'DELETE FROM follows WHERE user_id = ? AND follower_id = ?',
    args: [userId, followerId],
  })
  return rowsAffected > 0
}

export async function followersOf(userId: string): Promise<string[]> {
  return ids('SELECT follower_id AS id FROM follows WHERE user_id = ?', userId)
}

/** Whom a user follows. */
export async function followedBy(followerId: string): Promise<string[]> {
  return ids('SELECT user_id AS id FROM follows WHERE follower_id = ?', followerId)
}

async function ids(sql: string, id: string): Promise<string[]> {
  const { rows } = await (await database()).execute({ sql, args: [id] })
  return rows.map((row) => String(row.id))
}
