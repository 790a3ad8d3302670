// Ways in which a history can go wrong, each put into a good one: the checker must find every one of them.

const events = (journals, wants = () => true) =>
  journals
    .filter(({ lines: [first] }) => first?.kind === 'device' && first.resumes)
    .flatMap((journal) => journal.lines.map((line, index) => ({ journal, line, index })))
    .filter(({ line }) => line.kind === 'event' && wants(line))

const lines = (journals, kind, wants = () => true) =>
  journals.flatMap((journal) =>
    journal.lines
      .map((line, index) => ({ journal, line, index }))
      .filter((one) => one.line.kind === kind && wants(one.line)),
  )

const remove = ({ journal, index }) => journal.lines.splice(index, 1)
const insertAfter = ({ journal, index }, line) => journal.lines.splice(index + 1, 0, line)
const isMessage = ({ event, id }) => event === 'newMessage' && !id.startsWith('notification:')

const drop = (wants) => (world, random) => remove(random.pick(events(world.journals, wants)))

/** The next event of the same kind from the same sender on the same device. */
function pairOf(journals, random) {
  const first = random.pick(
    events(journals, isMessage).filter(({ journal, line, index }) =>
      journal.lines.slice(index + 1).some((later) => isMessage({ id: '', ...later }) && later.from === line.from),
    ),
  )
  const { journal, index, line } = first
  const second = journal.lines.findIndex(
    (later, at) => at > index && isMessage({ id: '', ...later }) && later.from === line.from,
  )
  return [journal.lines, index, second]
}

function lastSeq(journal, upTo) {
  return Math.max(0, ...journal.lines.slice(0, upTo).map((line) => line.seq ?? line.to ?? 0))
}

