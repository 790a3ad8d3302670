import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

/** An image of a conversation, for those who take part in it. */
export const GET = forUsers<{ imageId: string }>((request, _, { imageId }) =>
  passOn(`/api/messages/images/${encodeURIComponent(imageId)}`, { ifNoneMatch: request.headers.get('if-none-match') }),
)
