// What the sidecar told this app, the latest of it, for an admin to look at.
import 'server-only'
import type { Webhook } from '@outrigger/client/server'
import { database } from './database'
import { outrigger } from './sidecar/outrigger'
import { findUser, nameOf } from './users'

const MOST_KEPT = 100
/** Between two notes to open pages, in milliseconds: a busy minute is one list, loaded now and then. */
const TELL_EVERY_MS = 500

export interface KeptWebhook {
  readonly id: string
  readonly type: string
  /** Whom it is about, in words. */
  readonly user: string
  readonly detail: string
  readonly at: string
}

interface Kept {
  telling: NodeJS.Timeout | null
}

const kept = globalThis as typeof globalThis & { sampleWebhooks?: Kept }
const state: Kept = (kept.sampleWebhooks ??= { telling: null })

/** Notes a webhook; one that is here already stays as it is. */
export async function keepWebhook(webhook: Webhook): Promise<void> {
  const { id, type, userId, at } = webhook
  const detail = await detailOf(webhook)
  await (await database()).batch(
    [
      {
        sql: 'INSERT INTO webhooks (id, type, user_id, detail, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
        args: [id, type, userId, detail, at],
      },
      {
        sql: 'DELETE FROM webhooks WHERE number <= (SELECT max(number) FROM webhooks) - ?',
        args: [MOST_KEPT],
      },
    ],
    'write',
  )
  tellAdmins()
}

/** The latest, newest first. */
export async function latestWebhooks(): Promise<KeptWebhook[]> {
  const { rows } = await (await database()).execute({
    sql: `SELECT webhooks.id, type, user_id, detail, at, email, first_name, last_name FROM webhooks
          LEFT JOIN users ON users.id = webhooks.user_id ORDER BY number DESC LIMIT ?`,
    args: [MOST_KEPT],
  })
  return rows.map((row) => ({
    id: String(row.id),
    type: String(row.type),
    user:
      row.email === null
        ? String(row.user_id)
        : nameOf({ firstName: String(row.first_name), lastName: String(row.last_name), email: String(row.email) }),
    detail: String(row.detail),
    at: String(row.at),
  }))
}

/** What is worth a word; never what people wrote. */
async function detailOf(webhook: Webhook): Promise<string> {
  switch (webhook.type) {
    case 'user.connected':
      return ''
    case 'user.disconnected':
      return webhook.data.reason === 'lost' ? 'the sidecar had ended' : ''
    case 'message.stored':
      return webhook.data.chatId === undefined ? `from ${await nameFor(webhook.data.message.senderId)}` : `in ${webhook.data.chatId}`
    case 'message.delivered':
    case 'message.read':
      return `from ${await nameFor(webhook.data.senderId)}`
    // The place to send one from. This app has no mail server.
    case 'message.missed':
      return `would send an e-mail to ${await addressOf(webhook.userId)}`
    case 'notification.missed':
      return `would send an e-mail to ${await addressOf(webhook.userId)}: ${webhook.data.notification.title}`
    case 'client.event':
      return webhook.data.event
  }
}

async function nameFor(userId: string): Promise<string> {
  const user = await findUser(userId)
  return user ? nameOf(user) : userId
}

async function addressOf(userId: string): Promise<string> {
  return (await findUser(userId))?.email ?? 'nobody: there is no such user'
}

/** Has open pages of admins look again, soon. Those who are away look when they are back. */
function tellAdmins(): void {
  state.telling ??= setTimeout(() => {
    state.telling = null
    void outrigger().sendToRole('admin', 'webhooksChanged', null, { contract: 'rooms', retries: 0 })
  }, TELL_EVERY_MS)
  state.telling.unref()
}
