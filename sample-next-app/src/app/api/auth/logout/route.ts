import { clearLoginCookies } from '@/server/cookies'
import { logOut } from '@/server/login'
import { answer, forUsers } from '@/server/request'

/** Logs this device out, or with `?all=true` every device. */
export const POST = forUsers(async (request, { user, login }) => {
  const all = new URL(request.url).searchParams.get('all') === 'true'
  await logOut(user.userId, all ? undefined : login.deviceId)
  await clearLoginCookies()
  return answer({ success: true, message: all ? 'Logged out everywhere' : 'Logged out' })
})
