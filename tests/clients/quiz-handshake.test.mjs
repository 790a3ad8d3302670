// Getting in on contract `quiz`: where tokens stand and what they say, guests, words of refusal (`contracts/quiz.md` section 1).

import assert from 'node:assert/strict'
import { ask, connected, disconnection, next, VERSIONS } from './support/client.mjs'
import { eventually } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { directory, DOORS, does, listed, newId, numbers, ownQuiz, quizSuite, ROOT, succeeded, titleOf, told } from './support/quiz.mjs'
import { iso, shape, text } from './support/shape.mjs'
import { sign } from './support/tokens.mjs'

const { test } = quizSuite(import.meta.url)

const TRANSPORTS = [['websocket'], ['polling']]

/** A sign of life, which comes back with all that was in it. */
async function alive(socket) {
  const sent = { timestamp: Date.now(), more: ['x', { y: 1 }] }
  succeeded(await ask(socket, 'ping', sent), { serverTime: iso })
  shape(await next(socket, 'pong', ({ timestamp }) => timestamp === sent.timestamp), { ...sent, serverTime: iso })
}

for (const door of DOORS) {
  for (const transports of TRANSPORTS) {
    for (const version of Object.keys(VERSIONS)) {
      test(`in at ${titleOf(door)} by ${transports[0]}, client ${version}`, async (world) => {
        const who = await world.member()
        const socket = await world.connect(who, { ...door, transports, version })
        const list = directory(await next(socket, 'onlineUsers'))
        shape(listed(list, who), { userId: who.userId, name: who.name, status: 'online', lastActivity: iso })
        await alive(socket)
        const guest = await world.connectGuest({ ...door, transports, version })
        await alive(guest)
      })
    }
  }
}

test('a client that begins with polling goes over to websocket', async (world) => {
  const socket = await world.connect(await world.member(), { transports: ['polling', 'websocket'] })
  await alive(socket)
  assert.ok(['polling', 'websocket'].includes(socket.io.engine.transport.name))
})

test('a token may stand in auth or in the header, and auth counts first', async (world) => {
  const [ann, bob] = [await world.member(), await world.member()]
  const listedAs = async (options, who) => {
    const socket = await world.connect(undefined, { device: newDevice(), ...options })
    assert.ok(listed(await next(socket, 'onlineUsers'), who), `${JSON.stringify(options).slice(0, 30)} is ${who.name}`)
    const reply = await ask(socket, 'joinRoom', { roomId: `user-${who.userId}`, roomType: 'personal' })
    succeeded(reply)
  }
  await listedAs({ auth: { token: ann.token } }, ann)
  await listedAs({ auth: { token: `Bearer ${ann.token}` } }, ann)
  await listedAs({ headers: { Authorization: `Bearer ${ann.token}` } }, ann)
  await listedAs({ auth: { token: null }, headers: { Authorization: `Bearer ${ann.token}` } }, ann)
  await listedAs({ auth: { token: bob.token }, headers: { Authorization: `Bearer ${ann.token}` } }, bob)
})

test('a cookie and the query are no places for a token', async (world) => {
  const ann = await world.member()
  const options = { headers: { Cookie: `authToken=${ann.token}; token=${ann.token}` }, query: { token: ann.token } }
  const socket = await world.connect(undefined, { auth: {}, ...options })
  const reply = await ask(socket, 'updatePresence', 'away')
  assert.deepEqual(reply, { success: false, error: 'Authentication required' }, 'a guest')
})

test('the id may stand under every name that apps have given it', async (world) => {
  for (const name of ['id', '_id', 'userId', 'sub']) {
    const who = await world.member()
    const now = Math.floor(Date.now() / 1000)
    const token = sign({ [name]: who.userId, iat: now, exp: now + 60 }, { secret: world.home.jwtSecret })
    const socket = await world.connect(who, { auth: { token } })
    assert.ok(listed(await next(socket, 'onlineUsers'), who), name)
  }
})

test('a name comes from the token, else from what the app told, else it is the id', async (world) => {
  const cases = [
    [await world.member(), (who) => who.quizToken({ name: 'From the token' }), () => 'From the token'],
    [await world.member(), (who) => who.quizToken(), (who) => who.name],
    [world.person(), (who) => who.quizToken(), (who) => who.userId],
  ]
  for (const [who, token, name] of cases) {
    const socket = await world.connect(who, { auth: { token: token(who) } })
    assert.equal(listed(await next(socket, 'onlineUsers', (one) => listed(one, who)), who).name, name(who))
  }
})

for (const door of DOORS) {
  test(`a token that does not hold makes nobody a guest: ${titleOf(door)}`, async (world) => {
    const who = world.person()
    const { jwtSecret: secret } = world.home
    const refused = async (token) => (await world.refused(undefined, { ...door, device: newDevice(), auth: { token } })).message
    assert.equal(await refused(who.quizToken({ expiresIn: -60 })), 'Authentication token expired')
    for (const [title, token] of [
      ['no token at all', 'garbage'],
      ['a wrong secret', sign({ id: who.userId }, { secret: 'x'.repeat(32) })],
      ['no signature', sign({ id: who.userId, exp: 9e9 }, { secret, alg: 'none' })],
      ['another algorithm', sign({ id: who.userId, exp: 9e9 }, { secret, alg: 'RS256' })],
      ['nobody', sign({ role: 'Admin', exp: 9e9 }, { secret })],
      ['a number', 42],
      ['an object', { token: who.token }],
    ])
      assert.equal(await refused(token), 'Invalid authentication token', title)
    const headers = { Authorization: 'Bearer garbage' }
    const { message } = await world.refused(undefined, { ...door, device: newDevice(), headers })
    assert.equal(message, 'Invalid authentication token', 'nor in the header')
  })
}

