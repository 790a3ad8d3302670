// Whether the peers can store: better-sqlite3 is compiled when it is installed, so `bench/run --smoke` does without.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { repository } from './servers.mjs'

/** Why they cannot; nothing if they can. */
export function whyPeersCannotStore() {
  try {
    const Database = createRequire(join(repository, 'bench/peers/store.mjs'))('better-sqlite3')
    new Database(':memory:').close()
    return undefined
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND' ? 'better-sqlite3 is not installed' : `better-sqlite3 does not work: ${error.message.split('\n', 1)[0]}`
  }
}
