// The tokens that the app signs and the sidecar checks, with the same secret (HS256, RFC 7519).
import 'server-only'
import { jwtVerify, SignJWT } from 'jose'
import { LOGIN_SECONDS, type Login } from './logins'
import { settings } from './settings'
import type { User } from './users'

const ALGORITHM = 'HS256'
/** A token for sockets only lives so long: it is seen by scripts. */
const SOCKET_TOKEN_SECONDS = 15 * 60

export interface LoginClaims {
  readonly userId: string
  readonly deviceId: string
}

/** The id of a login's latest token, by which the sidecar can be told that it holds no longer. */
export const tokenId = (login: Pick<Login, 'deviceId' | 'version'>) => `${login.deviceId}.${login.version}`

function sign(user: User, claims: Record<string, unknown>, id: string, seconds: number): Promise<string> {
  return new SignJWT({ userId: user.userId, email: user.email, isAdmin: user.isAdmin, ...claims })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setJti(id)
    .setIssuedAt()
    .setExpirationTime(`${seconds} seconds`)
    .sign(settings().jwtSecret)
}

/** The token of a login, for the cookie that no script can read. */
export function signLogin(user: User, login: Login): Promise<string> {
  return sign(user, { deviceId: login.deviceId }, tokenId(login), LOGIN_SECONDS)
}

/**
 * A token that opens sockets and nothing else, for the event `tokenUpdated`: it tells the open sockets of a changed
 * right, and whoever reads it gets nothing that the page's cookie does not have already.
 */
export function signForSockets(user: User): Promise<string> {
  return sign(user, { purpose: 'socket-auth' }, crypto.randomUUID(), SOCKET_TOKEN_SECONDS)
}

/** What a login's token says; null if it does not hold or is meant for something else. */
export async function readLogin(token: string): Promise<LoginClaims | null> {
  try {
    const { payload } = await jwtVerify(token, settings().jwtSecret, { algorithms: [ALGORITHM], requiredClaims: ['exp', 'jti'] })
    const { userId, deviceId, purpose } = payload
    if (typeof userId !== 'string' || typeof deviceId !== 'string' || purpose !== undefined) return null
    return { userId, deviceId }
  } catch {
    // Expired, forged or garbage: the same to whoever shows it.
    return null
  }
}