test('a revoked token and a closed account are refused, and the sockets of both close', async (world) => {
  const gone = await world.member()
  const sockets = [await world.connect(gone), await world.connect(gone, { ...DOORS[3], device: newDevice() })]
  const { status } = await world.internal.put(`/internal/users/${gone.userId}`, { active: false })
  assert.equal(status, 200)
  for (const socket of sockets) {
    shape(await next(socket, 'messageError'), { error: text })
    await disconnection(socket)
  }
  assert.equal((await world.refused(gone)).message, 'Invalid authentication token')

  const out = await world.member()
  const socket = await world.connect(out)
  const reply = await world.internal.post('/internal/force-logout', { userId: out.userId, reason: 'Signed out' })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  shape(await next(socket, 'messageError'), { error: 'Signed out' })
  await disconnection(socket)
})

test('a token that ends meanwhile ends its sockets', async (world) => {
  const who = await world.member()
  const socket = await world.connect(who, { auth: { token: who.quizToken({ expiresIn: 3 }) } })
  shape(await next(socket, 'messageError'), { error: 'Authentication token expired' })
  await disconnection(socket)
})

test('the first thing that the stock client asks for is granted: its own room', async (world) => {
  const who = await world.member()
  for (const [argument, roomType] of [
    [{ roomId: `user-${who.userId}`, roomType: 'personal' }, 'personal'],
    [`user-${who.userId}`, text],
  ]) {
    const socket = await world.connect(who)
    succeeded(await ask(socket, 'joinRoom', argument), { roomId: `user-${who.userId}`, memberCount: 1 })
    shape(await next(socket, 'roomJoined'), { roomId: `user-${who.userId}`, memberCount: 1, roomType })
    succeeded(await ask(socket, 'leaveRoom', `user-${who.userId}`))
    await world.app.emitToUser(who, 'still:mine', { n: 1 })
    assert.deepEqual(await next(socket, 'still:mine'), { n: 1 }, 'nobody leaves their own')
  }
})

test('guests are let in without a token, in every way of saying so', async (world) => {
  for (const auth of [undefined, {}, { token: null }, { token: '' }]) {
    const socket = await world.connect(undefined, { auth, device: newDevice() })
    await alive(socket)
    assert.deepEqual(told(socket, 'onlineUsers'), [])
  }
})

test('each guest socket is somebody of its own', async (world) => {
  const room = newId('room')
  const device = newDevice()
  const [one, two] = [await world.connectGuest({ device }), await world.connectGuest({ device })]
  await does(one, 'joinRoom', { roomId: room }, { memberCount: 1 })
  await does(two, 'joinRoom', { roomId: room }, { memberCount: 2 })
  shape(await next(one, 'userJoinedRoom'), { roomId: room, userName: 'Guest' })
})

test('guests can be kept out', async ({ t }) => {
  const world = await ownQuiz(t, { QUIZ_GUESTS: 'refuse' })
  for (const door of DOORS)
    for (const auth of [undefined, { token: null }])
      assert.equal((await world.refused(undefined, { ...door, device: newDevice(), auth })).message, 'Authentication token required')
  await alive(await world.connect(await world.member()))
})

test('beside another contract it is in its namespace, and the root is the other one', async ({ t }) => {
  const world = await ownQuiz(t, { ROOT_CONTRACT: 'social' })
  const who = await world.member()
  for (const door of DOORS.slice(1)) await alive(await world.connect(who, { ...door, device: newDevice() }))
  const socket = await connected(world.open(who, ROOT))
  const reply = new Promise((done) => socket.emit('joinRoom', 'lobby', done))
  assert.notEqual((await Promise.race([reply, new Promise((done) => setTimeout(done, 500))]))?.success, true)
})

test('pages of CLIENT_URL and FRONTEND_URL may call, with credentials, and others may not', async ({ t }) => {
  const world = await ownQuiz(t, {
    CLIENT_URL: 'https://quiz.example.com',
    FRONTEND_URL: 'https://www.quiz.example.com',
  })
  const asking = async (origin) => {
    const url = `${world.sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`
    const { headers, status } = await fetch(url, { headers: { origin }, signal: AbortSignal.timeout(5_000) })
    return { status, origin: headers.get('access-control-allow-origin'), credentials: headers.get('access-control-allow-credentials') }
  }
  for (const origin of ['https://quiz.example.com', 'https://www.quiz.example.com'])
    shape(await asking(origin), { origin, credentials: 'true' })
  const evil = 'https://evil.example.com'
  assert.ok(![evil, '*'].includes((await asking(evil)).origin))
})

test('the engine has the options of the contract', async (world) => {
  const url = `${world.sidecar().publicUrl}/socket.io/?EIO=4&transport=polling`
  const open = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
  shape(JSON.parse(open.slice(1)), { pingInterval: 25_000, pingTimeout: 60_000, maxPayload: 1_000_000 })
})

test('a user who has too many sockets open gets no more, in the words of the contract', async (world) => {
  const who = await world.member()
  const most = 200
  const sockets = await Promise.all(numbers(most).map(() => connected(world.open(who))))
  assert.equal((await world.refused(who)).message, 'Rate limit exceeded')
  sockets[0].disconnect()
  await eventually(
    () => new Promise((done) => {
      const socket = world.open(who)
      socket.once('connect', () => done('in')).once('connect_error', ({ message }) => done(message))
    }),
    (answer) => answer === 'in',
    'room for another',
  )
})
