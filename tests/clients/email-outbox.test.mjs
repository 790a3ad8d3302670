// What becomes of an e-mail that was asked for: it goes out once the mail server takes it, whatever happens in between
// (`docs/EMAIL.md`).

import assert from 'node:assert/strict'
import { eventually, pause, within } from './support/deadline.mjs'
import { count, iso, shape, text } from './support/shape.mjs'
import { HANG, HANG_UP, header, mailSuite, newAddress, newMailServer, ownMail } from './support/smtp.mjs'

const RETRY_MS = 400
/** Mails start as far apart as they should; one may be on its way for longer than another. */
const JITTER_MS = 200

const { test, server } = await mailSuite(import.meta.url, { MAIL_RETRY_MS: `${RETRY_MS}` })

const numbers = (total) => Array.from({ length: total }, (_, index) => index)

/** Refuses whatever is for this address, so many times. */
function refuses(to, words, times = Infinity) {
  let left = times
  return (address) => (address === to && left-- > 0 ? words : undefined)
}

async function killed(world) {
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
}

/** A server of its own, and a sidecar that sends through it. */
async function alone(t, settings) {
  const own = await newMailServer(t)
  return { ...(await ownMail(t, own, settings)), server: own }
}

// --- it is taken ----------------------------------------------------------------------------------------------

test('a mail is accepted at once, and sent', async ({ mail }) => {
  const to = newAddress()
  const { id, queued } = await mail.code(to)
  assert.ok(text(id))
  assert.equal(queued, true)
  await server.arrived(to)
  const sent = await mail.becomes(id, 'sent')
  shape(sent, { template: 'account-verification', to, attempts: 1, createdAt: iso, dueAt: iso, updatedAt: iso })
})

test('a burst goes out in a few conversations, each mail once', async ({ mail }) => {
  const before = server.conversations
  const tos = numbers(40).map(newAddress)
  const ids = await Promise.all(tos.map(async (to) => (await mail.code(to)).id))
  for (const to of tos) assert.equal((await server.arrived(to)).length, 1)
  assert.equal(new Set(ids).size, 40)
  assert.ok(server.conversations - before <= 8, `${server.conversations - before} conversations`)
  for (const to of tos) assert.equal(server.of(to).length, 1)
})

test('lists say how far each is, and never what it says', async ({ mail, internal, sidecar }) => {
  const to = newAddress()
  server.answerWith({ to: refuses(to, '550 5.1.1 no such user') })
  const secret = `pin-${Date.now()}`
  const { id } = await mail.send('account-verification', to, { name: 'Amara Okafor', otp: secret })
  await mail.becomes(id, 'dead')
  const dead = await mail.list('dead')
  shape(dead, { waiting: count, dead: (value) => value >= 1 })
  const one = dead.mails.find((each) => each.id === id)
  shape(one, { state: 'dead', attempts: 1, to, lastError: text })
  assert.ok(!one.lastError.includes('@'), 'what a server says of an address is not kept')
  const shown = JSON.stringify([dead, await mail.list('waiting'), await mail.list('sent')])
  for (const hidden of [secret, 'Amara Okafor', 'vars']) assert.ok(!shown.includes(hidden), hidden)
  const log = sidecar().log()
  for (const hidden of [secret, to, 'Amara']) assert.ok(!log.includes(hidden), `${hidden} in the log`)
  for (const query of ['?state=gone', '?limit=0', '?limit=501', '?limit=x'])
    assert.equal((await internal.get(`/internal/email${query}`)).status, 400, query)
})

// --- not now --------------------------------------------------------------------------------------------------

for (const [step, words] of [
  ['to', '450 4.2.1 busy'],
  ['to', '451 4.7.1 greylisted'],
  ['data', '452 4.3.1 disk full'],
  ['from', '451 4.3.0 later'],
]) {
  test(`${words} at ${step}: it is tried again, and arrives`, async ({ mail }) => {
    const to = newAddress()
    let refusals = 0
    const refuse = () => (refusals++ === 0 ? words : undefined)
    server.answerWith({ [step]: step === 'to' ? refuses(to, words, 1) : refuse })
    const since = Date.now()
    const { id } = await mail.code(to)
    const [one] = await server.arrived(to)
    const took = one.at - since
    assert.ok(took >= RETRY_MS * 0.8, `${took} ms`)
    assert.equal(header(one, 'message-id'), `<${id}@quiz.example>`)
    const sent = await mail.becomes(id, 'sent')
    assert.equal(sent.attempts, 2)
    assert.equal((await mail.suppressed(to)).suppressed, false)
  })
}

