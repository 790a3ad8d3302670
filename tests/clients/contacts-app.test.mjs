// What the app calls (`contracts/contacts.md` section 5): requests of its own, admins' work on their behalf, figures, and
// events for admins and users.

import assert from 'node:assert/strict'
import { next, settled } from './support/client.mjs'
import {
  allOf,
  chat,
  claims,
  contactId,
  contactsSuite,
  does,
  DOORS,
  form,
  numbers,
  ownContacts,
  published,
  resolves,
  says,
  secretWord,
  submits,
  told,
} from './support/contacts.mjs'
import { eventually } from './support/deadline.mjs'
import { count, iso, shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

const NOWHERE = 'contact_1700000000000_abcdefghi'
const CLAIMED = 'Contact already claimed by another admin'

const refusedWith = async (call, status, error) => {
  const { status: got, body } = await call
  assert.equal(got, status, JSON.stringify(body))
  return shape(body, { error: error ?? text })
}

// --- createContact ------------------------------------------------------------------------------------------

test('a request that the app puts in is in the queue, and admins hear of it', async (world) => {
  const admins = await world.connect(world.admin())
  const sent = form({ priority: 'high', phone: '+1' })
  const { status, body } = await world.internal.post('/internal/contacts', sent)
  assert.equal(status, 201)
  shape(body, { success: true, accessToken: secretWord })
  shape(body.contact, { ...sent, id: contactId, status: 'pending', submittedAt: iso })
  const heard = await next(admins, 'newContactSubmission', ({ id }) => id === body.contact.id)
  shape(heard, { name: sent.name, priority: 'high' })
  const guests = await world.connect()
  await does(guests, 'joinContactChat', { contactId: body.contact.id, accessToken: body.accessToken })
  await claims(admins, body.contact.id)
  await says(guests, body.contact.id, 'Me')
})

test('a request that the app puts in for a user is that user’s', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const { contact } = await world.app.create({ userId: who.userId })
  shape(contact, { userId: who.userId })
  await does(socket, 'joinContactChat', contact.id)
})

test('the same call again is the same request', async (world) => {
  const key = { 'idempotency-key': `create-${Date.now()}` }
  const sent = form()
  const [one, two] = [
    await world.internal.post('/internal/contacts', sent, key),
    await world.internal.post('/internal/contacts', sent, key),
  ]
  assert.equal(two.body.contact.id, one.body.contact.id)
  const { contacts } = await world.app.list('?limit=500')
  assert.equal(contacts.filter(({ email }) => email === sent.email).length, 1)
})

for (const [field, more, error] of [
  ['name', { name: ' ' }, 'Name is required'],
  ['name', { name: 'x'.repeat(101) }, 'Name is too long'],
  ['email', { email: undefined }, 'Email is required'],
  ['email', { email: 'eve' }, 'Email is invalid'],
  ['message', { message: '' }, 'Message is required'],
  ['message', { message: 'x'.repeat(5_001) }, 'Message is too long'],
  ['subject', { subject: 'x'.repeat(201) }, 'Subject is too long'],
  ['priority', { priority: 'asap' }, 'Priority is invalid'],
]) {
  test(`a request is refused by field: ${error}`, async (world) => {
    const body = await refusedWith(world.internal.post('/internal/contacts', form(more)), 400, error)
    assert.equal(body.field, field)
  })
}

// --- looking ------------------------------------------------------------------------------------------------

test('a request is shown with all that was said', async (world) => {
  const { admins, guests, request, id } = await chat(world)
  const [one, two] = [await says(guests, id, 'One'), await says(admins, id, 'Two')]
  const whole = await world.app.whole(id)
  assert.deepEqual(whole.messages, [one, two])
  shape(whole.contact, { id, name: request.name, status: 'in_progress' })
  for (const nowhere of [NOWHERE, 'x', '%20', 'x'.repeat(300)])
    await refusedWith(world.internal.get(`/internal/contacts/${nowhere}`), 404, 'Contact not found')
})

