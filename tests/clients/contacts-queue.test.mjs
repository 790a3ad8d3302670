// The queue: what waits, who takes it, who gives it back, and who is done with it (`contracts/contacts.md` sections 2, 3
// and 6).

import assert from 'node:assert/strict'
import { arrivals, ask, next, settled } from './support/client.mjs'
import {
  allOf,
  chat,
  claimRefused,
  claims,
  contactsSuite,
  CONTACTS,
  does,
  DOORS,
  numbers,
  pending,
  published,
  quietly,
  refused,
  resolves,
  submits,
  succeeded,
  told,
  unheard,
} from './support/contacts.mjs'
import { count, iso, shape, text } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

const NOT_FOUND = 'Contact not found'
const CLAIMED = 'Contact already claimed by another admin'

/** Ids that name no request. */
const NOWHERE = ['contact_1700000000000_abcdefghi', '', 'x'.repeat(500), 7, null, {}, { contactId: 7 }, undefined]

// --- what waits ---------------------------------------------------------------------------------------------

test('what waits is listed: the most urgent first, of equals the newest', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const asked = []
  for (const priority of ['normal', 'low', 'urgent', 'high', 'urgent', 'normal', 'low', 'high'])
    asked.push(await submits(guests, { priority }))
  const mine = new Map(asked.map((one, index) => [one.id, index]))
  const list = (await pending(admins)).filter(({ id }) => mine.has(id))
  assert.deepEqual(
    list.map(({ id }) => mine.get(id)),
    [4, 2, 7, 3, 5, 0, 6, 1],
  )
  for (const one of list) {
    const { name, email, subject, priority } = asked[mine.get(one.id)]
    shape(one, { submittedAt: iso })
    assert.deepEqual(one, { id: one.id, name, email, subject, priority, submittedAt: one.submittedAt })
  }
})

test('what waits is acknowledged and told in one bare list', async (world) => {
  const [admins, guests] = [await world.connect(world.admin()), await world.connect()]
  const { id } = await submits(guests)
  const { contacts } = await does(admins, 'getPendingContacts')
  const list = await next(admins, 'pendingContacts')
  assert.ok(Array.isArray(list))
  assert.deepEqual(list, contacts)
  assert.ok(list.some((one) => one.id === id))
})

test('what is taken or done waits no longer; what is given back does again', async (world) => {
  const { admins, id } = await chat(world)
  const waits = async () => (await pending(admins)).some((one) => one.id === id)
  assert.equal(await waits(), false)
  await does(admins, 'releaseContact', id)
  assert.equal(await waits(), true)
  await claims(admins, id)
  await resolves(admins, id)
  assert.equal(await waits(), false)
})

for (const [event, answer] of [
  ['getPendingContacts', 'pendingContacts'],
  ['getContactStats', 'contactStats'],
]) {
  test(`${event} says nothing to who is no admin`, async (world) => {
    for (const socket of [await world.connect(), await world.connect(world.person({ role: 'Creator' }))])
      await quietly(socket, event, answer)
  })
}

// --- claims -------------------------------------------------------------------------------------------------

for (const [how, argument] of [
  ['a bare id', (id) => id],
  ['an object', (contactId) => ({ contactId })],
]) {
  test(`an admin takes a request by ${how}: one event for each socket, the whole of it for who took it`, async (world) => {
    const [winner, other] = [world.admin(), world.admin()]
    const [mine, elsewhere] = [await world.connect(winner), await world.connect(winner, DOORS[2])]
    const others = await world.connect(other)
    const guests = await world.connect()
    const asked = await submits(guests, { phone: '+1 2' })
    const { id, name, email, subject, message } = asked
    const reply = succeeded(await ask(mine, 'claimContact', argument(id)), { chatRoomId: `contact-${id}` })
    const claimed = { contactId: id, adminName: winner.name, adminId: winner.userId }
    const [whole] = await allOf(world, mine, 'contactClaimed', id)
    shape(whole, { ...claimed, chatRoomId: `contact-${id}` })
    const contact = { id, name, email, subject, message, priority: 'normal', status: 'in_progress' }
    shape(whole.contact, { ...contact, submittedAt: iso })
    shape(whole.contact.assignedAdmin, { id: winner.userId, name: winner.name, email: winner.email, claimedAt: iso })
    assert.deepEqual(reply.contact, whole.contact)
    assert.ok(!JSON.stringify(whole).includes('socketId') && !JSON.stringify(whole).includes(asked.accessToken))
    assert.deepEqual(await allOf(world, others, 'contactClaimed', id), [claimed], 'the others hear it in short')
    for (const socket of [mine, elsewhere])
      assert.equal((await allOf(world, socket, 'contactClaimed', id)).length, 1, 'one event, not two')
    await unheard(world, [guests], 'contactClaimed')
  })
}

