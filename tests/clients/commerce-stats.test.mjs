// What admins of `commerce` are told every half minute (`contracts/commerce.md` sections 3 and 6). This is the one file
// of stories that waits so long.

import assert from 'node:assert/strict'
import { next, settled } from './support/client.mjs'
import { ADMIN, commerceSuite, crew, DOORS, told, unheard } from './support/commerce.mjs'
import { newDevice } from './support/people.mjs'
import { iso, shape } from './support/shape.mjs'

const { test } = commerceSuite(import.meta.url, { COMMERCE_GUESTS: 'allow' })

const EVERY_MS = 30_000
const SLACK_MS = 3_000

test('admins are told how many are there, and the last figures of the app, every 30 s', async (world) => {
  const { user, hers, sellers, admins } = await crew(world)
  await world.connect(user, { ...DOORS[2], device: newDevice() })
  const guest = await world.connect()
  const others = [await world.connect(await world.admin(), ADMIN), await world.connect(await world.admin(), DOORS[3])]
  for (const stats of [{ sales: 1 }, { sales: 2 }]) await world.app.dashboard(stats)
  for (const socket of [admins, ...others])
    for (const stats of [{ sales: 1 }, { sales: 2 }]) assert.deepEqual(await next(socket, 'dashboard:stats:update'), stats)
  assert.deepEqual(told(admins, 'connection:stats'), [], 'not at once')

  const begin = Date.now()
  for (const socket of [admins, ...others]) {
    shape(await next(socket, 'connection:stats', undefined, EVERY_MS + SLACK_MS), {
      totalUsers: 5,
      totalConnections: 7,
      averageConnectionsPerUser: '1.40',
      multipleConnectionUsers: [{ userId: user.userId, connectionCount: 2 }],
      timestamp: iso,
    })
    assert.deepEqual(await next(socket, 'dashboard:stats:update'), { sales: 2 }, 'the last figures again')
  }
  assert.ok(Date.now() - begin < EVERY_MS + SLACK_MS)
  await settled(admins)
  assert.equal(told(admins, 'connection:stats').length, 1)
  await unheard(world, [hers, sellers, guest], 'connection:stats', 'dashboard:stats:update')
})
