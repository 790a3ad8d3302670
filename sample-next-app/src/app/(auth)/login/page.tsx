import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import styles from '@/features/auth/auth.module.css'
import { LoginForm } from '@/features/auth/login-form'
import { currentCaller } from '@/server/caller'
import { activeProviders } from '@/server/oauth/providers'

export const metadata: Metadata = { title: 'Log in' }

const FAULTS: Record<string, string> = {
  cancelled: 'You cancelled the login.',
  state: 'That login took too long or began elsewhere. Try again.',
  provider: 'The provider could not confirm who you are. Try again.',
  email: 'Your account there has no verified email address.',
  exists: 'There is an account with this address already. Log in with its password.',
  inactive: 'This account is deactivated.',
  ended: 'You were logged out.',
  deactivated: 'An admin deactivated this account.',
}

interface Props {
  readonly searchParams: Promise<{ fault?: string | string[] }>
}

export default async function LoginPage({ searchParams }: Props) {
  if (await currentCaller()) redirect('/')
  const { fault } = await searchParams
  const providers = activeProviders()
  return (
    <>
      <h1>Log in</h1>
      <LoginForm fault={typeof fault === 'string' ? (FAULTS[fault] ?? null) : null} />
      {providers.length > 0 && (
        <div className={styles.others}>
          <span className={styles.or}>or</span>
          {providers.map(({ name, label }) => (
            // A plain link: the answer leads to another site.
            <a key={name} className="button" href={`/api/auth/${name}`}>
              Continue with {label}
            </a>
          ))}
        </div>
      )}
      <p className="quiet">
        No account yet? <Link href="/register">Create one</Link>
      </p>
    </>
  )
}