test('a connection that ends in the middle: it is tried again', async ({ mail }) => {
  const to = newAddress()
  let times = 0
  server.answerWith({ data: () => (times++ === 0 ? HANG_UP : undefined) })
  const { id } = await mail.code(to)
  await server.arrived(to)
  await mail.becomes(id, 'sent')
})

test('attempts come after the time that is set, then after ten times that; then it is dead', async ({ mail }) => {
  const to = newAddress()
  server.answerWith({ to: refuses(to, '450 4.2.1 busy') })
  const { id } = await mail.code(to)
  const waiting = await eventually(
    () => mail.one(id),
    ({ attempts }) => attempts === 1,
    'a first attempt',
  )
  shape(waiting, { state: 'waiting', lastError: (words) => words.includes('450') })
  const dead = await mail.becomes(id, 'dead')
  assert.equal(dead.attempts, 3)
  assert.match(dead.lastError, /450/)
  const [first, second, third, ...more] = server.offers(to)
  assert.equal(more.length, 0)
  const within = (ms, wanted) => ms >= wanted * 0.8 && ms <= wanted * 1.2 + 1_500
  assert.ok(within(second - first, RETRY_MS), `${second - first} ms`)
  assert.ok(within(third - second, 10 * RETRY_MS), `${third - second} ms`)
  assert.equal((await mail.suppressed(to)).suppressed, false)
})

test('a mail that has to wait holds up no other', async ({ mail }) => {
  const [slow, quick] = [newAddress(), newAddress()]
  server.answerWith({ to: refuses(slow, '450 4.2.1 busy') })
  await mail.code(slow)
  const since = Date.now()
  await mail.code(quick)
  const [one] = await server.arrived(quick)
  assert.ok(one.at - since < 2_000)
})

test('a dead mail is tried again when the app wants it', async ({ mail }) => {
  const to = newAddress()
  server.answerWith({ to: refuses(to, '554 5.7.1 no', 1) })
  const { id } = await mail.code(to)
  await mail.becomes(id, 'dead')
  const { status, body } = await mail.retry(id)
  assert.equal(status, 200)
  shape(body, { success: true })
  const [one] = await server.arrived(to)
  assert.equal(header(one, 'message-id'), `<${id}@quiz.example>`)
  await mail.becomes(id, 'sent')
  for (const nothing of [id, 'nothing']) {
    const again = await mail.retry(nothing)
    assert.equal(again.status, 404)
    assert.equal(again.body.error, 'No such dead e-mail')
  }
})

// --- never ----------------------------------------------------------------------------------------------------

for (const words of [
  '550 5.1.1 no such user',
  '550 no such user',
  '551 not local',
  '553 5.1.3 bad address',
  '554 5.1.2 no domain',
]) {
  test(`${words} of the recipient: nothing goes there again until the app says so`, async ({ mail }) => {
    const to = newAddress()
    server.answerWith({ to: refuses(to, words, 1) })
    const { id } = await mail.code(to)
    const dead = await mail.becomes(id, 'dead')
    assert.equal(dead.attempts, 1)
    shape(await mail.suppressed(to), { suppressed: true, reason: 'bounced', since: iso })
    for (const address of [to, to.toUpperCase(), `Ann${to.slice(3)}`]) {
      const { status, body } = await mail.tries({
        template: 'password-reset',
        to: address,
        vars: { name: 'Ann', link: 'https://quiz.example' },
      })
      assert.equal(status, 409)
      shape(body, { error: text, reason: 'bounced' })
    }
    assert.deepEqual(server.of(to), [])
    assert.equal(server.offers(to).length, 1)
    shape(await mail.allow(to), { success: true, removed: true })
    shape(await mail.allow(to), { success: true, removed: false })
    assert.equal((await mail.suppressed(to)).suppressed, false)
    await mail.code(to)
    await server.arrived(to)
  })
}

