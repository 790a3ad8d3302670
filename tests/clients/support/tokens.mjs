// JSON Web Tokens as the app would make them, and as an attacker would.

import { createHmac, generateKeyPairSync, randomUUID, sign as rsaSign } from 'node:crypto'

export const HOUR_S = 3600

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs any claims with any header; the caller decides what is wrong with it. */
export function sign(claims, { secret, alg = 'HS256', header = {} }) {
  const input = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`
  return `${input}.${signature(input, alg, secret)}`
}

function signature(input, alg, secret) {
  switch (alg) {
    case 'none':
      return ''
    case 'HS256':
      return createHmac('sha256', secret).update(input).digest('base64url')
    case 'HS512':
      return createHmac('sha512', secret).update(input).digest('base64url')
    case 'RS256': {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      return rsaSign('sha256', Buffer.from(input), privateKey).toString('base64url')
    }
    default:
      throw new Error(`no signature for ${alg}`)
  }
}

/** The claims of an ordinary login token; `expiresIn` in seconds, negative for the past. */
export function claimsOf(person, { expiresIn = HOUR_S, jti = randomUUID(), ...extra } = {}) {
  const now = Math.floor(Date.now() / 1000)
  return {
    userId: person.userId,
    email: person.email,
    isAdmin: person.isAdmin,
    iat: Math.min(now, now + expiresIn - 1),
    exp: now + expiresIn,
    jti,
    ...extra,
  }
}

export function without(claims, ...names) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)))
}

/** The claims inside a token, unverified. */
export function readClaims(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
}
