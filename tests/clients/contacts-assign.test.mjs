// What nobody takes, and admins who are lost (`contracts/contacts.md` section 6). The times are short here, as an
// operator may set them.

import assert from 'node:assert/strict'
import { next } from './support/client.mjs'
import {
  allOf,
  chat,
  claimRefused,
  claims,
  contactsSuite,
  does,
  numbers,
  ownContacts,
  pending,
  published,
  resolves,
  says,
  submits,
  unheard,
} from './support/contacts.mjs'
import { eventually, pause, PROMPTLY_MS } from './support/deadline.mjs'
import { iso, shape } from './support/shape.mjs'

const REASON = 'Auto-assigned due to no manual claim'
const CLAIMED = 'Contact already claimed by another admin'
const AFTER_MS = 500
const RETRY_MS = 500
const GRACE_MS = 700

const QUICK = {
  CONTACTS_ASSIGN_AFTER_MS: `${AFTER_MS}`,
  CONTACTS_ASSIGN_RETRY_MS: `${RETRY_MS}`,
  CONTACTS_ADMIN_GRACE_MS: `${GRACE_MS}`,
}
/** Here nothing is assigned meanwhile. */
const PATIENT = { CONTACTS_ADMIN_GRACE_MS: `${GRACE_MS}` }

const { test } = contactsSuite(import.meta.url, PATIENT)

const assigned = (socket, id, ms = PROMPTLY_MS) =>
  next(socket, 'autoAssignedContact', ({ contactId }) => contactId === id, ms)

test('what nobody takes goes to an admin who is there, who is told so; the others hear whose it is', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const [busy, free] = [world.admin(), world.admin()]
  const busys = await world.connect(busy)
  const guests = await world.connect()
  const first = await submits(guests)
  await claims(busys, first.id)
  const frees = await world.connect(free)
  const sent = await submits(guests, { priority: 'high', phone: '+1' })
  const since = Date.now()
  const told = await assigned(frees, sent.id)
  assert.ok(Date.now() - since > AFTER_MS / 2, 'not at once: admins have time to choose')
  assert.deepEqual(Object.keys(told).toSorted(), ['contact', 'contactId', 'reason'])
  shape(told, { reason: REASON })
  const { id, name, email, subject, message, phone } = sent
  shape(told.contact, { id, name, email, subject, message, phone, priority: 'high', status: 'in_progress' })
  shape(told.contact.assignedAdmin, { id: free.userId, name: free.name, email: free.email, claimedAt: iso })
  const short = { contactId: id, adminName: free.name, adminId: free.userId }
  for (const socket of [busys, frees]) assert.deepEqual(await allOf(world, socket, 'contactClaimed', id), [short])
  await unheard(world, [busys, guests], 'autoAssignedContact')
  await unheard(world, [guests], 'contactClaimed')
  const kept = await world.app.contact(id)
  shape(kept, { status: 'in_progress' })
  assert.deepEqual(kept.assignedAdmin, told.contact.assignedAdmin)
  await claimRefused(busys, id, CLAIMED, { assignedTo: free.name })
})

test('the chat of what was assigned works as that of what was claimed', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const admins = await world.connect(world.admin())
  const guests = await world.connect()
  const { id } = await submits(guests)
  await assigned(admins, id)
  await says(admins, id, 'Hello')
  shape((await allOf(world, guests, 'contactMessage', id))[0], { message: 'Hello' })
  await says(guests, id, 'Hi')
  shape((await allOf(world, admins, 'contactMessage', id)).at(-1), { message: 'Hi' })
  await resolves(admins, id)
  assert.equal((await allOf(world, guests, 'contactResolved', id)).length, 1)
})

test('the admin to whom it is given hears what the guest says first', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const admins = await world.connect(world.admin())
  const guests = await world.connect()
  const { id } = await submits(guests)
  await assigned(admins, id)
  await says(guests, id, 'Anybody there?')
  shape((await allOf(world, admins, 'contactMessage', id))[0], { message: 'Anybody there?' })
})

