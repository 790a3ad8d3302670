// `<SocketMonitor/>` as people use it: what it shows to an admin, its buttons, and what it says is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { page, type, type Page } from './support/page.js'
import { StrictMode } from 'react'
import type { OutriggerOptions } from '@outrigger/client'
import { OutriggerProvider, SocketMonitor } from '@outrigger/client/react'
import { until } from './support/until.js'
import { optionsOf, world, type Person } from './support/world.js'

const w = world({ CONNECT_TIMEOUT_MS: '2000' })

let monitors = 0

function show(who: Person | null, options: OutriggerOptions = {}): Page {
  monitors += 1
  const here = page()
  const url = options.urls ?? w.sidecar.publicUrl
  const given = optionsOf(who, String(url), { restUrl: String(url) + '/.'.repeat(monitors), ...options })
  here.render(
    <StrictMode>
      <OutriggerProvider options={given}>
        <SocketMonitor />
      </OutriggerProvider>
    </StrictMode>,
  )
  return here
}

const findings = (here: Page): (string | null)[] =>
  [...here.element.querySelectorAll('[data-code]')].map((one) => one.getAttribute('data-code'))

function field(here: Page, label: string): HTMLInputElement {
  const found = [...here.element.querySelectorAll('label')].find((one) => one.textContent === label)
  const input = found && document.getElementById(found.htmlFor)
  assert.ok(input, `no field is labelled ${label}`)
  return input as HTMLInputElement
}

async function press(here: Page, name: string): Promise<void> {
  const button = await until(`button ${name}`, () => {
    const found = here.button(name)
    return found && !found.disabled ? found : undefined
  })
  button.click()
}

test('an admin sees users with their devices, figures, rates and events', async () => {
  const admin = await w.known({ admin: true })
  const alice = await w.known()
  const client = w.client(alice)
  client.rooms()
  const here = show(admin)
  await until('connected', () => here.text().includes('Connected') && here.text().includes('websocket'))
  await until('alice', () => here.text().includes(alice.email))
  assert.ok(here.text().includes(alice.device.ip))
  await until('events', () => here.text().includes('Recent events') && here.text().includes('Events a second'))
  assert.ok(!here.text().includes(alice.token), 'no token is ever shown')
  await until('nothing wrong', () => here.text().includes('No fault seen') || findings(here).includes('healthy'), 20_000)
  here.unmount()
  client.close()
})

test('the test buttons send to a user, broadcast, emit who is online, and run the socket test', async () => {
  const admin = await w.known({ admin: true })
  const alice = await w.known()
  const client = w.client(alice)
  const heard: string[] = []
  client.rooms().raw.on('testMessage', ({ message }: { message: string }) => heard.push(message))
  const here = show(admin)
  await until('alice', () => here.text().includes(alice.email))
  type(field(here, 'User id'), alice.userId)
  type(field(here, 'Message'), 'ahoy')
  await press(here, 'Send to user')
  await until('the outcome', () => here.text().includes('Send to user: reached 1 sockets on 1 devices.'))
  await press(here, 'Broadcast')
  await until('the echo', () => here.text().includes('This page got “ahoy”'))
  await until('both messages', () => heard.length === 2)
  await press(here, 'Emit online users')
  await until('its outcome', () => here.text().includes('Emit online users: reached'))
  await press(here, 'Run socket test')
  await until('five checks', () => here.text().includes('Socket test: 5 of 5 checks passed.'))
  for (const check of ['Socket server', 'Connection tracking', 'Messaging', 'Broadcast', 'Api integration']) {
    assert.ok(here.text().includes(check), check)
  }
  here.unmount()
  client.close()
})

test('a device is logged out from the list, after asking once more', async () => {
  const admin = await w.known({ admin: true })
  const alice = await w.known()
  const client = w.client(alice)
  client.rooms()
  const here = show(admin)
  await press(here, `Log out ${alice.email} everywhere`)
  await press(here, `Yes, log out ${alice.email} everywhere`)
  await until('the end', () => client.status === 'refused')
  await until('gone from the list', () => here.button(`Log out ${alice.email} everywhere`) === undefined)
  here.unmount()
})

test('someone who is no admin sees who is online, and why there is no more', async () => {
  const who = await w.known()
  const here = show(who)
  await until('the reason', () => here.text().includes('Admin access required'))
  await until('the list', () => here.text().includes(who.userId))
  assert.ok(here.text().includes('Connected'))
  here.unmount()
})

test('it says what is wrong: expired token, no cookie, wrong origin, sidecar down', async () => {
  const who = w.person()
  const faults: [string, Person | null, OutriggerOptions][] = [
    ['expired-token', who, { getToken: () => who.anotherToken({ expiresIn: -60 }) }],
    ['cookie-not-sent', null, {}],
    ['wrong-origin', who, { engine: { extraHeaders: { Origin: 'http://elsewhere.example' } } }],
    ['sidecar-down', who, { urls: 'http://127.0.0.1:9' }],
  ]
  for (const [code, person, options] of faults) {
    const here = show(person, options)
    await until(code, () => findings(here).includes(code))
    const finding = here.element.querySelector(`[data-code="${code}"]`)
    assert.ok((finding?.querySelectorAll('p').length ?? 0) >= 3, 'a title, what was seen, what to do')
    here.unmount()
  }
})

test('what was wrong is gone when it works again', async () => {
  const who = w.person()
  let token = who.anotherToken({ expiresIn: -60 })
  const here = show(who, { getToken: () => token })
  await until('the fault', () => findings(here).includes('expired-token'))
  token = who.anotherToken()
  await press(here, 'Reconnect')
  await until('connected', () => here.text().includes('Connected'))
  assert.ok(!findings(here).includes('expired-token'))
  here.unmount()
})

test('headings, labels and live regions are there for those who do not see it', async () => {
  const here = show(await w.known({ admin: true }))
  await until('the figures', () => here.text().includes('Chats joined'))
  for (const section of here.element.querySelectorAll('section')) {
    const heading = document.getElementById(section.getAttribute('aria-labelledby') ?? '')
    assert.ok(heading?.textContent, 'a section without a name')
  }
  for (const input of here.element.querySelectorAll('input')) {
    assert.ok(here.element.querySelector(`label[for="${input.id}"]`), 'a field without a label')
  }
  for (const button of here.element.querySelectorAll('button')) {
    assert.ok(button.textContent || button.getAttribute('aria-label'), 'a button without a name')
  }
  assert.ok(here.element.querySelectorAll('[role="status"], [aria-live]').length >= 3)
  here.unmount()
})
