// Users and their devices: each story makes its own, so that no story sees another's.

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { claimsOf, sign } from './tokens.mjs'

let addresses = 0

/** A device as the sidecar knows it: a user agent at an address (`contracts/rooms.md` section 6). */
export function newDevice(userAgent = 'Outrigger-Tests/1.0') {
  addresses += 1
  const ip = `10.${20 + ((addresses >> 16) & 63)}.${(addresses >> 8) & 255}.${addresses & 255}`
  return { ip, userAgent }
}

/** First 16 hex digits of SHA-256 over `<userAgent>-<ip>`. */
export function deviceId({ ip, userAgent }) {
  return createHash('sha256').update(`${userAgent}-${ip}`).digest('hex').slice(0, 16)
}

export function newPerson(secret, { admin = false, userId = randomBytes(12).toString('hex') } = {}) {
  const person = {
    userId,
    email: `${userId}@example.test`,
    isAdmin: admin,
    device: newDevice(),
    tokenId: randomUUID(),
    /** One more valid token of this person; options as `claimsOf`. */
    anotherToken: (options) => sign(claimsOf(person, options), { secret }),
  }
  person.token = person.anotherToken({ jti: person.tokenId })
  return person
}

/** The id of the conversation of two users, as clients spell it. */
export function chatOf(a, b) {
  return [a.userId, b.userId].sort().join('_')
}
