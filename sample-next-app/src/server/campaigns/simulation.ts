// A pretended provider of text messages: takes a campaign, and says by and by what became of it. A real one would call the
// app's webhook; what the app tells the sidecar then would be the same.
import 'server-only'
import { randomUUID } from 'node:crypto'
import { outrigger } from '../sidecar/outrigger'
import { ended, recipientsOf, underway, type Recipient } from './outcome'
import { pause, Report, untilTold } from './report'

/** A campaign takes about so many steps, whatever its size, one each 250 ms. */
const STEPS = 32
const STEP_MS = 250
const PRICE = 0.0079
/** Campaigns of one user that run at a time. */
const MOST_AT_A_TIME = 3

export interface Campaign {
  readonly content: string
  readonly recipients: number
  /** Of a hundred recipients so many do not get it. */
  readonly failing: number
}

const running = new Map<string, number>()

/** Whether this user may start one more now. */
export const mayStart = (userId: string) => (running.get(userId) ?? 0) < MOST_AT_A_TIME

/** Makes the campaign known and has it run; its id, or null if the sidecar cannot be told. */
export async function startCampaign(userId: string, campaign: Campaign): Promise<string | null> {
  const messageId = `campaign-${randomUUID()}`
  const registered = await outrigger().registerMessage(messageId, userId, {
    content: campaign.content,
    messageType: 'SMS',
    totalRecipients: campaign.recipients,
    status: 'DRAFT',
  })
  if (!registered.ok) return null
  running.set(userId, (running.get(userId) ?? 0) + 1)
  void run(userId, messageId, campaign)
    .catch((error: unknown) => console.error('a campaign broke off', error))
    .finally(() => {
      const left = (running.get(userId) ?? 1) - 1
      if (left > 0) running.set(userId, left)
      else running.delete(userId)
    })
  return messageId
}

async function run(userId: string, messageId: string, { recipients: count, failing }: Campaign): Promise<void> {
  const recipients = recipientsOf(count)
  const report = new Report(userId, messageId)
  const sending = { messageId, status: 'SENDING' } as const
  await untilTold(async () => (await outrigger().broadcastMessageUpdate(userId, sending)).ok)
  await report.tell(recipients.map((one) => underway(one, 'PENDING')))

  // A part is handed to the networks while the part before it arrives.
  const size = Math.ceil(count / STEPS)
  let onTheWay: readonly Recipient[] = []
  for (let at = 0; at < count + size; at += size) {
    await pause(STEP_MS)
    const next = recipients.slice(at, at + size)
    await report.tell([...onTheWay.map((one) => ended(one, failing)), ...next.map((one) => underway(one, 'SENT'))])
    onTheWay = next
  }

  if (!(await report.finish())) throw new Error(`the sidecar could not be told what became of ${messageId}`)
  const cost = Math.round(count * PRICE * 100) / 100
  const over = { messageId, status: failing >= 100 ? 'FAILED' : 'SENT', cost } as const
  await untilTold(async () => (await outrigger().broadcastMessageUpdate(userId, over)).ok)
}
