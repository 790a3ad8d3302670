import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** Marks a notification read. */
export const PATCH = forUsers<{ id: string }>((_, __, { id }) =>
  passOn(`/api/notifications/${encodeURIComponent(id)}/read`, { method: 'PATCH' }),
)
