// Messages that the app keeps while the sidecar is down, beside those that it has.
import type { ChatMessage } from '@outrigger/client'

/** How the app's server names what it keeps (`src/server/messages.ts`). */
const PREFIX = 'waiting-'

/** Whether the app keeps it until the sidecar is back. */
export const isWaiting = (message: ChatMessage) => message.id?.startsWith(PREFIX) ?? false

/** Each message once: what was kept for a while stands in the list a second time when it has been delivered. */
export function eachOnce(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const delivered = new Set(
    messages.filter((one) => one.clientMessageId !== null && !isWaiting(one)).map((one) => one.clientMessageId),
  )
  return messages.filter((one) => !isWaiting(one) || !delivered.has(one.clientMessageId))
}
