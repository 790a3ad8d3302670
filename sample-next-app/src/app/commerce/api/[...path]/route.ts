import { forUsers } from '@/server/request'
import { passOn } from '@/server/sidecar/pass-on'

interface Params {
  path: string[]
}

/** What pages read of contract `commerce`, whose REST takes no cookie. */
export const GET = forUsers<Params>((request, _, { path }) => {
  const { search } = new URL(request.url)
  return passOn(`/commerce/api/${path.map(encodeURIComponent).join('/')}${search}`, { byHeader: true })
})
