// The REST of the `contacts` contract (`contracts/contacts.md` section 4), bare and under its name.

import assert from 'node:assert/strict'
import { ask, next } from './support/client.mjs'
import {
  allOf,
  chat,
  claims,
  contactId,
  contactsSuite,
  does,
  form,
  numbers,
  ownContacts,
  resolves,
  says,
  secretWord,
  submits,
  unheard,
} from './support/contacts.mjs'
import { count, iso, list, shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

const PREFIXES = ['', '/contacts']
const NO_TOKEN = 'No token, authorization Denied'
const EXPIRED = 'Session Expired, login again!'
const UNAUTHORIZED = 'Unauthorized'
const NOT_FOUND = 'Contact not found'
const NOWHERE = 'contact_1700000000000_abcdefghi'

/** A form as it is sent over HTTP. */
function posted(more = {}) {
  const { name, ...rest } = form()
  return { contact_name: name, ...rest, ...more }
}

async function answered(call, wanted = 200) {
  const { status, body } = await call
  assert.equal(status, wanted, JSON.stringify(body))
  return body
}

async function refused(call, status, message) {
  const body = await answered(call, status)
  assert.deepEqual(Object.keys(body), ['message'])
  if (message) assert.equal(body.message, message)
  else assert.ok(text(body.message))
  return body.message
}

// --- asking -------------------------------------------------------------------------------------------------

for (const prefix of PREFIXES) {
  test(`anybody asks, and the request enters the live queue: ${prefix}/api/contacts`, async (world) => {
    const admins = await world.connect(world.admin())
    const sent = posted({ priority: 'urgent', phone: '+1' })
    const { accessToken, ...document } = await answered(world.api.post(null, '/api/contacts', sent, { prefix }))
    assert.ok(secretWord(accessToken))
    shape(document, {
      _id: contactId,
      contact_name: sent.contact_name,
      email: sent.email,
      message: sent.message,
      contact_date: iso,
      replies: [],
      status: 'pending',
      priority: 'urgent',
    })
    const told = await next(admins, 'newContactSubmission', ({ id }) => id === document._id)
    shape(told, { name: sent.contact_name, email: sent.email, subject: sent.subject, priority: 'urgent' })
    await claims(admins, document._id)
  })
}

test('the name may be called as sockets call it, and other fields are not looked at', async (world) => {
  const { name, email, message } = form()
  const body = { name, email, message, status: 'resolved', _id: 'mine', replies: [{ message: 'x' }], note: 1 }
  const document = await answered(world.api.post(null, '/api/contacts', body))
  shape(document, { _id: contactId, contact_name: name, status: 'pending', replies: [] })
  assert.ok(!('note' in document))
})

test('a user who asks owns the request; one whose token does not hold asks nothing', async (world) => {
  const who = world.person()
  const { _id } = await answered(world.api.post(who, '/api/contacts', posted()))
  assert.equal((await answered(world.api.get(who, `/api/contacts/${_id}`)))._id, _id)
  const expired = { ...who, token: who.contactsToken({ expiresIn: -60 }) }
  await refused(world.api.post(expired, '/api/contacts', posted()), 400, EXPIRED)
  await refused(world.api.post({ ...who, token: 'garbage' }, '/api/contacts', posted()), 400, EXPIRED)
})

for (const [what, more, message] of [
  ['no name', { contact_name: undefined }, 'Name is required'],
  ['an empty name', { contact_name: ' ' }, 'Name is required'],
  ['a long name', { contact_name: 'x'.repeat(101) }, 'Name is too long'],
  ['no address', { email: undefined }, 'Email is required'],
  ['a bad address', { email: 'eve' }, 'Email is invalid'],
  ['an address with a second one', { email: 'eve@mail.example,mallory@mail.example' }, 'Email is invalid'],
  ['no message', { message: undefined }, 'Message is required'],
  ['a long message', { message: 'x'.repeat(5_001) }, 'Message is too long'],
  ['a long subject', { subject: 'x'.repeat(201) }, 'Subject is too long'],
  ['a priority that is none', { priority: 'asap' }, 'Priority is invalid'],
]) {
  test(`a form with ${what} is refused: ${message}`, async (world) => {
    const admins = await world.connect(world.admin())
    await refused(world.api.post(null, '/api/contacts', posted(more)), 400, message)
    await unheard(world, [admins], 'newContactSubmission')
  })
}

test('what is no JSON, no object or too large is refused', async (world) => {
  for (const body of ['{', '[]', '"text"', 'null', '7']) await refused(world.api.post(null, '/api/contacts', body), 400)
  await refused(world.api.post(null, '/api/contacts', posted({ note: 'x'.repeat(300_000) })), 413)
})

test('a message of 5000 characters that JSON escapes fits', async (world) => {
  const message = '语'.repeat(5_000)
  const escaped = JSON.stringify(posted({ message })).replace(/语/g, '\\u8bed')
  shape(await answered(world.api.post(null, '/api/contacts', escaped)), { message })
})

// --- who may what -------------------------------------------------------------------------------------------

const ROUTES = [
  ['get', '/api/contacts'],
  ['get', '/api/contacts?pageNo=1'],
  ['get', `/api/contacts/${NOWHERE}`],
  ['get', `/api/contacts/${NOWHERE}/chat`],
  ['get', '/api/contacts/sender/somebody'],
  ['put', `/api/contacts/${NOWHERE}`, { message: 'x' }],
  ['remove', `/api/contacts/${NOWHERE}`],
]

/** Calls as that person; how the token travels is the story's. */
const calls = (world, who, [method, path, body], options) =>
  body === undefined ? world.api[method](who, path, options) : world.api[method](who, path, body, options)

for (const route of ROUTES) {
  test(`${route[0].toUpperCase()} ${route[1]} wants a token that holds`, async (world) => {
    const who = world.person()
    for (const prefix of PREFIXES) {
      await refused(calls(world, null, route, { prefix }), 401, NO_TOKEN)
      for (const token of ['null', 'undefined', ''])
        await refused(calls(world, null, route, { prefix, headers: { 'x-auth-token': token } }), 401, NO_TOKEN)
      const cookie = `authToken=${who.token}; token=${who.token}`
      await refused(calls(world, null, route, { prefix, headers: { cookie } }), 401, NO_TOKEN)
      for (const token of ['garbage', who.contactsToken({ expiresIn: -60 })])
        await refused(calls(world, { token }, route, { prefix }), 400, EXPIRED)
    }
  })
}

test('the token may be in either header', async (world) => {
  const admin = world.admin()
  for (const headers of [{ 'x-auth-token': admin.token }, { authorization: `Bearer ${admin.token}` }])
    assert.ok(Array.isArray(await answered(world.api.get(null, '/api/contacts', { headers }))))
})

test('lists and deletions are for admins', async (world) => {
  const { id } = await chat(world)
  for (const who of [world.person(), world.person({ role: 'Creator' })]) {
    await refused(world.api.get(who, '/api/contacts'), 401, UNAUTHORIZED)
    await refused(world.api.get(who, '/api/contacts?pageNo=1'), 401, UNAUTHORIZED)
    await refused(world.api.remove(who, `/api/contacts/${id}`), 401, UNAUTHORIZED)
  }
  shape(await world.app.contact(id), { id })
})

test('a request is shown to who asked and to admins; to others there is none', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const { id, accessToken } = await submits(socket)
  const show = (caller, options) => world.api.get(caller, `/api/contacts/${id}`, options)
  for (const caller of [who, world.admin(), world.admin({ role: 'SuperAdmin' })])
    shape(await answered(show(caller)), { _id: id })
  shape(await answered(show(null, { shows: accessToken })), { _id: id })
  shape(await answered(show(world.person(), { shows: accessToken })), { _id: id })
  await refused(show(world.person()), 404, NOT_FOUND)
  await refused(show(null, { shows: 'x'.repeat(43) }), 404, NOT_FOUND)
  await refused(show(world.person(), { shows: 'x' }), 404, NOT_FOUND)
  await refused(
    world.api.get(null, `/api/contacts/${id}?accessToken=${accessToken}&token=${accessToken}`),
    401,
    NO_TOKEN,
  )
  await refused(world.api.get(who, `/api/contacts/${NOWHERE}`), 404, NOT_FOUND)
})

