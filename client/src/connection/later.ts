// Waiting that nobody has to wait for.

/** A timer that does not keep a Node.js process alive. */
export function later(ms: number, then: () => void): ReturnType<typeof setTimeout> {
  const timer = setTimeout(then, ms)
  if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
  return timer
}
