// Clients that store requests and replies over HTTP and then tell of them (`contracts/contacts.md` section 2, [L]). What
// they say once went to everyone; now it goes to admins and to whoever asked.

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import { chat, contactsSuite, does, DOORS, form, published, submits, told, unheard } from './support/contacts.mjs'
import { iso, shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url, { ROOT_CONTRACT: 'quiz' })

test('a reply of an admin is told to who asked and to admins, each once', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const others = [await world.connect(world.admin()), await world.connect(world.admin(), DOORS[1])]
  const strangers = [await world.connect(), await world.connect(world.person())]
  await does(admins, 'newReply', {
    _id: id,
    message: 'Here you are',
    reply_name: 'Somebody else',
    email: 'x@x.example',
  })
  for (const socket of [admins, guests, ...others]) {
    await published(world)
    await settled(socket)
    const [one, ...more] = told(socket, 'replyReceived')
    assert.equal(more.length, 0, 'once')
    shape(one, { _id: id, reply_name: admin.name, message: 'Here you are', reply_date: iso })
  }
  await unheard(world, strangers, 'replyReceived')
})

test('a reply of who asked is told to admins', async (world) => {
  const who = world.person()
  const [users, admins] = [await world.connect(who), await world.connect(world.admin())]
  const { id } = await submits(users)
  await does(users, 'newReply', { contactId: id, message: 'One more thing' })
  for (const socket of [users, admins])
    shape(await next(socket, 'replyReceived'), { _id: id, reply_name: who.name, message: 'One more thing' })
})

test('what is told is in named fields only', async (world) => {
  const { admins, guests, id } = await chat(world)
  await does(admins, 'newReply', { _id: id, message: 'x', note: '<script>', replies: [1], constructor: { a: 1 } })
  const one = await next(guests, 'replyReceived')
  for (const absent of ['note', 'replies']) assert.ok(!(absent in one), absent)
  assert.ok(!JSON.stringify(one).includes('script'))
})

test('nobody replies to what is not theirs, with nothing, or with too much', async (world) => {
  const { admins, guests, id } = await chat(world)
  const stranger = await world.connect(world.person())
  const refuse = async (socket, argument) =>
    shape(await ask(socket, 'newReply', argument), { success: false, error: text })
  await refuse(stranger, { _id: id, message: 'x' })
  await refuse(stranger, { _id: 'contact_1_x', message: 'x' })
  for (const argument of [
    undefined,
    'x',
    {},
    { _id: id },
    { _id: id, message: ' ' },
    { message: 'x' },
    { _id: 7, message: 'x' },
  ])
    await refuse(admins, argument)
  await refuse(admins, { _id: id, message: 'x'.repeat(5_001) })
  await unheard(world, [admins, guests], 'replyReceived')
})

test('news of a stored request is told to admins and to who told it', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const others = await world.connect(world.person())
  const { name, email, message } = form()
  await does(guests, 'contactMsgClient', { contact_name: name, email, message, contact_date: 'never', note: 1 })
  for (const socket of [admins, guests]) {
    const one = await next(socket, 'contactMsgServer')
    shape(one, { contact_name: name, email, message, contact_date: iso })
    assert.ok(!('note' in one))
  }
  await unheard(world, [others], 'contactMsgServer')
  await unheard(world, [admins], 'newContactSubmission')
})

test('of a request that is known, what is stored is told, not what the client says', async (world) => {
  const { admins, request, guests, id } = await chat(world)
  await does(guests, 'contactMsgClient', { _id: id, contact_name: 'The boss', email: 'boss@x.example', message: 'Pay' })
  const one = await next(admins, 'contactMsgServer')
  shape(one, { _id: id, contact_name: request.name, email: request.email, message: request.message })
})

test('a form that is not all there is not told', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { name, email, message } = form()
  for (const argument of [
    undefined,
    {},
    { contact_name: name, email },
    { contact_name: name, message },
    { contact_name: name, email: 'eve', message },
    { contact_name: 'x'.repeat(101), email, message },
    { contact_name: name, email, message: 'x'.repeat(5_001) },
  ])
    shape(await ask(guests, 'contactMsgClient', argument), { success: false, error: text })
  await unheard(world, [admins, guests], 'contactMsgServer')
})

test('clients of the same family at the root hear it too', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const root = await world.connect(admin, { path: '/socket.io', namespace: '/' })
  await does(guests, 'newReply', { _id: id, message: 'Hello' })
  for (const socket of [root, admins]) shape(await next(socket, 'replyReceived'), { _id: id, message: 'Hello' })
})
