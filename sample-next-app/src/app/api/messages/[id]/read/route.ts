import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** Marks a message read. */
export const PATCH = forUsers<{ id: string }>((_, __, { id }) =>
  passOn(`/api/messages/${encodeURIComponent(id)}/read`, { method: 'PATCH' }),
)
