// Help: a guest's form and chat, two admins and one request, a reload, hand-over when an admin is gone, and refusals.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AskError,
  ContactChat,
  contactQueueOf,
  names,
  supportChatOf,
  type ContactForm,
  type ContactQueue,
  type OutriggerClient,
  type SupportChat,
} from '@outrigger/client'
import { gateTo } from './support/gate.js'
import { until } from './support/until.js'
import { world, type Person } from './support/world.js'

/** What a tab keeps. */
const kept = new Map<string, string>()
Object.defineProperty(globalThis, 'sessionStorage', {
  value: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  },
})

const w = world({ RATE_LIMITS: 'off', CONTACTS_ADMIN_GRACE_MS: '300' })
let tabs = 0

async function admin(name: string): Promise<{ who: Person; client: OutriggerClient; queue: ContactQueue }> {
  const who = w.person({ admin: true })
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name, role: 'admin' })
  const client = w.client(who)
  const queue = contactQueueOf(client)
  queue.retain()
  await until('the queue', () => queue.value.isCurrent)
  return { who, client, queue }
}

/** A guest in a tab of their own. */
function guest(tab = `tab-${(tabs += 1)}`, url?: string): { tab: string; client: OutriggerClient; support: SupportChat } {
  const client = w.client(null, { getToken: () => null, userId: tab, ...(url === undefined ? {} : { urls: url }) })
  const support = supportChatOf(client)
  support.retain()
  return { tab, client, support }
}

const form = (more: Partial<ContactForm> = {}): ContactForm => ({
  name: 'Gwen',
  email: 'gwen@example.test',
  subject: 'A leak',
  message: 'Water comes in.',
  ...more,
})

const waits = ({ queue }: { queue: ContactQueue }, id: string | null): boolean => queue.value.pending.some((one) => one.id === id)
const has = ({ queue }: { queue: ContactQueue }, id: string | null): boolean => queue.value.mine.some((one) => one.id === id)
const said = (chat: { value: { messages: readonly { message: string }[] } }): string[] => chat.value.messages.map(({ message }) => message)

/** A request of a guest. */
async function asked(more: Partial<ContactForm> = {}): Promise<ReturnType<typeof guest> & { id: string }> {
  const one = guest()
  await one.support.submit(form(more))
  return { ...one, id: one.support.value.contactId ?? assert.fail('no request') }
}

test('one of two admins gets it; they talk, and it is resolved', async () => {
  const [ann, bob] = [await admin('Ann'), await admin('Bob')]
  const { support, id } = await asked()
  assert.equal(support.value.status, 'pending')
  assert.ok(support.value.receipt?.message)
  await until('it in both queues', () => waits(ann, id) && waits(bob, id))
  const outcomes = await Promise.allSettled([ann.queue.claim(id), bob.queue.claim(id)])
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  const [winner, loser, name] = outcomes[0]?.status === 'fulfilled' ? [ann, bob, 'Ann'] : [bob, ann, 'Bob']
  await until('it to be theirs', () => has(winner, id))
  const [race] = loser.queue.value.lostRaces
  assert.deepEqual(race, { contactId: id, error: 'Contact already claimed by another admin', assignedTo: name })
  await until('the other to know', () => loser.queue.value.taken.some((one) => one.contactId === id && one.adminName === name))
  assert.ok(!waits(winner, id) && !waits(loser, id))
  assert.equal(winner.queue.value.mine[0]?.message, 'Water comes in.')

  const chat = new ContactChat(winner.client, id)
  chat.retain()
  await until('the chat', () => chat.value.isJoined && support.value.isJoined)
  chat.setTyping(true)
  await until('typing', () => support.value.typing.join() === name)
  await chat.send('Where?')
  await until('it at the guest', () => said(support).join() === 'Where?')
  assert.deepEqual(support.value.typing, [])
  assert.equal(support.value.status, 'in_progress')
  support.setTyping(true)
  await until('typing', () => chat.value.typing.length === 1)
  await support.send('At the bow.')
  await until('both', () => said(chat).join() === 'Where?,At the bow.')
  assert.equal(chat.value.messages[1]?.senderRole, 'guest')
  await winner.queue.resolve(id)
  await until('the end', () => support.value.status === 'resolved')
  assert.equal(support.value.resolvedBy, name)
  assert.ok(!has(winner, id))
  await assert.rejects(support.send('Thanks'), AskError)
  support.startOver()
  assert.equal(support.value.contactId, null)
  assert.equal(kept.size, 0)
  for (const { client } of [ann, bob]) client.close()
})

