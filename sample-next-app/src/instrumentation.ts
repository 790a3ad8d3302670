// Runs once when the server starts: makes the first users, and hands over what waited for the sidecar.

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [{ ensureFirstUsers }, { flush }] = await Promise.all([
    import('./server/first-users'),
    import('./server/sidecar/outbox'),
  ])
  try {
    await ensureFirstUsers()
    await flush()
  } catch (error) {
    console.error('the app could not be made ready', error)
  }
}
