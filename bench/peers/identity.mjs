// Who a socket is: the same checks and the same rooms as the sidecar's.

import { createHash, createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { settings } from './settings.mjs'

/** Made once: from a text it would be made with every token. */
const key = createSecretKey(Buffer.from(settings.jwtSecret))
const HS256 = { algorithms: ['HS256'] }
const ID = /^\S{1,128}$/

/** Tokens and users that no longer hold: looked at with every socket, as a server that can log people out must. */
const revoked = { tokens: new Set(), users: new Set() }

export class Refused extends Error {}

/** The user, device, role and token of a handshake. */
export function recognise(handshake) {
  const token = handshake.auth?.token
  if (typeof token !== 'string' || token === '') throw new Refused('missing')
  let claims
  try {
    claims = jwt.verify(token, key, HS256)
  } catch {
    throw new Refused('invalid')
  }
  const user = claims.userId
  if (typeof user !== 'string' || !ID.test(user)) throw new Refused('invalid')
  const id = claims.jti ?? createHash('sha256').update(token).digest('hex')
  if (revoked.tokens.has(id) || revoked.users.has(user)) throw new Refused('invalid')
  return {
    user,
    email: claims.email,
    name: claims.name ?? user,
    role: claims.isAdmin === true ? 'admin' : 'user',
    token: id,
    device: deviceOf(handshake.headers),
  }
}

/** A device is a user agent at an address; behind no proxy all of this machine have the same. */
function deviceOf(headers) {
  const agent = headers['user-agent'] ?? ''
  return createHash('sha256').update(`${agent}-unknown`).digest('hex').slice(0, 16)
}

/** The rooms that a socket is in because of who opened it, and because of its contract. */
export function ownRooms(actor, contract) {
  return [
    userRoom(actor.user),
    `device ${actor.user} ${actor.device}`,
    `role ${actor.role}`,
    `token ${actor.token}`,
    contractRoom(contract),
  ]
}

export const userRoom = (user) => `user ${user}`
export const chatRoom = (chat) => `chat ${chat}`
export const contractRoom = (contract) => `contract ${contract}`

export const isId = (value) => typeof value === 'string' && ID.test(value)
