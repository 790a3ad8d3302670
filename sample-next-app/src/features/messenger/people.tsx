'use client'

import { useDeferredValue, useState } from 'react'
import { Avatar } from '@/features/shell/avatar'
import { useOnline, wordFor } from '@/features/shell/use-online'
import { When } from '@/features/shell/when'
import styles from './messenger.module.css'
import type { Person } from './person'

interface Props {
  readonly people: readonly Person[]
  readonly chosenId: string | null
  readonly onChoose: (id: string) => void
}

/** The list of people with who is online and what is unread. */
export function People({ people, chosenId, onChoose }: Props) {
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const isOnline = useOnline()
  const shown = people.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(wanted))

  return (
    <section className={styles.people} aria-label="People">
      <div className={styles.peopleHead}>
        <h1>Messages</h1>
        <label className="visually-hidden" htmlFor="search-people">
          Search people
        </label>
        <input
          id="search-people"
          className={styles.search}
          type="search"
          placeholder="Search people"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {people.length === 0 && <p className="empty">Nobody else is here yet. Invite someone to register.</p>}
      <ul className={styles.list}>
        {shown.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              className={styles.person}
              aria-current={person.id === chosenId}
              onClick={() => onChoose(person.id)}
            >
              <Avatar id={person.id} name={person.name} image={person.image} online={isOnline(person.id)} />
              <span className={styles.personText}>
                <span className={styles.personName}>{person.name}</span>
                <span className={styles.personMore}>
                  {wordFor(isOnline(person.id))}
                  {person.lastMessageAt && (
                    <>
                      {isOnline(person.id) !== undefined && ' · '}
                      <When at={person.lastMessageAt} />
                    </>
                  )}
                </span>
              </span>
              {person.unread > 0 && (
                <span className={styles.unread}>
                  {person.unread > 99 ? '99+' : person.unread}
                  <span className="visually-hidden"> unread</span>
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
