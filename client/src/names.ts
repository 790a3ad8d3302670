// Every event name this package says or hears, taken from the generated contracts, so that a name changed in
// the sidecar is a compile error here and never a silent one.

import { contracts } from './generated/contracts.js'
import type {
  CommerceAcks,
  CommerceClientEvents,
  CommerceServerEvents,
  ContactsAcks,
  ContactsClientEvents,
  ContactsServerEvents,
  LegacyAuthAcks,
  LegacyAuthClientEvents,
  LegacyAuthServerEvents,
  LegacyMessengerAcks,
  LegacyMessengerClientEvents,
  LegacyMessengerServerEvents,
  LegacyNotificationsAcks,
  LegacyNotificationsClientEvents,
  LegacyNotificationsServerEvents,
  MonitorAcks,
  MonitorClientEvents,
  MonitorServerEvents,
  QuizAcks,
  QuizClientEvents,
  QuizServerEvents,
  RoomsAcks,
  RoomsClientEvents,
  RoomsServerEvents,
  SocialAcks,
  SocialClientEvents,
  SocialServerEvents,
  TrackingAcks,
  TrackingClientEvents,
  TrackingServerEvents,
} from './generated/contracts.js'

/** Event names of each channel: `names.rooms.server.newMessage`. */
export const names = {
  rooms: contracts.rooms['/'],
  auth: contracts.legacy['/auth'],
  messenger: contracts.legacy['/messenger'],
  notifications: contracts.legacy['/notifications'],
  social: contracts.social['/'],
  tracking: contracts.tracking['/'],
  commerce: contracts.commerce['/'],
  quiz: contracts.quiz['/'],
  contacts: contracts.contacts['/contacts'],
  monitor: contracts.monitor['/monitor'],
} as const

/**
 * Events of your own, sent by your server with `sendToUser` and its siblings. Declare them to have them typed:
 *
 * ```ts
 * declare module '@outrigger/client' {
 *   interface CustomEvents { invoiceReady: { invoiceId: string } }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- apps add to it
export interface CustomEvents {}

/** What can be said on a channel: events of the server, events of the client and what those are answered with. */
export interface Dialogue<Server, Client, Acks> {
  server: Server
  client: Client
  acks: Acks
}

/** The channels a client can open, by the name it opens them with. */
export interface Channels {
  rooms: Dialogue<RoomsServerEvents & CustomEvents, RoomsClientEvents, RoomsAcks>
  '/auth': Dialogue<LegacyAuthServerEvents & CustomEvents, LegacyAuthClientEvents, LegacyAuthAcks>
  '/messenger': Dialogue<
    LegacyMessengerServerEvents & CustomEvents,
    LegacyMessengerClientEvents,
    LegacyMessengerAcks
  >
  '/notifications': Dialogue<
    LegacyNotificationsServerEvents & CustomEvents,
    LegacyNotificationsClientEvents,
    LegacyNotificationsAcks
  >
  social: Dialogue<SocialServerEvents & CustomEvents, SocialClientEvents, SocialAcks>
  tracking: Dialogue<TrackingServerEvents & CustomEvents, TrackingClientEvents, TrackingAcks>
  commerce: Dialogue<CommerceServerEvents & CustomEvents, CommerceClientEvents, CommerceAcks>
  quiz: Dialogue<QuizServerEvents & CustomEvents, QuizClientEvents, QuizAcks>
  contacts: Dialogue<ContactsServerEvents & CustomEvents, ContactsClientEvents, ContactsAcks>
  monitor: Dialogue<MonitorServerEvents, MonitorClientEvents, MonitorAcks>
}

export type ChannelName = keyof Channels
/** The contracts in whose words this package can speak of messages and notifications. */
export type ContractName = 'rooms' | 'social' | 'commerce' | 'quiz'
export type LegacyNamespace = '/auth' | '/messenger' | '/notifications'

/** Which of the client's connections carries a channel, and under which namespace. */
export const places: Readonly<Record<ChannelName, { over: 'main' | 'legacy'; namespace: string }>> = {
  rooms: { over: 'main', namespace: '/' },
  social: { over: 'main', namespace: '/social' },
  tracking: { over: 'main', namespace: '/tracking' },
  commerce: { over: 'main', namespace: '/commerce' },
  quiz: { over: 'main', namespace: '/quiz' },
  contacts: { over: 'main', namespace: '/contacts' },
  monitor: { over: 'main', namespace: '/monitor' },
  '/auth': { over: 'legacy', namespace: '/auth' },
  '/messenger': { over: 'legacy', namespace: '/messenger' },
  '/notifications': { over: 'legacy', namespace: '/notifications' },
}

export const paths = { main: contracts.rooms.path, legacy: contracts.legacy.path } as const
