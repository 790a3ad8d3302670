// The chat about a request: who is in it, what they hear, and how a guest comes back (`contracts/contacts.md` sections 2,
// 3 and 7).

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import {
  allOf,
  chat,
  claims,
  contactsClaims,
  contactsSuite,
  does,
  DOORS,
  form,
  messageId,
  messageRefused,
  numbers,
  published,
  resolves,
  says,
  submits,
  succeeded,
  told,
  unheard,
} from './support/contacts.mjs'
import { iso, shape } from './support/shape.mjs'
import { sign, without } from './support/tokens.mjs'

const { test, world: here } = contactsSuite(import.meta.url)

const NO_CHAT = 'Chat session not found'
const NOT_ALLOWED = 'Not allowed in this chat'
const NOT_FOUND = 'Contact not found'
const NOWHERE = 'contact_1700000000000_abcdefghi'

const texts = (messages) => messages.map(({ message }) => message)

// --- saying something ---------------------------------------------------------------------------------------

test('an admin says something: everybody in the chat hears it, who asked once more', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const reply = await does(admins, 'sendContactMessage', { contactId: id, message: 'What is it?' })
  const [mine, ...more] = await allOf(world, admins, 'contactMessage', id)
  assert.equal(more.length, 0)
  shape(mine, { id: messageId, timestamp: iso })
  assert.deepEqual(mine, {
    id: reply.id,
    contactId: id,
    senderId: admin.userId,
    senderName: admin.name,
    senderRole: 'admin',
    message: 'What is it?',
    type: 'text',
    timestamp: mine.timestamp,
  })
  assert.deepEqual(await allOf(world, guests, 'contactMessage', id), [mine])
  assert.deepEqual(await next(guests, 'adminResponse'), {
    contactId: id,
    adminName: admin.name,
    message: 'What is it?',
    timestamp: mine.timestamp,
  })
  assert.equal((await allOf(world, guests, 'adminResponse', id)).length, 1)
  await unheard(world, [admins], 'adminResponse')
})

test('a guest answers over the socket that asked, without a word of who it is', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const said = await says(guests, id, 'It does not work')
  shape(said, { contactId: id, senderName: request.name, senderRole: 'guest', message: 'It does not work' })
  assert.deepEqual(await allOf(world, admins, 'contactMessage', id), [said])
  await unheard(world, [admins, guests], 'adminResponse')
  assert.ok(said.senderId && said.senderId !== guests.id)
})

test('a user answers from every device, and is in the chat with each of them', async (world) => {
  const who = world.person()
  const [phone, laptop] = [await world.connect(who), await world.connect(who, DOORS[1])]
  const admins = await world.connect(world.admin())
  const { id } = await submits(phone)
  await claims(admins, id)
  await does(admins, 'sendContactMessage', { contactId: id, message: 'Hello' })
  for (const socket of [phone, laptop]) {
    assert.deepEqual(texts(await allOf(world, socket, 'contactMessage', id)), ['Hello'])
    assert.deepEqual(texts(await allOf(world, socket, 'adminResponse', id)), ['Hello'])
  }
  const said = await says(laptop, id, 'Hi')
  shape(said, { senderId: who.userId, senderName: who.name, senderRole: 'user' })
  for (const socket of [phone, admins])
    assert.deepEqual((await allOf(world, socket, 'contactMessage', id)).at(-1), said)
})

test('a type of the client is kept', async (world) => {
  const { guests, id } = await chat(world)
  shape(await says(guests, id, 'https://x.example/a.png', { type: 'image' }), { type: 'image' })
})

test('who sends it is who the token names, whatever else is said', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const forged = { senderId: 'me', senderName: 'The boss', senderRole: 'admin', id: 'msg_1', timestamp: 'never' }
  const said = await says(guests, id, 'Let me in', forged)
  shape(said, { id: messageId, senderName: request.name, senderRole: 'guest', timestamp: iso })
  assert.deepEqual(await allOf(world, admins, 'contactMessage', id), [said])
})

test('any admin may speak in a chat that another has', async (world) => {
  const { guests, id } = await chat(world)
  const other = world.admin()
  const others = await world.connect(other)
  await says(others, id, 'I know this one')
  shape((await allOf(world, guests, 'contactMessage', id)).at(-1), { senderId: other.userId, senderRole: 'admin' })
  shape((await allOf(world, guests, 'adminResponse', id)).at(-1), { adminName: other.name })
})

test('what is said comes to everybody in the same order', async (world) => {
  const { admins, guests, id } = await chat(world)
  await Promise.all(
    numbers(60).map((n) =>
      does(n % 2 ? admins : guests, 'sendContactMessage', { contactId: id, message: `line ${n}` }),
    ),
  )
  const [one, two] = [
    await allOf(world, admins, 'contactMessage', id),
    await allOf(world, guests, 'contactMessage', id),
  ]
  assert.equal(one.length, 60)
  assert.deepEqual(one, two)
  const { messages } = await world.app.whole(id)
  assert.deepEqual(texts(messages), texts(one))
})

