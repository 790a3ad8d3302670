// What e-mails look like when they arrive: every template, through a real mail server (`contracts/quiz.md` section 7).

import assert from 'node:assert/strict'
import { FROM, header, mailSuite, newAddress } from './support/smtp.mjs'
import { flag, list, shape, text } from './support/shape.mjs'

const { test, server } = await mailSuite(import.meta.url)

/** What each is given here: all it must have, and all it may. */
const FILLED = {
  'account-verification': {
    must: { name: 'Amara', otp: '482913' },
    may: { link: 'https://quiz.example/verify?a=1&b=2', expiresMinutes: 15 },
  },
  'contact-confirmation': {
    must: { name: 'Amara' },
    may: {
      subject: 'My certificate',
      message: 'It shows\nthe wrong name',
      contactId: 'contact_1763712000000_k3v9x2m4q',
      estimatedResponseTime: '24 hours',
    },
  },
  'course-enrollment': {
    must: { name: 'Amara', courseTitle: 'Foundations of Biology' },
    may: {
      courseDescription: 'Cells, genes and ecosystems',
      courseLink: 'https://quiz.example/courses/7',
      startDate: '2027-01-12',
    },
  },
  'password-reset': {
    must: { name: 'Amara', link: 'https://quiz.example/reset?token=u5Qm2Z' },
    may: { expiresMinutes: 30 },
  },
  'quiz-completion': {
    must: { name: 'Amara', quizTitle: 'Rivers of Africa', marks: 17, outOf: 20 },
    may: { percentage: 85, rank: 3, reviewLink: 'https://quiz.example/reviews/4711' },
  },
  'quiz-reminder': {
    must: { name: 'Amara', quizTitle: 'Rivers of Africa', quizLink: 'https://quiz.example/quizzes/rivers' },
    may: {
      author: 'Jean Bosco',
      category: 'Geography',
      dueDate: '2027-12-05T18:00:00Z',
      unsubscribeLink: 'https://quiz.example/no-more/8841',
    },
  },
  'school-registration': {
    must: { name: 'Amara', schoolTitle: 'Green Hills Academy' },
    may: { location: 'Kigali', website: 'www.greenhills.example', loginLink: 'https://quiz.example/login' },
  },
  'welcome-email': {
    must: { name: 'Amara' },
    may: { loginLink: 'https://quiz.example/login', unsubscribeLink: 'https://quiz.example/no-more/8841' },
  },
  'contact-reply': {
    must: { name: 'Amara', question: 'Could you correct it?', answer: 'Of course' },
    may: { subject: 'My certificate', contactId: 'contact_1763712000000_k3v9x2m4q' },
  },
  'contact-alert': {
    must: { name: 'Amara', email: 'amara@mail.example', message: 'The page stays white' },
    may: {
      subject: 'Exam',
      contactId: 'contact_1763712000000_k3v9x2m4q',
      priority: 'urgent',
      phone: '+250 788 000 000',
      queueLink: 'https://quiz.example/admin',
    },
  },
}
const NAMES = Object.keys(FILLED)
const LIST_MAIL = ['quiz-reminder', 'welcome-email']
const LINKS = ['link', 'courseLink', 'quizLink', 'reviewLink', 'unsubscribeLink', 'website', 'loginLink', 'queueLink']
/** These are shown in words of ours. */
const REWORDED = ['startDate', 'dueDate', 'expiresMinutes', 'rank', 'priority']

const all = (name) => ({ ...FILLED[name].must, ...FILLED[name].may })
const vars = (name, change) => ({ ...all(name), ...change })

async function arrives({ mail }, template, filled) {
  const to = newAddress()
  const { id } = await mail.send(template, to, filled)
  const [one] = await server.arrived(to)
  return { id, to, ...one, html: one.parsed.html, text: one.parsed.text }
}

/** What a reader of HTML sees of a text. */
const seen = (html) =>
  html
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')

