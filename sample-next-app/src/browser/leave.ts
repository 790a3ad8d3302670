// To the login, once: the answer to a logout and the sidecar's news of it come at the same time.

let leaving = false

/** `why` is shown there. */
export function leave(why?: 'ended' | 'deactivated'): void {
  if (leaving) return
  leaving = true
  window.location.assign(why ? `/login?fault=${why}` : '/login')
}
