// What every way of logging in ends with, and what logging out undoes.
import 'server-only'
import { setLoginCookies } from './cookies'
import { endLogins, openLogin, renewLogin } from './logins'
import { tellLogout } from './sidecar/notices'
import { signLogin } from './tokens'
import type { Caller } from './caller'
import type { User } from './users'

/** Opens a login on this device and gives its cookie. */
export async function logIn(user: User, provider: string, request: Request): Promise<void> {
  const login = await openLogin(user.userId, provider, request.headers.get('user-agent') ?? '')
  await setLoginCookies(await signLogin(user, login), user.email)
}

/** A new token for this device, with the rights of now. */
export async function renew({ user, login }: Caller): Promise<void> {
  const renewed = await renewLogin(login.deviceId)
  if (renewed) await setLoginCookies(await signLogin(user, renewed), user.email)
}

/** Ends one device of a user, or all; gives how many ended. */
export async function logOut(userId: string, deviceId?: string): Promise<number> {
  const ended = await endLogins(userId, deviceId)
  if (ended.length > 0) await tellLogout(userId, ended, deviceId === undefined)
  return ended.length
}

