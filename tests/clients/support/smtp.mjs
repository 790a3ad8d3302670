// The app's mail server: a real one (RFC 5321) that keeps what it takes, and refuses what a story wants refused.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after } from 'node:test'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { eventually, PATIENCE_MS } from './deadline.mjs'
import { shape } from './shape.mjs'
import { ownProcess, suite } from './suite.mjs'

export const FROM = { name: 'Quiz Blog', address: 'hello@quiz.example' }
/** Where the sidecar is reached, as it stands in mail. */
export const PUBLIC_URL = 'https://rt.quiz.example'

/** No answer at all. */
export const HANG = Symbol('no answer')
/** The end of the connection instead of an answer. */
export const HANG_UP = Symbol('the connection ends')

/** Settings with which nothing needs long. */
const SETTINGS = {
  RATE_LIMITS: 'off',
  MAIL_FROM: `${FROM.name} <${FROM.address}>`,
  MAIL_APP_NAME: 'Quiz Blog',
  MAIL_SUPPORT: 'help@quiz.example',
  MAIL_RETRY_MS: '300',
  MAIL_PER_MINUTE: '100000',
  MAIL_LIST_SPACING_MS: '0',
  NEXT_PUBLIC_APP_URL: 'https://quiz.example',
  PUBLIC_URL,
}

export const newAddress = () => `ann-${randomBytes(6).toString('hex')}@mail.example`

/**
 * Listens on a free port. Options are those of `smtp-server`: here nothing is encrypted and nobody logs in, unless they
 * say otherwise.
 */
