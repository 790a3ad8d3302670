import { waitingFor, withWaiting, type MessageDocument } from '@/server/messages'
import { answer, forUsers } from '@/server/request'
import { askSidecar, relay } from '@/server/sidecar/pass-on'
import { findUser } from '@/server/users'

/** Says that there may be more than was answered. */
const INCOMPLETE = { 'x-history': 'incomplete' }

/** The conversation with a user, oldest first, with what still waits for the sidecar at its end. */
export const GET = forUsers<{ id: string }>(async (request, { user }, { id }) => {
  if (!(await findUser(id))) return answer({ message: 'User not found.' }, 404)
  const query = new URL(request.url).searchParams
  const older = query.has('before')
  // Asked first: what is handed over in between is then in both, and not in neither.
  const waiting = older ? [] : await waitingFor(user.userId, id)
  const response = await askSidecar(`/api/messages/${encodeURIComponent(id)}?${query}`)
  if (!response) return Response.json(waiting, { headers: { 'cache-control': 'no-store', ...INCOMPLETE } })
  // It has not heard of them yet: nobody has written.
  if (response.status === 404) return answer(waiting)
  if (!response.ok) return relay(response)
  return answer(withWaiting((await response.json()) as MessageDocument[], waiting))
})
