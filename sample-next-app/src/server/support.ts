// Requests for help that admins look after. They are the sidecar's; the app asks it.
import 'server-only'
import type { LookedAfter } from '@outrigger/client'
import { outrigger } from './sidecar/outrigger'

const MOST = 200

/** By that admin, and by others; `null` if the sidecar cannot say. */
export async function lookedAfter(adminId: string): Promise<LookedAfter | null> {
  const open = await outrigger().contacts.listContacts({ status: 'in_progress', limit: MOST })
  if (!open.ok) return null
  const { contacts } = open.value
  const mine = contacts.filter(({ assignedAdmin }) => assignedAdmin?.id === adminId)
  const admins = contacts.flatMap(({ id, assignedAdmin }) =>
    assignedAdmin && assignedAdmin.id !== adminId ? [{ contactId: id, admin: assignedAdmin }] : [],
  )
  const ids = [...new Set(admins.map(({ admin }) => admin.id))]
  const there = ids.length === 0 ? null : await outrigger().getOnlineUsersStatus(ids)
  const taken = admins.map(({ contactId, admin }) => ({
    contactId,
    adminName: admin.name,
    // Whether it may be taken over the sidecar decides: for a minute the admin may come back.
    isAdminLost: there?.ok === true && there.value[admin.id] === false,
  }))
  return { mine, taken }
}