for (const [step, words] of [
  ['to', '550 5.7.1 blocked'],
  ['to', '552 5.2.2 mailbox full'],
  ['to', '554 transaction failed'],
  ['from', '550 5.1.0 sender refused'],
  ['from', '550 5.1.8 sender unknown'],
  ['data', '554 5.6.0 looks like spam'],
  ['data', '550 5.1.1 odd'],
]) {
  test(`${words} at ${step}: this mail is dead, and the address is not to blame`, async ({ mail }) => {
    const to = newAddress()
    let times = 0
    server.answerWith({ [step]: step === 'to' ? refuses(to, words, 1) : () => (times++ === 0 ? words : undefined) })
    const { id } = await mail.code(to)
    const dead = await mail.becomes(id, 'dead')
    assert.equal(dead.attempts, 1)
    assert.equal((await mail.suppressed(to)).suppressed, false)
    await mail.code(to)
    await server.arrived(to)
  })
}

test('mail that waited for a suppressed address is not sent', async ({ mail }) => {
  const to = newAddress()
  let offers = 0
  server.answerWith({
    to: (address) => {
      if (address !== to) return undefined
      offers += 1
      return offers === 1 ? '450 4.2.1 busy' : '550 5.1.1 no such user'
    },
  })
  const first = await mail.code(to)
  await eventually(
    () => offers,
    (seen) => seen === 1,
    'the first to be put off',
  )
  const second = await mail.code(to)
  await mail.becomes(second.id, 'dead')
  const dead = await mail.becomes(first.id, 'dead')
  assert.match(dead.lastError, /bounced/)
  assert.equal(offers, 2, 'the first was not offered again')
})

test('suppressions are asked for by address', async ({ internal, mail }) => {
  const to = newAddress()
  assert.deepEqual(await mail.suppressed(to), { address: to, suppressed: false })
  for (const bad of ['x', 'a%40b%40c', '%20'])
    assert.equal((await internal.get(`/internal/email/suppressions/${bad}`)).status, 400)
})

// --- the server is away ---------------------------------------------------------------------------------------

test('while the mail server is down nothing dies; when it is back everything goes', async ({ t }) => {
  const { server: own, mail } = await alone(t, { MAIL_ATTEMPTS: '1' })
  await own.close()
  const tos = numbers(8).map(newAddress)
  const ids = []
  for (const to of tos) ids.push((await mail.code(to)).id)
  await pause(6_000)
  for (const id of ids) shape(await mail.one(id), { state: 'waiting', attempts: 0 })
  await own.open()
  for (const to of tos) assert.equal((await own.arrived(to, 1, 25_000)).length, 1)
  for (const id of ids) assert.equal((await mail.becomes(id, 'sent')).attempts, 1)
})

test('a server that greets with a refusal is away, and so is one that lets nobody in', async ({ t }) => {
  const { server: own, mail } = await alone(t, { MAIL_ATTEMPTS: '1' })
  own.answerWith({ hello: () => '554 5.3.2 closed today' })
  const to = newAddress()
  const { id } = await mail.code(to)
  await pause(2_000)
  shape(await mail.one(id), { state: 'waiting', attempts: 0 })
  assert.equal((await mail.suppressed(to)).suppressed, false)
  own.answerWith()
  await own.arrived(to, 1, 20_000)
  await mail.becomes(id, 'sent')
})

test('what was accepted while the server was down survives kill -9', async ({ t }) => {
  const world = await alone(t)
  const { server: own, mail } = world
  await own.close()
  const tos = numbers(20).map(newAddress)
  const ids = await Promise.all(tos.map(async (to) => (await mail.code(to)).id))
  await killed(world)
  await own.open()
  await world.again()
  for (const [index, to] of tos.entries()) {
    const [one] = await own.arrived(to)
    assert.equal(header(one, 'message-id'), `<${ids[index]}@quiz.example>`)
  }
})

