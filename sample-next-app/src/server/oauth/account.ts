// From a provider's profile to a user of this app.
import 'server-only'
import { tellUser } from '../sidecar/notices'
import { addIdentity, createUser, findIdentity, findUserByEmail, type User } from '../users'
import type { Profile, ProviderName } from './providers'

/**
 * The user behind a profile; made if there is none. An account that came from another provider with the same address is
 * the same person's, for each has verified it. One with a password is not: nobody verified whose address was typed in there.
 */
export async function userOf(provider: ProviderName, profile: Profile): Promise<User | { readonly fault: 'exists' }> {
  const known = await findIdentity(provider, profile.subject)
  if (known) return known
  const { email, firstName, lastName, image } = profile
  const made = await createUser({ email, firstName, lastName, profileImage: image })
  const user = made ?? (await withoutPassword(email))
  if (!user) return { fault: 'exists' }
  await addIdentity(user.userId, provider, profile.subject)
  if (made) await tellUser(made)
  return user
}

async function withoutPassword(email: string): Promise<User | null> {
  const found = await findUserByEmail(email)
  return found && found.passwordHash === null ? found.user : null
}
