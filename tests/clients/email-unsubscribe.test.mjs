// How people end list mail: a link in the mail, one click in the mail program (RFC 8058), and what still reaches them.

import assert from 'node:assert/strict'
import { pause } from './support/deadline.mjs'
import { shape } from './support/shape.mjs'
import { header, mailSuite, newAddress, newMailServer, ownMail, PUBLIC_URL } from './support/smtp.mjs'

const { test, server } = await mailSuite(import.meta.url)

const REMINDER = { name: 'Ann', quizTitle: 'Rivers', quizLink: 'https://quiz.example/q' }
const ONE_CLICK = {
  body: 'List-Unsubscribe=One-Click',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
}

/** The link of a mail, as the sidecar that listens here answers it. */
async function linkOf(world, to, template = 'quiz-reminder', vars = REMINDER) {
  await world.mail.send(template, to, vars)
  const mail = (await world.server.arrived(to)).at(-1)
  const [, url] = /^<(https:\/\/[^>]+)>$/.exec(header(mail, 'list-unsubscribe')) ?? []
  assert.ok(url, header(mail, 'list-unsubscribe'))
  return { mail, url, path: url.replace(PUBLIC_URL, '') }
}

const at = (world, path) => world.sidecar().publicUrl + path
const look = (world, path) => fetch(at(world, path), { redirect: 'manual' })
const click = (world, path, options = ONE_CLICK) =>
  fetch(at(world, path), { method: 'POST', redirect: 'manual', ...options })
const change = (path, to) => path.replace(/token=.*/, `token=${to}`)

const refusal = async ({ mail }, to, template = 'quiz-reminder', vars = REMINDER) => {
  const { status, body } = await mail.tries({ template, to, vars })
  assert.equal(status, 409, JSON.stringify(body))
  return body.reason
}

for (const [template, vars] of [
  ['quiz-reminder', REMINDER],
  ['welcome-email', { name: 'Ann' }],
]) {
  test(`${template} says how to end it: in its head for programs, at its end for people`, async (world) => {
    const { mail, url } = await linkOf(world, newAddress(), template, vars)
    assert.ok(url.startsWith(`${PUBLIC_URL}/email/unsubscribe?token=`))
    assert.equal(header(mail, 'list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
    assert.ok(mail.parsed.text.includes(url), 'in the text')
    assert.ok(mail.parsed.html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&').includes(url), 'in the HTML')
    assert.ok(!url.includes(mail.to[0]) && !url.includes(encodeURIComponent(mail.to[0])), 'the address is not readable')
  })
}

test('mail that somebody asked for says nothing of it', async ({ mail }) => {
  const to = newAddress()
  await mail.code(to)
  const [one] = await server.arrived(to)
  for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) assert.equal(header(one, name), undefined)
  assert.doesNotMatch(one.parsed.text, /unsubscribe/i)
})

test('one click ends list mail of both kinds, and nothing else', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  const response = await click(world, path)
  assert.equal(response.status, 200)
  shape(await world.mail.suppressed(to), { suppressed: true, reason: 'unsubscribed' })
  assert.equal(await refusal(world, to), 'unsubscribed')
  assert.equal(await refusal(world, to, 'welcome-email', { name: 'Ann' }), 'unsubscribed')
  assert.equal(await refusal(world, to.toUpperCase()), 'unsubscribed', 'in whatever case')
  await world.mail.code(to)
  await world.mail.send('password-reset', to, { name: 'Ann', link: 'https://quiz.example/r' })
  await world.mail.send('contact-reply', to, { name: 'Ann', question: 'Q', answer: 'A' })
  assert.equal((await server.arrived(to, 4)).length, 4)
})

test('a click needs no form, no login, and may come twice', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  for (const options of [
    {},
    ONE_CLICK,
    { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) },
    (() => {
      const form = new FormData()
      form.set('List-Unsubscribe', 'One-Click')
      return { body: form }
    })(),
  ])
    assert.equal((await click(world, path, options)).status, 200)
  assert.equal(await refusal(world, to), 'unsubscribed')
})

