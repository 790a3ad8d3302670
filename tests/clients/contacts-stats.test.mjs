// Figures that admins are told of by themselves, at most once in five seconds (`contracts/contacts.md` section 3).

import assert from 'node:assert/strict'
import { next, settled } from './support/client.mjs'
import {
  claims,
  contactsSuite,
  does,
  numbers,
  published,
  resolves,
  submits,
  told,
  unheard,
} from './support/contacts.mjs'
import { pause } from './support/deadline.mjs'
import { shape } from './support/shape.mjs'

const { test } = contactsSuite(import.meta.url)

const PACE_MS = 5_000
/** A telling may come a little late, and the next in time. */
const SLACK_MS = 500

test('admins are told of figures when they change, seldom and the last ones in the end', async (world) => {
  const [admins, watches] = [await world.connect(world.admin()), await world.connect(world.admin())]
  const others = [await world.connect(), await world.connect(world.person())]
  const at = []
  watches.on('contactStats', () => at.push(Date.now()))
  const guests = others[0]
  const ids = []
  for (const _ of numbers(12)) {
    ids.push((await submits(guests)).id)
    await pause(500)
  }
  await claims(admins, ids[0])
  await does(guests, 'sendContactMessage', { contactId: ids[0], message: 'Hello' })
  await resolves(admins, ids[1])
  const { stats } = await does(admins, 'getContactStats')
  await next(
    watches,
    'contactStats',
    (one) => one.totalContacts === 12 && one.activeChats === 1 && one.pendingContacts === 10,
  )
  await pause(PACE_MS + SLACK_MS)
  await published(world)
  await settled(watches)
  const { averageResponseTime, ...last } = told(watches, 'contactStats').at(-1)
  const { averageResponseTime: average, ...wanted } = stats
  assert.deepEqual(last, wanted, 'the last ones are those of now')
  assert.ok(Math.abs(averageResponseTime - average) < 1_000)
  for (const [index, time] of at.entries())
    if (index > 0) assert.ok(time - at[index - 1] >= PACE_MS - SLACK_MS, `told after ${time - at[index - 1]} ms`)
  assert.ok(at.length >= 2 && at.length <= 5, `${at.length} times`)
  await unheard(world, others, 'contactStats')
})

test('while nothing changes nothing is told', async (world) => {
  const admins = await world.connect(world.admin())
  await pause(PACE_MS + SLACK_MS)
  const before = told(admins, 'contactStats').length
  await does(admins, 'getPendingContacts')
  await pause(PACE_MS + SLACK_MS)
  await settled(admins)
  assert.equal(told(admins, 'contactStats').length, before)
})

test('the average response time is that of what is done, from asking to the end', async (world) => {
  const admins = await world.connect(world.admin())
  const guests = await world.connect()
  const before = await does(admins, 'getContactStats')
  const done = (await world.app.list('?status=resolved&limit=500')).total
  const sum = before.stats.averageResponseTime * done
  const { id } = await submits(guests)
  await pause(3_000)
  shape(await resolves(admins, id), { responseTime: 0 })
  const { submittedAt, resolvedAt } = await world.app.contact(id)
  const took = Date.parse(resolvedAt) - Date.parse(submittedAt)
  assert.ok(took >= 2_900)
  const { stats } = await does(admins, 'getContactStats')
  const wanted = (sum + took) / (done + 1)
  assert.ok(Math.abs(stats.averageResponseTime - wanted) <= done + 1, `${stats.averageResponseTime}, not ${wanted}`)
})
