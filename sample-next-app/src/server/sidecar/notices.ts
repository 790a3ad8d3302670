// The app's words for what it tells the sidecar.
import 'server-only'
import { tokenId } from '../tokens'
import type { Login } from '../logins'
import type { User } from '../users'
import { tell } from './outbox'

/** A user is new or changed. */
export const tellUser = (user: User) => tell({ kind: 'user', userId: user.userId })

/** An admin let someone in or keeps them out. */
export const tellStatus = (user: User) => tell({ kind: 'status', userId: user.userId, active: user.active })

/** An admin gave or took a right: open tabs get a token that says so. */
export async function tellRights(user: User, logins: readonly Login[]): Promise<void> {
  await tell({ kind: 'user', userId: user.userId })
  await tell({ kind: 'rights', userId: user.userId, reason: 'Admin status updated' })
  // What allowed more ends; whoever shows it is given a new one.
  if (!user.isAdmin) {
    await tell({ kind: 'revocation', userId: user.userId })
    await revokeLatest(logins)
  }
  await notify(
    user.userId,
    'account',
    user.isAdmin ? 'You are an admin now' : 'You are no admin any more',
    user.isAdmin ? 'Users and the monitor are in your menu.' : 'An admin changed your rights.',
  )
}

/** Devices were logged out: their sockets close and their tokens end. */
export async function tellLogout(userId: string, ended: readonly Login[], everywhere: boolean): Promise<void> {
  const reason = everywhere ? 'Logged out everywhere' : 'User logged out'
  if (everywhere) await tell({ kind: 'logout', userId, reason })
  else for (const { deviceId } of ended) await tell({ kind: 'logout', userId, deviceId, reason })
  await revokeLatest(ended)
}

/** Tokens are revoked by age in whole seconds: one made within this second would still hold. */
async function revokeLatest(logins: readonly Login[]): Promise<void> {
  for (const login of logins) await tell({ kind: 'revocation', tokenId: tokenId(login) })
}

/** A stored notification. */
export const notify = (userId: string, type: string, title: string, message: string) =>
  tell({ kind: 'notification', userId, type, title, message })

/** Someone has a new follower. */
export const tellFollow = (userId: string, followerId: string) => tell({ kind: 'follow', userId, followerId })

/** Someone has one follower fewer; nobody is notified of that. */
export const tellUnfollow = (userId: string) => tell({ kind: 'follow', userId })
