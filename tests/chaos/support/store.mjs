// The content of the file, read from outside of the sidecar.

import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

const SCRIPT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'dump_store.py')

/** Everything the checker compares with; also while the sidecar runs, as of one moment. */
export function readStore(database) {
  const text = execFileSync('python3', [SCRIPT, database], { maxBuffer: 1 << 30, encoding: 'utf8' })
  return JSON.parse(text)
}