test('a request of a guest is shown to the user whose address the token names', async (world) => {
  const { request, id } = await chat(world)
  const who = world.person({ email: request.email })
  shape(await answered(world.api.get(who, `/api/contacts/${id}`)), { _id: id })
})

// --- what is shown ------------------------------------------------------------------------------------------

test('a request is shown with its replies, and with nothing that is nobody else’s', async (world) => {
  const { admin, admins, guests, request, id } = await chat(world, { phone: '+1' })
  const first = await says(guests, id, 'Please')
  const second = await says(admins, id, 'Sure')
  await resolves(admins, id)
  const document = await answered(world.api.get(null, `/api/contacts/${id}`, { shows: request.accessToken }))
  shape(document, { _id: id, status: 'resolved', subject: request.subject, phone: '+1', resolvedAt: iso })
  assert.deepEqual(
    document.replies.map(({ _id, reply_name, message, reply_date }) => [_id, reply_name, message, reply_date]),
    [first, second].map(({ id: _id, senderName, message, timestamp }) => [_id, senderName, message, timestamp]),
  )
  const shown = JSON.stringify(document)
  for (const secret of [request.accessToken, admin.email, 'socketId', 'digest'])
    assert.ok(!shown.includes(secret), secret)
})

test('the chat is shown as the socket shows it', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  await says(guests, id, 'Please')
  await says(admins, id, 'Sure')
  const body = await answered(world.api.get(null, `/api/contacts/${id}/chat`, { shows: request.accessToken }))
  await does(admins, 'joinContactChat', id)
  assert.deepEqual(body, await next(admins, 'contactChatHistory'))
  for (const caller of [world.person(), world.person({ role: 'Creator' })])
    await refused(world.api.get(caller, `/api/contacts/${id}/chat`), 404, NOT_FOUND)
})

