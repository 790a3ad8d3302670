// When news of who is there goes out. It is the sidecar's pace, so that both send the same bytes: the first change at
// once, those that follow merged, lists the less often the longer they are.

const TICK_MS = 100
/** What news may cost in all, in bytes a second. */
const BUDGET = 32 << 20

/**
 * @param tell what to say: `singly(changes)` for few changes, `list()` for all
 * @param cost `pauseBytes(online)` of one list for everyone, `changeBytes` of one change for each, `pauses` in ms
 */
export function newPace({ isOnline, online, singly, list, cost }) {
  const changed = new Map()
  let owed = false
  let nextList = 0
  let timer

  function tick() {
    timer = undefined
    const changes = []
    for (const [user, was] of changed) {
      const now = isOnline(user)
      if (now !== was) changes.push([user, now])
    }
    changed.clear()
    owed ||= changes.length > 0
    const each = Math.max(1, online()) * cost.changeBytes
    const most = Math.min(64, Math.max(1, Math.floor(BUDGET / 10 / each)))
    if (changes.length > 0 && changes.length <= most) singly(changes)
    const now = Date.now()
    if (owed && now >= nextList) {
      owed = false
      list()
      const pause = (cost.pauseBytes(online()) * 1000) / BUDGET
      nextList = now + Math.min(cost.pauses[1], Math.max(cost.pauses[0], pause))
    }
    // Whatever comes within a tick waits for its end.
    timer = setTimeout(rest, TICK_MS)
  }

  function rest() {
    timer = undefined
    if (changed.size > 0) tick()
    else if (owed) timer = setTimeout(tick, Math.max(0, nextList - Date.now()))
  }

  return {
    /** `was`: what others saw before. */
    note(user, was) {
      if (!changed.has(user)) changed.set(user, was)
      if (timer === undefined) timer = setTimeout(tick, 0)
    },
  }
}
