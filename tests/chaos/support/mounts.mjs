// Places for the file that can run full or become unwritable, for real. Whatever was made is undone when the process
// ends.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })

/** Undoes something once: when it is asked to, or else at the end of the process. */
function undoing(undo) {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    process.off('exit', once)
    undo()
  }
  process.on('exit', once)
  return once
}

/** A disk of its own in memory; `null` where nothing may be mounted. */
export function newDisk(mebibytes) {
  const folder = mkdtempSync(join(tmpdir(), 'outrigger-disk-'))
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', folder)
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    free: () => statfsSync(folder).bavail * statfsSync(folder).bsize,
    /** Leaves only so many bytes. */
    fill: (leave) => {
      const { bavail, bsize } = statfsSync(folder)
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leave), 1))
      } catch (error) {
        // The sidecar took some of it meanwhile; full is full.
        if (error.code !== 'ENOSPC') throw error
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    close: undoing(() => {
      run('umount', '-l', folder)
      rmSync(folder, { recursive: true, force: true })
    }),
  }
}

/** No file of the process may grow beyond what it is (RLIMIT_FSIZE); the process must ignore SIGXFSZ. */
export function limitFiles(pid, database) {
  const largest = Math.max(...[database, `${database}-wal`].filter(existsSync).map((path) => statSync(path).size))
  run('prlimit', '--pid', String(pid), `--fsize=${largest}:unlimited`)
}

export function unlimitFiles(pid) {
  run('prlimit', '--pid', String(pid), '--fsize=unlimited:unlimited')
}

/**
 * The database and its log can no longer be written, not even by those who have them open (FS_IMMUTABLE_FL).
 * Gives what undoes it.
 */
export function freeze(database) {
  const files = [database, `${database}-wal`].filter(existsSync)
  const thaw = undoing(() => files.forEach((file) => run('chattr', '-i', file)))
  files.forEach((file) => run('chattr', '+i', file))
  return thaw
}