for (const name of NAMES) {
  test(`${name} arrives as text and as HTML, and says all it was given`, async (world) => {
    const mail = await arrives(world, name, all(name))
    assert.equal(mail.from, FROM.address)
    assert.deepEqual(mail.to, [mail.parsed.to.value[0].address])
    assert.deepEqual(mail.parsed.from.value, [FROM])
    assert.equal(mail.parsed.to.value.length, 1)
    assert.match(header(mail, 'content-type'), /^multipart\/alternative;/)
    const parts = [...mail.raw.matchAll(/^Content-Type: (text\/\w+); charset=utf-8/gim)].map(([, type]) => type)
    assert.deepEqual(parts, ['text/plain', 'text/html'], 'what is read last is preferred (RFC 2046 section 5.1.4)')
    for (const [variable, value] of Object.entries(all(name))) {
      if (REWORDED.includes(variable)) continue
      for (const line of `${value}`.split('\n')) {
        assert.ok(`${mail.parsed.subject}\n${mail.text}`.includes(line), `${variable} in the text`)
        const shown = LINKS.includes(variable)
          ? mail.html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
          : seen(mail.html)
        assert.ok(shown.includes(line), `${variable} in the HTML`)
      }
    }
    for (const part of [mail.text, seen(mail.html)]) {
      assert.ok(part.includes('Quiz Blog'), 'whose it is')
      assert.ok(part.includes('help@quiz.example'), 'where questions go')
      assert.ok(part.includes(`${new Date().getFullYear()}`), 'the year')
      assert.doesNotMatch(part, /\{\{|\}\}|undefined|\bnull\b|NaN|\[object/)
    }
    assert.ok(mail.html.includes('https://quiz.example'), 'where the app is')
  })

  test(`${name} says who sent what and when, and that a program did`, async (world) => {
    const { must } = FILLED[name]
    const mail = await arrives(world, name, must)
    assert.equal(header(mail, 'message-id'), `<${mail.id}@quiz.example>`)
    assert.equal(header(mail, 'auto-submitted'), 'auto-generated')
    assert.equal(header(mail, 'mime-version'), '1.0')
    assert.ok(Math.abs(Date.parse(header(mail, 'date')) - Date.now()) < 10_000)
    const { subject } = mail.parsed
    assert.ok(subject.length > 5 && subject.length <= 160 && !/[\r\n{}]/.test(subject), subject)
    assert.equal(header(mail, 'bcc'), undefined)
    assert.equal(header(mail, 'cc'), undefined)
    assert.equal(header(mail, 'list-unsubscribe') !== undefined, LIST_MAIL.includes(name))
    assert.doesNotMatch(mail.text, /undefined|\bnull\b|NaN|\[object|\{\{/)
  })

  test(`${name} needs nothing from elsewhere, fits a phone, and is light or dark`, async (world) => {
    const { html, raw } = await arrives(world, name, all(name))
    for (const forbidden of [/<script/i, /<img/i, /<iframe/i, /<link/i, /<form/i, /<object/i, /\bsrc\s*=/i, /@import/i])
      assert.doesNotMatch(html, forbidden)
    assert.doesNotMatch(html, /url\(/i)
    assert.doesNotMatch(html, /\son\w+\s*=/i)
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) assert.match(href, /^(https:|mailto:)/, href)
    assert.match(html, /<!doctype html>/i)
    assert.match(html, /<html[^>]* lang="[a-z-]+"/)
    assert.match(html, /<meta name="viewport"/)
    assert.match(html, /<meta name="color-scheme" content="light dark">/)
    assert.match(html, /prefers-color-scheme:\s*dark/)
    assert.match(html, /max-width:600px/)
    assert.match(html, /<title>[^<]+<\/title>/)
    assert.ok(Buffer.byteLength(html) < 100_000, 'some programs cut off what is larger than 102 kB')
    for (const line of raw.split('\r\n')) assert.ok(line.length <= 998, 'RFC 5322 section 2.1.1')
    assert.ok(/^[\x00-\x7f]*$/.test(raw), 'no server need understand more than ASCII')
  })
}

// --- what somebody else put in ------------------------------------------------------------------------------

const HOSTILE = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>&lt;b&gt; {{otp}} \${7*7} </td></table>`

for (const name of NAMES) {
  for (const variable of Object.keys(all(name)).filter((one) => !LINKS.includes(one))) {
    test(`${name}: nothing in ${variable} is HTML`, async ({ mail }) => {
      const { html, subject } = await mail.preview(name, vars(name, { [variable]: HOSTILE }))
      assert.doesNotMatch(html, /<img|<script|onerror=alert\(1\)>(?!")|<\/script/i)
      assert.ok(!html.includes(`"'>`), 'no attribute is left')
      assert.ok(!subject.includes('\n'))
      const shown = seen(html)
      if (!REWORDED.includes(variable) && shown.includes('<img'))
        assert.ok(shown.includes(HOSTILE), 'as it was written')
    })
  }
}

test('what is escaped in HTML arrives as it was written, in both parts', async (world) => {
  const name = 'Ann <b>O’Neill</b> & "Söhne"'
  const message = `First <line>\n\nSecond & last`
  const mail = await arrives(world, 'contact-alert', vars('contact-alert', { name, message }))
  assert.ok(mail.text.includes(name))
  assert.ok(seen(mail.html).includes(name))
  assert.ok(!mail.html.includes('<b>O'))
  for (const line of ['First <line>', 'Second & last']) {
    assert.ok(mail.text.includes(line))
    assert.ok(seen(mail.html).includes(line))
  }
})

