// Messages over REST, and what sockets hear of them (`contracts/rooms.md` sections 4 and 6).

import assert from 'node:assert/strict'
import { next, settled, silent, untaken } from './support/client.mjs'
import { pause } from './support/deadline.mjs'
import { count, iso, shape, text } from './support/shape.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const DUPLICATE_WINDOW_MS = 5_000
// One transparent pixel.
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

const NOBODY = 'f'.repeat(24)

/** Two people whom the sidecar knows, and the ways to write between them. */
async function pair({ known, rest }) {
  const [a, b] = [await known(), await known()]
  const send = (from, to, body) => rest.post(from, `/api/messages/send/${to.userId}`, body)
  return { a, b, send }
}

test('a message over REST reaches both devices of the receiver and the sender once', async (world) => {
  const { a, b, send } = await pair(world)
  const receivers = [await world.connect(b), await world.connect(b)]
  const senders = [await world.connect(a), await world.connect(a)]
  const { status, body: document } = await send(a, b, { text: 'hello' })
  assert.equal(status, 201)
  shape(document, {
    _id: text,
    senderId: a.userId,
    receiverId: b.userId,
    text: 'hello',
    status: 'sent',
    isRead: false,
    createdAt: iso,
    updatedAt: iso,
  })
  const heard = []
  for (const device of receivers) heard.push(await next(device, 'newMessage'))
  for (const device of senders) heard.push(await next(device, 'messageSent'))
  for (const one of heard) {
    shape(one, { ...document, timestamp: iso })
    assert.deepEqual(one, heard[0], 'newMessage and messageSent are the identical object')
  }
  for (const device of receivers) {
    await silent(device, 'newMessage')
    await silent(device, 'messageSent')
  }
  for (const device of senders) {
    await silent(device, 'newMessage')
    await silent(device, 'messageSent')
  }
})

test('a third person hears nothing', async (world) => {
  const { a, b, send } = await pair(world)
  const stranger = await world.connect(world.person())
  await send(a, b, { text: 'between us' })
  await silent(stranger, 'newMessage')
  await silent(stranger, 'messageSent')
})

test('both spellings of the route send', async (world) => {
  const { a, b } = await pair(world)
  const socket = await world.connect(b)
  const { status, body } = await world.rest.post(a, `/api/messages/${b.userId}`, { text: 'short route' })
  assert.equal(status, 201)
  shape(await next(socket, 'newMessage'), { _id: body._id, text: 'short route' })
})

test('a bearer token serves like the cookie', async (world) => {
  const { a, b } = await pair(world)
  const headers = { authorization: `Bearer ${a.token}` }
  const { status } = await world.rest.post(null, `/api/messages/send/${b.userId}`, { text: 'x' }, headers)
  assert.equal(status, 201)
})

test('ids in the body do not matter: the sender is who the token says', async (world) => {
  const { a, b, send } = await pair(world)
  const forged = { text: 'mine', senderId: b.userId, receiverId: a.userId, messageId: 'chosen', _id: 'chosen' }
  const { status, body } = await send(a, b, forged)
  assert.equal(status, 201)
  shape(body, { senderId: a.userId, receiverId: b.userId })
  assert.notEqual(body._id, 'chosen')
})

test('the same text twice within five seconds is one message', async (world) => {
  const { a, b, send } = await pair(world)
  const socket = await world.connect(b)
  const first = await send(a, b, { text: 'double click' })
  const again = await send(a, b, { text: 'double click' })
  assert.deepEqual([first.status, again.status], [201, 200])
  assert.equal(again.body._id, first.body._id)
  await next(socket, 'newMessage')
  await silent(socket, 'newMessage')
  assert.equal((await send(b, a, { text: 'double click' })).status, 201, 'the other side may say the same')
  assert.equal((await send(a, b, { text: 'something else' })).status, 201)
  await pause(DUPLICATE_WINDOW_MS + 200)
  const later = await send(a, b, { text: 'double click' })
  assert.equal(later.status, 201, 'after the window it is a new message')
  assert.notEqual(later.body._id, first.body._id)
})

