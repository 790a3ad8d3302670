import { lookedAfter } from '@/server/support'
import { answer, forAdmins } from '@/server/request'
import { sidecarDown } from '@/server/sidecar/pass-on'

/** What the calling admin looks after, and what others do. */
export const GET = forAdmins(async (_, { user }) => {
  const found = await lookedAfter(user.userId)
  return found ? answer(found) : sidecarDown()
})
