// Gives a tree of components one client. It is the page's shared client, so that StrictMode's second mount, a
// hot reload or a second root find the same one.

import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react'
import type { OutriggerClient } from '../client.js'
import { sharingKey, type OutriggerOptions } from '../options.js'
import { retainClient, sharedClient } from '../shared.js'

const ClientContext = createContext<OutriggerClient | null>(null)

export type OutriggerProviderProps = { children?: ReactNode } & (
  | {
      /** A client of your own making; it is closed when the last provider with it is gone. */
      client: OutriggerClient
      options?: never
    }
  | {
      client?: never
      /** Without any: the page's own origin and the httpOnly cookie. Handlers may change at every render. */
      options?: OutriggerOptions
    }
)

export function OutriggerProvider({ client: given, options, children }: OutriggerProviderProps): ReactNode {
  // Another user or server is another client; new handlers are not.
  const key = given ? '' : sharingKey(options ?? {})
  const client = useMemo(() => given ?? sharedClient(options), [given, key])
  useEffect(() => retainClient(client), [client])
  useEffect(() => {
    if (!given && options) client.update(options)
  })
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>
}

/** The client of the tree. */
export function useOutrigger(): OutriggerClient {
  const client = useContext(ClientContext)
  if (!client) throw new Error('no <OutriggerProvider> around this component')
  return client
}
