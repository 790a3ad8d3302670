import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** Whether someone is online. */
export const GET = forUsers<{ id: string }>((_, __, { id }) => passOn(`/api/users/${encodeURIComponent(id)}/online`))
