// The cookies of a login (contracts/rooms.md section 4). No script can read them.
import 'server-only'
import { cookies } from 'next/headers'
import { LOGIN_SECONDS } from './logins'
import { settings } from './settings'

export const AUTH_COOKIE = 'authToken'
const EMAIL_COOKIE = 'userEmail'

function attributes(maxAge: number) {
  return { httpOnly: true, sameSite: 'lax', secure: settings().secureCookies, path: '/', maxAge } as const
}

export async function setLoginCookies(token: string, email: string): Promise<void> {
  const jar = await cookies()
  jar.set(AUTH_COOKIE, token, attributes(LOGIN_SECONDS))
  jar.set(EMAIL_COOKIE, email, attributes(LOGIN_SECONDS))
}

export async function clearLoginCookies(): Promise<void> {
  const jar = await cookies()
  jar.set(AUTH_COOKIE, '', attributes(0))
  jar.set(EMAIL_COOKIE, '', attributes(0))
}

export async function authCookie(): Promise<string | undefined> {
  return (await cookies()).get(AUTH_COOKIE)?.value
}
