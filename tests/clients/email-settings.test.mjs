// How e-mail is set up: without a mail server, with one that encrypts, with one that wants a password; and what is refused
// at the start (`docs/EMAIL.md`).

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newCertificate } from './support/certificate.mjs'
import { pause, within } from './support/deadline.mjs'
import { flag, list, shape, text } from './support/shape.mjs'
import { BINARY, newHome } from './support/sidecar.mjs'
import { newAddress, newMailServer, ownMail } from './support/smtp.mjs'
import { ownProcess, suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { RATE_LIMITS: 'off' })

const USER = 'mailer@quiz.example'
const PASSWORD = 'p/ss: wörd@1%'
const credentials = (user = USER, password = PASSWORD) => `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`

/** A sidecar that sends to this address and trusts this certificate. */
async function sending(t, server, url, { trusts, ...settings } = {}) {
  const home = newHome()
  t.after(() => home.remove())
  const file = join(home.directory, 'trusted.pem')
  if (trusts) writeFileSync(file, trusts)
  return ownMail(t, server, { SMTP_URL: url, ...(trusts && { SSL_CERT_FILE: file }), ...settings })
}

/** Nothing is sent, and nothing is lost: it waits for a server that may be told. */
async function waits({ mail, server }, ms = 1_500) {
  const to = newAddress()
  const { id } = await mail.code(to)
  await pause(ms)
  shape(await mail.one(id), { state: 'waiting', attempts: 0 })
  assert.deepEqual(server.mails, [])
  return { id, to }
}

async function arrives({ mail, server }) {
  const to = newAddress()
  await mail.code(to)
  const [one] = await server.arrived(to)
  return one
}

// --- without ------------------------------------------------------------------------------------------------

test('without a mail server nothing is sent, and that is said; what can be seen is shown', async ({ internal }) => {
  const body = { template: 'welcome-email', to: newAddress(), vars: { name: 'Ann' } }
  for (const call of [
    internal.post('/internal/email', body),
    internal.post('/internal/email', { template: 'nothing', to: 'x' }),
    internal.get('/internal/email'),
    internal.post('/internal/email/x/retry', {}),
    internal.get('/internal/email/suppressions/a@b.example'),
    internal.remove('/internal/email/suppressions/a@b.example'),
  ]) {
    const { status, body: said } = await call
    assert.equal(status, 503)
    assert.equal(said.error, 'E-mail is not configured')
  }
  const preview = await internal.post('/internal/email/preview', { template: 'welcome-email', vars: { name: 'Ann' } })
  assert.equal(preview.status, 200)
  shape(preview.body, { subject: text, html: text, text })
  shape((await internal.get('/internal/email/templates')).body, { templates: list })
})

test('without a mail server people ask for help all the same', async ({ internal }) => {
  const sent = { name: 'Eve', email: 'eve@mail.example', message: 'How?' }
  assert.equal((await internal.post('/internal/contacts', sent)).status, 201)
})

// --- encryption ---------------------------------------------------------------------------------------------

test('after STARTTLS, with a certificate that is trusted', async ({ t }) => {
  const { key, cert } = newCertificate()
  const server = await newMailServer(t, { key, cert })
  for (const query of ['?tls=required', '?tls=opportunistic']) {
    const world = await sending(t, server, `smtp://localhost:${server.port}${query}`, { trusts: cert })
    assert.equal((await arrives(world)).secure, true, query)
  }
})

test('from the first byte, with a certificate that is trusted', async ({ t }) => {
  const { key, cert } = newCertificate()
  const server = await newMailServer(t, { key, cert, secure: true, disabledCommands: ['AUTH'] })
  const world = await sending(t, server, `smtps://localhost:${server.port}`, { trusts: cert })
  assert.equal((await arrives(world)).secure, true)
})

for (const [what, url, options] of [
  ['after STARTTLS', (port) => `smtp://localhost:${port}?tls=required`, {}],
  ['from the first byte', (port) => `smtps://localhost:${port}`, { secure: true, disabledCommands: ['AUTH'] }],
]) {
  test(`a certificate that nobody trusts, ${what}: mail waits, and nothing of it is told`, async ({ t }) => {
    const { key, cert } = newCertificate()
    const server = await newMailServer(t, { key, cert, ...options })
    const world = await sending(t, server, url(server.port), { trusts: newCertificate().cert })
    await waits(world)
    assert.deepEqual(server.asked, { from: [], to: [], logins: [] })
  })
}

test('a certificate for another name is not trusted', async ({ t }) => {
  const { key, cert } = newCertificate()
  const server = await newMailServer(t, { key, cert })
  const world = await sending(t, server, `smtp://[::ffff:127.0.0.1]:${server.port}?tls=required`, { trusts: cert })
  await waits(world)
  assert.deepEqual(server.asked.to, [])
})

