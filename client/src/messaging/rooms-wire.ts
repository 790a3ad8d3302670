// Messages in the words of contract `rooms`.

import type { OutriggerClient } from '../client.js'
import type { RoomsServerEvents } from '../generated/contracts.js'
import { all } from '../live-store.js'
import { names } from '../names.js'
import { MessagesApi } from './rest-api.js'
import type { MessagingWire } from './wire.js'

const { server, client: said } = names.rooms
type Arrived = RoomsServerEvents[typeof server.newMessage]
type Alert = Exclude<Arrived, { _id: string }>

/** Whether `newMessage` is an alert in the app's own words, not a stored message. */
export function isAlert(arrived: Arrived): arrived is Alert {
  return (arrived as Partial<Alert>).notification === true
}

export function roomsWire(client: OutriggerClient): MessagingWire {
  const rest = new MessagesApi(client.rest)
  const socket = () => client.peek('rooms')
  const markOne = async (messageId: string): Promise<void> => {
    if (socket().connected) await socket().ask(said.messageRead, { messageId })
    else await rest.markRead(messageId)
  }
  return {
    channel: 'rooms',
    mostReadsAtOnce: 1,
    follow: (ears) =>
      all(
        socket().on(server.newMessage, (arrived) => {
          if (!isAlert(arrived)) ears.received(arrived)
        }),
        socket().on(server.messageSent, (document) => ears.sent(document)),
        socket().on(server.messageReadReceipt, (receipt) => ears.receipt(receipt)),
      ),
    page: (partner, limit, before) => rest.page(partner, limit, before),
    send: (to, draft, clientMessageId) => rest.send(to, draft, clientMessageId),
    markRead: async (_, messageIds) => {
      for (const id of messageIds) await markOne(id)
    },
    unread: () => rest.unread(),
    remove: null,
  }
}
