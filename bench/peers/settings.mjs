// What a peer is told by its environment.

import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SECRET_BYTES = 32

function secret(name) {
  const value = process.env[name] ?? ''
  if (Buffer.byteLength(value) < SECRET_BYTES) throw new Error(`${name} must have at least ${SECRET_BYTES} bytes`)
  return value
}

export const settings = {
  jwtSecret: secret('JWT_SECRET'),
  internalSecret: secret('INTERNAL_SECRET'),
  /** The file of the stored rows: as the sidecar is told it. */
  database: (process.env.DATABASE_URL ?? join(tmpdir(), `outrigger-peer-${process.pid}.db`)).replace(/^sqlite:/, ''),
  /** `on`: Socket.IO's connection state recovery, for the measure of coming back. It costs on every broadcast. */
  recovery: process.env.RECOVERY === 'on',
  /** `each`: one transaction a message; `turn`: one for all that came in one turn of the loop. */
  commit: process.env.COMMIT ?? 'turn',
  host: '127.0.0.1',
}