test('of equals each has a turn, and who has fewest chats comes first', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const admins = [world.admin(), world.admin(), world.admin()]
  for (const admin of admins) await world.connect(admin)
  const guests = await world.connect()
  const ids = []
  for (const _ of numbers(9)) ids.push((await submits(guests)).id)
  const owners = await eventually(
    async () => Promise.all(ids.map(async (id) => (await world.app.contact(id)).assignedAdmin?.id)),
    (all) => all.every(Boolean),
    'all to be assigned',
  )
  for (const { userId } of admins) assert.equal(owners.filter((id) => id === userId).length, 3, JSON.stringify(owners))
})

test('while no admin is there it waits; then the most urgent comes first, of equals the oldest', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const guests = await world.connect()
  const asked = []
  for (const priority of ['low', 'normal', 'urgent', 'normal', 'high', 'urgent'])
    asked.push((await submits(guests, { priority })).id)
  await pause(AFTER_MS + RETRY_MS + 1_000)
  for (const id of asked) shape(await world.app.contact(id), { status: 'pending' })
  const admins = await world.connect(world.admin())
  const got = []
  while (got.length < asked.length)
    got.push((await next(admins, 'autoAssignedContact', undefined, PROMPTLY_MS)).contactId)
  assert.deepEqual(
    got.map((id) => asked.indexOf(id)),
    [2, 5, 4, 1, 3, 0],
  )
})

test('what was taken or is done is given to nobody; what was given back waits the full time again', async ({ t }) => {
  const world = await ownContacts(t, { ...QUICK, CONTACTS_ASSIGN_AFTER_MS: '2500' })
  const [one, two] = [world.admin(), world.admin()]
  const [ones, twos] = [await world.connect(one), await world.connect(two)]
  const guests = await world.connect()
  const [taken, done, back] = [await submits(guests), await submits(guests), await submits(guests)]
  await claims(ones, taken.id)
  await resolves(ones, done.id)
  await claims(ones, back.id)
  await pause(1_500)
  await does(ones, 'releaseContact', back.id)
  const since = Date.now()
  await assigned(twos, back.id)
  assert.ok(Date.now() - since > 2_000, `after ${Date.now() - since} ms`)
  for (const socket of [ones, twos])
    for (const { id } of [taken, done]) assert.deepEqual(await allOf(world, socket, 'autoAssignedContact', id), [])
  shape((await world.app.contact(taken.id)).assignedAdmin, { id: one.userId })
})

test('a request that came over HTTP, or from the app, is assigned too', async ({ t }) => {
  const world = await ownContacts(t, QUICK)
  const admins = await world.connect(world.admin())
  const { body } = await world.api.post(null, '/api/contacts', {
    contact_name: 'Eve',
    email: 'eve@mail.example',
    message: 'How?',
  })
  await assigned(admins, body._id)
  const { contact } = await world.app.create()
  await assigned(admins, contact.id)
})

test('what waited when the process was killed is assigned by the next one', async ({ t }) => {
  const world = await ownContacts(t, { ...QUICK, CONTACTS_ASSIGN_AFTER_MS: '1500' })
  const { id } = await submits(await world.connect())
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const admins = await world.connect(world.admin())
  await assigned(admins, id)
})

test('while admins claim, what is assigned is nobody else’s: each request has one owner, told once', async ({ t }) => {
  const world = await ownContacts(t, { ...QUICK, CONTACTS_ASSIGN_AFTER_MS: '1000' })
  const [one, two] = [world.admin(), world.admin()]
  const [ones, twos] = [await world.connect(one), await world.connect(two)]
  const guests = await world.connect()
  const ids = []
  for (const _ of numbers(20)) ids.push((await submits(guests)).id)
  // Claims come in just when it is due.
  for (const id of ids) {
    await pause(100)
    twos.emit('claimContact', id)
  }
  await eventually(
    () => pending(ones),
    (list) => list.length === 0,
    'nothing to wait',
  )
  for (const id of ids) {
    const { assignedAdmin } = await world.app.contact(id)
    const news = await allOf(world, ones, 'contactClaimed', id)
    assert.deepEqual(
      news.map(({ adminId }) => adminId),
      [assignedAdmin.id],
      id,
    )
  }
})

// --- admins who are lost ------------------------------------------------------------------------------------

/** An admin with a chat, another one who watches, and a guest. */
async function watched(world) {
  const found = await chat(world)
  const other = world.admin()
  return { ...found, other, others: await world.connect(other) }
}