export async function newMailServer(t, options = {}) {
  const mails = []
  const asked = { from: [], to: [], logins: [] }
  const sockets = new Set()
  const said = {}
  let conversations = 0
  let server
  let port = 0

  /** The answer to a step, as the story wants it: `undefined`, a text that begins with a code, or one of the symbols. */
  function answer(step, detail, session, done) {
    const verdict = said[step]?.(detail, session)
    if (verdict === undefined) return done()
    if (verdict === HANG) return undefined
    if (verdict === HANG_UP) return sockets.forEach((socket) => socket.destroy())
    const [, code, words] = /^(\d{3}) (.*)$/s.exec(verdict)
    return done(Object.assign(new Error(words), { responseCode: Number(code) }))
  }

  async function take(stream, session, done) {
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const { mailFrom, rcptTo } = session.envelope
    const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true })
    const mail = {
      at: Date.now(),
      from: mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      secure: session.secure,
      user: session.user,
      raw: raw.toString('latin1'),
      parsed,
    }
    answer('data', mail, session, (refusal) => {
      if (!refusal) mails.push(mail)
      done(refusal)
    })
  }

  function listen() {
    const login = options.onAuth
    server = new SMTPServer({
      logger: false,
      authOptional: true,
      disabledCommands: [...(options.key ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
      closeTimeout: 100,
      disableReverseLookup: true,
      ...options,
      onAuth(auth, session, done) {
        asked.logins.push({ ...auth, secure: session.secure })
        if (login(auth)) done(null, { user: auth.username })
        else done(Object.assign(new Error('5.7.8 wrong password'), { responseCode: 535 }))
      },
      onConnect(session, done) {
        conversations += 1
        answer('hello', session, session, done)
      },
      onMailFrom(address, session, done) {
        asked.from.push(address.address)
        answer('from', address.address, session, done)
      },
      onRcptTo(address, session, done) {
        asked.to.push({ at: Date.now(), address: address.address })
        answer('to', address.address, session, done)
      },
      // Whoever hangs up in the middle has handed over nothing.
      onData: (stream, session, done) => take(stream, session, done).catch(done),
    })
    server.on('error', () => {})
    server.server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.listen(port, '127.0.0.1')
    return once(server.server, 'listening')
  }

  const mailServer = {
    /** What was taken, in order. */
    mails,
    /** Who was named as the sender, to whom mail was offered and when, and who logged in, whatever became of it. */
    asked,
    get conversations() {
      return conversations
    },
    get port() {
      return port
    },
    /** The settings of a sidecar that sends through it. */
    settings: (more = {}) => ({ ...SETTINGS, SMTP_URL: `smtp://127.0.0.1:${port}`, ...more }),
    /** `{ hello, from, to, data }`: what is answered from now on; what is not named is taken. */
    answerWith(next = {}) {
      for (const step of ['hello', 'from', 'to', 'data']) said[step] = next[step]
    },
    async open() {
      await listen()
      port = server.server.address().port
    },
    /** Nobody listens from now on; the port stays this one's. */
    async close() {
      if (!server.server.listening) return
      const closed = once(server.server, 'close')
      server.close()
      sockets.forEach((socket) => socket.destroy())
      await closed
    },
    /** What was taken for an address. */
    of: (address) => mails.filter(({ to }) => to.includes(address)),
    /** How often mail was offered for an address. */
    offers: (address) => asked.to.filter((one) => one.address === address).map(({ at }) => at),
    /** The mails for an address, as soon as there are so many. */
    async arrived(address, total = 1, ms = PATIENCE_MS) {
      await eventually(
        () => mails.map(({ to, parsed }) => `${to}: ${parsed.subject}`),
        () => mailServer.of(address).length >= total,
        `${total} for ${address}`,
        ms,
      )
      return mailServer.of(address)
    },
  }
  await mailServer.open()
  t?.after(() => mailServer.close())
  return mailServer
}

/** What the app calls; any other status than the expected one is an error. */
function mailOf(internal) {
  const checked = async (call, wanted) => {
    const { status, body } = await call
    assert.equal(status, wanted, JSON.stringify(body))
    return body
  }
  const suppression = (address) => `/internal/email/suppressions/${encodeURIComponent(address)}`
  return {
    /** Any answer. */
    tries: (body, headers) => internal.post('/internal/email', body, headers),
    send: async (template, to, vars, more = {}) =>
      shape(await checked(internal.post('/internal/email', { template, to, vars, ...more }), 202), { success: true }),
    /** A code for an address: mail that somebody waits for. */
    code: (to, more = {}) => mailOf(internal).send('account-verification', to, { name: 'Ann', otp: '482913' }, more),
    /** List mail. */
    news: (to, more = {}) => mailOf(internal).send('welcome-email', to, { name: 'Ann', ...more }),
    preview: (template, vars) => checked(internal.post('/internal/email/preview', { template, vars }), 200),
    templates: async () => (await checked(internal.get('/internal/email/templates'), 200)).templates,
    list: (state, limit = 500) => checked(internal.get(`/internal/email?state=${state}&limit=${limit}`), 200),
    /** The one with that id, in whichever state it is. */
    async one(id) {
      for (const state of ['waiting', 'sent', 'dead']) {
        const found = (await mailOf(internal).list(state)).mails.find((mail) => mail.id === id)
        if (found) return found
      }
      throw new Error(`there is no mail ${id}`)
    },
    becomes: (id, wanted, ms) =>
      eventually(
        () => mailOf(internal).one(id),
        ({ state }) => state === wanted,
        `mail ${id} to be ${wanted}`,
        ms,
      ),
    retry: (id) => internal.post(`/internal/email/${id}/retry`, {}),
    suppressed: (address) => checked(internal.get(suppression(address)), 200),
    allow: (address) => checked(internal.remove(suppression(address)), 200),
  }
}

const mailWorld = (world) => ({ ...world, mail: mailOf(world.internal) })

/** `suite` with a mail server for the whole file. */
export async function mailSuite(fileUrl, settings = {}) {
  const server = await newMailServer()
  after(() => server.close())
  const { test, world } = suite(fileUrl, server.settings(settings))
  return {
    server,
    world: mailWorld(world),
    test: (name, story) =>
      test(name, ({ t }) => {
        server.answerWith()
        return story({ ...mailWorld(world), server, t })
      }),
  }
}

/** A sidecar of its own, that sends through that server. */
export async function ownMail(t, server, settings = {}) {
  return { ...mailWorld(await ownProcess(t, { SHUTDOWN_DRAIN_MS: '100', ...server.settings(settings) })), server }
}

/** The value of a header as it stands in the mail, unfolded; `undefined` if there is none. */
export function header({ raw }, name) {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}
