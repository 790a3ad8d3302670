import type { Metadata } from 'next'
import { UserTable } from '@/features/admin/user-table'
import { requireAdmin } from '@/server/caller'
import { userDocument } from '@/server/user-document'
import { listUsers } from '@/server/users'

export const metadata: Metadata = { title: 'Users' }

export default async function UsersPage() {
  const { user } = await requireAdmin()
  return (
    <div className="page">
      <header>
        <div>
          <h1>Users</h1>
          <p>What you change reaches their open pages at once.</p>
        </div>
      </header>
      <UserTable users={(await listUsers()).map(userDocument)} meId={user.userId} />
    </div>
  )
}
