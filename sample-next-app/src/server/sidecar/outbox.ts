// What could not be told yet waits in the app's own store, in order, over restarts of either side.
import 'server-only'
import { database } from '../database'
import { deliver } from './deliver'
import type { MessageNotice, Notice, Told } from './notice'

const RETRY_MS = 1000
const SLOWEST_RETRY_MS = 15_000
/** Taken from the store at once. */
const BATCH = 50
/** Messages of one user that may wait. */
const MOST_OF_ONE_USER = 200
/** What was refused is kept so long for people to look at. */
const REFUSED_MS = 30 * 24 * 3600 * 1000

interface Waiting {
  readonly id: number
  readonly key: string
  readonly notice: Notice
}

interface Kept {
  flushing: Promise<void> | null
  timer: NodeJS.Timeout | null
  failures: number
}

const kept = globalThis as typeof globalThis & { sampleOutbox?: Kept }
const state: Kept = (kept.sampleOutbox ??= { flushing: null, timer: null, failures: 0 })

/** Tells the sidecar, or keeps the notice until it can be told. Never throws for a sidecar that is down. */
export async function tell(notice: Notice, key: string = crypto.randomUUID()): Promise<Told> {
  if (!(await isEmpty())) {
    await enqueue(notice, key)
    await flush()
    return whatBecameOf(key)
  }
  const delivery = await deliver(notice, key)
  if (delivery.told !== 'later') return delivery
  await enqueue(notice, key)
  plan()
  return delivery
}

/** Keeps a notice for later. */
export async function enqueue(notice: Notice, key: string): Promise<void> {
  await (await database()).execute({
    sql: `INSERT INTO outbox (key, kind, sender_id, body, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    args: [key, notice.kind, notice.kind === 'message' ? notice.senderId : null, JSON.stringify(notice), new Date().toISOString()],
  })
  plan()
}

/** A user's own messages that wait, oldest first. */
export async function waitingMessages(senderId: string): Promise<{ notice: MessageNotice; createdAt: string }[]> {
  const { rows } = await (await database()).execute({
    sql: `SELECT body, created_at FROM outbox WHERE sender_id = ? AND kind = 'message' AND refused IS NULL ORDER BY id`,
    args: [senderId],
  })
  return rows.map((row) => ({ notice: JSON.parse(String(row.body)) as MessageNotice, createdAt: String(row.created_at) }))
}

/** How much waits. */
export async function waitingCount(): Promise<number> {
  const { rows } = await (await database()).execute('SELECT count(*) AS n FROM outbox WHERE refused IS NULL')
  return Number(rows[0]?.n ?? 0)
}

const isEmpty = async () => (await waitingCount()) === 0

/** Whether a user may leave one more message here. */
export async function hasRoomFor(senderId: string): Promise<boolean> {
  const { rows } = await (await database()).execute({
    sql: 'SELECT count(*) AS n FROM outbox WHERE sender_id = ?',
    args: [senderId],
  })
  return Number(rows[0]?.n ?? 0) < MOST_OF_ONE_USER
}

async function whatBecameOf(key: string): Promise<Told> {
  const { rows } = await (await database()).execute({ sql: 'SELECT refused FROM outbox WHERE key = ?', args: [key] })
  const row = rows[0]
  if (!row) return { told: 'now' }
  return row.refused === null ? { told: 'later' } : { told: 'refused', why: String(row.refused) }
}

/** Tells what waits, in order; ends when nothing does or the sidecar is down. One at a time for the process. */
export function flush(): Promise<void> {
  state.flushing ??= drain().finally(() => {
    state.flushing = null
  })
  return state.flushing
}

async function drain(): Promise<void> {
  for (let batch = await nextBatch(); batch.length > 0; batch = await nextBatch()) {
    for (const waiting of batch) {
      if (!(await handOver(waiting))) {
        state.failures += 1
        plan()
        return
      }
    }
  }
  state.failures = 0
  await (await database()).execute({
    sql: 'DELETE FROM outbox WHERE refused IS NOT NULL AND created_at < ?',
    args: [new Date(Date.now() - REFUSED_MS).toISOString()],
  })
}

async function nextBatch(): Promise<Waiting[]> {
  const { rows } = await (await database()).execute({
    sql: 'SELECT id, key, body FROM outbox WHERE refused IS NULL ORDER BY id LIMIT ?',
    args: [BATCH],
  })
  return rows.map((row) => ({ id: Number(row.id), key: String(row.key), notice: JSON.parse(String(row.body)) as Notice }))
}

/** Whether the sidecar took it or will never take it. */
async function handOver({ id, key, notice }: Waiting): Promise<boolean> {
  const client = await database()
  const delivery = await deliver(notice, key)
  if (delivery.told === 'later') {
    await client.execute({ sql: 'UPDATE outbox SET attempts = attempts + 1 WHERE id = ?', args: [id] })
    return false
  }
  if (delivery.told === 'refused') {
    // Kept for people to look at; what stands behind it must not wait for it.
    console.error(`the sidecar refused a waiting notice (${notice.kind}): ${delivery.why}`)
    await client.execute({ sql: 'UPDATE outbox SET refused = ? WHERE id = ?', args: [delivery.why, id] })
  } else {
    await client.execute({ sql: 'DELETE FROM outbox WHERE id = ?', args: [id] })
  }
  return true
}

/** Tries again after a while, longer after each failure. */
function plan(): void {
  if (state.timer) return
  const delay = Math.min(RETRY_MS * 2 ** Math.min(state.failures, 6), SLOWEST_RETRY_MS)
  state.timer = setTimeout(() => {
    state.timer = null
    flush().catch((error: unknown) => console.error('the outbox could not be handed over', error))
  }, delay)
  state.timer.unref()
}
