import type { ReactNode } from 'react'
import styles from '@/features/auth/auth.module.css'
import { Mark } from '@/features/shell/icons'

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className={styles.ground}>
      <div className={`card ${styles.card}`}>
        <div className={styles.brand}>
          <Mark />
          <span>Outrigger sample</span>
        </div>
        {children}
      </div>
    </main>
  )
}
