import { marketOf } from '@/server/market/view'
import { answer, forUsers } from '@/server/request'

/** What the caller sees of the market. */
export const GET = forUsers(async (_, { user }) => answer(await marketOf(user)))