test('requests are listed by state, in parts', async ({ t }) => {
  const world = await ownContacts(t)
  const admins = await world.connect(world.admin())
  const ids = []
  for (const n of numbers(6)) ids.push((await world.app.create({ priority: n === 2 ? 'urgent' : 'normal' })).contact.id)
  const listed = async (query) => {
    const { contacts, total } = await world.app.list(query)
    return [contacts.map(({ id }) => ids.indexOf(id)), total]
  }
  assert.deepEqual(await listed(''), [[5, 4, 3, 2, 1, 0], 6])
  assert.deepEqual(await listed('?status=pending'), [[2, 5, 4, 3, 1, 0], 6])
  assert.deepEqual(await listed('?limit=2&offset=1'), [[4, 3], 6])
  await claims(admins, ids[0])
  await claims(admins, ids[1])
  await resolves(admins, ids[1])
  assert.deepEqual(await listed('?status=in_progress'), [[0], 1])
  assert.deepEqual(await listed('?status=resolved'), [[1], 1])
  assert.deepEqual(await listed('?offset=100'), [[], 6])
  for (const query of ['?status=asap', '?limit=0', '?limit=501', '?limit=x', '?offset=-1'])
    await refusedWith(world.internal.get(`/internal/contacts${query}`), 400)
})

// --- assignContact, releaseContact, resolveContact ------------------------------------------------------------

test('the app assigns a request: it is as if the admin had claimed it', async (world) => {
  const [admin, other] = [world.admin(), world.admin()]
  const [admins, others] = [await world.connect(admin), await world.connect(other)]
  const guests = await world.connect()
  const { id } = await submits(guests)
  const { contact, assigned } = await world.app.assign(id, admin)
  assert.equal(assigned, true)
  shape(contact.assignedAdmin, { id: admin.userId, name: admin.name, claimedAt: iso })
  const short = { contactId: id, adminName: admin.name, adminId: admin.userId }
  const [whole, ...more] = await allOf(world, admins, 'contactClaimed', id)
  assert.equal(more.length, 0)
  shape(whole, { ...short, chatRoomId: `contact-${id}` })
  assert.deepEqual(await allOf(world, others, 'contactClaimed', id), [short])
  assert.equal((await world.app.assign(id, admin)).assigned, false, 'it is theirs already')
  const body = await refusedWith(
    world.internal.post(`/internal/contacts/${id}/assign`, { adminId: other.userId }),
    409,
    CLAIMED,
  )
  assert.equal(body.assignedTo, admin.name)
})

test('the admin and who asked are in the chat of what the app assigned', async (world) => {
  const [admin, who] = [world.admin(), world.person()]
  const [admins, users] = [await world.connect(admin), await world.connect(who)]
  const { contact } = await world.app.create({ userId: who.userId })
  await world.app.assign(contact.id, admin)
  await says(users, contact.id, 'Hello?')
  shape((await allOf(world, admins, 'contactMessage', contact.id))[0], { message: 'Hello?' })
  await says(admins, contact.id, 'Yes')
  assert.deepEqual(
    (await allOf(world, users, 'contactMessage', contact.id)).map(({ message }) => message),
    ['Hello?', 'Yes'],
  )
})

test('who has not said a word is in the chat of what the app assigned', async (world) => {
  const [admin, who] = [world.admin(), world.person()]
  const [admins, users] = [await world.connect(admin), await world.connect(who)]
  const { contact } = await world.app.create({ userId: who.userId })
  await world.app.assign(contact.id, admin)
  await says(admins, contact.id, 'How can I help?')
  shape((await allOf(world, users, 'adminResponse', contact.id))[0], { message: 'How can I help?' })
  shape((await allOf(world, users, 'contactMessage', contact.id))[0], { message: 'How can I help?' })
})

