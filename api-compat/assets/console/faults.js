// What people run into, and what to do about it.

const FAULTS = [
  {
    id: 'down',
    title: 'The sidecar does not answer',
    advice: 'It is stopped, restarting, or not where this page was loaded from. Start it and look at its log; the client tries again by itself.',
  },
  {
    id: 'origin',
    title: 'This origin is not allowed',
    advice: 'Add the page’s origin, scheme and port included, to ALLOWED_ORIGINS or NEXT_PUBLIC_APP_URL. Behind a proxy, keep the Host header, or name the proxy in TRUSTED_PROXIES.',
  },
  {
    id: 'redirect',
    title: 'The path is answered with a redirect',
    advice: 'A proxy takes the slash at the end away (308). In next.config set skipTrailingSlashRedirect: true, and keep the socket paths out of any middleware that redirects.',
  },
  {
    id: 'full',
    title: 'The sidecar takes no more connections',
    advice: 'It is stopping, or has as many as MAX_CONNECTIONS or MAX_CONNECTIONS_PER_ADDRESS allow. Close others, or raise the limit.',
  },
  {
    id: 'not-ours',
    title: 'Something else answers on this path',
    advice: 'The proxy in front sends this path elsewhere. Route /api/socket, /api/socket-namespaces and /socket.io to the sidecar.',
  },
  {
    id: 'upgrade',
    title: 'The websocket does not come about',
    advice: 'The proxy in front does not pass upgrades on, or closes them early. Allow “Polling, then websocket” meanwhile: it works, only slower.',
  },
  {
    id: 'no-token',
    match: /No token provided|Authentication token required/,
    title: 'No token arrived',
    advice: 'Paste one, or choose Cookie if the app’s cookie (AUTH_COOKIE) reaches this host: it must be set for this host, and SameSite must let it through.',
  },
  {
    id: 'expired',
    match: /[Tt]oken expired|TOKEN_EXPIRED|jwt expired|session has expired/,
    title: 'The token has expired',
    advice: 'Get a new one from the app, or make one with the command “outrigger token”. Apps replace it in time with /internal/emit-token-update.',
  },
  {
    id: 'signature',
    match: /Invalid token signature|invalid signature/,
    title: 'The token was signed with another secret',
    advice: 'JWT_SECRET of the sidecar must be the one that the app signs with, to the letter.',
  },
  {
    id: 'claims',
    match: /Invalid token data/,
    title: 'The token does not say enough',
    advice: 'It needs a user’s id, an address and exp. Other names for claims: JWT_USER_CLAIM, JWT_EMAIL_CLAIM.',
  },
  {
    id: 'refused',
    match: /Invalid token$|jwt malformed|[Tt]oken (has been )?revoked|session has ended/,
    title: 'The token no longer holds',
    advice: 'It was revoked by a logout, its user is deactivated, or it is meant for something else. Log in again.',
  },
  {
    id: 'no-reason',
    match: /Invalid authentication token/,
    title: 'The token does not hold',
    advice: 'Contracts tracking and commerce do not say why: it has expired, was signed with another secret, or was revoked. Try it on /api/socket, which does.',
  },
  {
    id: 'user',
    match: /User not found|User account is inactive/,
    title: 'The token is good, its user is not',
    advice: 'Contract commerce goes by the app’s record: the app has said that there is no such user, or that the account is deactivated. It says otherwise with PUT /internal/users/{id}.',
  },
  {
    id: 'undecided',
    match: /Authentication failed/,
    title: 'Nobody could say whether the token holds',
    advice: 'It is not valid yet, or the app did not answer when the sidecar asked for the user’s record. Look at the clocks, and at the app’s log.',
  },
  {
    id: 'admin',
    match: /Admin access required|Insufficient permissions/,
    title: 'This is for admins',
    advice: 'The token must carry isAdmin: true (JWT_ADMIN_CLAIM), as the one for admin that “outrigger dev” prints.',
  },
  {
    id: 'attempts',
    match: /Too many failed attempts/,
    title: 'Too many tokens were refused',
    advice: 'This address showed too many tokens that do not hold. Wait a minute.',
  },
  {
    id: 'sockets',
    match: /Too many connections/,
    title: 'This user has too many sockets',
    advice: 'Close other tabs, or raise MAX_SOCKETS_PER_USER. A client that opens a socket on every render is the usual cause.',
  },
  {
    id: 'namespace',
    match: /Invalid namespace/,
    title: 'There is no such namespace on this path',
    advice: 'The Guide lists which namespace belongs to which path.',
  },
]

const fault = (id) => FAULTS.find((one) => one.id === id)

/** All of them, for reading. */
export const allFaults = () => FAULTS.map(({ title, advice }) => ({ title, advice }))

/** What a text of the server means. */
export function explainText(text) {
  const known = FAULTS.find(({ match }) => match?.test(text))
  return { ...(known ?? { id: 'other', title: 'The sidecar refused', advice: '' }), text }
}

/** What a logout means that the client did not ask for. */
export const loggedOut = (reason) => ({
  title: 'The sidecar logged this client out',
  advice: 'The app, an admin or the user themselves ended this session. The token may no longer hold.',
  text: reason,
})

/** What words mean with which a contract ends a connection: its own for a token, else the reason of a logout. */
export function closing(text) {
  const known = explainText(text)
  return known.id === 'other' ? loggedOut(text) : known
}

/** What a connection that did not come about means: the sidecar is asked in plain HTTP. */
export async function explainTransport(path, websocketOnly) {
  const ask = (url) => fetch(url, { cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(4000) })
  try {
    await ask('/health')
  } catch {
    return fault('down')
  }
  try {
    const answer = await ask(`${path}/?EIO=4&transport=polling`)
    if (answer.type === 'opaqueredirect') return fault('redirect')
    if (answer.status === 403) return fault('origin')
    if (answer.status === 503 || answer.status === 429) return fault('full')
    if (!answer.ok) return fault('not-ours')
    return websocketOnly ? fault('upgrade') : fault('down')
  } catch {
    return fault('down')
  }
}
