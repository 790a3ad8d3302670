// One notice, told once. What it says of a user is read at that moment: a notice that waited must not bring back
// what has changed since.
import 'server-only'
import type { OutriggerError, Result } from '@outrigger/client/server'
import { followersOf } from '../follows'
import { isSeller } from '../market/sellers'
import { signForSockets } from '../tokens'
import { findUser, nameOf, type User } from '../users'
import type { FollowNotice, Notice, Told } from './notice'
import { outrigger } from './outrigger'

/** The outbox tries again; waiting here would only hold up the user's action. */
const ONCE = { retries: 0 }

/** Tells the sidecar. `key` makes what is stored there the same at every try. */
export async function deliver(notice: Notice, key: string): Promise<Told> {
  const api = outrigger()
  switch (notice.kind) {
    case 'message': {
      const { kind: _, ...message } = notice
      return toldBy(await api.sendMessage(message, ONCE))
    }
    case 'user':
      return aboutUser(notice.userId, tellUser)
    case 'status':
      return toldBy(await api.emitUserStatusChange(notice.userId, notice.active, ONCE))
    case 'rights':
      return aboutUser(notice.userId, async (user) =>
        toldBy(await api.emitTokenUpdate(user.userId, await signForSockets(user), { ...ONCE, reason: notice.reason })),
      )
    case 'logout': {
      const { userId, deviceId, reason } = notice
      return toldBy(await api.forceLogout(userId, { ...ONCE, reason, ...(deviceId ? { deviceId } : {}) }))
    }
    case 'revocation':
      return toldBy(await api.revoke('tokenId' in notice ? { tokenId: notice.tokenId } : { userId: notice.userId }, ONCE))
    case 'notification': {
      const { userId, type, title, message } = notice
      return toldBy(await api.notify(userId, { type, title, message }, { ...ONCE, idempotencyKey: key }))
    }
    case 'follow':
      return tellFollow(notice, key)
  }
}

async function aboutUser(userId: string, tell: (user: User) => Promise<Told>): Promise<Told> {
  const user = await findUser(userId)
  return user ? tell(user) : { told: 'refused', why: 'there is no such user' }
}

async function tellUser(user: User): Promise<Told> {
  const { userId, email, firstName, lastName, isAdmin, active, profileImage } = user
  const profile = { email, firstName, lastName, name: nameOf(user), role: isAdmin ? 'admin' : (await isSeller(userId)) ? 'seller' : 'user', active }
  return toldBy(await outrigger().upsertUser(userId, { ...profile, ...(profileImage ? { profileImage } : {}) }, ONCE))
}

/** Who may hear how the user is, then the news of the follower. */
async function tellFollow({ userId, followerId }: FollowNotice, key: string): Promise<Told> {
  const listed = toldBy(await outrigger().setFollowers(userId, await followersOf(userId), ONCE))
  if (listed.told !== 'now' || followerId === undefined) return listed
  return aboutUser(followerId, async (follower) => {
    const message = `${nameOf(follower)} started following you`
    const notification = { userId, type: 'new_follow', fromUser: followerId, message, metadata: { followerId } }
    return toldBy(await outrigger().createNotification(notification, { ...ONCE, idempotencyKey: key }))
  })
}

function toldBy(result: Result<unknown>): Told {
  if (result.ok) return { told: 'now' }
  return willPass(result.error) ? { told: 'later' } : { told: 'refused', why: result.error.message }
}

/** A wrong secret is a fault of the set-up: someone will mend it, and nothing must be lost until then. */
function willPass({ kind }: OutriggerError): boolean {
  switch (kind) {
    case 'unreachable':
    case 'timeout':
    case 'unavailable':
    case 'rate-limited':
    case 'unauthorized':
    case 'unexpected':
      return true
    case 'invalid':
    case 'not-found':
    case 'conflict':
    case 'too-large':
      return false
  }
}
