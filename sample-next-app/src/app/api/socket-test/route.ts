import { forAdmins, readJson } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** The sidecar tests itself with a real client; that takes a while. */
const PATIENCE_MS = 20_000

export const GET = forAdmins(() => passOn('/api/socket-test', { patienceMs: PATIENCE_MS }))

export const POST = forAdmins(async (request) =>
  passOn('/api/socket-test', { method: 'POST', body: await readJson(request), patienceMs: PATIENCE_MS }),
)