test('a server that does not encrypt gets nothing where that is required', async ({ t }) => {
  const server = await newMailServer(t)
  const world = await sending(t, server, `smtp://127.0.0.1:${server.port}?tls=required`)
  await waits(world)
  assert.deepEqual(server.asked.from, [])
})

for (const query of ['', '?tls=none', '?tls=opportunistic']) {
  test(`a server on this machine that does not encrypt is spoken to: ${query || 'nothing is said'}`, async ({ t }) => {
    const server = await newMailServer(t)
    const world = await sending(t, server, `smtp://127.0.0.1:${server.port}${query}`)
    assert.equal((await arrives(world)).secure, false)
  })
}

// --- passwords ----------------------------------------------------------------------------------------------

const knows = ({ username, password }) => username === USER && password === PASSWORD

for (const method of ['PLAIN', 'LOGIN']) {
  test(`a password is shown by ${method}, after encryption, with whatever is in it`, async ({ t }) => {
    const { key, cert } = newCertificate()
    const server = await newMailServer(t, { key, cert, onAuth: knows, authOptional: false, authMethods: [method] })
    const world = await sending(t, server, `smtp://${credentials()}localhost:${server.port}?tls=required`, {
      trusts: cert,
    })
    const one = await arrives(world)
    assert.equal(one.user, USER)
    assert.ok(server.asked.logins.every(({ secure }) => secure))
    assert.ok(
      !world.sidecar().log().includes(PASSWORD) && !world.sidecar().log().includes(encodeURIComponent(PASSWORD)),
    )
  })
}

test('a wrong password costs no mail: it waits until the operator has put it right', async ({ t }) => {
  const { key, cert } = newCertificate()
  let accepts = false
  const server = await newMailServer(t, { key, cert, onAuth: () => accepts, authOptional: false })
  const url = `smtp://${credentials()}localhost:${server.port}?tls=required`
  const world = await sending(t, server, url, { trusts: cert, MAIL_ATTEMPTS: '1' })
  const { id, to } = await waits(world)
  assert.ok(server.asked.logins.length >= 1)
  assert.ok(server.asked.logins.length <= 3, 'and the server is not asked again and again')
  assert.equal((await world.mail.suppressed(to)).suppressed, false)
  assert.ok(!world.sidecar().log().includes(PASSWORD))
  accepts = true
  await server.arrived(to, 1, 20_000)
  await world.mail.becomes(id, 'sent')
})

test('a server that wants a password and gets none gets no mail, and nothing dies', async ({ t }) => {
  const { key, cert } = newCertificate()
  const server = await newMailServer(t, { key, cert, onAuth: knows, authOptional: false })
  const world = await sending(t, server, `smtp://localhost:${server.port}?tls=required`, {
    trusts: cert,
    MAIL_ATTEMPTS: '1',
  })
  await waits(world)
})

test('a password never goes over an open line that encryption could protect', async ({ t }) => {
  const server = await newMailServer(t, { onAuth: () => true, allowInsecureAuth: true })
  const world = await sending(t, server, `smtp://${credentials()}127.0.0.1:${server.port}?tls=opportunistic`)
  await world.mail.code(newAddress())
  await pause(1_500)
  assert.deepEqual(server.asked.logins, [], 'nobody in between may take the offer of encryption away')
})

// --- the start ----------------------------------------------------------------------------------------------

/** Starts with these settings and gives what it says when it ends; it may not stay. */
async function refusedStart(t, settings) {
  const home = newHome()
  const child = spawn(BINARY, ['serve'], {
    cwd: home.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      JWT_SECRET: home.jwtSecret,
      INTERNAL_SECRET: home.internalSecret,
      DATABASE_URL: `sqlite:${join(home.directory, 'outrigger.db')}`,
      BIND: '127.0.0.1',
      PORT: '0',
      INTERNAL_ADDR: '127.0.0.1:0',
      ...settings,
    },
  })
  t.after(() => {
    child.kill('SIGKILL')
    home.remove()
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (words) => (said += words))
  const [code] = await within(once(child, 'close'), () => `the start to be refused; it said ${said}`, 10_000)
  assert.notEqual(code, 0)
  return said
}

