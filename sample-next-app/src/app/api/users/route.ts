import { ensureFirstUsers } from '@/server/first-users'
import { logIn } from '@/server/login'
import { listLogins } from '@/server/logins'
import { hashPassword, LONGEST_PASSWORD, SHORTEST_PASSWORD } from '@/server/passwords'
import { answer, forAdmins, open, readJson, refuse, textOf } from '@/server/request'
import { notify, tellRights, tellStatus, tellUser } from '@/server/sidecar/notices'
import { userDocument } from '@/server/user-document'
import { createUser, listUsers, setActive, setAdmin, type User } from '@/server/users'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const LONGEST_EMAIL = 254
const LONGEST_NAME = 80

/** Registers a user and logs them in; the result is the same whether the sidecar is there or not. */
export const POST = open(async (request) => {
  await ensureFirstUsers()
  const body = await readJson(request)
  const email = textOf(body, 'email').toLowerCase()
  const [firstName, lastName] = [textOf(body, 'firstName'), textOf(body, 'lastName')]
  const password = typeof body.password === 'string' ? body.password : ''
  if (!EMAIL.test(email) || email.length > LONGEST_EMAIL) return refuse(400, 'Enter an email address', { field: 'email' })
  if (!firstName || firstName.length > LONGEST_NAME || lastName.length > LONGEST_NAME) {
    return refuse(400, 'Enter your name', { field: 'firstName' })
  }
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
    return refuse(400, `Use ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`, { field: 'password' })
  }
  const user = await createUser({ email, firstName, lastName, passwordHash: await hashPassword(password) })
  if (!user) return refuse(409, 'There is an account with this address already', { field: 'email' })
  await tellUser(user)
  await notify(user.userId, 'welcome', 'Welcome', `Good to have you here, ${firstName}. Pick someone and say hello.`)
  await logIn(user, 'password', request)
  return answer({ success: true, message: 'Registered', socketReady: true, userId: user.userId, user: userDocument(user) }, 201)
})

/** All users, for admins. */
export const GET = forAdmins(async () => answer((await listUsers()).map(userDocument)))

/** Changes a right of a user; their open tabs follow at once. */
export const PATCH = forAdmins(async (request, caller) => {
  const userId = new URL(request.url).searchParams.get('id') ?? ''
  const { field, value } = await readJson(request)
  if (typeof value !== 'boolean') return refuse(400, 'value must be true or false')
  if (userId === caller.user.userId) return refuse(400, 'You cannot change your own rights')
  const changed = await change(userId, field, value)
  if (changed === undefined) return refuse(400, 'field must be isAdmin or status')
  return changed ? answer(userDocument(changed)) : refuse(404, 'User not found')
})

async function change(userId: string, field: unknown, value: boolean): Promise<User | null | undefined> {
  switch (field) {
    case 'isAdmin': {
      const user = await setAdmin(userId, value)
      if (user) await tellRights(user, await listLogins(userId))
      return user
    }
    case 'status': {
      const user = await setActive(userId, value)
      if (user) await tellStatus(user)
      return user
    }
    default:
      return undefined
  }
}