test('what a user asked is listed for that user and for admins, newest first', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const ids = [await submits(socket), await submits(socket), await submits(socket)].map(({ id }) => id)
  await submits(await world.connect())
  const sender = (caller) => world.api.get(caller, `/api/contacts/sender/${who.userId}`)
  for (const caller of [who, world.admin()]) {
    const found = await answered(sender(caller))
    assert.deepEqual(
      found.map(({ _id }) => _id),
      ids.toReversed(),
    )
  }
  await refused(sender(world.person()), 401, UNAUTHORIZED)
  assert.deepEqual(await answered(world.api.get(world.admin(), '/api/contacts/sender/nobody')), [])
})

test('pages have ten requests each; without a page there is a plain list', async ({ t }) => {
  const world = await ownContacts(t)
  const admin = world.admin()
  const ids = []
  for (const _ of numbers(23)) ids.push((await world.app.create()).contact.id)
  const page = async (query) =>
    shape(await answered(world.api.get(admin, `/api/contacts${query}`)), { totalPages: count, contacts: list })
  const seen = []
  for (const n of [1, 2, 3, 4]) {
    const { totalPages, contacts } = await page(`?pageNo=${n}`)
    assert.equal(totalPages, 3)
    assert.equal(contacts.length, [10, 10, 3, 0][n - 1])
    seen.push(...contacts.map(({ _id }) => _id))
  }
  assert.deepEqual(seen, ids.toReversed(), 'newest first')
  const plain = await answered(world.api.get(admin, '/api/contacts'))
  assert.deepEqual(
    plain.map(({ _id }) => _id),
    ids.toReversed(),
  )
  const socket = await world.connect(admin)
  await claims(socket, ids[3])
  await claims(socket, ids[4])
  await resolves(socket, ids[4])
  for (const [status, wanted] of [
    ['in_progress', [ids[3]]],
    ['resolved', [ids[4]]],
  ]) {
    const { totalPages, contacts } = await page(`?pageNo=1&status=${status}`)
    assert.equal(totalPages, 1)
    assert.deepEqual(
      contacts.map(({ _id }) => _id),
      wanted,
    )
  }
  assert.equal((await page('?pageNo=1&status=pending')).totalPages, 3)
  for (const query of ['?pageNo=0', '?pageNo=-1', '?pageNo=x', '?pageNo=1.5', '?pageNo=1&status=asap'])
    await refused(world.api.get(admin, `/api/contacts${query}`), 400)
})

// --- replies ------------------------------------------------------------------------------------------------

