import { setSeller } from '@/server/market/sellers'
import { answer, forUsers } from '@/server/request'
import { tellUser } from '@/server/sidecar/notices'

/** Lets the caller sell. The sidecar is told, and their open pages may send a seller's events at once. */
export const POST = forUsers(async (_, { user }) => {
  await setSeller(user.userId, true)
  await tellUser(user)
  return answer({ sells: true })
})

export const DELETE = forUsers(async (_, { user }) => {
  await setSeller(user.userId, false)
  await tellUser(user)
  return answer({ sells: false })
})
