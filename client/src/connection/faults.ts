// Why there is no connection, as one word for programs. The texts are the contracts' own, compared exactly:
// `contracts/rooms.md`, `social.md`, `tracking.md`, `commerce.md`, `quiz.md` and `contacts.md`, section 1 of each.

/** What stands between a client and its sidecar. */
export type FaultKind =
  /** No token came with the handshake: not logged in, or the cookie was not sent. */
  | 'token-missing'
  | 'token-expired'
  /** The signature does not fit: another JWT_SECRET. */
  | 'token-signature'
  /** Revoked, incomplete, or of a kind that opens no socket. */
  | 'token-invalid'
  /** The token is good, its user may not use this channel. */
  | 'admin-only'
  /** Too many bad handshakes from this address; the sidecar asks for a pause. */
  | 'locked-out'
  | 'too-many-connections'
  /** The sidecar is there and cannot answer now. */
  | 'unavailable'
  /** The sidecar logged this user or device out. */
  | 'logged-out'
  /** Nobody answered, or something in between cut the connection. */
  | 'unreachable'
  /** Refused in words this package does not know. */
  | 'refused'

export interface Fault {
  kind: FaultKind
  /** As the sidecar or the network put it. */
  message: string
}

const EXACT: Readonly<Record<string, FaultKind>> = {
  'Authentication error: No token provided': 'token-missing',
  'Authentication error: Token expired': 'token-expired',
  'Authentication error: Invalid token signature': 'token-signature',
  'Authentication error: Invalid token data': 'token-invalid',
  'Authentication error: Invalid token': 'token-invalid',
  'Authentication error: jwt expired': 'token-expired',
  'Authentication error: invalid signature': 'token-signature',
  'Authentication error: jwt malformed': 'token-invalid',
  'Authentication error: Token has been revoked': 'token-invalid',
  'Authentication error: Admin access required': 'admin-only',
  'Authentication token required': 'token-missing',
  'Invalid authentication token': 'token-invalid',
  'Authentication token expired': 'token-expired',
  'Authentication token revoked': 'token-invalid',
  'User not found': 'token-invalid',
  'User account is inactive': 'refused',
  // Nobody could say whether the token holds.
  'Authentication failed': 'unavailable',
  'Insufficient permissions': 'admin-only',
  'Your session has expired': 'token-expired',
  'Your session has ended': 'token-invalid',
  'Authentication timeout': 'token-missing',
  'Too many connections': 'too-many-connections',
  'Rate limit exceeded': 'too-many-connections',
  'Service unavailable': 'unavailable',
  'Internal error': 'unavailable',
}

/** The fault behind a `connect_error` or `authError` of the sidecar. */
export function refusalFault(message: string): Fault {
  const known = EXACT[message]
  if (known) return { kind: known, message }
  if (message.includes('Too many failed attempts')) return { kind: 'locked-out', message }
  if (message.startsWith('Authentication error')) return { kind: 'token-invalid', message }
  return { kind: 'refused', message }
}

/** The fault behind the warning with which contract `tracking` ends a connection: other words than its own are a logout's. */
export function closingFault(message: string): Fault {
  const fault = refusalFault(message)
  return fault.kind === 'refused' ? { kind: 'logged-out', message } : fault
}

export type FaultPolicy =
  /** A new token may help: refresh, then try again. */
  | 'refresh'
  /** Time may help: wait, then try again. */
  | 'wait'
  /** Neither helps until someone does something. */
  | 'stop'

export function policyFor(kind: FaultKind): FaultPolicy {
  switch (kind) {
    case 'token-missing':
    case 'token-expired':
    case 'token-signature':
    case 'token-invalid':
      return 'refresh'
    case 'locked-out':
    case 'too-many-connections':
    case 'unavailable':
    case 'unreachable':
      return 'wait'
    case 'admin-only':
    case 'logged-out':
    case 'refused':
      return 'stop'
  }
}
