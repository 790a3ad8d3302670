'use client'

import { OutriggerProvider, useOutrigger } from '@outrigger/client/react'
import type { Fault, OutriggerClient, Transport } from '@outrigger/client'
import { useRouter } from 'next/navigation'
import { createContext, useContext, useMemo, useRef, useState, type ReactNode } from 'react'
import { call } from '@/browser/call'
import { leave } from '@/browser/leave'

interface Props {
  /** Whose page it is: whoever logs in next in this tab has a client of their own. */
  readonly userId: string
  readonly transports: readonly Transport[]
  readonly children: ReactNode
}

const Deactivated = createContext(false)

/** Whether an admin has just deactivated this account; its pages close in a few seconds. */
export const useDeactivated = () => useContext(Deactivated)

/** The page's one realtime client, and what follows from what the sidecar says of the account. */
export function Realtime({ userId, transports, children }: Props) {
  const router = useRouter()
  const client = useRef<OutriggerClient | null>(null)
  const [deactivated, setDeactivated] = useState(false)

  const options = useMemo(
    () => ({
      userId,
      transports,
      refreshToken: async () => {
        const refreshed = await refreshCookie()
        // The token may have been refused for a right that was taken.
        if (refreshed !== null) router.refresh()
        return refreshed
      },
      // A right changed. The token that came with the news is for sockets only and is let go: the cookie is
      // replaced, the sockets connect anew with it, and the server's part of the page is made again.
      onTokenUpdated: async () => {
        if ((await refreshCookie()) === null) return
        client.current?.reconnect()
        router.refresh()
      },
      onStatusChanged: ({ status }: { status: boolean }) => setDeactivated(!status),
      onLoggedOut: async ({ message }: Fault) => {
        // Also when it was ended at the sidecar, as its monitor can: the app's part of the login ends with it.
        await call('/api/auth/logout', 'POST')
        leave(/deactivated/i.test(message) ? 'deactivated' : 'ended')
      },
    }),
    [userId, transports, router],
  )

  return (
    <OutriggerProvider options={options}>
      <Keep client={client} />
      <Deactivated value={deactivated}>{children}</Deactivated>
    </OutriggerProvider>
  )
}

/** Handlers are made before there is a client. */
function Keep({ client }: { client: React.RefObject<OutriggerClient | null> }) {
  client.current = useOutrigger()
  return null
}

/** Asks the app for a cookie with the rights of now. `null`: the login has ended. Throws if nobody can say. */
async function refreshCookie(): Promise<null | undefined> {
  const response = await fetch('/api/auth/refresh', { method: 'POST', signal: AbortSignal.timeout(10_000) })
  if (response.status === 401) {
    leave('ended')
    return null
  }
  if (!response.ok) throw new Error(`the login could not be renewed: ${response.status}`)
  return undefined
}