test('a message has 1 to 5000 characters', async (world) => {
  const { admins, guests, id } = await chat(world)
  for (const message of [undefined, '', '  \n', 7, null, ['x'], 'ż'.repeat(5_001)])
    await messageRefused(guests, 'sendContactMessage', { contactId: id, message })
  const longest = '语'.repeat(5_000)
  await says(guests, id, longest)
  assert.deepEqual(texts(await allOf(world, admins, 'contactMessage', id)), [longest])
})

test('where there is no chat nothing is said: not before a claim, not after the end, not where nothing is', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { id } = await submits(guests)
  for (const socket of [admins, guests])
    await messageRefused(socket, 'sendContactMessage', { contactId: id, message: 'Hello?' }, NO_CHAT)
  await claims(admins, id)
  await says(admins, id, 'Now')
  await resolves(admins, id)
  for (const socket of [admins, guests])
    await messageRefused(socket, 'sendContactMessage', { contactId: id, message: 'And' }, NO_CHAT)
  for (const contactId of [NOWHERE, '', 7, undefined, null, 'x'.repeat(500)])
    await messageRefused(admins, 'sendContactMessage', { contactId, message: 'Hello?' }, NO_CHAT)
  for (const argument of [undefined, 'text', null])
    await messageRefused(admins, 'sendContactMessage', argument, NO_CHAT)
  const { messages } = await world.app.whole(id)
  assert.deepEqual(texts(messages), ['Now'])
})

test('what is given back has no chat until it is taken again; what was said stays', async (world) => {
  const { admins, guests, id } = await chat(world)
  await says(admins, id, 'One moment')
  await does(admins, 'releaseContact', id)
  await messageRefused(guests, 'sendContactMessage', { contactId: id, message: 'Still there?' }, NO_CHAT)
  const others = await world.connect(world.admin())
  await claims(others, id)
  await does(others, 'joinContactChat', id)
  assert.deepEqual(texts((await next(others, 'contactChatHistory')).messages), ['One moment'])
  await says(others, id, 'I go on')
  assert.deepEqual(texts(await allOf(world, guests, 'contactMessage', id)), ['One moment', 'I go on'])
  assert.deepEqual(texts(await allOf(world, admins, 'contactMessage', id)), ['One moment'], 'who gave it back is out')
})

test('strangers neither speak nor hear nor enter', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const strangers = [
    await world.connect(),
    await world.connect(world.person()),
    await world.connect(world.person({ role: 'Creator' })),
  ]
  for (const socket of strangers) {
    await messageRefused(socket, 'sendContactMessage', { contactId: id, message: 'Hi' }, NOT_ALLOWED)
    await messageRefused(socket, 'joinContactChat', id, NOT_FOUND)
    await messageRefused(socket, 'joinContactChat', { contactId: id, accessToken: 'x'.repeat(43) }, NOT_FOUND)
    await messageRefused(socket, 'joinContactChat', { contactId: id, email: request.email }, NOT_FOUND)
  }
  await says(admins, id, 'Just us')
  await says(guests, id, 'Yes')
  await unheard(world, strangers, 'contactMessage', 'adminResponse', 'contactChatHistory', 'contactUserTyping')
  const { messages } = await world.app.whole(id)
  assert.deepEqual(texts(messages), ['Just us', 'Yes'])
})

test('a stranger learns not even whether there is such a request', async (world) => {
  const { id } = await chat(world)
  const stranger = await world.connect(world.person())
  const say = (contactId) => ask(stranger, 'sendContactMessage', { contactId, message: 'Hi' })
  assert.deepEqual(await say(id), await say(NOWHERE))
  const join = (contactId) => ask(stranger, 'joinContactChat', contactId)
  assert.deepEqual(await join(id), await join(NOWHERE))
})

test('a guest of another request is a stranger', async (world) => {
  const { id } = await chat(world)
  const others = await world.connect()
  const own = await submits(others)
  await messageRefused(others, 'sendContactMessage', { contactId: id, message: 'Hi' }, NOT_ALLOWED)
  await messageRefused(others, 'joinContactChat', { contactId: id, accessToken: own.accessToken }, NOT_FOUND)
})

// --- entering -----------------------------------------------------------------------------------------------

/** Enters, and gives what was said before. */
async function enters(socket, argument) {
  succeeded(await ask(socket, 'joinContactChat', argument))
  return next(socket, 'contactChatHistory')
}

