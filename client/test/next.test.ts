// The configuration of Next.js: exactly the settings that were found to work, and none of the app's own lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paths } from '@outrigger/client'
import { NextConfigError, outriggerMatcher, outriggerProxy, withOutrigger, type RewriteGroups } from '@outrigger/client/next'

const url = 'http://127.0.0.1:4001'

async function rewritesOf(config: object): Promise<Required<RewriteGroups>> {
  const { rewrites } = config as { rewrites?: () => Promise<Required<RewriteGroups>> }
  assert.ok(rewrites)
  return rewrites()
}

test('the settings without which sockets do not work', async () => {
  const config = withOutrigger({ reactStrictMode: true }, { url: `${url}/` })
  assert.equal(config.reactStrictMode, true)
  const settings = config as { skipTrailingSlashRedirect?: boolean; experimental?: { proxyTimeout?: number } }
  assert.equal(settings.skipTrailingSlashRedirect, true)
  assert.equal(settings.experimental?.proxyTimeout, 120_000)
  const { beforeFiles, fallback } = await rewritesOf(config)
  assert.deepEqual(beforeFiles, [
    { source: paths.main, destination: `${url}${paths.main}/` },
    { source: paths.legacy, destination: `${url}${paths.legacy}/` },
  ])
  const last = fallback.at(-1)
  assert.equal(last?.source, '/:path*')
  assert.deepEqual(last?.has, [{ type: 'header', key: 'upgrade', value: '[Ww]eb[Ss]ocket' }])
})

test('the app’s own rewrites and settings stay', async () => {
  const own = { source: '/a', destination: '/b' }
  const asList = await rewritesOf(withOutrigger({ rewrites: async () => [own] }, { url }))
  assert.deepEqual(asList.afterFiles, [own])
  const asGroups = await rewritesOf(withOutrigger({ rewrites: async () => ({ beforeFiles: [own], fallback: [own] }) }, { url }))
  assert.deepEqual(asGroups.beforeFiles.at(-1), own)
  assert.deepEqual(asGroups.fallback[0], own)
  const { experimental } = withOutrigger({ experimental: { proxyTimeout: 5, other: true } }, { url })
  assert.deepEqual(experimental, { proxyTimeout: 5, other: true })
})

test('a configuration that is a function stays one', async () => {
  const configure = withOutrigger(async (phase: string) => ({ env: { phase } }), { url })
  const config = await configure('phase-production-server')
  assert.deepEqual(config.env, { phase: 'phase-production-server' })
  assert.equal((await rewritesOf(config)).beforeFiles.length, 2)
})

test('REST can be kept out, and an address of run time writes no rewrites', async () => {
  const { fallback } = await rewritesOf(withOutrigger({}, { url, rest: false }))
  assert.equal(fallback.length, 1)
  const config = withOutrigger({}, { url: false }) as { rewrites?: unknown; skipTrailingSlashRedirect?: boolean }
  assert.equal(config.rewrites, undefined)
  assert.equal(config.skipTrailingSlashRedirect, true)
})

test('trailingSlash: true is refused with the reason', () => {
  assert.throws(() => withOutrigger({ trailingSlash: true }, { url }), NextConfigError)
})

test('the proxy passes REST on that it was told of, as it is, and what only looks like it stays', () => {
  const proxy = outriggerProxy({ url, rest: ['/social/api'] })
  const rewritten = (at: string): string | null | undefined =>
    proxy({ url: `http://localhost:3000${at}` })?.headers.get('x-middleware-rewrite')
  assert.equal(rewritten('/social/api/messages/bob?limit=5&before=a%20b'), `${url}/social/api/messages/bob?limit=5&before=a%20b`)
  assert.equal(rewritten('/social/api'), `${url}/social/api`)
  assert.equal(rewritten('/social/apiary'), undefined)
  assert.equal(rewritten('/social/api/../../internal/notify'), undefined)
})

test('the proxy passes socket paths on, with a slash and the query, and nothing else', () => {
  let target = url
  const proxy = outriggerProxy({ url: () => target })
  const rewritten = (at: string): string | null | undefined =>
    proxy({ url: `http://localhost:3000${at}` })?.headers.get('x-middleware-rewrite')
  assert.equal(rewritten('/api/socket?EIO=4&t=a%20b'), `${url}/api/socket/?EIO=4&t=a%20b`)
  assert.equal(rewritten('/api/socket-namespaces/?EIO=4'), `${url}/api/socket-namespaces/?EIO=4`)
  assert.equal(rewritten('/api/socket/other'), undefined)
  assert.equal(rewritten('/'), undefined)
  assert.equal(rewritten('/social/api/messages'), undefined)
  target = 'http://127.0.0.1:4002'
  assert.equal(rewritten('/api/socket'), 'http://127.0.0.1:4002/api/socket/')
  assert.deepEqual([...outriggerMatcher], [paths.main, paths.legacy])
})