test('what was accepted just before kill -9 arrives; nothing is lost', async ({ t }) => {
  const world = await alone(t)
  const { server: own, mail } = world
  const accepted = []
  const ask = async (to) => {
    const { status, body } = await mail.tries({ template: 'welcome-email', to, vars: { name: 'Ann' } })
    if (status === 202) accepted.push([to, body.id])
  }
  const asking = Promise.allSettled(numbers(60).map(() => ask(newAddress())))
  await eventually(
    () => accepted.length,
    (some) => some > 5,
    'some to be accepted',
  )
  await killed(world)
  await asking
  await world.again()
  for (const [to, id] of accepted)
    for (const one of await own.arrived(to, 1, 30_000)) assert.equal(header(one, 'message-id'), `<${id}@quiz.example>`)
})

test('killed while the server thinks: the same mail comes again, with the same id', async ({ t }) => {
  const world = await alone(t)
  const { server: own, mail } = world
  const offered = []
  own.answerWith({
    data: (one) => {
      offered.push(header(one, 'message-id'))
      return HANG
    },
  })
  const to = newAddress()
  const { id } = await mail.code(to)
  await eventually(
    () => offered.length,
    (some) => some === 1,
    'the mail to be handed over',
  )
  await killed(world)
  own.answerWith()
  await world.again()
  const [one] = await own.arrived(to)
  assert.equal(header(one, 'message-id'), `<${id}@quiz.example>`)
  assert.deepEqual(offered, [header(one, 'message-id')])
  await mail.becomes(id, 'sent')
})

test('a restart sends nothing twice, and keeps what is dead and what is suppressed', async ({ t }) => {
  const world = await alone(t)
  const { server: own, mail } = world
  const [fine, gone] = [newAddress(), newAddress()]
  own.answerWith({ to: refuses(gone, '550 5.1.1 no such user') })
  const sent = await mail.code(fine)
  const dead = await mail.code(gone)
  await mail.becomes(sent.id, 'sent')
  await mail.becomes(dead.id, 'dead')
  await killed(world)
  await world.again()
  await mail.becomes(dead.id, 'dead')
  shape(await mail.suppressed(gone), { suppressed: true, reason: 'bounced' })
  await mail.code(newAddress())
  await pause(1_500)
  assert.equal(own.of(fine).length, 1)
})

test('a server that hangs does not keep the sidecar from ending', async ({ t }) => {
  const world = await alone(t)
  const { server: own, mail } = world
  own.answerWith({ data: () => HANG })
  const to = newAddress()
  const { id } = await mail.code(to)
  await eventually(
    () => own.offers(to).length,
    (some) => some === 1,
    'the mail to be offered',
  )
  world.sidecar().signal('SIGTERM')
  const { code } = await within(world.sidecar().exited, 'the process to end', 12_000)
  assert.equal(code, 0)
  own.answerWith()
  await world.again()
  await own.arrived(to)
  await mail.becomes(id, 'sent')
})

// --- once -----------------------------------------------------------------------------------------------------

test('the same key is the same mail', async ({ mail }) => {
  const [to, key] = [newAddress(), `reset-${Date.now()}`]
  const first = await mail.code(to, { key })
  const again = await mail.code(to, { key })
  assert.deepEqual([first.queued, again.queued], [true, false])
  assert.equal(again.id, first.id)
  await mail.becomes(first.id, 'sent')
  assert.equal((await mail.code(to, { key })).id, first.id, 'also when it was sent')
  assert.equal((await mail.one(first.id)).key, key)
  await mail.code(to, { key: `${key}-2` })
  await server.arrived(to, 2)
})

test('of many calls with one key at once there is one mail', async ({ mail }) => {
  const [to, key] = [newAddress(), `once-${Date.now()}`]
  const replies = await Promise.all(numbers(12).map(() => mail.code(to, { key })))
  assert.equal(new Set(replies.map(({ id }) => id)).size, 1)
  assert.equal(replies.filter(({ queued }) => queued).length, 1)
  await mail.becomes(replies[0].id, 'sent')
  await mail.code(newAddress())
  assert.equal(server.of(to).length, 1)
})

