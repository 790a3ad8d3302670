import { follow, unfollow } from '@/server/follows'
import { answer, forUsers, refuse } from '@/server/request'
import { tellFollow, tellUnfollow } from '@/server/sidecar/notices'
import { findUser } from '@/server/users'

interface Params {
  userId: string
}

/** Follows someone; they are notified once. */
export const POST = forUsers<Params>(async (_, { user }, { userId }) => {
  if (userId === user.userId) return refuse(400, 'You cannot follow yourself')
  if (!(await findUser(userId))) return refuse(404, 'User not found')
  if (await follow(userId, user.userId)) await tellFollow(userId, user.userId)
  return answer({ following: true })
})

/** Follows someone no longer. */
export const DELETE = forUsers<Params>(async (_, { user }, { userId }) => {
  if (await unfollow(userId, user.userId)) await tellUnfollow(userId)
  return answer({ following: false })
})