test('an admin is named as the app told, or as the token says, or by the id', async (world) => {
  const [told_, online, nobody] = [world.admin(), world.admin(), world.admin()]
  await world.app.setUser(told_, { name: 'Ann of the app', email: 'ann@app.example' })
  await world.connect(online)
  for (const [admin, wanted] of [
    [told_, { id: told_.userId, name: 'Ann of the app', email: 'ann@app.example' }],
    [online, { id: online.userId, name: online.name, email: online.email }],
    [nobody, { id: nobody.userId, name: nobody.userId }],
  ]) {
    const { contact } = await world.app.create()
    shape((await world.app.assign(contact.id, admin)).contact.assignedAdmin, wanted)
  }
})

test('the app gives back and resolves on an admin’s behalf', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const other = world.admin()
  await refusedWith(world.internal.post(`/internal/contacts/${id}/release`, { adminId: other.userId }), 409)
  shape((await world.app.release(id, admin)).contact, { status: 'pending' })
  assert.deepEqual(await allOf(world, admins, 'contactReleased', id), [{ contactId: id, adminName: admin.name }])
  await world.app.assign(id, admin)
  const { contact, resolved } = await world.app.resolve(id, admin)
  assert.equal(resolved, true)
  shape(contact, { status: 'resolved', resolvedBy: { id: admin.userId, name: admin.name }, resolvedAt: iso })
  shape((await allOf(world, admins, 'contactResolved', id))[0], { resolvedBy: admin.name, contact: { ...contact } })
  assert.deepEqual(await allOf(world, guests, 'contactResolved', id), [
    { contactId: id, resolvedBy: admin.name, responseTime: 0 },
  ])
  assert.equal((await world.app.resolve(id, other)).resolved, false, 'it was done before')
  await refusedWith(world.internal.post(`/internal/contacts/${id}/assign`, { adminId: other.userId }), 409)
})

for (const action of ['assign', 'release', 'resolve']) {
  test(`${action} of nothing, or by nobody, is refused`, async (world) => {
    const { contact } = await world.app.create()
    const call = (id, body) => world.internal.post(`/internal/contacts/${id}/${action}`, body)
    await refusedWith(call(NOWHERE, { adminId: 'ann' }), 404, 'Contact not found')
    for (const body of [{}, { adminId: '' }, { adminId: 7 }, { adminId: null }, []])
      await refusedWith(call(contact.id, body), 400)
    shape(await world.app.contact(contact.id), { status: 'pending' })
  })
}

test('of the app and an admin who claim at once exactly one wins', async (world) => {
  const [admin, other] = [world.admin(), world.admin()]
  const admins = await world.connect(admin)
  for (const _ of numbers(10)) {
    const { contact } = await world.app.create()
    const { id } = contact
    const [reply, call] = await Promise.all([
      new Promise((done) => admins.emit('claimContact', id, done)),
      world.internal.post(`/internal/contacts/${id}/assign`, { adminId: other.userId }),
    ])
    assert.deepEqual([reply.success, call.status === 200].toSorted(), [false, true])
    const owner = reply.success ? admin : other
    shape((await world.app.contact(id)).assignedAdmin, { id: owner.userId })
  }
})

// --- getStats, getActiveChats -------------------------------------------------------------------------------

test('figures are those of the sockets, and those of the server', async (world) => {
  const { admins, id } = await chat(world)
  await says(admins, id, 'Hello')
  const figures = await world.app.stats()
  shape(figures, {
    totalContacts: count,
    activeChats: count,
    messagesExchanged: count,
    averageResponseTime: (value) => typeof value === 'number',
    onlineAdmins: 1,
    pendingContacts: count,
    activeContacts: count,
    onlineUsers: count,
    activeSessions: (value) => value >= 2,
  })
  const { stats } = await does(admins, 'getContactStats')
  shape(figures, stats)
  assert.equal(figures.activeContacts, figures.pendingContacts + figures.activeChats)
})

