// What older clients of `quiz` say about requests for help: not to everybody any more, but to those whom it concerns
// (`contracts/quiz.md` section 2, `newReply`; `contracts/contacts.md` section 2).

import assert from 'node:assert/strict'
import { next } from './support/client.mjs'
import { newDevice } from './support/people.mjs'
import { does, DOORS, quizSuite, refuses, told, unheard } from './support/quiz.mjs'
import { iso, shape } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

/** A request for help of somebody, as the app files it; gives its id. */
async function request(world, who) {
  const { status, body } = await world.internal.post('/internal/contacts', {
    name: who.name,
    email: who.email,
    message: 'I cannot log in',
    userId: who.userId,
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body.contact.id
}

async function people(world) {
  const [ada, bob, admin] = [await world.member(), await world.member(), await world.member('Admin')]
  return {
    ada,
    admin,
    id: await request(world, ada),
    hers: await world.connect(ada),
    his: await world.connect(bob),
    creators: await world.connect(await world.member('Creator')),
    guest: await world.connectGuest(),
    admins: await world.connect(admin),
    others: await world.connect(await world.member('Admin'), { ...DOORS[2], device: newDevice() }),
  }
}

for (const [title, argument] of [
  ['contactId', (id) => ({ contactId: id, message: 'Try again' })],
  ['_id', (id) => ({ _id: id, message: 'Try again', reply_name: 'Forged', email: 'forged@x.example', reply_date: 'never' })],
]) {
  test(`a reply is told to admins and to whoever asked, and to nobody else: by ${title}`, async (world) => {
    const { ada, admin, id, hers, his, creators, guest, admins, others } = await people(world)
    await does(admins, 'newReply', argument(id))
    for (const socket of [hers, admins, others]) {
      const said = shape(await next(socket, 'replyReceived'), { contactId: id, message: 'Try again', reply_name: admin.name, reply_date: iso })
      assert.ok(!JSON.stringify(said).includes('orged'))
    }
    await does(hers, 'newReply', { contactId: id, message: 'Still not' })
    for (const socket of [hers, admins, others])
      shape(await next(socket, 'replyReceived', ({ message }) => message === 'Still not'), { reply_name: ada.name })
    await unheard(world, [his, creators, guest], 'replyReceived')
    for (const socket of [hers, admins, others]) assert.equal(told(socket, 'replyReceived').length, 2, 'to each once')
  })
}

test('nobody speaks about what is not theirs, nor about what is not there', async (world) => {
  const { id, hers, his, creators, admins } = await people(world)
  const words = (contactId) => ({ contactId, message: 'x' })
  for (const socket of [his, creators]) await refuses(socket, 'newReply', words(id), 'Contact not found')
  for (const never of [undefined, '', 'contact_1_nobody', {}, 'two words']) await refuses(admins, 'newReply', words(never), 'Contact not found')
  for (const message of ['', ' ', undefined, {}]) await refuses(hers, 'newReply', { contactId: id, message }, 'Message is required')
  await refuses(hers, 'newReply', { contactId: id, message: 'x'.repeat(1_001) }, 'Message is too long')
  await unheard(world, [hers, his, admins], 'replyReceived')
})

test('the event before it goes the same way', async (world) => {
  const { ada, id, hers, his, guest, admins } = await people(world)
  await does(hers, 'contactMsgClient', { contactId: id, message: 'Hello?', contact_name: 'Forged' })
  for (const socket of [hers, admins])
    shape(await next(socket, 'contactMsgServer'), { contactId: id, message: 'Hello?', contact_name: ada.name, contact_date: iso })
  await unheard(world, [his, guest], 'contactMsgServer')
})
