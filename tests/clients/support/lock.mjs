// Another process that holds the database, so that nothing can be stored.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Longer than the sidecar waits for a lock. */
export const LOCKED_MS = 15_000

const HOLDER = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
`

/** Another process holds the database; gives what lets go of it. */
export async function lock(t, { home }) {
  const database = join(home.directory, 'outrigger.db')
  const holder = spawn('python3', ['-c', HOLDER, database], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  return async () => {
    const ended = once(holder, 'exit')
    holder.stdin.end('\n')
    await ended
  }
}
