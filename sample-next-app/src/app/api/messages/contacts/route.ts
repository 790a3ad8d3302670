import { answer, forUsers } from '@/server/request'
import { contactOf } from '@/server/user-document'
import { listUsers } from '@/server/users'

/** Everyone one can write to; the app knows them itself. */
export const GET = forUsers(async (_, { user }) => {
  const users = await listUsers()
  return answer(users.filter((one) => one.active && one.userId !== user.userId).map(contactOf))
})
