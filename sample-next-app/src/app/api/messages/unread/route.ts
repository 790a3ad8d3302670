import { answer, forUsers } from '@/server/request'
import { askSidecar, relay } from '@/server/sidecar/pass-on'

/** How many messages wait to be read, in all and from whom. */
export const GET = forUsers(async () => {
  const response = await askSidecar('/api/messages/unread')
  return response ? relay(response) : answer({ total: 0, byUser: {} })
})