test('two identical posts at the same moment store one message', async (world) => {
  const { a, b, send } = await pair(world)
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(a, b, { text: 'race' })))
  assert.equal(new Set(answers.map(({ body }) => body._id)).size, 1)
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  const { body: history } = await world.rest.get(a, `/api/messages/${b.userId}`)
  assert.equal(history.length, 1)
})

test('messages to one person arrive in the order they were stored', async (world) => {
  const { a, b, send } = await pair(world)
  const socket = await world.connect(b)
  const texts = Array.from({ length: 30 }, (_, index) => `line ${index}`)
  for (const line of texts) assert.equal((await send(a, b, { text: line })).status, 201)
  await settled(socket)
  assert.deepEqual(
    untaken(socket, 'newMessage').map((one) => one.text),
    texts,
  )
})

test('an offline receiver changes nothing in the answer and finds the message later', async (world) => {
  const { a, b, send } = await pair(world)
  const { status, body } = await send(a, b, { text: 'for later' })
  assert.equal(status, 201)
  const { body: history } = await world.rest.get(b, `/api/messages/${a.userId}`)
  assert.deepEqual(
    history.map(({ _id }) => _id),
    [body._id],
  )
})

test('text of any script comes through unchanged', async (world) => {
  const { a, b, send } = await pair(world)
  const socket = await world.connect(b)
  const odd = 'Grüße 👩‍👩‍👧 \u202Eنص "quoted" \\ back\nline\ttab </script>'
  assert.equal((await send(a, b, { text: odd })).body.text, odd)
  assert.equal((await next(socket, 'newMessage')).text, odd)
})

test('history is ascending, of both sides, and of these two only', async (world) => {
  const { a, b, send } = await pair(world)
  const c = await world.known()
  await send(a, b, { text: '1' })
  await send(b, a, { text: '2' })
  await send(a, c, { text: 'aside' })
  await send(a, b, { text: '3' })
  for (const [reader, partner] of [
    [a, b],
    [b, a],
  ]) {
    const { status, body } = await world.rest.get(reader, `/api/messages/${partner.userId}`)
    assert.equal(status, 200)
    assert.deepEqual(
      body.map((one) => one.text),
      ['1', '2', '3'],
    )
    const times = body.map(({ createdAt }) => Date.parse(createdAt))
    assert.deepEqual(times, times.toSorted((x, y) => x - y))
  }
})

test('history is paged backwards by the id of a message', async (world) => {
  const { a, b, send } = await pair(world)
  for (let index = 1; index <= 7; index += 1) await send(a, b, { text: `${index}` })
  const page = async (query) => (await world.rest.get(b, `/api/messages/${a.userId}?${query}`)).body
  const last = await page('limit=3')
  assert.deepEqual(
    last.map((one) => one.text),
    ['5', '6', '7'],
  )
  const middle = await page(`limit=3&before=${last[0]._id}`)
  assert.deepEqual(
    middle.map((one) => one.text),
    ['2', '3', '4'],
  )
  const first = await page(`limit=3&before=${middle[0]._id}`)
  assert.deepEqual(
    first.map((one) => one.text),
    ['1'],
  )
})

