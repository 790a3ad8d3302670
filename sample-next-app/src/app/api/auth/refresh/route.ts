import { clearLoginCookies } from '@/server/cookies'
import { currentCaller } from '@/server/caller'
import { renew } from '@/server/login'
import { answer, open, refuse } from '@/server/request'
import { userDocument } from '@/server/user-document'

/** A new token in the cookie, with the rights that the user has now; the token itself is in no answer. */
export const POST = open(async () => {
  const caller = await currentCaller()
  if (!caller) {
    await clearLoginCookies()
    return refuse(401, 'Unauthorized')
  }
  await renew(caller)
  return answer({ success: true, socketReady: true, user: userDocument(caller.user) })
})