test('nothing that is given adds a header, a line to a subject, or a recipient', async (world) => {
  const injected = 'Amara\r\nBcc: mallory@mail.example\r\nX-Evil: 1\r\n\r\n<h1>'
  for (const name of NAMES) {
    const filled = Object.fromEntries(
      Object.entries(all(name)).map(([key, value]) => [
        key,
        LINKS.includes(key) || typeof value === 'number' ? value : injected,
      ]),
    )
    const mail = await arrives(world, name, filled)
    assert.equal(mail.to.length, 1)
    assert.equal(header(mail, 'bcc'), undefined)
    assert.equal(header(mail, 'x-evil'), undefined)
    assert.doesNotMatch(mail.parsed.subject, /[\r\n]/)
  }
})

test('what is invisible, or turns the direction of reading, is left out', async (world) => {
  const mail = await arrives(world, 'account-verification', { name: 'A\u202Em\u200Ba\u0000ra\u2066', otp: '12\u20283' })
  for (const part of [mail.text, seen(mail.html), mail.parsed.subject])
    assert.doesNotMatch(part.replace(/[\u200c\u034f]/g, ''), /[\u0000\u202a-\u202e\u2066-\u2069\u2028]/)
})

test('names of the whole world arrive', async (world) => {
  for (const name of ['Żółw Łukasz', 'Ümit Çelik', '李小龍', 'عمر', '🙂 Eve', 'Nguyễn Thị']) {
    const mail = await arrives(world, 'welcome-email', { name })
    assert.ok(mail.text.includes(name) && seen(mail.html).includes(name), name)
    assert.ok(mail.parsed.subject.includes(name), mail.parsed.subject)
  }
})

test('an address of the whole world is written to', async ({ mail }) => {
  for (const to of ['żółw@mail.example', "o'neill+tag@mail.example", 'x@localhost']) {
    await mail.code(to)
    await server.arrived(to)
  }
  const { id } = await mail.code('ann@żółw.example')
  await mail.becomes(id, 'sent')
  assert.match(server.mails.at(-1).to[0], /^ann@(żółw|xn--[\w-]+)\.example$/)
})

// --- what is refused ----------------------------------------------------------------------------------------

async function refused({ mail }, body, field, words) {
  const before = server.mails.length
  const { status, body: said } = await mail.tries({ to: newAddress(), ...body })
  assert.equal(status, 400, JSON.stringify(said))
  shape(said, { error: text, field })
  if (words) assert.equal(said.error, words)
  assert.equal(server.mails.length, before)
}

for (const name of NAMES) {
  for (const missing of Object.keys(FILLED[name].must)) {
    test(`${name} without ${missing} is refused, and what is missing is named`, async (world) => {
      const words = `Missing required variable: ${missing}`
      for (const value of [undefined, null, '', ' \n'])
        await refused(world, { template: name, vars: vars(name, { [missing]: value }) }, `vars.${missing}`, words)
    })
  }
}

test('what may be absent may be absent, null or empty', async (world) => {
  for (const name of NAMES) {
    for (const nothing of [undefined, null, '']) {
      const filled = { ...FILLED[name].must }
      for (const variable of Object.keys(FILLED[name].may)) filled[variable] = nothing
      const { text: plainText, html } = await world.mail.preview(name, filled)
      assert.doesNotMatch(plainText + seen(html), /undefined|\bnull\b|NaN/)
    }
  }
})

test('no variables at all are as none', async (world) => {
  await refused(world, { template: 'account-verification' }, 'vars.name', 'Missing required variable: name')
})

test('variables are texts of at most 10 kB, or numbers', async (world) => {
  for (const value of [true, {}, ['x'], { $ne: 1 }, 'x'.repeat(10_241)])
    await refused(world, { template: 'welcome-email', vars: { name: value } }, 'vars.name')
  for (const value of ['x'.repeat(10_240), 0, 1.5, -3]) {
    const { text: plainText } = await arrives(world, 'welcome-email', { name: value })
    assert.ok(plainText.replace(/\s/g, '').includes(`${value}`.slice(0, 50)))
  }
})

