// The words for each fault, in one place: what it is called, and what to do about it.

import type { Diagnosis, DiagnosisCode, Severity } from './diagnosis.js'

interface Entry {
  severity: Severity
  title: string
  remedy: string
}

const CATALOGUE: Readonly<Record<DiagnosisCode, Entry>> = {
  healthy: {
    severity: 'ok',
    title: 'Everything works',
    remedy: 'Nothing to do.',
  },
  'browser-offline': {
    severity: 'error',
    title: 'This device has no network',
    remedy: 'Check the network; the connection comes back by itself.',
  },
  'sidecar-down': {
    severity: 'error',
    title: 'The sidecar does not answer',
    remedy:
      'Start it (outrigger serve) and check the address the app passes sockets on to (OUTRIGGER_URL). It connects by itself once it is up.',
  },
  redirected: {
    severity: 'error',
    title: 'The socket path is answered with a redirect',
    remedy:
      'Set skipTrailingSlashRedirect: true in the Next configuration (withOutrigger does), take out trailingSlash: true, and keep the path out of middleware that redirects to a login page.',
  },
  'not-routed': {
    severity: 'error',
    title: 'Nothing is served at the socket path',
    remedy:
      'Wrap the Next configuration in withOutrigger, or use outriggerProxy in proxy.ts, and build again: rewrites are fixed at build time. Check that path is the same on both sides.',
  },
  'not-the-sidecar': {
    severity: 'error',
    title: 'Something else answers at the socket path',
    remedy: 'Another route or server has taken the path. Check the rewrites and the address of the sidecar.',
  },
  'wrong-origin': {
    severity: 'error',
    title: 'The sidecar does not allow this page’s origin',
    remedy:
      'Add the origin shown above to NEXT_PUBLIC_APP_URL or ALLOWED_ORIGINS of the sidecar and restart it. Behind a proxy that sets X-Forwarded-Host, add the proxy to TRUSTED_PROXIES.',
  },
  'cookie-not-sent': {
    severity: 'error',
    title: 'No login cookie reached the sidecar',
    remedy:
      'Log in. If you are: the cookie must have the name the sidecar reads (AUTH_COOKIE, default authToken), Path=/, and belong to this host; on another site SameSite=Lax keeps it back, so connect through the app’s own origin. Secure cookies need https.',
  },
  'no-token': {
    severity: 'error',
    title: 'No token was shown',
    remedy: 'getToken gave null. Log in, or leave getToken out if the token is an httpOnly cookie.',
  },
  'expired-token': {
    severity: 'error',
    title: 'The token has expired',
    remedy: 'Log in again, or give the client a refreshToken that gets a new one.',
  },
  'token-signature': {
    severity: 'error',
    title: 'The token’s signature does not fit',
    remedy: 'The app and the sidecar must have the same JWT_SECRET. Log in again after it was changed.',
  },
  'token-invalid': {
    severity: 'error',
    title: 'The token does not hold',
    remedy:
      'It was revoked, its account is deactivated, or it lacks userId, email or exp (JWT_USER_CLAIM and JWT_EMAIL_CLAIM name the claims). Log in again.',
  },
  'clock-skew': {
    severity: 'error',
    title: 'The clocks differ',
    remedy:
      'The sidecar calls a token expired that is still good by this device’s clock. Set the clocks of the servers and of this device.',
  },
  'admin-only': {
    severity: 'warning',
    title: 'Live state is for admins',
    remedy: 'Log in with a token that has isAdmin: true (JWT_ADMIN_CLAIM names the claim).',
  },
  'locked-out': {
    severity: 'error',
    title: 'Too many failed attempts from this address',
    remedy: 'Wait a minute. If many users share one address, set TRUSTED_PROXIES so that each is counted alone.',
  },
  'too-many-connections': {
    severity: 'error',
    title: 'The sidecar has as many connections as it may',
    remedy:
      'Close tabs that are not needed, or raise MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS or MAX_SOCKETS_PER_USER.',
  },
  'logged-out': {
    severity: 'error',
    title: 'The server logged this device out',
    remedy: 'Log in again.',
  },
  'stuck-on-polling': {
    severity: 'warning',
    title: 'Connected by polling, not by websocket',
    remedy:
      'Something between the page and the sidecar does not pass upgrades on. In Next, add the beforeFiles rewrites (withOutrigger); in nginx, set proxy_http_version 1.1 and the Upgrade and Connection headers. Messages arrive all the same, at a higher cost.',
  },
  slow: {
    severity: 'warning',
    title: 'Answers take long',
    remedy: 'Check the load of the sidecar and the proxies before it, and the network of this device.',
  },
  refused: {
    severity: 'error',
    title: 'The sidecar refused the connection',
    remedy: 'Its log says why, at the same time.',
  },
}

export function diagnosis(code: DiagnosisCode, detail: string): Diagnosis {
  const { severity, title, remedy } = CATALOGUE[code]
  return { code, severity, title, detail, remedy }
}
