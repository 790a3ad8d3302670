// What lets a page come back to its request for help after a reload: the request's id and the access token, kept for as long as
// the tab is open. The token opens this one chat and nothing else; the sidecar keeps a digest of it only.

/** A request that this tab made. */
export interface RememberedContact {
  readonly contactId: string
  /** `null`: whoever is logged in needs none. */
  readonly accessToken: string | null
}

/** Whose page it is stands in the key: the next user of the tab must not find it. */
const keyOf = (userId: string | undefined): string => `outrigger.support.${userId ?? ''}`

/** `null` on a server, and where the browser keeps nothing. */
function storage(): Storage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage
  } catch {
    return null
  }
}

export function rememberContact(userId: string | undefined, contact: RememberedContact | null): void {
  try {
    if (contact) storage()?.setItem(keyOf(userId), JSON.stringify(contact))
    else storage()?.removeItem(keyOf(userId))
  } catch {
    // A full or forbidden storage: the chat lasts as long as the page.
  }
}

export function rememberedContact(userId: string | undefined): RememberedContact | null {
  try {
    const kept = JSON.parse(storage()?.getItem(keyOf(userId)) ?? 'null') as Partial<RememberedContact> | null
    if (typeof kept?.contactId !== 'string') return null
    return { contactId: kept.contactId, accessToken: typeof kept.accessToken === 'string' ? kept.accessToken : null }
  } catch {
    return null
  }
}