test('who has it may claim it again, and nothing changes', async (world) => {
  const { admin, admins, id } = await chat(world)
  const others = await world.connect(world.admin())
  const { assignedAdmin } = await world.app.contact(id)
  shape(await claims(admins, id), { adminId: admin.userId })
  assert.deepEqual((await world.app.contact(id)).assignedAdmin, assignedAdmin)
  await unheard(world, [others], 'contactClaimed')
})

test('what another admin has cannot be claimed, and who has it is named', async (world) => {
  const { admin, id } = await chat(world)
  const others = await world.connect(world.admin())
  await claimRefused(others, id, CLAIMED, { assignedTo: admin.name })
  shape((await world.app.contact(id)).assignedAdmin, { id: admin.userId })
  await unheard(world, [others], 'contactClaimed')
})

test('what is not there cannot be claimed', async (world) => {
  const admins = await world.connect(world.admin())
  for (const nothing of NOWHERE) await claimRefused(admins, nothing, NOT_FOUND)
})

test('what is done cannot be claimed', async (world) => {
  const { admins, id } = await chat(world)
  await resolves(admins, id)
  const others = await world.connect(world.admin())
  await refused(others, 'claimError', 'claimContact', id, { error: text })
  shape(await world.app.contact(id), { status: 'resolved' })
})

for (const [event, channel] of [
  ['claimContact', 'claimError'],
  ['releaseContact', 'claimError'],
  ['resolveContact', 'resolveError'],
]) {
  test(`${event} is for admins`, async (world) => {
    const { id } = await chat(world)
    const guests = await world.connect()
    const waiting = await submits(guests)
    for (const socket of [guests, await world.connect(world.person())])
      for (const one of [id, waiting.id, 'contact_1_x'])
        await refused(socket, channel, event, one, { error: 'Unauthorized' })
    shape(await world.app.contact(id), { status: 'in_progress' })
    shape(await world.app.contact(waiting.id), { status: 'pending' })
  })
}

const ROUNDS = 20

test(`of two admins who claim at once exactly one wins, ${ROUNDS} times`, async (world) => {
  const both = [world.admin(), world.admin()]
  const sockets = [await world.connect(both[0], { path: '/socket.io' }), await world.connect(both[1], DOORS[1])]
  const watches = await world.connect(world.admin())
  const guests = await world.connect()
  const won = [0, 0]
  for (const _ of numbers(ROUNDS)) {
    const { id } = await submits(guests)
    const replies = await Promise.all(sockets.map((socket) => ask(socket, 'claimContact', id)))
    assert.deepEqual(replies.map(({ success }) => success).toSorted(), [false, true], JSON.stringify(replies))
    const first = replies.findIndex(({ success }) => success)
    const [winner, loser] = [both[first], sockets[1 - first]]
    won[first] += 1
    shape(replies[1 - first], { error: CLAIMED, assignedTo: winner.name })
    shape(await next(loser, 'claimError'), { error: CLAIMED, assignedTo: winner.name })
    const [whole, ...more] = await allOf(world, sockets[first], 'contactClaimed', id)
    shape(whole, { adminId: winner.userId, chatRoomId: `contact-${id}` })
    assert.equal(more.length, 0)
    for (const socket of [loser, watches]) {
      const short = await allOf(world, socket, 'contactClaimed', id)
      assert.deepEqual(short, [{ contactId: id, adminName: winner.name, adminId: winner.userId }])
    }
    shape((await world.app.contact(id)).assignedAdmin, { id: winner.userId })
  }
  assert.equal(won[0] + won[1], ROUNDS)
  await settled(watches)
  assert.ok(!arrivals(watches).includes('claimError'))
})

