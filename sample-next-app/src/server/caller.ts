// Who calls: the cookie's token, checked against what the store says now. Rights come from the store, never from the token.
import 'server-only'
import { cache } from 'react'
import { redirect } from 'next/navigation'
import { ensureFirstUsers } from './first-users'
import { authCookie } from './cookies'
import { findLogin, type Login } from './logins'
import { readLogin } from './tokens'
import { findUser, type User } from './users'

export interface Caller {
  readonly user: User
  readonly login: Login
}

/** Who calls, or null. Asked once for each request. */
export const currentCaller = cache(async (): Promise<Caller | null> => {
  // First, because it tells Next that the page is made anew for each request.
  const token = await authCookie()
  await ensureFirstUsers()
  const claims = token ? await readLogin(token) : null
  if (!claims) return null
  const [login, user] = await Promise.all([findLogin(claims.deviceId), findUser(claims.userId)])
  if (!login || !user?.active || login.userId !== user.userId) return null
  return { user, login }
})

/** For pages: whoever is not logged in is sent to the login. */
export async function requireCaller(): Promise<Caller> {
  return (await currentCaller()) ?? redirect('/login')
}

/** For pages of the admin area: others are sent home. */
export async function requireAdmin(): Promise<Caller> {
  const caller = await requireCaller()
  return caller.user.isAdmin ? caller : redirect('/')
}