test('looking at the page changes nothing: programs look at links', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  for (const method of ['GET', 'HEAD']) assert.equal((await fetch(at(world, path), { method })).status, 200)
  assert.equal((await world.mail.suppressed(to)).suppressed, false)
  await world.mail.send('quiz-reminder', to, REMINDER)
  await server.arrived(to, 2)
})

test('the page has a button, is safe, and tells nobody where it was', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  const response = await look(world, path)
  assert.match(response.headers.get('content-type'), /^text\/html/)
  assert.match(response.headers.get('content-security-policy'), /default-src 'none'/)
  assert.match(response.headers.get('content-security-policy'), /frame-ancestors 'none'/)
  assert.match(response.headers.get('referrer-policy'), /^(no-referrer|same-origin)$/)
  assert.match(response.headers.get('cache-control'), /no-store/)
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  const html = await response.text()
  assert.match(html, /<form[^>]*method="post"/)
  assert.match(html, /<button/)
  assert.match(html, /<html[^>]* lang=/)
  assert.ok(html.includes(to))
  assert.doesNotMatch(html, /<script|https?:\/\//)
})

/** What a browser sends when somebody presses the button of the page that it was shown. */
async function press(world, path, headers) {
  const html = await (await look(world, path)).text()
  const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? ''
  const fields = [...html.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  const { pathname, search } = new URL(action.replaceAll('&amp;', '&') || path, at(world, path))
  const browser = {
    ...ONE_CLICK.headers,
    origin: PUBLIC_URL,
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'navigate',
  }
  return click(world, pathname + search, {
    body: new URLSearchParams(fields).toString(),
    headers: { ...browser, ...headers },
  })
}

for (const [how, headers] of [
  ['a proxy that says which host was asked', { 'x-forwarded-host': 'rt.quiz.example', 'x-forwarded-proto': 'https' }],
  ['a proxy that says nothing of it: PUBLIC_URL does', {}],
]) {
  test(`the button of the page works in a browser, behind ${how}`, async (world) => {
    const to = newAddress()
    const { path } = await linkOf(world, to)
    const response = await press(world, path, headers)
    assert.equal(response.status, 200)
    assert.match(await response.text(), /unsubscribed/i)
    assert.equal(await refusal(world, to), 'unsubscribed')
  })
}

test('links that were changed, cut or made up end nothing', async (world) => {
  const [ann, bob] = [newAddress(), newAddress()]
  const [one, two] = [await linkOf(world, ann), await linkOf(world, bob)]
  const [of, other] = [one.path, two.path].map((path) => path.split('token=')[1])
  const [address] = of.split('.')
  for (const token of [
    '',
    'x',
    '.',
    of.slice(1),
    of.slice(0, -2),
    `${of}x`,
    `${other.split('.')[0]}.${of.split('.')[1]}`,
    address,
    Buffer.from(ann).toString('base64url'),
    '%00',
    '%FF%FE',
    'x'.repeat(5_000),
  ]) {
    for (const response of [await look(world, change(one.path, token)), await click(world, change(one.path, token))]) {
      assert.equal(response.status, 400, token.slice(0, 50))
      assert.match(response.headers.get('content-type'), /^text\/html/)
      assert.doesNotMatch(await response.text(), /<button/)
    }
  }
  for (const response of [await look(world, '/email/unsubscribe'), await click(world, '/email/unsubscribe')])
    assert.equal(response.status, 400)
  for (const to of [ann, bob]) assert.equal((await world.mail.suppressed(to)).suppressed, false)
})

test('a link of another installation ends nothing here', async (world) => {
  const other = await ownMail(world.t, server)
  const to = newAddress()
  const { path } = await linkOf({ ...other, server }, to)
  assert.equal((await click(world, path)).status, 400)
  assert.equal((await click(other, path)).status, 200)
})

test('list mail that waits when somebody clicks is not sent', async ({ t }) => {
  const own = await newMailServer(t)
  const world = await ownMail(t, own)
  const to = newAddress()
  const { path } = await linkOf({ ...world, server: own }, to)
  let refused = 0
  own.answerWith({ to: () => (refused++ === 0 ? '450 4.2.1 busy' : undefined) })
  const { id } = await world.mail.send('quiz-reminder', to, REMINDER)
  assert.equal((await click(world, path)).status, 200)
  const dead = await world.mail.becomes(id, 'dead')
  assert.match(dead.lastError, /unsubscribed/)
  assert.equal(own.of(to).length, 1)
})

test('whoever is away from lists stays so after kill -9, and old links keep working', async ({ t }) => {
  const world = { ...(await ownMail(t, server)), server }
  const [gone, stays] = [newAddress(), newAddress()]
  const [one, two] = [await linkOf(world, gone), await linkOf(world, stays)]
  await click(world, one.path)
  world.sidecar().signal('SIGKILL')
  await world.sidecar().exited
  await world.again()
  assert.equal(await refusal(world, gone), 'unsubscribed')
  assert.equal((await click(world, two.path)).status, 200)
  assert.equal(await refusal(world, stays), 'unsubscribed')
})

test('the app lets somebody back on the lists', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  await click(world, path)
  shape(await world.mail.allow(to), { removed: true })
  await world.mail.send('quiz-reminder', to, REMINDER)
  await server.arrived(to, 2)
})