test('a reload of the tab comes back to the chat, another tab does not', async () => {
  const ann = await admin('Ann')
  const { tab, client, id } = await asked()
  await until('it', () => waits(ann, id))
  await ann.queue.claim(id)
  const chat = new ContactChat(ann.client, id)
  chat.retain()
  await until('the chat', () => chat.value.isJoined)
  client.close()
  await chat.send('Are you there?')
  const { support } = guest(tab)
  await until('what was said', () => said(support).join() === 'Are you there?')
  assert.equal(support.value.contactId, id)
  assert.equal(support.value.status, 'in_progress')
  await support.send('Yes')
  await until('an answer', () => said(chat).at(-1) === 'Yes')
  assert.equal(guest().support.value.contactId, null)
  const stranger = new ContactChat(guest().client, id, 'not the token')
  stranger.retain()
  await until('a refusal', () => stranger.value.isRefused)
  assert.equal(stranger.value.error, 'Contact not found')
  ann.client.close()
})

test('an interruption leaves no gap', async () => {
  const ann = await admin('Ann')
  const gate = await gateTo(w.sidecar.port)
  const { support } = guest(undefined, gate.url)
  await support.submit(form())
  const id = support.value.contactId ?? assert.fail()
  await until('it', () => waits(ann, id))
  await ann.queue.claim(id)
  const chat = new ContactChat(ann.client, id)
  chat.retain()
  await until('both', () => chat.value.isJoined && support.value.isJoined)
  await chat.send('one')
  await until('one', () => said(support).join() === 'one')
  gate.close()
  await until('the loss', () => !support.value.isJoined)
  await chat.send('two')
  gate.open()
  await until('two', () => said(support).join() === 'one,two')
  gate.end()
  ann.client.close()
})

test('an admin who is gone is replaced; what was given back waits again', async () => {
  const [ann, bob] = [await admin('Ann'), await admin('Bob')]
  const { support, id } = await asked({ priority: 'urgent' })
  const { id: other } = await asked({ subject: 'Another', priority: 'low' })
  await until('both', () => waits(bob, id) && waits(bob, other))
  const order = bob.queue.value.pending.map((one) => one.id)
  assert.ok(order.indexOf(id) < order.indexOf(other), 'urgent first')
  await ann.queue.claim(id)
  await until('Bob to know', () => bob.queue.value.taken.some(({ contactId }) => contactId === id))
  ann.client.close()
  await until('that she is gone', () => bob.queue.value.taken.some((one) => one.contactId === id && one.isAdminLost))
  await bob.queue.claim(id)
  await until('it to be his', () => has(bob, id))
  const chat = new ContactChat(bob.client, id)
  chat.retain()
  await until('the chat', () => chat.value.isJoined)
  await chat.send('Bob here')
  await until('it at the guest', () => said(support).at(-1) === 'Bob here')
  await bob.queue.release(id)
  await until('it to wait again', () => waits(bob, id) && !has(bob, id))
  bob.client.close()
})

test('what is looked after already is loaded', async () => {
  const ann = await admin('Ann')
  const { id } = await asked()
  await until('it', () => waits(ann, id))
  await ann.queue.claim(id)
  const contact = (await w.server.orThrow.contacts.getContactById(id)).contact
  const page = contactQueueOf(w.client(ann.who))
  page.loadBy(async () => ({ mine: [contact], taken: [{ contactId: 'x', adminName: 'Bob', isAdminLost: false }] }))
  page.retain()
  await until('both', () => page.value.mine.length === 1 && page.value.taken.length === 1)
  await until('figures', () => (page.value.stats?.activeChats ?? 0) >= 1)
  ann.client.close()
})

test('what is wrong with a form is said, and who is no admin has no queue', async () => {
  const { client, support } = guest()
  for (const [wrong, words] of [
    [{ email: 'nobody' }, 'Email is invalid'],
    [{ name: '' }, 'Name is required'],
    [{ message: 'x'.repeat(5_001) }, 'Message is too long'],
  ] as const) {
    await assert.rejects(support.submit(form(wrong)), { name: 'AskError', kind: 'refused', message: words })
  }
  assert.equal(support.value.isSubmitting, false)
  const queue = contactQueueOf(client)
  queue.retain()
  await until('a refusal', () => queue.value.error !== null)
  assert.equal(queue.value.isCurrent, false)
  await assert.rejects(client.contacts().ask(names.contacts.client.claimContact, 'contact_1_abcdefghi'), AskError)
})
