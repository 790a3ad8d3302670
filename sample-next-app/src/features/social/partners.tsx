'use client'

import { useUnread, useUserStatus } from '@outrigger/client/react'
import { useDeferredValue, useState } from 'react'
import { nameOfContact } from '@/features/messenger/person'
import { Avatar } from '@/features/shell/avatar'
import type { Contact } from '@/server/user-document'
import styles from './social.module.css'
import { wordsFor } from './words'

/** People whose statuses are followed at a time; a search finds the others. */
const MOST_SHOWN = 30

interface Props {
  readonly contacts: readonly Contact[]
  readonly chosenId: string | null
  readonly onChoose: (id: string) => void
}

/** The people one can write to, those with unread messages first. */
export function Partners({ contacts, chosenId, onChoose }: Props) {
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const { byUser } = useUnread({ contract: 'social' })
  const found = contacts.filter((one) => nameOfContact(one).toLowerCase().includes(wanted))
  const unreadOf = ({ _id }: Contact) => byUser[_id] ?? 0
  const shown = found.toSorted((a, b) => unreadOf(b) - unreadOf(a)).slice(0, MOST_SHOWN)

  return (
    <section className={styles.partners} aria-label="People">
      <label className="visually-hidden" htmlFor="search-partners">
        Search people
      </label>
      <input
        id="search-partners"
        className={styles.input}
        type="search"
        placeholder="Search people"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {contacts.length === 0 && <p className="quiet">Nobody else is here yet.</p>}
      <ul className={styles.partnerList}>
        {shown.map((contact) => (
          <li key={contact._id}>
            <Partner
              contact={contact}
              unread={unreadOf(contact)}
              isChosen={contact._id === chosenId}
              onChoose={() => onChoose(contact._id)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface PartnerProps {
  readonly contact: Contact
  readonly unread: number
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Partner({ contact, unread, isChosen, onChoose }: PartnerProps) {
  const { state, isCurrent } = useUserStatus(contact._id)
  const name = nameOfContact(contact)
  return (
    <button type="button" className={styles.partner} aria-current={isChosen} onClick={onChoose}>
      <Avatar id={contact._id} name={name} image={contact.profileImage} online={isCurrent ? state?.isOnline : undefined} />
      <span className={styles.partnerText}>
        <span>{name}</span>
        <span className="quiet">{wordsFor(state, isCurrent)}</span>
      </span>
      {unread > 0 && (
        <span className={styles.unread}>
          {unread > 99 ? '99+' : unread}
          <span className="visually-hidden"> unread</span>
        </span>
      )}
    </button>
  )
}
