import { redirect } from 'next/navigation'
import { logIn } from '@/server/login'
import { userOf } from '@/server/oauth/account'
import { complete } from '@/server/oauth/flow'
import { provider, type Provider } from '@/server/oauth/providers'
import { refuse } from '@/server/request'

interface Context {
  readonly params: Promise<{ provider: string }>
}

/** The browser comes back from a provider; the page it ends at is told to connect (contracts/rooms.md section 4). */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const found = provider((await params).provider)
  if (!found) return refuse(404, 'Not found')
  const fault = await finish(found, request)
  return redirect(fault ? `/login?fault=${fault}` : `/?auth=${found.name}&socket=connect`)
}

async function finish(from: Provider, request: Request): Promise<string | null> {
  const outcome = await complete(from, new URL(request.url).searchParams)
  if ('fault' in outcome) return outcome.fault
  const user = await userOf(from.name, outcome.profile)
  if ('fault' in user) return user.fault
  if (!user.active) return 'inactive'
  await logIn(user, from.name, request)
  return null
}
