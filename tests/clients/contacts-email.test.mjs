// The e-mail that goes with requests for help: a confirmation, an alert, an answer (`contracts/contacts.md` sections 2
// and 4).

import assert from 'node:assert/strict'
import { next } from './support/client.mjs'
import { chat, form, numbers, ownContacts, resolves, says, submits } from './support/contacts.mjs'
import { eventually, pause } from './support/deadline.mjs'
import { shape } from './support/shape.mjs'
import { header, newAddress, newMailServer } from './support/smtp.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url)

const QUEUE = 'https://quiz.example/admin/contacts'

/** A sidecar that sends mail, and two who are told of requests. */
async function desk(t, settings = {}) {
  const server = await newMailServer(t)
  const helpers = [newAddress(), newAddress()]
  const world = await ownContacts(
    t,
    server.settings({ CONTACTS_ALERT_TO: helpers.join(', '), CONTACTS_QUEUE_URL: QUEUE, ...settings }),
  )
  return { ...world, server, helpers, asks: (more) => form({ email: newAddress(), ...more }) }
}

const link = (html) => html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')

test('whoever asked gets a confirmation, and those who help an alert', async ({ t }) => {
  const { connect, server, helpers, asks } = await desk(t)
  const sent = await submits(await connect(), asks({ priority: 'urgent', phone: '+1 23' }))
  const [one] = await server.arrived(sent.email)
  assert.ok(one.parsed.text.includes(sent.name) && one.parsed.text.includes(sent.id))
  assert.ok(one.parsed.text.includes('24 hours'))
  assert.ok(!one.raw.includes(sent.accessToken), 'mail is read by others')
  for (const helper of helpers) {
    const [alert] = await server.arrived(helper)
    for (const words of [sent.name, sent.email, sent.message, sent.subject, '+1 23', sent.id, 'urgent', QUEUE])
      assert.ok(alert.parsed.text.includes(words), words)
    assert.ok(link(alert.parsed.html).includes(QUEUE))
    assert.match(alert.parsed.subject, /urgent/i)
    assert.ok(!alert.raw.includes(sent.accessToken))
    assert.equal(header(alert, 'list-unsubscribe'), undefined)
  }
})

test('nobody’s words reach a stranger by the form: a guest’s are not repeated, a user’s are', async ({ t }) => {
  const { connect, person, server, asks } = await desk(t)
  const words = { subject: 'Buy at spam.example', message: 'Cheap pills at https://spam.example' }
  const guest = await submits(await connect(), asks(words))
  const [one] = await server.arrived(guest.email)
  assert.ok(
    !one.raw.includes('spam.example') && !one.parsed.text.includes('Cheap') && !one.parsed.subject.includes('Buy'),
  )
  const user = await submits(await connect(person()), asks({ message: 'My own words' }))
  const [other] = await server.arrived(user.email)
  assert.ok(other.parsed.text.includes('My own words'))
})

test('requests over HTTP and of the app are confirmed too', async ({ t }) => {
  const { api, app, server, helpers, asks } = await desk(t)
  const [posted, created] = [asks(), asks()]
  assert.equal((await api.post(null, '/api/contacts', posted)).status, 200)
  await app.create(created)
  for (const { email } of [posted, created]) await server.arrived(email)
  await server.arrived(helpers[0], 2)
})

test('an answer over HTTP goes out by e-mail as well; what is said in the chat, or by who asked, does not', async ({
  t,
}) => {
  const world = await desk(t)
  const { server } = world
  const { admin, admins, guests, request, id } = await chat(world, world.asks())
  await server.arrived(request.email)
  await says(admins, id, 'In the chat')
  await says(guests, id, 'In the chat too')
  await world.api.put(null, `/api/contacts/${id}`, { message: 'From who asked' }, { shows: request.accessToken })
  const answer = 'First <b>line</b>\n\nSecond & last'
  assert.equal((await world.api.put(admin, `/api/contacts/${id}`, { message: answer })).status, 200)
  const [, reply] = await server.arrived(request.email, 2)
  assert.equal(reply.parsed.subject, `Re: ${request.subject}`)
  for (const words of ['First <b>line</b>', 'Second & last', request.message, request.name])
    assert.ok(reply.parsed.text.includes(words), words)
  assert.ok(!reply.parsed.html.includes('<b>line'))
  await resolves(admins, id)
  await pause(1_000)
  assert.equal(server.of(request.email).length, 2)
})

test('two answers with the same words are two mails', async ({ t }) => {
  const world = await desk(t)
  const admin = world.admin()
  const { contact } = await world.app.create(world.asks())
  for (const _ of numbers(2)) await world.api.put(admin, `/api/contacts/${contact.id}`, { message: 'Yes' })
  await world.server.arrived(contact.email, 3)
})

test('no mail, or an address that bounced, is no reason to refuse a request', async ({ t }) => {
  const world = await desk(t)
  const { server, mail } = { ...world, mail: world.internal }
  const gone = newAddress()
  server.answerWith({ to: (address) => (address === gone ? '550 5.1.1 no such user' : undefined) })
  await submits(await world.connect(), { email: gone })
  await eventually(
    async () => (await mail.get(`/internal/email/suppressions/${gone}`)).body,
    ({ suppressed }) => suppressed,
    'the address to be suppressed',
  )
  const admins = await world.connect(world.admin())
  const { id } = await submits(await world.connect(), { email: gone })
  await next(admins, 'newContactSubmission', (one) => one.id === id)
  await server.close()
  const sent = await submits(await world.connect(), world.asks())
  await next(admins, 'newContactSubmission', (one) => one.id === sent.id)
  await server.open()
  await server.arrived(sent.email, 1, 25_000)
})

test('a receipt survives kill -9, and comes once', async ({ t }) => {
  const world = await desk(t)
  const { server, helpers } = world
  await server.close()
  const asked = []
  for (const _ of numbers(5)) asked.push(await submits(await world.connect(), world.asks()))
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await server.open()
  await world.again()
  for (const { email, id } of asked) assert.ok((await server.arrived(email))[0].parsed.text.includes(id))
  for (const helper of helpers) await server.arrived(helper, 5)
  await pause(1_000)
  for (const { email } of asked) assert.equal(server.of(email).length, 1)
  for (const helper of helpers) assert.equal(server.of(helper).length, 5)
})

test('without anybody to alert only who asked hears of it', async ({ t }) => {
  const world = await desk(t, { CONTACTS_ALERT_TO: undefined })
  const { email } = await submits(await world.connect(), world.asks())
  await world.server.arrived(email)
  await pause(500)
  assert.equal(world.server.mails.length, 1)
  shape((await world.internal.get('/internal/email?state=waiting')).body, { waiting: 0 })
})

test('a text as long as a form takes fits into its mails', async ({ t }) => {
  const world = await desk(t)
  const message = '语'.repeat(5_000)
  const { email } = await submits(
    await world.connect(world.person()),
    world.asks({ message, name: 'ż'.repeat(100), subject: 'ż'.repeat(200) }),
  )
  for (const to of [email, ...world.helpers]) {
    const [one] = await world.server.arrived(to)
    assert.ok(one.parsed.text.includes('语'.repeat(30)))
  }
})