test('a call that is made again under its own key is the same mail', async ({ mail }) => {
  const [to, headers] = [newAddress(), { 'idempotency-key': `call-${Date.now()}` }]
  const body = { template: 'welcome-email', to, vars: { name: 'Ann' } }
  const [one, two] = [await mail.tries(body, headers), await mail.tries(body, headers)]
  assert.deepEqual([one.status, two.status], [202, 202])
  assert.equal(two.body.id, one.body.id)
  await mail.becomes(one.body.id, 'sent')
  assert.equal(server.of(to).length, 1)
})

test('without a key two calls are two mails', async ({ mail }) => {
  const to = newAddress()
  const [one, two] = [await mail.code(to), await mail.code(to)]
  assert.notEqual(one.id, two.id)
  await server.arrived(to, 2)
})

test('a key has at most 255 bytes, and is a text', async ({ mail }) => {
  for (const key of ['x'.repeat(256), 7, {}]) {
    const { status } = await mail.tries({ template: 'welcome-email', to: newAddress(), vars: { name: 'Ann' }, key })
    assert.equal(status, 400)
  }
})

// --- how fast -------------------------------------------------------------------------------------------------

test('no more leave in a minute than is set; the rest waits', async ({ t }) => {
  const { server: own, mail } = await alone(t, { MAIL_PER_MINUTE: '5' })
  const tos = numbers(9).map(newAddress)
  for (const to of tos) await mail.code(to)
  await eventually(
    () => own.mails.length,
    (some) => some >= 5,
    'the first five',
  )
  await pause(4_000)
  assert.equal(own.mails.length, 5)
  assert.equal((await mail.list('waiting')).waiting, 4)
  assert.deepEqual(
    own.mails.map(({ to }) => to[0]).toSorted(),
    tos.slice(0, 5).toSorted(),
    'who came first is served first',
  )
})

test('list mail is spaced, takes half of the pace, and holds up nobody who waits for a code', async ({ t }) => {
  const { server: own, mail } = await alone(t, { MAIL_PER_MINUTE: '8', MAIL_LIST_SPACING_MS: '1000' })
  const news = numbers(8).map(newAddress)
  for (const to of news) await mail.news(to)
  await own.arrived(news[0])
  const codes = [newAddress(), newAddress()]
  const since = Date.now()
  for (const to of codes) await mail.code(to)
  for (const to of codes) assert.ok((await own.arrived(to))[0].at - since < 1_500, 'at once')
  await pause(7_000)
  const sent = own.mails.filter(({ to }) => news.includes(to[0]))
  assert.equal(sent.length, 4, 'half of the pace')
  for (const [index, { at }] of sent.entries())
    if (index > 0) assert.ok(at - sent[index - 1].at >= 1_000 - JITTER_MS, `${at - sent[index - 1].at} ms apart`)
})

// --- whose ----------------------------------------------------------------------------------------------------

test('only the app has mail sent', async ({ internal, sidecar, person }) => {
  const without = { authorization: '' }
  const body = { template: 'welcome-email', to: newAddress(), vars: { name: 'Ann' } }
  assert.equal((await internal.post('/internal/email', body, without)).status, 401)
  assert.equal((await internal.post('/internal/email/preview', body, without)).status, 401)
  for (const path of ['', '/templates', '/suppressions/a@b.example'])
    assert.equal((await internal.get(`/internal/email${path}`, without)).status, 401)
  const outside = await fetch(`${sidecar().publicUrl}/internal/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${person({ admin: true }).token}` },
    body: JSON.stringify(body),
  })
  assert.equal(outside.status, 404)
})

test('what is no JSON, or of another kind, is refused', async ({ mail }) => {
  for (const body of [
    [],
    'text',
    null,
    7,
    {},
    { template: 7, to: 'a@b.example' },
    { template: 'welcome-email', to: 7 },
    { template: 'welcome-email', to: newAddress(), vars: [] },
  ])
    assert.equal((await mail.tries(body)).status, 400, JSON.stringify(body))
})
