'use client'

import { useCallback, useEffect, useState } from 'react'
import type { Contact } from '@/server/user-document'
import styles from './messenger.module.css'
import { People } from './people'
import { Recovery } from './recovery'
import { Thread } from './thread'
import { usePeople } from './use-people'

interface Props {
  readonly contacts: readonly Contact[]
  readonly firstPartner: string | null
}

/** The people on one side, the conversation with one of them on the other; narrow screens show one of the two. */
export function Messenger({ contacts, firstPartner }: Props) {
  const { people, totalUnread } = usePeople(contacts)
  const [partnerId, setPartnerId] = useState(firstPartner)
  const partner = people.find((one) => one.id === partnerId) ?? null

  const choose = useCallback((id: string | null) => {
    setPartnerId(id)
    // The address follows without a request, so that a reload and a link lead here again.
    window.history.replaceState(null, '', id ? `/?with=${encodeURIComponent(id)}` : '/')
  }, [])

  // A login at a provider ends here with words for the client; they have done their work.
  useEffect(() => {
    const query = new URLSearchParams(window.location.search)
    if (query.has('auth')) window.history.replaceState(null, '', '/')
  }, [])

  useEffect(() => {
    document.title = `${totalUnread > 0 ? `(${totalUnread}) ` : ''}Messages · Outrigger sample`
  }, [totalUnread])

  return (
    <div className={styles.messenger} data-open={partner !== null}>
      <Recovery />
      <People people={people} chosenId={partner?.id ?? null} onChoose={choose} />
      {partner ? (
        <Thread key={partner.id} partner={partner} onBack={() => choose(null)} />
      ) : (
        <div className={styles.nobody}>
          <p>Pick someone to write to.</p>
        </div>
      )}
    </div>
  )
}
