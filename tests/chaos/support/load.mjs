// People at work: messages over REST until they are acknowledged, lines in chats, reading, calls of the app.

import { pause } from '../../clients/support/deadline.mjs'
import { newJournal } from './journal.mjs'

const RETRY_MS = 60
const STOP_MS = 30_000

/**
 * Writes of one run. Everything that must be repeated is, under its own id, until it is acknowledged, also while the
 * sidecar is away; `settle` returns when nothing is open any more. `name` stands before every id.
 */
export function newLoad(station, random, { users, name = '', pace = 12, durable = true, textOf = (id) => id }) {
  const journals = new Map(users.map((user) => [user, newJournal(`writes-${user}`)]))
  const app = newJournal('writes-app')
  const tokens = new Map(users.map((user) => [user, station.token(user)]))
  const open = new Map()
  const loops = []
  let running = false
  let fault
  let number = 0
  const counts = { sent: 0, refused: 0, broken: 0, unanswered: 0 }
  const refusals = new Map()
  const newId = (letter) => `${name}${letter}${(number += 1)}`

  /** Tries until an answer is accepted; gives it. Failures of the sidecar are counted, not thrown. */
  async function persist(call, accepts) {
    for (;;) {
      const answer = await call().catch((error) => ({ error }))
      if (!answer.error && accepts(answer)) return answer
      if (answer.error) {
        counts[answer.error.name === 'TimeoutError' ? 'unanswered' : 'broken'] += 1
      } else {
        counts.refused += 1
        const words = `${answer.status} ${JSON.stringify(answer.body)}`
        refusals.set(words, (refusals.get(words) ?? 0) + 1)
        // No repetition helps there: something is wrong with the request itself.
        if (answer.status < 500) throw new Error(`refused: ${words}`)
      }
      await pause(RETRY_MS)
    }
  }

  function track(what, work) {
    open.set(work, what)
    return work.finally(() => open.delete(work))
  }

  function send(from, to, id = newId('m')) {
    const journal = journals.get(from)
    const text = textOf(id)
    journal.note('send', { from, to, client: id, text })
    const body = { text, clientMessageId: id }
    const post = () => station.rest.post({ token: tokens.get(from) }, `/api/messages/send/${to}`, body)
    return track(
      `send ${id}`,
      persist(post, ({ status }) => status === 200 || status === 201).then(({ status, body: document }) => {
        counts.sent += 1
        journal.note('ack', { from, client: id, id: document._id, status })
        return document
      }),
    )
  }

  /** An event of the app for one or two users, kept in their feeds. */
  function emit(to, key = newId('e')) {
    app.note('emit', { key, users: to })
    const [userId] = to
    const [path, target] = to.length === 1 ? ['send-to-user', { userId }] : ['send-to-users', { userIds: to }]
    const body = { ...target, event: 'appEvent', data: { id: key }, ...(durable ? { durable: true } : {}) }
    return track(
      `emit ${key}`,
      persist(
        () => station.internal.post(`/internal/${path}`, body, { 'idempotency-key': key }),
        ({ status }) => status === 200,
      ).then(() => app.note('emitted', { key })),
    )
  }

  function notify(userId, key = newId('n')) {
    app.note('notify', { key, user: userId })
    const body = { userId, type: 'test', title: key, message: 'a notification' }
    return track(
      `notify ${key}`,
      persist(
        () => station.internal.post('/internal/notify', body, { 'idempotency-key': key }),
        ({ status }) => status === 200,
      ).then(({ body: answer }) => app.note('notified', { key, id: answer.notificationId })),
    )
  }

  async function say(device, chat) {
    const text = newId('c')
    device.journal.note('say', { chat, text, from: device.user })
    const answer = await device.ask('sendChatMessage', { chatId: chat, message: text })
    if (answer?.ok) device.journal.note('said', { text })
  }

  /** Marks as read until it is acknowledged, over whatever connection there is. */
  function read(device, message) {
    device.journal.note('read', { message: message._id, by: device.user })
    return track(
      `read ${message._id} by ${device.name}`,
      (async () => {
        for (;;) {
          const answer = await device.ask('messageRead', { messageId: message._id, senderId: message.senderId })
          if (answer?.ok) break
          await pause(RETRY_MS)
        }
        device.journal.note('readAcked', { message: message._id, by: device.user })
      })(),
    )
  }

  /** Does it again and again; what went wrong is told by `settle`. */
  async function loop(step) {
    try {
      while (running) {
        await step()
        await pause(random.between(0, pace * 2))
      }
    } catch (error) {
      fault ??= error
    }
  }

  const other = (user) => random.pick(users.filter((one) => one !== user))

  return {
    counts,
    /** Answers that refused: `<status> <JSON>` and how often. */
    refusals,
    journals: [...journals.values(), app],
    send,
    emit,
    notify,
    say,
    read,
    /** What `heard` of a device may be: reads a share of what it gets. */
    reader: (share) => (event, payload, device) => {
      if (event === 'newMessage' && !payload.notification && random.chance(share)) read(device, payload)
    },
    start: ({ speakers = [], isForApp = true } = {}) => {
      running = true
      for (const user of users) loops.push(loop(() => send(user, other(user))))
      if (isForApp) {
        loops.push(loop(() => emit([...new Set([random.pick(users), random.pick(users)])])))
        loops.push(loop(() => notify(random.pick(users))))
      }
      for (const { device, chat } of speakers) loops.push(loop(() => say(device, chat)))
    },
    /** Starts nothing new. */
    stop: () => {
      running = false
    },
    /** Returns when everything that was begun is acknowledged, or after `ms`: then with what is still open, by name. */
    settle: async (ms = STOP_MS) => {
      running = false
      const done = Promise.all(loops.splice(0)).then(async () => {
        while (open.size > 0) await Promise.all(open.keys())
        if (fault) throw fault
        return []
      })
      return Promise.race([done, pause(ms).then(() => [...open.values()])])
    },
  }
}