const FROM = { MAIL_FROM: 'Quiz Blog <hello@quiz.example>' }
for (const [what, settings, named] of [
  ['a server and no sender', { SMTP_URL: 'smtp://localhost:2525' }, /MAIL_FROM/],
  ['a sender that is no address', { SMTP_URL: 'smtp://localhost:2525', MAIL_FROM: 'Quiz Blog' }, /MAIL_FROM/],
  ['two senders', { SMTP_URL: 'smtp://localhost:2525', MAIL_FROM: 'a@b.example, c@d.example' }, /MAIL_FROM/],
  ['no URL', { ...FROM, SMTP_URL: 'mail.quiz.example:587' }, /SMTP_URL/],
  ['another kind of URL', { ...FROM, SMTP_URL: 'https://mail.quiz.example' }, /SMTP_URL/],
  ['a URL with a path', { ...FROM, SMTP_URL: 'smtp://mail.quiz.example/inbox' }, /SMTP_URL/],
  [
    'a word for encryption that there is not',
    { ...FROM, SMTP_URL: 'smtp://mail.quiz.example?tls=perhaps' },
    /SMTP_URL/,
  ],
  ['smtps without encryption', { ...FROM, SMTP_URL: 'smtps://mail.quiz.example?tls=none' }, /SMTP_URL/],
  ['a user without a password', { ...FROM, SMTP_URL: 'smtp://ann@mail.quiz.example' }, /SMTP_URL/],
  ['a bad address for alerts', { CONTACTS_ALERT_TO: 'ann@mail.example,bob' }, /CONTACTS_ALERT_TO/],
  ['a bad address for questions', { MAIL_SUPPORT: 'help' }, /MAIL_SUPPORT/],
  ['no attempts', { MAIL_ATTEMPTS: '0' }, /MAIL_ATTEMPTS/],
  ['no mail in a minute', { MAIL_PER_MINUTE: '0' }, /MAIL_PER_MINUTE/],
  ['a pause that is no number', { MAIL_RETRY_MS: 'soon' }, /MAIL_RETRY_MS/],
]) {
  test(`the start is refused with ${what}, and says which setting it is`, async ({ t }) => {
    assert.match(await refusedStart(t, settings), named)
  })
}

test('a refusal to start does not show a password', async ({ t }) => {
  const said = await refusedStart(t, { ...FROM, SMTP_URL: 'smtp://ann:hunter2@mail.quiz.example/inbox' })
  assert.match(said, /SMTP_URL/)
  assert.ok(!said.includes('hunter2'), said)
})

// --- previews for admins --------------------------------------------------------------------------------------

test('admins look at templates; others do not', async (world) => {
  const [admin, who] = [world.person({ admin: true }), world.person()]
  const templates = await world.rest.get(admin, '/api/email/templates')
  assert.equal(templates.status, 200)
  shape(templates.body, { configured: false, templates: list })
  const paths = ['/api/email/templates', '/api/email/preview/welcome-email', '/api/email/preview/nothing']
  for (const path of paths) {
    assert.equal((await world.rest.get(null, path)).status, 401, path)
    assert.equal((await world.rest.get(who, path)).status, 403, path)
    assert.equal((await world.rest.get({ token: 'garbage' }, path)).status, 401, path)
  }
  for (const headers of [
    { authorization: `Bearer ${admin.token}` },
    { 'x-auth-token': admin.token },
    { cookie: `authToken=${admin.token}` },
  ])
    assert.equal((await world.rest.get(null, paths[1], headers)).status, 200)
  assert.equal((await world.rest.get(admin, '/api/email/preview/nothing')).status, 404)
})

test('a preview is text, HTML in a box, or both as JSON', async (world) => {
  const admin = world.person({ admin: true })
  const { templates } = (await world.rest.get(admin, '/api/email/templates')).body
  assert.equal(templates.length, 10)
  for (const { name, sample } of templates) {
    const show = (format) => world.rest.get(admin, `/api/email/preview/${name}${format}`)
    const [html, same, plain, json] = [
      await show(''),
      await show('?format=html'),
      await show('?format=text'),
      await show('?format=json'),
    ]
    assert.match(html.headers.get('content-type'), /^text\/html; charset=utf-8/i)
    const policy = html.headers.get('content-security-policy')
    for (const part of ['sandbox', "default-src 'none'", "style-src 'unsafe-inline'"])
      assert.ok(policy.includes(part), policy)
    assert.ok(!/sandbox[^;]*allow/.test(policy))
    assert.match(plain.headers.get('content-type'), /^text\/plain; charset=utf-8/i)
    assert.equal(same.body, html.body)
    shape(json.body, { subject: text, html: html.body, text: plain.body })
    assert.ok(plain.body.includes(sample.name))
  }
  assert.equal((await world.rest.get(admin, '/api/email/preview/welcome-email?format=pdf')).status, 400)
})

test('that mail is configured is told', async ({ t }) => {
  const server = await newMailServer(t)
  const world = await ownMail(t, server)
  const { body } = await world.rest.get(world.person({ admin: true }), '/api/email/templates')
  shape(body, { configured: (value) => flag(value) && value })
  const none = await ownProcess(t)
  shape((await none.rest.get(none.person({ admin: true }), '/api/email/templates')).body, { configured: false })
})
