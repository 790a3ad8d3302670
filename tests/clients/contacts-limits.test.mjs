// How often people may do what (`contracts/contacts.md` section 6, "Limits").

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import {
  chat,
  claims,
  contactsSuite,
  does,
  form,
  formRefused,
  numbers,
  ownContacts,
  submits,
  told,
} from './support/contacts.mjs'
import { pause } from './support/deadline.mjs'
import { newDevice } from './support/people.mjs'
import { shape } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url, { RATE_LIMITS: 'on' })

const TEN_MINUTES_S = 600
const seconds = (most) => (value) => Number.isInteger(value) && value >= 1 && value <= most

async function tooManyForms(socket, most = TEN_MINUTES_S) {
  const reply = await formRefused(socket, form(), 'Rate limit exceeded')
  shape(reply, { retryAfter: seconds(most) })
}

test('a guest asks three times in ten minutes, whichever socket it is, from one address', async (world) => {
  const device = newDevice()
  const [one, two] = [await world.connect(undefined, { device }), await world.connect(undefined, { device })]
  await submits(one)
  await submits(two)
  await submits(one)
  for (const socket of [one, two, await world.connect(undefined, { device })]) await tooManyForms(socket)
  await submits(await world.connect(), {})
})

test('a user asks three times in ten minutes, from wherever', async (world) => {
  const who = world.person()
  const sockets = [await world.connect(who), await world.connect(who, { device: newDevice() })]
  for (const n of numbers(3)) await submits(sockets[n % 2])
  for (const socket of sockets) await tooManyForms(socket)
  const guest = await world.connect(undefined, { device: who.device })
  await submits(guest)
})

test('what was forgotten in a form costs nothing', async (world) => {
  const socket = await world.connect()
  for (const _ of numbers(10)) await formRefused(socket, form({ name: '' }), 'Name is required')
  for (const _ of numbers(3)) await submits(socket)
  await tooManyForms(socket)
})

test('forms over HTTP are counted in the same way', async (world) => {
  const device = newDevice()
  const guest = { device }
  const post = (who) => world.api.post(who, '/api/contacts', form())
  for (const _ of numbers(3)) assert.equal((await post(guest)).status, 200)
  const { status, headers, body } = await post(guest)
  assert.equal(status, 429)
  assert.ok(seconds(TEN_MINUTES_S)(Number(headers.get('retry-after'))))
  assert.equal(typeof body.message, 'string')
  const who = world.person()
  for (const _ of numbers(3)) assert.equal((await post(who)).status, 200)
  assert.equal((await post(who)).status, 429)
})

test('forms of a user over HTTP and over sockets are counted together', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  await submits(socket)
  assert.equal((await world.api.post(who, '/api/contacts', form())).status, 200)
  await submits(socket)
  assert.equal((await world.api.post(who, '/api/contacts', form())).status, 429)
  await tooManyForms(socket)
})

test('forms of a guest over HTTP and over sockets are counted together', async (world) => {
  const device = newDevice()
  const socket = await world.connect(undefined, { device })
  await submits(socket)
  assert.equal((await world.api.post({ device }, '/api/contacts', form())).status, 200)
  await submits(socket)
  assert.equal((await world.api.post({ device }, '/api/contacts', form())).status, 429)
  await tooManyForms(socket)
})

test('a window ends', async ({ t }) => {
  const world = await ownContacts(t, { RATE_LIMITS: 'contacts:submit=2/1' })
  const socket = await world.connect()
  for (const _ of numbers(2)) {
    for (const _ of numbers(2)) await submits(socket)
    await tooManyForms(socket, 1)
    await pause(1_100)
  }
})

test('thirty messages a minute', async (world) => {
  const { admins, guests, id } = await chat(world)
  const say = (socket) => ask(socket, 'sendContactMessage', { contactId: id, message: 'x' })
  for (const _ of numbers(30)) shape(await say(guests), { success: true })
  const refusal = { error: 'Rate limit exceeded', retryAfter: seconds(60) }
  shape(await say(guests), { success: false, ...refusal })
  shape(await next(guests, 'messageError'), { ...refusal, event: 'sendContactMessage' })
  shape(await say(admins), { success: true })
  await settled(admins)
  assert.equal(told(admins, 'contactMessage').length, 31)
  assert.ok(guests.connected)
})

test('messages over HTTP and over sockets are counted together, of a user', async (world) => {
  const who = world.person()
  const [socket, admins] = [await world.connect(who), await world.connect(world.admin())]
  const { id } = await submits(socket)
  await claims(admins, id)
  for (const n of numbers(30)) {
    if (n % 2) await does(socket, 'sendContactMessage', { contactId: id, message: `${n}` })
    else assert.equal((await world.api.put(who, `/api/contacts/${id}`, { message: `${n}` })).status, 200)
  }
  assert.equal((await world.api.put(who, `/api/contacts/${id}`, { message: 'x' })).status, 429)
  shape(await ask(socket, 'sendContactMessage', { contactId: id, message: 'x' }), { error: 'Rate limit exceeded' })
})

test('all events of a user are 120 a minute, and an admin’s claims too', async (world) => {
  const admins = await world.connect(world.admin())
  const events = ['getPendingContacts', 'getContactStats', 'claimContact', 'resolveContact', 'joinContactChat']
  for (const n of numbers(120)) {
    const reply = await ask(admins, events[n % events.length], 'contact_1_x')
    assert.notEqual(reply.error, 'Rate limit exceeded', `the ${n + 1}th`)
  }
  for (const event of events)
    shape(await ask(admins, event, 'contact_1_x'), { error: 'Rate limit exceeded', retryAfter: seconds(60) })
  for (const [channel, event] of [
    ['claimError', 'claimContact'],
    ['resolveError', 'resolveContact'],
    ['messageError', 'joinContactChat'],
  ])
    await next(admins, channel, (one) => one.error === 'Rate limit exceeded' && (one.event ?? event) === event)
  assert.ok(admins.connected)
})

test('looking over HTTP is 120 times a minute', async (world) => {
  const admin = world.admin()
  for (const n of numbers(120)) assert.equal((await world.api.get(admin, '/api/contacts?pageNo=1')).status, 200, `${n}`)
  const { status, headers } = await world.api.get(admin, '/api/contacts?pageNo=1')
  assert.equal(status, 429)
  assert.ok(seconds(60)(Number(headers.get('retry-after'))))
})

test('what the app calls is not limited', async (world) => {
  const ids = []
  for (const _ of numbers(150)) ids.push((await world.app.create()).contact.id)
  assert.equal(new Set(ids).size, 150)
})
