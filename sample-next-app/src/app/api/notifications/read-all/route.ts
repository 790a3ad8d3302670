import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** Marks all notifications read. */
export const POST = forUsers(() => passOn('/api/notifications/read-all', { method: 'POST' }))
