// What this was measured on, and with which versions.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { repository } from './servers.mjs'

/** The output of a command, or nothing where there is no such command or no repository. */
function said(...command) {
  try {
    return execFileSync(command[0], command.slice(1), { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

function packageVersion(name) {
  try {
    return JSON.parse(readFileSync(join(repository, 'bench/peers/node_modules', name, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

export function facts() {
  const commit = said('git', 'rev-parse', '--short=12', 'HEAD')
  const changed = said('git', 'status', '--porcelain', '--untracked-files=no')
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    kernel: release(),
    memory_bytes: totalmem(),
    node: process.version,
    socket_io: packageVersion('socket.io'),
    ws: packageVersion('ws'),
    uws_pack: packageVersion('uWebSockets.js'),
    better_sqlite3: packageVersion('better-sqlite3'),
    rustc: said('rustc', '--version'),
    outrigger: commit === undefined ? 'unknown' : commit + (changed ? ' with changes' : ''),
  }
}
