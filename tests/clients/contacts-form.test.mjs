// Asking for help: the form, who hears of it, and what is wrong with it (`contracts/contacts.md` sections 2, 3 and 6).

import assert from 'node:assert/strict'
import { ask, next, settled } from './support/client.mjs'
import {
  allOf,
  contactId,
  contactsSuite,
  DOORS,
  form,
  FORM_FAILED,
  formRefused,
  numbers,
  pending,
  published,
  secretWord,
  submits,
  told,
  unheard,
} from './support/contacts.mjs'
import { iso, shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

for (const door of DOORS) {
  test(`a guest asks at ${door.path}: a receipt for the guest, the request for admins`, async (world) => {
    const admins = await world.connect(world.admin())
    const guests = await world.connect(undefined, door)
    const sent = form({ priority: 'high', phone: '+250 788 000 000' })
    const reply = await ask(guests, 'submitContactForm', sent)
    shape(reply, { success: true, id: contactId })
    const receipt = await next(guests, 'contactFormSubmitted')
    shape(receipt, { id: reply.id, message: text, estimatedResponseTime: '24 hours', accessToken: secretWord })
    assert.equal(Math.abs(Number(receipt.id.split('_')[1]) - Date.now()) < 10_000, true, 'the id tells when')
    const told = await next(admins, 'newContactSubmission', ({ id }) => id === receipt.id)
    shape(told, { submittedAt: iso })
    const { name, email, subject } = sent
    assert.deepEqual(told, { id: receipt.id, name, email, subject, priority: 'high', submittedAt: told.submittedAt })
  })
}

test('an event without acknowledgement does the same', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  guests.emit('submitContactForm', form())
  const { id } = await next(guests, 'contactFormSubmitted')
  await next(admins, 'newContactSubmission', (one) => one.id === id)
})

test('what need not be said: no subject, no telephone, a usual priority', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { name, email, message } = form()
  const { id } = await ask(guests, 'submitContactForm', { name, email, message })
  const told = await next(admins, 'newContactSubmission', (one) => one.id === id)
  shape(told, { name, email, priority: 'normal' })
  assert.ok(!told.subject)
  const kept = await world.app.contact(id)
  shape(kept, { id, name, email, message, priority: 'normal', status: 'pending', submittedAt: iso })
  for (const absent of ['subject', 'phone', 'assignedAdmin', 'resolvedAt', 'resolvedBy', 'socketId'])
    assert.ok(!(absent in kept), absent)
})

test('the name may be called as the form over HTTP calls it', async (world) => {
  const guests = await world.connect()
  const { name, ...rest } = form()
  const { id } = await ask(guests, 'submitContactForm', { ...rest, contact_name: name })
  shape(await world.app.contact(id), { name })
})

for (const priority of ['low', 'normal', 'high', 'urgent']) {
  test(`a request may be ${priority}`, async (world) => {
    const guests = await world.connect()
    const { id } = await submits(guests, { priority })
    shape(await world.app.contact(id), { priority })
  })
}

test('other fields are not looked at: nobody resolves or assigns by a form', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const extra = {
    id: 'contact_1_mine',
    contactId: 'contact_1_mine',
    status: 'resolved',
    assignedAdmin: { id: 'me', name: 'Me' },
    submittedAt: '2001-01-01T00:00:00.000Z',
    userId: 'somebody',
    socketId: 'x',
    constructor: { prototype: {} },
    note: '<script>',
  }
  const { id } = await ask(guests, 'submitContactForm', { ...form(), ...extra })
  const told = await next(admins, 'newContactSubmission', (one) => one.id === id)
  assert.deepEqual(Object.keys(told).toSorted(), ['email', 'id', 'name', 'priority', 'subject', 'submittedAt'])
  const kept = await world.app.contact(id)
  shape(kept, { id: contactId, status: 'pending' })
  assert.ok(!kept.submittedAt.startsWith('2001'))
  for (const absent of ['assignedAdmin', 'note', 'socketId', 'userId']) assert.ok(!(absent in kept), absent)
})

// --- validation ---------------------------------------------------------------------------------------------

const without = (field) => {
  const { [field]: _, ...rest } = form()
  return rest
}
const long = (length) => 'ż'.repeat(length)

