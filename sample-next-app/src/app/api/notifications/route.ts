import { answer, forUsers } from '@/server/request'
import { askSidecar, relay } from '@/server/sidecar/pass-on'

/** A user's notifications, newest first. */
export const GET = forUsers(async (request) => {
  const response = await askSidecar(`/api/notifications?${new URL(request.url).searchParams}`)
  return response ? relay(response) : answer({ notifications: [], unreadCount: 0 })
})