test('chats lists the partners, contacts the people, both without secrets', async (world) => {
  const { a, b, send } = await pair(world)
  const c = await world.known()
  await world.internal.put(`/internal/users/${b.userId}`, {
    email: b.email,
    firstName: 'Ada',
    lastName: 'Byron',
  })
  await send(a, b, { text: 'hi' })
  const { status, body: chats } = await world.rest.get(a, '/api/messages/chats')
  assert.equal(status, 200)
  assert.deepEqual(
    chats.map(({ _id }) => _id),
    [b.userId],
  )
  shape(chats[0], { email: b.email, firstName: 'Ada', lastName: 'Byron', isGuest: false })
  const { body: mirrored } = await world.rest.get(b, '/api/messages/chats')
  assert.deepEqual(
    mirrored.map(({ _id }) => _id),
    [a.userId],
  )
  const { status: listed, body: contacts } = await world.rest.get(a, '/api/messages/contacts')
  assert.equal(listed, 200)
  const ids = contacts.map(({ _id }) => _id)
  assert.ok(ids.includes(b.userId) && ids.includes(c.userId))
  assert.ok(!ids.includes(a.userId), 'nobody is their own contact')
  const allowed = ['_id', 'email', 'firstName', 'lastName', 'profileImage', 'isAdmin', 'isGuest']
  for (const contact of contacts) {
    assert.deepEqual(
      Object.keys(contact).filter((key) => !allowed.includes(key)),
      [],
    )
  }
})

test('unread messages are counted by sender until they are read', async (world) => {
  const { a, b, send } = await pair(world)
  const c = await world.known()
  const reader = await world.connect(b)
  const { body: first } = await send(a, b, { text: 'one' })
  await send(a, b, { text: 'two' })
  await send(c, b, { text: 'three' })
  const unread = async () => (await world.rest.get(b, '/api/messages/unread')).body
  assert.deepEqual(await unread(), { total: 3, byUser: { [a.userId]: 2, [c.userId]: 1 } })
  reader.emit('messageRead', { messageId: first._id, senderId: a.userId })
  await settled(reader)
  assert.deepEqual(await unread(), { total: 2, byUser: { [a.userId]: 1, [c.userId]: 1 } })
  shape((await world.rest.get(a, '/api/messages/unread')).body, { total: 0, byUser: {} })
})

test('an image is stored, and shown to the two people of the message only', async (world) => {
  const { a, b, send } = await pair(world)
  const socket = await world.connect(b)
  const { status, body } = await send(a, b, { image: `data:image/png;base64,${PIXEL}` })
  assert.equal(status, 201)
  shape(body, { image: text })
  assert.ok(!body.image.startsWith('data:'), 'the document carries an address, not the picture')
  assert.equal((await next(socket, 'newMessage')).image, body.image)
  const path = new URL(body.image, world.sidecar().publicUrl).pathname
  for (const who of [a, b]) {
    const picture = await world.rest.get(who, path)
    assert.equal(picture.status, 200)
    assert.equal(picture.headers.get('content-type'), 'image/png')
    assert.equal(picture.bytes.toString('base64'), PIXEL)
  }
  const bearer = await world.rest.get(null, path, { authorization: `Bearer ${b.token}` })
  assert.equal(bearer.status, 200)
  const stranger = await world.rest.get(await world.known(), path)
  assert.ok([403, 404].includes(stranger.status), `a stranger got ${stranger.status}`)
  assert.equal((await world.rest.get(null, path)).status, 401)
})

test('text and image travel together', async (world) => {
  const { a, b, send } = await pair(world)
  const { body } = await send(a, b, { text: 'look', image: `data:image/png;base64,${PIXEL}` })
  shape(body, { text: 'look', image: text })
})

test('what is no image is refused in the words of the contract', async (world) => {
  const { a, b, send } = await pair(world)
  for (const image of ['data:text/html;base64,PHNjcmlwdD4=', 'data:image/png;base64,%%%', 'not base64 at all!']) {
    const { status, body } = await send(a, b, { image })
    assert.equal(status, 500, image)
    assert.deepEqual(body, { message: 'Failed to upload image.' }, image)
  }
})

test('without a good token every route answers Unauthorized', async (world) => {
  const { a, b } = await pair(world)
  const expired = { ...a, token: a.anotherToken({ expiresIn: -60 }) }
  const forged = { ...a, token: `${a.token}x` }
  const routes = [
    ['post', `/api/messages/send/${b.userId}`],
    ['post', `/api/messages/${b.userId}`],
    ['get', `/api/messages/${b.userId}`],
    ['get', '/api/messages/chats'],
    ['get', '/api/messages/contacts'],
    ['get', '/api/messages/unread'],
  ]
  for (const who of [null, expired, forged]) {
    for (const [method, path] of routes) {
      const { status, body } = await world.rest[method](who, path, method === 'post' ? { text: 'x' } : undefined)
      assert.equal(status, 401, `${method} ${path}`)
      assert.deepEqual(body, { error: 'Unauthorized' }, `${method} ${path}`)
    }
  }
})