test('a guest comes back on another connection with the access token, and misses nothing', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const first = await says(admins, id, 'Hello')
  const second = await says(guests, id, 'I have to go')
  guests.disconnect()
  const third = await says(admins, id, 'While you were away')
  const back = await world.connect()
  const history = await enters(back, { contactId: id, accessToken: request.accessToken })
  assert.deepEqual(history, { contactId: id, messages: [first, second, third], status: 'in_progress' })
  const said = await says(back, id, 'Here I am')
  shape(said, { senderName: request.name, senderRole: 'guest' })
  await says(admins, id, 'Good')
  assert.deepEqual(texts(await allOf(world, back, 'contactMessage', id)), ['Here I am', 'Good'])
  assert.deepEqual(texts(await allOf(world, back, 'adminResponse', id)), ['Good'])
})

test('whoever came back may leave and enter again without the token', async (world) => {
  const { request, id } = await chat(world)
  const back = await world.connect()
  await enters(back, { contactId: id, accessToken: request.accessToken })
  await does(back, 'leaveContactChat', id)
  await enters(back, id)
})

test('the access token is of one request, and exact', async (world) => {
  const [one, other] = [await chat(world), await chat(world)]
  const { accessToken } = one.request
  const stranger = await world.connect()
  for (const token of [
    other.request.accessToken,
    accessToken.slice(1),
    accessToken.toLowerCase() === accessToken ? `${accessToken}x` : accessToken.toLowerCase(),
    `${accessToken} `,
    '',
    null,
    7,
    'x'.repeat(10_000),
  ])
    await messageRefused(stranger, 'joinContactChat', { contactId: one.id, accessToken: token }, NOT_FOUND)
  await enters(stranger, { contactId: one.id, accessToken })
})

test('a user who asked comes back with nothing but the login', async (world) => {
  const who = world.person()
  const [phone, admins] = [await world.connect(who), await world.connect(world.admin())]
  const { id } = await submits(phone, { email: 'somewhere-else@mail.example' })
  await claims(admins, id)
  const said = await says(admins, id, 'Hello')
  const laptop = await world.connect(who)
  assert.deepEqual((await enters(laptop, id)).messages, [said])
  await says(laptop, id, 'Yes')
})

test('who asked as a guest comes back as the user whose address is in the token', async (world) => {
  const { admins, request, id } = await chat(world)
  const who = world.person({ email: request.email.toUpperCase().replace('MAIL.EXAMPLE', 'mail.example') })
  const socket = await world.connect(who)
  await enters(socket, id)
  const said = await says(socket, id, 'It is me')
  shape(said, { senderId: who.userId, senderName: who.name, senderRole: 'user' })
  assert.deepEqual((await allOf(world, admins, 'contactMessage', id)).at(-1), said)
})

test('… or whose address the app told, if the token says none', async (world) => {
  const { request, id } = await chat(world)
  const who = world.person()
  await world.app.setUser(who, { email: request.email })
  const token = sign(without(contactsClaims(who), 'email'), { secret: here.home.jwtSecret })
  await enters(await world.connect(who, { auth: { token } }), id)
})

test('an address that a client says proves nothing', async (world) => {
  const { request, id } = await chat(world)
  const socket = await world.connect(world.person(), {})
  for (const more of [{ email: request.email }, { user: { email: request.email } }, { accessToken: request.email }])
    await messageRefused(socket, 'joinContactChat', { contactId: id, ...more }, NOT_FOUND)
  await submits(socket, { email: request.email })
  await messageRefused(socket, 'joinContactChat', id, NOT_FOUND)
})

test('an admin enters any chat and hears what is said from then on; nothing twice', async (world) => {
  const { admins, guests, id } = await chat(world)
  const first = await says(guests, id, 'One')
  const others = await world.connect(world.admin())
  assert.deepEqual((await enters(others, { contactId: id })).messages, [first])
  assert.deepEqual((await enters(others, id)).messages, [first], 'again, if it is asked for again')
  const second = await says(admins, id, 'Two')
  assert.deepEqual(await allOf(world, others, 'contactMessage', id), [second])
})

test('an admin who is not in the chat does not hear it', async (world) => {
  const { admins, guests, id } = await chat(world)
  const others = await world.connect(world.admin())
  await says(admins, id, 'One')
  await says(guests, id, 'Two')
  await unheard(world, [others], 'contactMessage', 'adminResponse', 'contactChatHistory')
})

test('before somebody took it there is no chat, and no history; then there is', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { id } = await submits(guests)
  await does(guests, 'joinContactChat', id)
  await does(admins, 'joinContactChat', id)
  await unheard(world, [guests, admins], 'contactChatHistory')
  await claims(admins, id)
  await says(admins, id, 'Hello')
  assert.deepEqual(texts(await allOf(world, guests, 'contactMessage', id)), ['Hello'])
})

