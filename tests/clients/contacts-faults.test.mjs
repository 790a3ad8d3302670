// What survives when the process is killed, and what clients are told while the store does not answer.

import assert from 'node:assert/strict'
import { ask, next } from './support/client.mjs'
import {
  allOf,
  chat,
  claims,
  contactsSuite,
  does,
  form,
  FORM_FAILED,
  numbers,
  ownContacts,
  pending,
  resolves,
  says,
  submits,
  succeeded,
  unheard,
} from './support/contacts.mjs'
import { within } from './support/deadline.mjs'
import { lock, LOCKED_MS } from './support/lock.mjs'
import { shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

async function killed(world) {
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
}

test('everything that was acknowledged is there after kill -9', async ({ t }) => {
  const world = await ownContacts(t)
  const { admin, admins, guests, request, id } = await chat(world)
  const who = world.person()
  const users = await world.connect(who)
  const [waits, done] = [await submits(users, { priority: 'urgent' }), await submits(users)]
  const lines = []
  for (const n of numbers(20)) lines.push(await says(n % 2 ? admins : guests, id, `line ${n}`))
  await resolves(admins, done.id)
  const before = await Promise.all([id, waits.id, done.id].map((one) => world.app.whole(one)))
  const { stats } = await does(admins, 'getContactStats')
  const last = ask(guests, 'sendContactMessage', { contactId: id, message: 'acknowledged just before' })
  succeeded(await last)
  await killed(world)

  const after = await Promise.all([id, waits.id, done.id].map((one) => world.app.whole(one)))
  assert.deepEqual(after[1], before[1])
  assert.deepEqual(after[2], before[2])
  assert.deepEqual(after[0].contact, before[0].contact)
  assert.deepEqual(
    after[0].messages.map(({ message }) => message),
    [...lines.map(({ message }) => message), 'acknowledged just before'],
  )
  const back = await world.connect(admin)
  const { averageResponseTime, ...figures } = (await does(back, 'getContactStats')).stats
  assert.deepEqual({ ...figures, averageResponseTime }, { ...stats, messagesExchanged: stats.messagesExchanged + 1 })
  assert.deepEqual(
    (await pending(back)).map((one) => one.id),
    [waits.id],
  )
  const guest = await world.connect()
  await does(guest, 'joinContactChat', { contactId: id, accessToken: request.accessToken })
  const { messages } = await next(guest, 'contactChatHistory')
  assert.equal(messages.length, 21)
  const owner = await world.connect(who)
  await does(owner, 'joinContactChat', waits.id)
  await says(guest, id, 'Still here')
  await does(back, 'joinContactChat', id)
  await says(back, id, 'So am I')
  shape((await allOf(world, guest, 'adminResponse', id)).at(-1), { adminName: admin.name, message: 'So am I' })
})

test('a client that comes back by itself finds everything, and goes on', async ({ t }) => {
  const world = await ownContacts(t)
  const admin = world.admin()
  const stays = { reconnection: true }
  const [admins, guests] = [await world.connect(admin, stays), await world.connect(undefined, stays)]
  const { id, accessToken } = await submits(guests)
  await claims(admins, id)
  await says(admins, id, 'One')
  const back = [admins, guests].map((socket) => new Promise((done) => socket.once('connect', done)))
  await killed(world)
  await within(Promise.all(back), 'both to be back')
  await does(guests, 'joinContactChat', { contactId: id, accessToken })
  await does(admins, 'joinContactChat', id)
  await says(guests, id, 'Two')
  await says(admins, id, 'Three')
  assert.deepEqual(
    (await allOf(world, guests, 'contactMessage', id)).map(({ message }) => message),
    ['One', 'Two', 'Three'],
  )
})

test('of claims under way when the process dies, each request has one owner or none', async ({ t }) => {
  const world = await ownContacts(t)
  const both = [world.admin(), world.admin()]
  const sockets = [await world.connect(both[0]), await world.connect(both[1])]
  const ids = []
  for (const _ of numbers(30)) ids.push((await world.app.create()).contact.id)
  const acknowledged = new Map()
  for (const id of ids)
    for (const [index, socket] of sockets.entries())
      socket.emit('claimContact', id, ({ success }) => success && acknowledged.set(id, both[index].userId))
  await next(sockets[0], 'contactClaimed')
  await killed(world)
  for (const id of ids) {
    const { status, assignedAdmin } = await world.app.contact(id)
    assert.equal(status, assignedAdmin ? 'in_progress' : 'pending')
    if (acknowledged.has(id)) assert.equal(assignedAdmin?.id, acknowledged.get(id), 'what was acknowledged holds')
  }
})

/** An answer, for as long as the sidecar waits for a lock. */
const late = (socket, event, argument) =>
  within(new Promise((done) => socket.emit(event, argument, done)), `an answer to ${event}`, LOCKED_MS)

test('while the store does not take it, nothing is told, and it works again later', async ({ t }) => {
  const world = await ownContacts(t)
  const { admins, guests, id } = await chat(world)
  const waits = await submits(guests)
  await next(admins, 'newContactSubmission', (one) => one.id === waits.id)
  const release = await lock(t, world)
  const replies = await Promise.all([
    late(guests, 'sendContactMessage', { contactId: id, message: 'lost' }),
    late(admins, 'claimContact', waits.id),
    late(await world.connect(), 'submitContactForm', form()),
  ])
  for (const reply of replies) shape(reply, { success: false, error: text })
  assert.equal(replies[2].error, FORM_FAILED)
  assert.ok(text(replies[2].details) && !/sqlite|database|lock/i.test(JSON.stringify(replies)), JSON.stringify(replies))
  shape(await next(guests, 'messageError'), { error: text })
  shape(await next(admins, 'claimError'), { error: text })
  const { status, body } = await fetch(`${world.sidecar().publicUrl}/api/contacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(form()),
    signal: AbortSignal.timeout(LOCKED_MS),
  }).then(async (response) => ({ status: response.status, body: await response.json() }))
  assert.equal(status, 503)
  assert.deepEqual(Object.keys(body), ['message'])
  await unheard(world, [admins, guests], 'contactMessage', 'adminResponse')
  await release()
  await says(guests, id, 'again')
  await claims(admins, waits.id)
  await submits(await world.connect())
  assert.deepEqual(
    (await world.app.whole(id)).messages.map(({ message }) => message),
    ['again'],
  )
})