test('of twenty admins who claim at once exactly one wins', async (world) => {
  const admins = numbers(20).map(() => world.admin())
  const sockets = await Promise.all(admins.map((admin) => world.connect(admin)))
  const { id } = await submits(await world.connect())
  const replies = await Promise.all(sockets.map((socket) => ask(socket, 'claimContact', id)))
  const winners = admins.filter((_, index) => replies[index].success)
  assert.equal(winners.length, 1)
  for (const reply of replies.filter(({ success }) => !success))
    shape(reply, { error: CLAIMED, assignedTo: winners[0].name })
  shape((await world.app.contact(id)).assignedAdmin, { id: winners[0].userId })
})

// --- giving back --------------------------------------------------------------------------------------------

test('an admin gives a request back: all admins hear it, and another may take it', async (world) => {
  const { admin, admins, guests, id } = await chat(world)
  const other = world.admin()
  const others = await world.connect(other)
  await does(admins, 'releaseContact', id)
  for (const socket of [admins, others]) {
    assert.deepEqual(await next(socket, 'contactReleased'), { contactId: id, adminName: admin.name })
    assert.equal((await allOf(world, socket, 'contactReleased', id)).length, 1)
  }
  const waits = await world.app.contact(id)
  shape(waits, { status: 'pending' })
  assert.ok(!('assignedAdmin' in waits))
  shape(await claims(others, id), { adminId: other.userId })
  await unheard(world, [guests], 'contactReleased')
})

test('it is given back by an object too, and by none but who has it', async (world) => {
  const { admins, id } = await chat(world)
  const others = await world.connect(world.admin())
  await refused(others, 'claimError', 'releaseContact', { contactId: id }, { error: text })
  shape(await world.app.contact(id), { status: 'in_progress' })
  await does(admins, 'releaseContact', { contactId: id })
  await refused(admins, 'claimError', 'releaseContact', id, { error: text })
  for (const nothing of NOWHERE) await refused(admins, 'claimError', 'releaseContact', nothing, { error: NOT_FOUND })
})

// --- done ---------------------------------------------------------------------------------------------------

for (const [how, argument] of [
  ['a bare id', (id) => id],
  ['an object', (contactId) => ({ contactId })],
]) {
  test(`an admin is done with a request by ${how}: everybody hears it once`, async (world) => {
    const { admin, admins, guests, id } = await chat(world)
    const others = await world.connect(world.admin())
    const reply = succeeded(await ask(admins, 'resolveContact', argument(id)))
    const short = { contactId: id, resolvedBy: admin.name, responseTime: 0 }
    const [whole, ...more] = await allOf(world, admins, 'contactResolved', id)
    assert.equal(more.length, 0, 'one event, not two')
    shape(whole, short)
    shape(whole.contact, {
      id,
      status: 'resolved',
      resolvedAt: iso,
      resolvedBy: { id: admin.userId, name: admin.name },
    })
    shape(whole.contact.assignedAdmin, { id: admin.userId })
    assert.deepEqual(reply.contact, whole.contact)
    for (const socket of [others, guests])
      assert.deepEqual(await allOf(world, socket, 'contactResolved', id), [short], 'the others hear it in short')
  })
}

test('any admin may be done with what another has, or what nobody has', async (world) => {
  const { guests, id } = await chat(world)
  const other = world.admin()
  const others = await world.connect(other)
  shape(await resolves(others, id), { resolvedBy: other.name })
  shape((await world.app.contact(id)).resolvedBy, { id: other.userId })
  const waiting = await submits(guests)
  shape(await resolves(others, waiting.id), { resolvedBy: other.name })
  shape(await world.app.contact(waiting.id), { status: 'resolved' })
})

