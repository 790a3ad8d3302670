// Passwords are kept as scrypt hashes with their parameters beside them, so that these can be raised later.
import 'server-only'
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'

/** 32 MiB of memory for each hash. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const KEY_BYTES = 32

export const SHORTEST_PASSWORD = 8
/** Longer ones would only cost time. */
export const LONGEST_PASSWORD = 200

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((done, failed) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, cost, (error, key) => (error ? failed(error) : done(key)))
  })
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

let nobodys: Promise<string> | undefined

/**
 * Whether this is the password. Without a hash (no such user, or one without a password) it takes as long and says no:
 * the time must not tell which addresses have an account.
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  nobodys ??= hashPassword(randomBytes(16).toString('hex'))
  const [, N, r, p, salt, key] = (stored ?? (await nobodys)).split('$')
  const wanted = Buffer.from(key ?? '', 'base64url')
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: 256 * 1024 * 1024 }
  const found = await derive(password, Buffer.from(salt ?? '', 'base64url'), cost)
  return stored !== null && found.length === wanted.length && timingSafeEqual(found, wanted)
}
