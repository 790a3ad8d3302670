import { cartOf, keepCart, readCart } from '@/server/market/carts'
import { answer, forUsers, readJson, refuse } from '@/server/request'

export const GET = forUsers(async (_, { user }) => answer({ cart: await cartOf(user.userId) }))

/** Keeps the caller's cart; their other pages hear of it over the sidecar. */
export const PUT = forUsers(async (request, { user }) => {
  const cart = readCart((await readJson(request)).cart)
  if (!cart) return refuse(400, 'That is no cart', { field: 'cart' })
  await keepCart(user.userId, cart)
  return answer({ cart })
})