const lost = (socket, id) => next(socket, 'adminDisconnected', ({ contactId }) => contactId === id, PROMPTLY_MS)
/** Nobody heard that the admin of this request is lost. (Of those whom earlier stories left behind somebody may.) */
const notLost = async (world, socket, id) =>
  assert.deepEqual(await allOf(world, socket, 'adminDisconnected', id), [], 'nobody is lost')

test('an admin who is gone for too long is lost: others hear it once, and may take over', async (world) => {
  const { admin, admins, guests, other, others, id } = await watched(world)
  await says(admins, id, 'One moment')
  const since = Date.now()
  admins.disconnect()
  await claimRefused(others, id, CLAIMED, { assignedTo: admin.name })
  assert.deepEqual(await lost(others, id), {
    contactId: id,
    adminName: admin.name,
    chatRoomId: `contact-${id}`,
  })
  assert.ok(Date.now() - since >= GRACE_MS * 0.9, 'not before the grace is over')
  await unheard(world, [guests], 'adminDisconnected')
  shape(await world.app.contact(id), { status: 'in_progress' })
  await says(guests, id, 'Are you there?')
  shape(await claims(others, id), { adminId: other.userId })
  await says(others, id, 'I am')
  shape((await allOf(world, guests, 'adminResponse', id)).at(-1), { adminName: other.name, message: 'I am' })
  const back = await world.connect(admin)
  await claimRefused(back, id, CLAIMED, { assignedTo: other.name })
  assert.equal((await allOf(world, others, 'adminDisconnected', id)).length, 1)
})

test('an admin with several chats is lost from each of them', async (world) => {
  const { admins, others, id } = await watched(world)
  const guests = await world.connect()
  const more = [await submits(guests), await submits(guests)]
  for (const one of more) await claims(admins, one.id)
  await resolves(admins, more[1].id)
  admins.disconnect()
  await lost(others, id)
  await lost(others, more[0].id)
  await published(world)
  assert.deepEqual(await allOf(world, others, 'adminDisconnected', more[1].id), [], 'that one is done')
})

test('who still has a socket is not lost, nor who is back in time', async (world) => {
  const { admin, admins, others, id } = await watched(world)
  const second = await world.connect(admin)
  admins.disconnect()
  await pause(2 * GRACE_MS)
  await notLost(world, others, id)
  second.disconnect()
  await pause(GRACE_MS / 3)
  const back = await world.connect(admin)
  await pause(2 * GRACE_MS)
  await notLost(world, others, id)
  await claimRefused(others, id, CLAIMED, { assignedTo: admin.name })
  await does(back, 'joinContactChat', id)
  await says(back, id, 'I am back')
})

test('a lost admin may claim again what nobody took over', async (world) => {
  const { admin, admins, others, id } = await watched(world)
  admins.disconnect()
  await lost(others, id)
  const back = await world.connect(admin)
  shape(await claims(back, id), { adminId: admin.userId })
  await claimRefused(others, id, CLAIMED, { assignedTo: admin.name })
})

test('an admin who logs out elsewhere only, or has no chats, is nobody’s loss', async (world) => {
  const { admin, others, id } = await watched(world)
  const rooms = await world.connectElsewhere(admin)
  const idle = await world.connect(world.admin())
  rooms.disconnect()
  idle.disconnect()
  await pause(2 * GRACE_MS)
  await notLost(world, others, id)
})

test('a restart loses nobody who is back in time, and tells of who is not', async ({ t }) => {
  const world = await ownContacts(t, { CONTACTS_ADMIN_GRACE_MS: '3000' })
  const [stays, goes] = [world.admin(), world.admin()]
  const [one, two] = [await world.connect(stays), await world.connect(goes)]
  const guests = await world.connect()
  const [kept, given] = [await submits(guests), await submits(guests)]
  await claims(one, kept.id)
  await claims(two, given.id)
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  const back = await world.connect(stays)
  await claimRefused(back, given.id, CLAIMED, { assignedTo: goes.name })
  await lost(back, given.id)
  shape(await claims(back, given.id), { adminId: stays.userId })
  assert.deepEqual(await allOf(world, back, 'adminDisconnected', kept.id), [])
  shape((await world.app.contact(kept.id)).assignedAdmin, { id: stays.userId })
})
