// Who may offer products.
import 'server-only'
import { database } from '../database'

export async function isSeller(userId: string): Promise<boolean> {
  const { rows } = await (await database()).execute({ sql: 'SELECT 1 FROM sellers WHERE user_id = ?', args: [userId] })
  return rows.length > 0
}

export async function setSeller(userId: string, sells: boolean): Promise<void> {
  await (await database()).execute(
    sells
      ? { sql: 'INSERT INTO sellers (user_id, since) VALUES (?, ?) ON CONFLICT DO NOTHING', args: [userId, new Date().toISOString()] }
      : { sql: 'DELETE FROM sellers WHERE user_id = ?', args: [userId] },
  )
}
