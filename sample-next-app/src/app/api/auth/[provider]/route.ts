import { redirect } from 'next/navigation'
import { begin } from '@/server/oauth/flow'
import { provider } from '@/server/oauth/providers'
import { refuse } from '@/server/request'

interface Context {
  readonly params: Promise<{ provider: string }>
}

/** Sends the browser to a provider. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
  const found = provider((await params).provider)
  return found ? redirect(await begin(found)) : refuse(404, 'Not found')
}