test('an address that bounced stays so when somebody clicks', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  server.answerWith({ to: (address) => (address === to ? '550 5.1.1 no such user' : undefined) })
  const { id } = await world.mail.code(to)
  await world.mail.becomes(id, 'dead')
  assert.equal((await click(world, path)).status, 200)
  assert.equal(await refusal(world, to, 'account-verification', { name: 'Ann', otp: '1' }), 'bounced')
})

test('a link of the app itself stands instead of ours, without the promise of one click', async ({ mail }) => {
  const to = newAddress()
  const unsubscribeLink = 'https://quiz.example/no-more?u=1&k=2'
  await mail.send('quiz-reminder', to, { ...REMINDER, unsubscribeLink })
  const [one] = await server.arrived(to)
  assert.equal(header(one, 'list-unsubscribe'), `<${unsubscribeLink}>`)
  assert.equal(header(one, 'list-unsubscribe-post'), undefined)
  assert.ok(one.parsed.text.includes(unsubscribeLink))
  assert.ok(!one.raw.includes('/email/unsubscribe?token'))
})

test('where the sidecar is reached over http on this machine there is a link, but no one click', async ({ t }) => {
  const world = await ownMail(t, server, { PUBLIC_URL: 'http://localhost:3001/' })
  const to = newAddress()
  await world.mail.news(to)
  const [one] = await server.arrived(to)
  const link = header(one, 'list-unsubscribe')
  assert.match(link, /^<http:\/\/localhost:3001\/email\/unsubscribe\?token=/)
  assert.equal(header(one, 'list-unsubscribe-post'), undefined)
  assert.equal((await click(world, link.slice(1, -1).replace('http://localhost:3001', ''))).status, 200)
})

for (const address of [undefined, 'http://rt.quiz.example']) {
  test(`where mail must not lead (${address ?? 'nothing is set'}), list mail has no link of ours and goes out`, async ({
    t,
  }) => {
    const world = await ownMail(t, server, { PUBLIC_URL: address })
    const to = newAddress()
    await world.mail.news(to)
    const [one] = await server.arrived(to)
    assert.equal(header(one, 'list-unsubscribe'), undefined)
    assert.doesNotMatch(one.parsed.text, /unsubscribe/i)
    assert.notEqual((await look(world, '/email/unsubscribe?token=x')).status, 200)
  })
}

test('no amount of bad links keeps the good one from working', async (world) => {
  const to = newAddress()
  const { path } = await linkOf(world, to)
  for (let n = 0; n < 100; n += 1) await click(world, change(path, `x${n}`))
  await pause(10)
  assert.equal((await click(world, path)).status, 200)
})
