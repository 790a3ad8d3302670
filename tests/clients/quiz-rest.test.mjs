// The public HTTP of contract `quiz` (`contracts/quiz.md` section 4).

import assert from 'node:assert/strict'
import { newId, numbers, ownQuiz, quizSuite } from './support/quiz.mjs'
import { count, iso, shape, text } from './support/shape.mjs'

const { test } = quizSuite(import.meta.url)

async function call(world, path, { method = 'GET', headers = {} } = {}) {
  const response = await fetch(world.sidecar().publicUrl + path, { method, headers, signal: AbortSignal.timeout(10_000) })
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, headers: response.headers, body: type.includes('json') ? await response.json() : await response.text() }
}

const PREFIXES = ['', '/quiz']

for (const prefix of PREFIXES) {
  test(`health tells of the parts, and of no cache: ${prefix || 'at the root'}`, async (world) => {
    const { status, body } = await call(world, `${prefix}/api/health`)
    assert.equal(status, 200)
    shape(body, { status: 'healthy', services: Array.isArray, timestamp: iso })
    assert.ok(typeof body.uptime === 'number' && body.uptime >= 0)
    for (const one of body.services) shape(one, { name: text, status: 'healthy' })
    assert.deepEqual(body.cache, { redis: { connected: false, stats: null }, memory: { size: 0, keys: [] } })
  })

  test(`figures are for admins and the app only: ${prefix || 'at the root'}`, async (world) => {
    const path = `${prefix}/api/metrics`
    const [visitor, creator, admin, boss] = [
      await world.member(),
      await world.member('Creator'),
      await world.member('Admin'),
      await world.member('SuperAdmin'),
    ]
    const refused = async (headers, status) => {
      const { body, ...answer } = await call(world, path, { headers })
      assert.equal(answer.status, status, JSON.stringify(headers).slice(0, 60))
      shape(body, { success: false, error: text, code: text, timestamp: iso })
    }
    await refused({}, 401)
    for (const token of ['garbage', 'null', 'undefined', admin.quizToken({ expiresIn: -60 })]) {
      await refused({ 'x-auth-token': token }, 401)
      await refused({ authorization: `Bearer ${token}` }, 401)
    }
    for (const who of [visitor, creator]) {
      await refused({ 'x-auth-token': who.token }, 403)
      await refused({ authorization: `Bearer ${who.token}` }, 403)
    }
    for (const headers of [
      { 'x-auth-token': admin.token },
      { authorization: `Bearer ${admin.token}` },
      { 'x-auth-token': boss.token },
      { authorization: `Bearer ${world.home.internalSecret}` },
      { 'x-internal-secret': world.home.internalSecret },
    ]) {
      const { status, body } = await call(world, path, { headers })
      assert.equal(status, 200, JSON.stringify(headers).slice(0, 60))
      shape(body, { onlineUsers: count, activeRooms: count, quizSessions: count, uptime: count, timestamp: iso })
      shape(body.connections, { totalConnections: count, currentConnections: count, peakConnections: count, lastPeak: iso })
      assert.ok(body.memoryUsage && typeof body.memoryUsage === 'object')
    }
  })

  test(`what is not there is said in the words of the contract: ${prefix || 'at the root'}`, async (world) => {
    for (const path of ['/api/nothing', `/api/quizzes/${newId('quiz')}`, '/nothing?x=1', '/api/health/more']) {
      const url = prefix + path
      for (const method of ['GET', 'POST']) {
        const { status, body } = await call(world, url, { method })
        assert.equal(status, 404, `${method} ${url}`)
        assert.deepEqual(body, { error: `Route ${url} does not exist` })
      }
    }
  })
}

test('a sign of life of the service', async (world) => {
  const { status, body } = await call(world, '/quiz/health')
  assert.equal(status, 200)
  shape(body, { status: 'healthy', service: 'quiz-service', timestamp: iso })
  assert.ok(typeof body.uptime === 'number')
  const root = await call(world, '/health')
  assert.equal(root.status, 200)
  shape(root.body, { status: text })
})

test('beside another contract it is under its own name only', async ({ t }) => {
  const world = await ownQuiz(t, { ROOT_CONTRACT: 'rooms' })
  shape((await call(world, '/quiz/api/health')).body, { status: 'healthy', cache: (cache) => typeof cache === 'object' })
  assert.equal((await call(world, '/quiz/api/metrics')).status, 401)
  assert.equal((await call(world, '/api/metrics')).status, 404)
  const { status, body } = await call(world, '/quiz/api/nothing')
  assert.equal(status, 404)
  assert.deepEqual(body, { error: 'Route /quiz/api/nothing does not exist' })
})

test('an admin may look 120 times a minute, and the app as often as it likes', async ({ t }) => {
  const world = await ownQuiz(t, { RATE_LIMITS: 'on' })
  const admin = await world.member('Admin')
  const look = (headers) => call(world, '/quiz/api/metrics', { headers })
  for (const n of numbers(120)) assert.equal((await look({ 'x-auth-token': admin.token })).status, 200, `the ${n + 1}th`)
  const { status, headers, body } = await look({ 'x-auth-token': admin.token })
  assert.equal(status, 429)
  shape(body, { success: false, error: text, timestamp: iso })
  assert.ok(Number(headers.get('retry-after')) >= 1)
  assert.equal((await look({ 'x-auth-token': (await world.member('Admin')).token })).status, 200)
  assert.equal((await look({ 'x-internal-secret': world.home.internalSecret })).status, 200)
})
