import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { RegisterForm } from '@/features/auth/register-form'
import { currentCaller } from '@/server/caller'
import { SHORTEST_PASSWORD } from '@/server/passwords'

export const metadata: Metadata = { title: 'Create account' }

export default async function RegisterPage() {
  if (await currentCaller()) redirect('/')
  return (
    <>
      <h1>Create account</h1>
      <RegisterForm shortestPassword={SHORTEST_PASSWORD} />
      <p className="quiet">
        Have one? <Link href="/login">Log in</Link>
      </p>
    </>
  )
}