test('a reply over HTTP is one of the chat: those in it hear it', async (world) => {
  const { admin, admins, guests, request, id } = await chat(world)
  const ignored = { reply_name: 'The boss', email: 'boss@mail.example', senderRole: 'admin' }
  const path = `/api/contacts/${id}`
  await answered(world.api.put(null, path, { message: 'Please', ...ignored }, { shows: request.accessToken }))
  const document = await answered(world.api.put(admin, path, { message: 'Sure', ...ignored }))
  assert.deepEqual(
    document.replies.map(({ reply_name, message }) => [reply_name, message]),
    [
      [request.name, 'Please'],
      [admin.name, 'Sure'],
    ],
  )
  for (const reply of document.replies) shape(reply, { _id: text, reply_date: iso })
  for (const socket of [admins, guests]) {
    const [first, second] = await allOf(world, socket, 'contactMessage', id)
    shape(first, { message: 'Please', senderName: request.name, senderRole: 'guest' })
    shape(second, { message: 'Sure', senderId: admin.userId, senderRole: 'admin' })
  }
  shape((await allOf(world, guests, 'adminResponse', id))[0], { adminName: admin.name, message: 'Sure' })
})

test('a reply needs no chat that is open: also before a claim, and after the end', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const admin = world.admin()
  const { id } = await submits(guests)
  await answered(world.api.put(admin, `/api/contacts/${id}`, { message: 'First' }))
  shape(await world.app.contact(id), { status: 'pending' })
  await resolves(admins, id)
  const { replies } = await answered(world.api.put(admin, `/api/contacts/${id}`, { message: 'Last' }))
  assert.deepEqual(
    replies.map(({ message }) => message),
    ['First', 'Last'],
  )
})

test('strangers do not reply, and a reply has 1 to 5000 characters', async (world) => {
  const { request, id } = await chat(world)
  const path = `/api/contacts/${id}`
  const reply = (who, message, options) => world.api.put(who, path, { message }, options)
  await refused(reply(world.person(), 'Hi'), 404, NOT_FOUND)
  await refused(reply(null, 'Hi', { shows: 'x'.repeat(43) }), 404, NOT_FOUND)
  await refused(reply(null, 'Hi'), 401, NO_TOKEN)
  for (const message of [undefined, null, '', ' ', 7, ['x'], 'x'.repeat(5_001)])
    await refused(reply(null, message, { shows: request.accessToken }), 400)
  await refused(world.api.put(world.admin(), `/api/contacts/${NOWHERE}`, { message: 'x' }), 404, NOT_FOUND)
  assert.deepEqual((await world.app.whole(id)).messages, [])
})

test('lists show the last twenty replies of each', async (world) => {
  const { admins, id } = await chat(world)
  for (const n of numbers(25)) await does(admins, 'sendContactMessage', { contactId: id, message: `${n}` })
  const all = await answered(world.api.get(world.admin(), '/api/contacts?pageNo=1&status=in_progress'))
  const mine = all.contacts.find(({ _id }) => _id === id)
  assert.deepEqual(
    mine.replies.map(({ message }) => message),
    numbers(20, 5).map(String),
  )
  const { replies } = await answered(world.api.get(world.admin(), `/api/contacts/${id}`))
  assert.equal(replies.length, 25)
})

// --- the end ------------------------------------------------------------------------------------------------

test('an admin deletes a request with all that was said', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  await says(admins, id, 'Hello')
  const admin = world.admin()
  const gone = await answered(world.api.remove(admin, `/api/contacts/${id}`))
  shape(gone, { success: true })
  await refused(world.api.remove(admin, `/api/contacts/${id}`), 404, NOT_FOUND)
  await refused(world.api.get(admin, `/api/contacts/${id}`), 404, NOT_FOUND)
  await refused(world.api.get(null, `/api/contacts/${id}/chat`, { shows: request.accessToken }), 404, NOT_FOUND)
  for (const socket of [admins, guests])
    shape(await ask(socket, 'sendContactMessage', { contactId: id, message: 'x' }), { success: false })
  shape(await ask(guests, 'joinContactChat', { contactId: id, accessToken: request.accessToken }), { success: false })
})

test('signs of life', async ({ sidecar }) => {
  const response = await fetch(`${sidecar().publicUrl}/contacts/health`)
  assert.equal(response.status, 200)
  shape(await response.json(), {
    service: 'contacts-service',
    status: 'healthy',
    database: 'connected',
    timestamp: iso,
    uptime: (value) => typeof value === 'number' && value >= 0,
  })
})

test('paths that are not offered are 404', async (world) => {
  const admin = world.admin()
  for (const path of ['/api/broadcasts', '/api/chat-rooms', '/api/room-messages'])
    for (const prefix of PREFIXES) assert.equal((await world.api.get(admin, path, { prefix })).status, 404)
})