test('what cannot be sent is refused in the words of the contract', async (world) => {
  const { a, b, send } = await pair(world)
  const to = (id, body = { text: 'x' }) => world.rest.post(a, `/api/messages/send/${id}`, body)
  for (const [answer, status, message] of [
    [await send(a, b, {}), 400, 'Text or image is required.'],
    [await send(a, b, { text: '' }), 400, 'Text or image is required.'],
    [await send(a, a, { text: 'me' }), 400, 'Cannot send messages to yourself.'],
    [await to('no%20such%20%3Cid%3E'), 400, 'Invalid receiver ID.'],
    [await to('x'.repeat(500)), 400, 'Invalid receiver ID.'],
    [await to(NOBODY), 404, 'Receiver not found.'],
  ]) {
    assert.equal(answer.status, status, message)
    assert.deepEqual(answer.body, { message }, message)
  }
})

test('what cannot be read is refused in the words of the contract', async (world) => {
  const { a } = await pair(world)
  const invalid = await world.rest.get(a, '/api/messages/no%20such%20%3Cid%3E')
  assert.equal(invalid.status, 400)
  assert.match(JSON.stringify(invalid.body), /"Invalid user ID\."/)
  const unknown = await world.rest.get(a, `/api/messages/${NOBODY}`)
  assert.equal(unknown.status, 404)
  assert.match(JSON.stringify(unknown.body), /"User not found\."/)
})

test('a body that is not what it should be is refused, not fatal', async (world) => {
  const { a, b, send } = await pair(world)
  for (const body of [{ text: 7 }, { text: { $gt: '' } }, { text: ['x'] }, [], 'text', null]) {
    const { status } = await send(a, b, body)
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)} was answered ${status}`)
  }
  assert.equal((await send(a, b, { text: 'still fine' })).status, 201)
})

test('a user is known to the sidecar from the first token on', async ({ person, connect, rest }) => {
  const [a, b] = [person(), person()]
  const socket = await connect(b)
  const { status } = await rest.post(a, `/api/messages/send/${b.userId}`, { text: 'met you online' })
  assert.equal(status, 201)
  await next(socket, 'newMessage')
})

test('the socket token is short-lived, for its purpose, and opens a socket', async ({ person, connect, rest }) => {
  const who = person()
  const { status, body } = await rest.get(who, '/api/auth/socket-token')
  assert.equal(status, 200)
  shape(body, { socketToken: text, userId: who.userId, email: who.email })
  await connect(who, { auth: { token: body.socketToken } })
  const claims = JSON.parse(Buffer.from(body.socketToken.split('.')[1], 'base64url').toString())
  shape(claims, { purpose: 'socket-auth', userId: who.userId, exp: count })
  assert.ok(claims.exp - Date.now() / 1000 <= 3601, 'an hour at most')
})

test('the socket token needs the cookie', async ({ person, rest }) => {
  const nobody = await rest.get(null, '/api/auth/socket-token')
  assert.equal(nobody.status, 401)
  assert.deepEqual(nobody.body, { error: 'No authentication token found' })
  const who = person()
  const expired = await rest.get({ ...who, token: who.anotherToken({ expiresIn: -60 }) }, '/api/auth/socket-token')
  assert.equal(expired.status, 401)
  assert.deepEqual(expired.body, { error: 'Invalid or expired token' })
  const purposeful = { ...who, token: who.anotherToken({ purpose: 'socket-auth' }) }
  assert.equal(
    (await rest.get(purposeful, '/api/auth/token')).status,
    404,
    'the httpOnly token is never handed to scripts',
  )
})
