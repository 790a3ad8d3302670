'use client'

import { names } from '@outrigger/client'
import { useConnectionStatus, useSocketEvent, useUnread } from '@outrigger/client/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { call } from '@/browser/call'
import type { Contact } from '@/server/user-document'
import { byActivity, nameOfContact, type Person } from './person'

interface Chat {
  readonly _id: string
  readonly lastMessageAt: string
}

/** The people with their unread messages, those one has written with first. */
export function usePeople(first: readonly Contact[]): { people: readonly Person[]; totalUnread: number } {
  const [contacts, setContacts] = useState(first)
  const [lastAt, setLastAt] = useState<Readonly<Record<string, string>>>({})
  const { byUser, total } = useUnread()
  const { recovered } = useConnectionStatus()

  const touch = useCallback((id: unknown, at: unknown) => {
    if (typeof id === 'string' && typeof at === 'string') setLastAt((all) => ({ ...all, [id]: at }))
  }, [])

  const loadContacts = useCallback(async () => {
    const { ok, body } = await call<Contact[]>('/api/messages/contacts')
    if (ok && Array.isArray(body)) setContacts(body as Contact[])
  }, [])

  const loadChats = useCallback(async () => {
    const { ok, body } = await call<Chat[]>('/api/messages/chats')
    if (ok && Array.isArray(body)) for (const chat of body as Chat[]) touch(chat._id, chat.lastMessageAt)
  }, [touch])

  useEffect(() => {
    void loadChats()
  }, [loadChats])

  // What was missed comes as events; only where it does not it has to be asked for.
  useEffect(() => {
    if (recovered === false) void loadChats()
  }, [loadChats, recovered])

  useSocketEvent(names.rooms.server.newMessage, (message) => {
    if ('senderId' in message) touch(message.senderId, message.createdAt)
  })
  useSocketEvent(names.rooms.server.messageSent, (message) => touch(message.receiverId, message.createdAt))
  // Someone new may have registered.
  useSocketEvent(names.rooms.server.userOnlineStatus, ({ userId }) => {
    if (!contacts.some((one) => one._id === userId)) void loadContacts()
  })

  const people = useMemo(
    () =>
      contacts
        .map((contact) => ({
          id: contact._id,
          name: nameOfContact(contact),
          email: contact.email,
          image: contact.profileImage,
          unread: byUser[contact._id] ?? 0,
          lastMessageAt: lastAt[contact._id] ?? null,
        }))
        .sort(byActivity),
    [contacts, byUser, lastAt],
  )
  return { people, totalUnread: total }
}