test('what is done stays as it was when it is done again', async (world) => {
  const { admins, id } = await chat(world)
  await resolves(admins, id)
  const before = await world.app.contact(id)
  const others = await world.connect(world.admin())
  await ask(others, 'resolveContact', id)
  assert.deepEqual(await world.app.contact(id), before)
})

test('what is not there cannot be done', async (world) => {
  const admins = await world.connect(world.admin())
  for (const nothing of NOWHERE) await refused(admins, 'resolveError', 'resolveContact', nothing, { error: NOT_FOUND })
})

test('of two admins who are done at once, one is noted, and nobody hears it twice', async (world) => {
  for (const _ of numbers(5)) {
    const { admin, admins, guests, id } = await chat(world)
    const other = world.admin()
    const others = await world.connect(other)
    await Promise.all([ask(admins, 'resolveContact', id), ask(others, 'resolveContact', id)])
    const { resolvedBy } = await world.app.contact(id)
    assert.ok([admin.userId, other.userId].includes(resolvedBy.id))
    const heard = await allOf(world, guests, 'contactResolved', id)
    assert.deepEqual(
      heard.map((one) => one.resolvedBy),
      [resolvedBy.name],
    )
  }
})

// --- figures ------------------------------------------------------------------------------------------------

test('figures count what happens', async (world) => {
  const admin = world.admin()
  const admins = await world.connect(admin)
  const stats = async () => {
    const reply = await does(admins, 'getContactStats')
    const told = await next(admins, 'contactStats', (one) => JSON.stringify(one) === JSON.stringify(reply.stats))
    return shape(told, {
      totalContacts: count,
      activeChats: count,
      messagesExchanged: count,
      averageResponseTime: (value) => typeof value === 'number' && value >= 0,
      onlineAdmins: count,
      pendingContacts: count,
      activeContacts: count,
    })
  }
  const before = await stats()
  const change = async () => {
    const now = await stats()
    return ['totalContacts', 'pendingContacts', 'activeChats', 'messagesExchanged'].map(
      (name) => now[name] - before[name],
    )
  }
  const guests = await world.connect()
  const [first, second] = [await submits(guests), await submits(guests)]
  assert.deepEqual(await change(), [2, 2, 0, 0])
  await claims(admins, first.id)
  assert.deepEqual(await change(), [2, 1, 1, 0])
  await does(admins, 'sendContactMessage', { contactId: first.id, message: 'Yes?' })
  await does(guests, 'sendContactMessage', { contactId: first.id, message: 'No!' })
  assert.deepEqual(await change(), [2, 1, 1, 2])
  await does(admins, 'releaseContact', first.id)
  assert.deepEqual(await change(), [2, 2, 0, 2])
  await claims(admins, first.id)
  await resolves(admins, first.id)
  await resolves(admins, second.id)
  assert.deepEqual(await change(), [2, 0, 0, 2])
})

test('admins online are counted by user, not by socket', async (world) => {
  const [one, two] = [world.admin(), world.admin()]
  const admins = await world.connect(one)
  const online = async () => (await does(admins, 'getContactStats')).stats.onlineAdmins
  assert.equal(await online(), 1)
  await world.connect(one, DOORS[1])
  await world.connect(world.person())
  await world.connect()
  assert.equal(await online(), 1)
  const others = await world.connect(two)
  assert.equal(await online(), 2)
  others.disconnect()
  while ((await online()) !== 1) await settled(admins)
})

test('a socket that is elsewhere only makes nobody an admin online', async (world) => {
  const admins = await world.connect(world.admin())
  await world.connectElsewhere(world.admin(), { path: CONTACTS.path })
  await published(world)
  assert.equal((await does(admins, 'getContactStats')).stats.onlineAdmins, 1)
  assert.equal(told(admins, 'newContactSubmission').length, 0)
})
