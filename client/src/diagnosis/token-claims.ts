// What a token says of its own time, read without checking it: only to tell a user why it was refused.

export interface TokenTimes {
  /** In milliseconds since the epoch. */
  expiresAt: number | null
}

export function tokenTimes(token: string): TokenTimes {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const { exp } = JSON.parse(atob(part)) as { exp?: unknown }
    return { expiresAt: typeof exp === 'number' ? exp * 1000 : null }
  } catch {
    return { expiresAt: null }
  }
}