test('chats that are open are listed with what was said', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const [one, two] = [await says(guests, id, 'One'), await says(admins, id, 'Two')]
  const { chats, total } = await world.app.chats()
  assert.ok(total >= 1)
  const { claimedAt } = (await world.app.contact(id)).assignedAdmin
  assert.deepEqual(
    chats.find(({ contactId }) => contactId === id),
    { contactId: id, roomId: `contact-${id}`, adminId: admin.userId, startedAt: claimedAt, messages: [one, two] },
  )
  await resolves(admins, id)
  assert.ok(!(await world.app.chats()).chats.some(({ contactId }) => contactId === id))
  for (const query of ['?limit=0', '?limit=51', '?limit=x'])
    await refusedWith(world.internal.get(`/internal/contacts/chats${query}`), 400)
})

// --- notifyAdmins, sendToUser -------------------------------------------------------------------------------

test('an event for admins reaches each of their sockets here, and nobody else', async (world) => {
  const [one, two] = [world.admin(), world.admin()]
  const admins = [await world.connect(one), await world.connect(one, DOORS[1]), await world.connect(two, DOORS[2])]
  const others = [
    await world.connect(world.person()),
    await world.connect(),
    await world.connectElsewhere(one),
    await world.connectElsewhere(one, { path: '/socket.io' }),
  ]
  const data = { level: 3, words: ['a', null], deep: { x: 1.5 } }
  const { reached } = await world.app.notifyAdmins('queue:long', data)
  assert.equal(reached.sockets, 3)
  for (const socket of admins) assert.deepEqual(await next(socket, 'queue:long'), data)
  await published(world)
  for (const socket of others) {
    await settled(socket)
    assert.deepEqual(told(socket, 'queue:long'), [])
  }
})

test('an event for a user reaches that user’s sockets here', async (world) => {
  const [who, other] = [world.person(), world.person()]
  const mine = [await world.connect(who), await world.connect(who, DOORS[1])]
  const others = [await world.connect(other), await world.connect(), await world.connectElsewhere(who)]
  const { reached } = await world.app.sendToUser(who, 'ticket:news', { n: 1 })
  assert.equal(reached.sockets, 2)
  for (const socket of mine) assert.deepEqual(await next(socket, 'ticket:news'), { n: 1 })
  await published(world)
  for (const socket of others) {
    await settled(socket)
    assert.deepEqual(told(socket, 'ticket:news'), [])
  }
  const nobody = await world.app.sendToUser(world.person(), 'ticket:news', {})
  assert.equal(nobody.reached.sockets, 0)
})

test('events of the app need a name that is not the sidecar’s or the client’s own', async (world) => {
  for (const event of [undefined, '', 7, 'connect', 'disconnect', 'x'.repeat(300)]) {
    await refusedWith(world.internal.post('/internal/contacts/notify-admins', { event, data: {} }), 400)
    await refusedWith(world.internal.post('/internal/contacts/send-to-user', { userId: 'u', event, data: {} }), 400)
  }
  await refusedWith(world.internal.post('/internal/contacts/send-to-user', { event: 'x', data: {} }), 400)
})

test('the calls are for the app only', async (world) => {
  const without = { authorization: '' }
  for (const path of [
    '/internal/contacts',
    '/internal/contacts/stats',
    '/internal/contacts/chats',
    `/internal/contacts/${NOWHERE}`,
  ])
    assert.equal((await world.internal.get(path, without)).status, 401, path)
  for (const path of [
    '',
    `/${NOWHERE}/assign`,
    `/${NOWHERE}/release`,
    `/${NOWHERE}/resolve`,
    '/notify-admins',
    '/send-to-user',
  ])
    assert.equal((await world.internal.post(`/internal/contacts${path}`, {}, without)).status, 401, path)
  const admin = world.admin()
  const outside = await fetch(`${world.sidecar().publicUrl}/internal/contacts`, {
    headers: { authorization: `Bearer ${admin.token}` },
  })
  assert.equal(outside.status, 404)
})

test('figures of sessions go down when people leave', async (world) => {
  const before = (await world.app.stats()).activeSessions
  const sockets = [await world.connect(), await world.connect()]
  assert.equal((await world.app.stats()).activeSessions, before + 2)
  for (const socket of sockets) socket.disconnect()
  await eventually(
    async () => (await world.app.stats()).activeSessions,
    (now) => now === before,
    'both to be gone',
  )
})