test('what is done can be read by who was in it', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const said = await says(guests, id, 'Thanks')
  await resolves(admins, id)
  const back = await world.connect()
  const history = await enters(back, { contactId: id, accessToken: request.accessToken })
  assert.deepEqual(history, { contactId: id, messages: [said], status: 'resolved' })
})

test('who enters while others talk hears each message once, before or after', async (world) => {
  const { admins, request, id } = await chat(world)
  const lines = numbers(80).map((n) => `line ${n}`)
  const talking = Promise.all(lines.map((message) => does(admins, 'sendContactMessage', { contactId: id, message })))
  const entering = Promise.all(
    numbers(5).map(async () => {
      const socket = await world.connect()
      const { messages } = await enters(socket, { contactId: id, accessToken: request.accessToken })
      return { socket, messages }
    }),
  )
  await talking
  for (const { socket, messages } of await entering) {
    const all = [...messages, ...(await allOf(world, socket, 'contactMessage', id))]
    assert.deepEqual(texts(all).toSorted(), lines.toSorted(), 'each once')
  }
})

test('ids that name nothing are refused, in whatever form', async (world) => {
  for (const socket of [await world.connect(), await world.connect(world.admin())])
    for (const argument of [
      NOWHERE,
      { contactId: NOWHERE },
      undefined,
      null,
      7,
      {},
      [],
      { contactId: 7 },
      'x'.repeat(500),
    ])
      await messageRefused(socket, 'joinContactChat', argument, NOT_FOUND)
})

// --- leaving ------------------------------------------------------------------------------------------------

test('who leaves a chat hears no more of it, and may come back', async (world) => {
  const { admins, guests, id } = await chat(world)
  await does(guests, 'leaveContactChat', id)
  const first = await says(admins, id, 'Are you there?')
  await published(world)
  await settled(guests)
  assert.deepEqual(told(guests, 'contactMessage'), [])
  assert.deepEqual((await enters(guests, { contactId: id })).messages, [first])
  await does(guests, 'leaveContactChat', { contactId: id })
  await does(admins, 'leaveContactChat', id)
  await unheard(world, [guests], 'contactMessage')
})

// --- typing -------------------------------------------------------------------------------------------------

test('typing is told to the others in the chat', async (world) => {
  const { admin, admins, guests, request, id } = await chat(world)
  for (const isTyping of [true, false]) {
    await does(admins, 'contactTyping', { contactId: id, isTyping })
    const seen = await next(guests, 'contactUserTyping')
    shape(seen, { timestamp: iso })
    const { timestamp } = seen
    assert.deepEqual(seen, { contactId: id, userName: admin.name, userRole: 'admin', isTyping, timestamp })
  }
  guests.emit('contactTyping', { contactId: id, isTyping: true })
  shape(await next(admins, 'contactUserTyping'), { userName: request.name, userRole: 'guest', isTyping: true })
  await published(world)
  for (const [socket, total] of [
    [admins, 1],
    [guests, 2],
  ])
    assert.equal((await allOf(world, socket, 'contactUserTyping', id)).length, total, 'not to who types')
})

test('who is not in the chat is not heard typing, and hears no one', async (world) => {
  const { admins, guests, id } = await chat(world)
  const strangers = [await world.connect(), await world.connect(world.person()), await world.connect(world.admin())]
  for (const socket of strangers)
    for (const argument of [
      { contactId: id, isTyping: true },
      { contactId: NOWHERE, isTyping: true },
      undefined,
      'x',
      7,
    ])
      socket.emit('contactTyping', argument)
  for (const socket of strangers) await settled(socket)
  await unheard(world, [admins, guests], 'contactUserTyping')
  await does(guests, 'contactTyping', { contactId: id, isTyping: true })
  await unheard(world, strangers, 'contactUserTyping')
})

test('a form in the name of a guest does not speak for the others: two guests with the same form', async (world) => {
  const sent = form()
  const [one, other] = [await world.connect(), await world.connect()]
  const [first, second] = [await submits(one, sent), await submits(other, sent)]
  const admins = await world.connect(world.admin())
  await claims(admins, first.id)
  await claims(admins, second.id)
  await says(admins, first.id, 'To the first')
  await unheard(world, [other], 'contactMessage', 'adminResponse')
  await messageRefused(other, 'joinContactChat', first.id, NOT_FOUND)
})

test('a stock client sees one argument with every event', async (world) => {
  const { admins, guests, id } = await chat(world)
  const extra = []
  for (const socket of [admins, guests])
    socket.onAny((event, ...args) => args.length !== 1 && extra.push([event, args]))
  await says(admins, id, 'Hello')
  await does(guests, 'contactTyping', { contactId: id, isTyping: true })
  await resolves(admins, id)
  await published(world)
  for (const socket of [admins, guests]) await settled(socket)
  assert.deepEqual(extra, [])
})