export const MUTATIONS = {
  'a message dropped': drop(isMessage),
  'a sent message dropped': drop(({ event }) => event === 'messageSent'),
  'a line of a chat dropped': drop(({ event }) => event === 'receiveChatMessage'),
  'an event of the app dropped': drop(({ event }) => event === 'appEvent'),
  'a notification dropped': drop(({ event, id }) => event === 'notification' || id.startsWith('notification:')),
  'a receipt dropped': drop(({ event }) => event === 'messageReadReceipt'),
  'an event doubled': (world, random) => {
    const one = random.pick(events(world.journals))
    insertAfter(one, { ...one.line })
  },
  'an event again under a new number': (world, random) => {
    const one = random.pick(events(world.journals, isMessage))
    const seq = lastSeq(one.journal) + 1
    one.journal.lines.push({ ...one.line, seq })
  },
  'two messages swapped': (world, random) => {
    const [all, first, second] = pairOf(world.journals, random)
    ;[all[first], all[second]] = [all[second], all[first]]
  },
  'two messages swapped, their numbers in order': (world, random) => {
    const [all, first, second] = pairOf(world.journals, random)
    const [a, b] = [all[first], all[second]]
    all[first] = { ...b, seq: a.seq }
    all[second] = { ...a, seq: b.seq }
  },
  'a number repeated': (world, random) => {
    const one = random.pick(events(world.journals, ({ seq }) => seq > 2))
    one.line.seq = Math.max(1, lastSeq(one.journal, one.index))
  },
  'a number left out': (world, random) => delete random.pick(events(world.journals)).line.seq,
  'a number of its own': (world, random) => {
    random.pick(events(world.journals)).line.seq += 0.5
  },
  'an event of someone else': (world, random) => {
    const one = random.pick(events(world.journals, isMessage))
    const user = one.journal.lines[0].user
    const other = random.pick(
      world.journals.filter(
        ({ lines: [first] }) =>
          first.kind === 'device' && first.resumes && first.namespace === '/' && first.user !== user,
      ),
    )
    other.lines.push({ ...one.line, seq: lastSeq(other) + 1 })
  },
  'an event to the quiet one': (world) => {
    const quiet = world.journals.find(({ lines: [first] }) => first.user === 'quiet')
    quiet.lines.push({ kind: 'event', connection: 1, event: 'appEvent', id: 'stray', seq: lastSeq(quiet) + 1 })
  },
  'stored twice': (world, random) => {
    const row = random.pick(world.store.messages)
    world.store.messages.push({ ...row, id: `${row.id}-again`, position: world.store.messages.length + 1_000_000 })
  },
  'stored twice under another client id': (world, random) => {
    const row = random.pick(world.store.messages.filter(({ client_id: client }) => client))
    world.store.messages.push({
      ...row,
      id: `${row.id}-again`,
      client_id: `${row.client_id}-again`,
      position: 1_000_000,
    })
  },
  'acknowledged and not stored': (world, random) => {
    const row = random.pick(world.store.messages.filter(({ client_id: client }) => client))
    world.store.messages.splice(world.store.messages.indexOf(row), 1)
  },
  'a line acknowledged and not stored': (world, random) => {
    const { line } = random.pick(lines(world.journals, 'said'))
    world.store.messages = world.store.messages.filter(({ text }) => text !== line.text)
  },
  'acknowledged under another id': (world, random) => {
    random.pick(lines(world.journals, 'ack')).line.id = 'other'
  },
  'stored with another text': (world, random) => {
    random.pick(world.store.messages.filter(({ client_id: client }) => client)).text = 'other'
  },
  'a row of nobody': (world) => {
    const [row] = world.store.messages
    world.store.messages.push({ ...row, id: 'stray', client_id: 'stray', text: 'stray', position: 1_000_000 })
  },
  'a notification acknowledged and not stored': (world, random) => {
    const { line } = random.pick(lines(world.journals, 'notified'))
    world.store.notifications = world.store.notifications.filter(({ id }) => id !== line.id)
  },
  'a notification stored twice': (world, random) => {
    const row = random.pick(world.store.notifications)
    world.store.notifications.push({ ...row, id: `${row.id}-again` })
  },
  'an event of the app twice in a feed': (world, random) => {
    const row = random.pick(world.store.feed.filter(({ kind }) => kind === 'custom'))
    const seq = Math.max(...world.store.feed.filter(({ user }) => user === row.user).map((one) => one.seq)) + 1
    world.store.feed.push({ ...row, seq })
  },
  'an event of the app acknowledged and not in a feed': (world, random) => {
    const row = random.pick(world.store.feed.filter(({ kind }) => kind === 'custom'))
    world.store.feed.splice(world.store.feed.indexOf(row), 1)
  },
  'a message missing in a feed': (world, random) => {
    const row = random.pick(world.store.feed.filter(({ kind }) => kind === 'message_sent'))
    world.store.feed.splice(world.store.feed.indexOf(row), 1)
  },
  'a reset that is not due': (world, random) => {
    const { line } = random.pick(lines(world.journals, 'resume', ({ recovered }) => recovered))
    line.kind = 'reset'
    line.reason = 'unknown'
  },
  'a position ignored': (world, random) => {
    random.pick(lines(world.journals, 'resume', ({ recovered }) => recovered)).line.recovered = false
  },
  'another start than the one asked for': (world, random) => {
    random.pick(lines(world.journals, 'resume', ({ recovered }) => recovered)).line.from -= 1
  },
  'a wrong count of missed events': (world, random) => {
    random.pick(lines(world.journals, 'resume')).line.missed += 1
  },
  'a live event before resume': (world, random) => {
    const one = random.pick(
      lines(world.journals, 'resume').filter(({ journal, index }) => journal.lines[index + 1]?.kind === 'event'),
    )
    const [live] = one.journal.lines.splice(one.index + 1, 1)
    one.journal.lines.splice(one.index, 0, live)
  },
  'resumed twice': (world, random) => {
    const one = random.pick(lines(world.journals, 'resume'))
    insertAfter(one, { ...one.line })
  },
  'a chat not joined again': (world, random) => {
    const one = random.pick(lines(world.journals, 'resume'))
    insertAfter(one, { kind: 'leftOut', connection: one.line.connection, chat: 'u0_u1' })
  },
  'a counter too high': (world, random) => {
    random.pick(world.store.conversations).unread += 1
  },
  'a user told a wrong count': (world, random) => {
    random.pick(lines(world.journals, 'unread')).line.byUser.u0 = 4711
  },
  'answered as read, stored as unread': (world, random) => {
    const { line } = random.pick(lines(world.journals, 'readAcked'))
    world.store.messages.find(({ id }) => id === line.message).read_at = null
  },
  'a webhook missing': (world, random) => {
    const { line } = random.pick(lines(world.journals, 'webhook', ({ type }) => type === 'message.stored'))
    const journal = world.journals.find(({ name }) => name === 'webhooks')
    journal.lines = journal.lines.filter(({ id }) => id !== line.id)
  },
  'a webhook under two ids': (world, random) => {
    const one = random.pick(lines(world.journals, 'webhook', ({ type }) => type === 'message.stored'))
    insertAfter(one, { ...one.line, id: `${one.line.id}-again` })
  },
  'webhooks of one user out of order': (world, random) => {
    const stored = lines(world.journals, 'webhook', ({ type }) => type === 'message.stored')
    const first = random.pick(
      stored.filter((one) =>
        stored.some(
          (two) => two.index > one.index && two.line.userId === one.line.userId && two.line.id !== one.line.id,
        ),
      ),
    )
    remove(first)
    first.journal.lines = first.journal.lines.filter(({ id }) => id !== first.line.id)
    first.journal.lines.push(first.line)
  },
  'a user connected twice': (world, random) => {
    const one = random.pick(lines(world.journals, 'webhook', ({ type }) => type === 'user.connected'))
    insertAfter(one, { ...one.line, id: `${one.line.id}-again` })
  },
  'a forged webhook': (world, random) => {
    random.pick(lines(world.journals, 'webhook')).line.valid = false
  },
  'a webhook that changed': (world, random) => {
    const one = random.pick(lines(world.journals, 'webhook'))
    insertAfter(one, { ...one.line, digest: 'other' })
  },
  'a damaged file': (world) => {
    world.store.integrity = ['row 4 missing from index messages_chat']
  },
}
