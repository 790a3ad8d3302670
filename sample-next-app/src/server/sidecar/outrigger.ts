// The sidecar's internal API, for the whole process.
import 'server-only'
import { createOutrigger, type Outrigger } from '@outrigger/client/server'
import { settings } from '../settings'

let made: Outrigger | undefined

/** Calls that the app makes by itself, not on behalf of a browser. They answer, and throw nothing. */
export function outrigger(): Outrigger {
  const { internalUrl, secret } = settings().sidecar
  made ??= createOutrigger({ url: internalUrl, secret })
  return made
}