test('links lead to https, or to this machine', async (world) => {
  const bad = [
    'javascript:alert(1)',
    'data:text/html,<script>',
    'http://quiz.example/reset',
    '//quiz.example/x',
    '/reset',
    'https://',
    'https://user:password@quiz.example/',
    'https://quiz.example/a b',
    'https://quiz.example/"onclick="x',
    'https://quiz.example/<script>',
    'https://quiz.example\\@evil.example',
    'ftp://quiz.example',
    `https://quiz.example/${'x'.repeat(3_000)}`,
  ]
  for (const link of bad) await refused(world, { template: 'password-reset', vars: { name: 'Ann', link } }, 'vars.link')
  for (const link of [
    'https://quiz.example/reset?t=1&u=2#x',
    'http://localhost:3000/reset',
    'http://127.0.0.1/x',
    'HTTPS://quiz.example/',
  ])
    assert.ok(
      (await world.mail.preview('password-reset', { name: 'Ann', link })).text.includes(link.replace('HTTPS', 'https')),
    )
  for (const [name, { must, may }] of Object.entries(FILLED))
    for (const variable of Object.keys({ ...must, ...may }).filter((one) => LINKS.includes(one)))
      await refused(
        world,
        { template: name, vars: vars(name, { [variable]: 'javascript:alert(1)' }) },
        `vars.${variable}`,
      )
})

test('variables under their older names are understood; unknown ones are not looked at', async (world) => {
  const older = { name: 'Ann', newQuiz: 'Rivers', quizzesLink: 'https://quiz.example/q', author: 'Jean' }
  const mail = await arrives(world, 'quiz-reminder', {
    ...older,
    note: '<script>',
    constructor: { a: 1 },
    appName: 'Evil',
  })
  for (const part of [mail.text, seen(mail.html)]) {
    assert.ok(part.includes('Rivers') && part.includes('Jean'))
    assert.ok(!part.includes('Evil'), 'whose it is cannot be said')
  }
  assert.ok(mail.html.includes('https://quiz.example/q'))
})

test('a template that there is not is refused, and so is what is no address', async (world) => {
  for (const template of ['welcome', '', '../welcome-email', 'WELCOME-EMAIL', 'layout'])
    await refused(world, { template, vars: { name: 'Ann' } }, 'template')
  for (const to of [
    '',
    'ann',
    'ann@',
    '@mail.example',
    'ann@mail.example, bob@mail.example',
    'ann@mail.example\r\nBcc: bob@mail.example',
    'Ann <ann@mail.example>',
    '<ann@mail.example>',
    'a b@mail.example',
    `${'x'.repeat(65)}@mail.example`,
    `ann@${'x'.repeat(250)}.example`,
  ])
    await refused(world, { template: 'welcome-email', to, vars: { name: 'Ann' } }, 'to')
})

// --- without sending ----------------------------------------------------------------------------------------

test('every template tells of itself, with data to show', async ({ mail }) => {
  const templates = await mail.templates()
  assert.deepEqual(templates.map(({ name }) => name).toSorted(), NAMES.toSorted())
  for (const one of templates) {
    shape(one, { required: list, optional: list, listMail: flag })
    const { must, may } = FILLED[one.name]
    assert.deepEqual(one.required.toSorted(), Object.keys(must).toSorted(), one.name)
    assert.deepEqual(one.optional.toSorted(), Object.keys(may).toSorted(), one.name)
    assert.equal(one.listMail, LIST_MAIL.includes(one.name))
    for (const name of one.required) assert.ok(name in one.sample, `${name} of ${one.name}`)
  }
  assert.deepEqual(templates.find(({ name }) => name === 'quiz-reminder').aliases, {
    newQuiz: 'quizTitle',
    quizzesLink: 'quizLink',
  })
})

test('a preview is what arrives, and nothing is sent', async (world) => {
  const before = server.mails.length
  const shown = await world.mail.preview('quiz-completion', all('quiz-completion'))
  assert.equal(server.mails.length, before)
  const mail = await arrives(world, 'quiz-completion', all('quiz-completion'))
  assert.equal(mail.parsed.subject, shown.subject)
  assert.equal(mail.text.trim(), shown.text.trim())
  assert.equal(mail.html.trim(), shown.html.trim())
  for (const name of NAMES) {
    const sample = await world.mail.preview(name)
    shape(sample, { subject: text, html: text, text })
  }
})

test('a preview is refused as the mail would be', async ({ internal }) => {
  const preview = (body) => internal.post('/internal/email/preview', body)
  for (const [body, field] of [
    [{ template: 'nothing' }, 'template'],
    [{ template: 'password-reset', vars: { name: 'Ann' } }, 'vars.link'],
    [{ template: 'password-reset', vars: { name: 'Ann', link: 'javascript:x' } }, 'vars.link'],
  ]) {
    const { status, body: said } = await preview(body)
    assert.equal(status, 400)
    shape(said, { error: text, field })
  }
})