const WRONG = [
  ['nothing', undefined, 'Name is required'],
  ['no object', 'Eve', 'Name is required'],
  ['null', null, 'Name is required'],
  ['a list', [], 'Name is required'],
  ['no name', without('name'), 'Name is required'],
  ['a name of nothing but space', form({ name: ' \t ' }), 'Name is required'],
  ['a name that is no text', form({ name: { $ne: null } }), 'Name is required'],
  ['a name of 101 characters', form({ name: long(101) }), 'Name is too long'],
  ['no address', without('email'), 'Email is required'],
  ['an address of nothing but space', form({ email: '  ' }), 'Email is required'],
  ['no message', without('message'), 'Message is required'],
  ['a message of nothing but space', form({ message: '\n \n' }), 'Message is required'],
  ['a message of 5001 characters', form({ message: long(5_001) }), 'Message is too long'],
  ['a subject of 201 characters', form({ subject: long(201) }), 'Subject is too long'],
  ['a subject that is no text', form({ subject: 7 }), 'Subject is invalid'],
  ['a priority that is none', form({ priority: 'asap' }), 'Priority is invalid'],
  ['a priority that is no text', form({ priority: 1 }), 'Priority is invalid'],
  ['a telephone number that is no text', form({ phone: ['1'] }), 'Phone is invalid'],
  ...[
    'eve',
    'eve@',
    '@mail.example',
    'eve mail@mail.example',
    'eve@mail..example',
    'eve@mail.example, mallory@mail.example',
    'eve@mail.example\r\nBcc: mallory@mail.example',
    '<eve@mail.example>',
    'Eve <eve@mail.example>',
    `${'x'.repeat(250)}@mail.example`,
  ].map((email) => [`the address ${JSON.stringify(email).slice(0, 40)}`, form({ email }), 'Email is invalid']),
]

for (const [what, argument, details] of WRONG) {
  test(`a form with ${what} is refused: ${details}`, async (world) => {
    const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
    await formRefused(guests, argument, details)
    await unheard(world, [guests], 'contactFormSubmitted')
    await unheard(world, [admins], 'newContactSubmission')
  })
}

test('a refusal tells no more than what is wrong with the form', async (world) => {
  const guests = await world.connect()
  await ask(guests, 'submitContactForm', {})
  const said = await next(guests, 'contactFormError')
  assert.deepEqual(said, { error: FORM_FAILED, details: 'Name is required' })
})

test('exactly as long as things may be: 100, 200 and 5000 characters, not bytes', async (world) => {
  const guests = await world.connect()
  const sent = { name: long(100), subject: long(200), message: '语'.repeat(5_000) }
  const { id } = await submits(guests, sent)
  shape(await world.app.contact(id), sent)
})

test('what has one line has one: a name cannot add lines or controls', async (world) => {
  const guests = await world.connect()
  const { id } = await submits(guests, { name: 'Eve\r\nAdmin\u0007', subject: 'One\nTwo' })
  const { name, subject } = await world.app.contact(id)
  for (const one of [name, subject]) assert.doesNotMatch(one, /[\p{Cc}]/u)
})

test('a message keeps its lines and its marks', async (world) => {
  const guests = await world.connect()
  const message = 'First line\n\n<b>second</b> & "third"\t– 🙂'
  const { id } = await submits(guests, { message })
  shape(await world.app.contact(id), { message })
})

// --- whom it is told ----------------------------------------------------------------------------------------

test('every socket of every admin hears of it once, and nobody else', async (world) => {
  const [one, two] = [world.admin(), world.admin({ role: 'SuperAdmin' })]
  const admins = [await world.connect(one), await world.connect(one), await world.connect(two, DOORS[1])]
  const others = [await world.connect(world.person()), await world.connect()]
  const guests = await world.connect()
  const { id } = await submits(guests)
  for (const socket of admins) assert.equal((await allOf(world, socket, 'newContactSubmission', id)).length, 1)
  await unheard(world, [...others, guests], 'newContactSubmission', 'contactClaimed')
  await unheard(world, others, 'contactFormSubmitted')
})

test('an admin who asks hears a receipt, not the news', async (world) => {
  const [asks, other] = [world.admin(), world.admin()]
  const [socket, others] = [await world.connect(asks), await world.connect(other)]
  const { id } = await submits(socket)
  await next(others, 'newContactSubmission', (one) => one.id === id)
  assert.deepEqual(await allOf(world, socket, 'newContactSubmission', id), [])
})

test('the access token is for who asked, and for nobody else, anywhere', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { id, accessToken } = await submits(guests)
  await pending(admins)
  await published(world)
  await settled(admins)
  const shown = JSON.stringify([
    told(admins, 'newContactSubmission'),
    told(admins, 'pendingContacts'),
    await world.app.whole(id),
    await world.app.list('?limit=500'),
  ])
  assert.ok(!shown.includes(accessToken))
  assert.ok(!world.sidecar().log().includes(accessToken), 'nor in the log')
})

test('two requests have nothing in common', async (world) => {
  const guests = await world.connect()
  const asked = []
  for (const _ of numbers(30)) asked.push(await submits(guests))
  assert.equal(new Set(asked.map(({ id }) => id)).size, 30)
  assert.equal(new Set(asked.map(({ accessToken }) => accessToken)).size, 30)
})

test('requests of a user are theirs, also without their address in the form', async (world) => {
  const who = world.person()
  const socket = await world.connect(who)
  const { id } = await submits(socket, { email: 'another@mail.example' })
  shape(await world.app.contact(id), { userId: who.userId, email: 'another@mail.example' })
  const { contacts } = await world.app.list(`?userId=${who.userId}`)
  assert.deepEqual(
    contacts.map((one) => one.id),
    [id],
  )
})
