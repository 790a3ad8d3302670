'use client'

import { useNotifications } from '@outrigger/client/react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useRef, type ReactNode } from 'react'
import {
  BellIcon,
  CartIcon,
  ChartIcon,
  ChatIcon,
  DevicesIcon,
  HelpIcon,
  HookIcon,
  LinksIcon,
  Mark,
  PeopleIcon,
  PulseIcon,
  QuizIcon,
  UsersIcon,
} from './icons'
import styles from './shell.module.css'

interface Place {
  readonly href: string
  readonly label: string
  readonly icon: ReactNode
}

const PLACES: readonly Place[] = [
  { href: '/', label: 'Messages', icon: <ChatIcon /> },
  { href: '/notifications', label: 'Notifications', icon: <BellIcon /> },
  { href: '/social', label: 'Social', icon: <PeopleIcon /> },
  { href: '/campaign', label: 'Campaign', icon: <ChartIcon /> },
  { href: '/orders', label: 'Orders', icon: <CartIcon /> },
  { href: '/quiz', label: 'Quiz', icon: <QuizIcon /> },
  { href: '/support', label: 'Support', icon: <HelpIcon /> },
  { href: '/sessions', label: 'Sessions', icon: <DevicesIcon /> },
  { href: '/legacy', label: 'Namespaces', icon: <LinksIcon /> },
]

const ADMIN_PLACES: readonly Place[] = [
  { href: '/admin/users', label: 'Users', icon: <UsersIcon /> },
  { href: '/admin/monitor', label: 'Monitor', icon: <PulseIcon /> },
  { href: '/admin/webhooks', label: 'Webhooks', icon: <HookIcon /> },
]

/** A quiz has a page of its own below the list. */
const isAt = (path: string, href: string): boolean => path === href || (href !== '/' && path.startsWith(`${href}/`))

/** The ways about, with how many notifications are unread. */
export function Navigation({ isAdmin }: { isAdmin: boolean }) {
  const { unreadCount } = useNotifications()
  const path = usePathname()
  const current = useRef<HTMLAnchorElement>(null)
  // On a phone the row may be longer than the screen.
  useEffect(() => {
    void current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  const link = ({ href, label, icon }: Place) => (
    <li key={href}>
      <Link ref={isAt(path, href) ? current : null} className={styles.link} href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
        {icon}
        <span className={styles.label}>{label}</span>
        {href === '/notifications' && unreadCount > 0 && (
          <span className={styles.badge}>
            {unreadCount > 99 ? '99+' : unreadCount}
            <span className="visually-hidden"> unread</span>
          </span>
        )}
      </Link>
    </li>
  )
  return (
    <>
      <div className={styles.brand}>
        <Mark />
        <span>Outrigger sample</span>
      </div>
      <nav className={styles.nav} aria-label="Main">
        <ul className={styles.links}>
          {PLACES.map(link)}
          {isAdmin && (
            <li className={styles.group} aria-hidden="true">
              Admin
            </li>
          )}
          {isAdmin && ADMIN_PLACES.map(link)}
        </ul>
      </nav>
    </>
  )
}
