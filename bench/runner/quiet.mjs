// Whether anything else uses the machine, from /proc/stat.

import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

/** More than this share of one core used by others spoils a run. */
export const MOST_OTHERS = 0.15

const SAMPLE_MS = 500
const TELL_EVERY_MS = 15_000
const BUSY_FIELDS = [1, 2, 3, 6, 7, 8]
const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))

function busySeconds() {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/\s+/)
  return BUSY_FIELDS.reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / ticks
}

/** What is used of one core now, with nothing of ours running but this process. */
export async function othersShare() {
  const [busy, own, at] = [busySeconds(), process.cpuUsage(), performance.now()]
  await pause(SAMPLE_MS)
  const used = process.cpuUsage(own)
  const ownSeconds = (used.user + used.system) / 1e6
  return Math.max(0, busySeconds() - busy - ownSeconds) / ((performance.now() - at) / 1000)
}

/** Waits, at most so long, until the machine is quiet: `{ quiet, share, waitedMs }`. */
export async function untilQuiet(mostMs, tell) {
  const begun = performance.now()
  let toldMs = -TELL_EVERY_MS
  for (;;) {
    const share = await othersShare()
    const waitedMs = performance.now() - begun
    const quiet = share < MOST_OTHERS
    if (quiet || waitedMs >= mostMs) return { quiet, share, waitedMs }
    if (waitedMs - toldMs >= TELL_EVERY_MS) {
      toldMs = waitedMs
      const left = Math.round((mostMs - waitedMs) / 1000)
      tell?.(`others use ${Math.round(share * 100)}% of a core; waiting for a quiet machine, ${left} s at most`)
    }
    await pause(Math.min(1500, Math.max(0, mostMs - waitedMs)))
  }
}
