import { ensureFirstUsers } from '@/server/first-users'
import { logIn } from '@/server/login'
import { passwordMatches } from '@/server/passwords'
import { answer, open, readJson, refuse, textOf } from '@/server/request'
import { noteFailure, noteSuccess, secondsToWait } from '@/server/throttle'
import { userDocument } from '@/server/user-document'
import { findUserByEmail } from '@/server/users'

/** Logs in with a password (contracts/rooms.md section 4). */
export const POST = open(async (request) => {
  await ensureFirstUsers()
  const body = await readJson(request)
  const email = textOf(body, 'email').toLowerCase()
  const password = typeof body.password === 'string' ? body.password : ''
  if (!email || !password) return refuse(400, 'Email and password are required')
  const wait = secondsToWait(email)
  if (wait > 0) return refuse(429, `Too many attempts. Try again in ${Math.ceil(wait / 60)} min.`)
  const found = await findUserByEmail(email)
  if (!(await passwordMatches(password, found?.passwordHash ?? null)) || !found) {
    noteFailure(email)
    return refuse(401, 'Email or password is wrong')
  }
  noteSuccess(email)
  const { user } = found
  if (!user.active) {
    return refuse(403, 'This account is deactivated', {
      disabled: true,
      disabledAt: user.inactiveSince,
      reason: 'Deactivated by an admin',
    })
  }
  await logIn(user, 'password', request)
  return answer({ success: true, message: 'Logged in', socketReady: true, user: userDocument(user) })
})
