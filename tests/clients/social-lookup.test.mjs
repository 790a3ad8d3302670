// Whom one may write to (`contracts/social.md` section 7, "receiver existence check").

import assert from 'node:assert/strict'
import { next } from './support/client.mjs'
import { newLookup } from './support/lookup.mjs'
import { shape } from './support/shape.mjs'
import { ownSocial, refuses, say, shown } from './support/social.mjs'
import { suite } from './support/suite.mjs'

const { test } = suite(import.meta.url, { ROOT_CONTRACT: 'social' })

const UNREACHABLE = 'Receiver not found'

const unreachable = (socket, who) =>
  refuses(socket, 'send_message', [{ receiverId: who.userId, message: 'x' }], UNREACHABLE, 'NOT_FOUND')

async function alone(t, settings) {
  const world = await ownSocial(t, settings)
  return { ...world, socket: await world.connect(await world.member()) }
}

test('a receiver is known who was seen in a token or told of by the app', async ({ t }) => {
  const world = await alone(t)
  const [seen, told, never] = [world.person(), await world.member(), world.person()]
  ;(await world.connect(seen)).disconnect()
  for (const who of [seen, told]) shape((await say(world.socket, who, 'hi')).receiver, { _id: who.userId })
  await unreachable(world.socket, never)
})

test('where the receiver need not be known, messages wait for them', async ({ t }) => {
  const world = await alone(t, { STRICT_RECEIVER: 'off' })
  const who = world.person()
  const document = await say(world.socket, who, 'whoever you are')
  assert.deepEqual(document.receiver, { _id: who.userId, username: null, profileImage: null })
  const { body } = await world.api.get(who, '/api/messages')
  shape(body.conversations[0], { lastMessage: document, unreadCount: 1 })
})

test('the app is asked for whom nobody told of, once', async ({ t }) => {
  const lookup = await newLookup(t)
  const world = await alone(t, lookup.settings())
  const who = Object.assign(world.person(), { name: 'Bob of the app', image: 'https://cdn.example/bob.png' })
  lookup.users.set(who.userId, { email: who.email, name: who.name, profileImage: who.image })
  const document = await say(world.socket, who, 'found you')
  assert.deepEqual(document.receiver, shown(who))
  await say(world.socket, who, 'again')
  assert.deepEqual(lookup.asked, [who.userId])
  const other = await world.connect(who)
  await say(other, { userId: document.sender._id }, 'hello back')
  shape((await next(world.socket, 'receive_message')).sender, shown(who))
})

test('whom the app does not know is not written to, and it is not asked again at once', async ({ t }) => {
  const lookup = await newLookup(t)
  const world = await alone(t, lookup.settings())
  const who = world.person()
  await unreachable(world.socket, who)
  await unreachable(world.socket, who)
  assert.deepEqual(lookup.asked, [who.userId])
})

test('the answer may be the user itself, and an id of any kind is asked for', async ({ t }) => {
  const lookup = await newLookup(t, { answer: () => ({ status: 200, body: { name: 'Plain' } }) })
  const world = await alone(t, lookup.settings())
  const who = world.person({ userId: 'a+b&c=d?e#f%20' })
  const document = await say(world.socket, who, 'hi')
  shape(document.receiver, { _id: who.userId, username: 'Plain' })
  assert.deepEqual(lookup.asked, [who.userId])
})

test('an app that fails is no reason to lose or to hang', async ({ t }) => {
  const lookup = await newLookup(t, { answer: () => ({ status: 500, body: {} }) })
  const world = await alone(t, lookup.settings())
  await unreachable(world.socket, world.person())
  const member = await world.member()
  await say(world.socket, member, 'others are written to')
})
