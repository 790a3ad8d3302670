import { draftOf, send } from '@/server/messages'
import { answer, forUsers, readJson } from '@/server/request'
import { relay } from '@/server/sidecar/pass-on'
import { findUser } from '@/server/users'

const refuse = (status: number, message: string) => answer({ message }, status)

/** Sends a message: 201, whether the sidecar has it already or will get it (contracts/rooms.md section 4). */
export const POST = forUsers<{ userId: string }>(async (request, { user }, { userId }) => {
  const draft = draftOf(await readJson(request), request.headers.get('idempotency-key'))
  if ('fault' in draft) return refuse(draft.fault === 'Text is too long.' ? 413 : 400, draft.fault)
  if (userId === user.userId) return refuse(400, 'Cannot send messages to yourself.')
  const receiver = await findUser(userId)
  if (!receiver) return refuse(404, 'Receiver not found.')
  const sent = await send({ ...draft, senderId: user.userId, receiverId: userId }, receiver)
  return sent instanceof Response ? relay(sent) : answer(sent, 201)
})
