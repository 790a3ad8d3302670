// What the binary says it serves, against the contracts' own list of events.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { builtContracts, contractEvents, EVENTS_FILE, keyOf, notBuilt, SHARED_EVENTS_FILE } from './support/contracts.mjs'
import { BINARY } from './support/sidecar.mjs'

const registry = () => JSON.parse(execFileSync(BINARY, ['contracts', '--json'], { encoding: 'utf8', timeout: 10_000 }))
const keysOf = (events, contract) =>
  [...new Set(events.filter((one) => one.contract === contract).map(keyOf))].sort()

test('the list of events kept here is the one of the contracts', { skip: !existsSync(SHARED_EVENTS_FILE) }, () => {
  const parse = (file) => JSON.parse(readFileSync(file, 'utf8'))
  assert.deepEqual(parse(EVENTS_FILE), parse(SHARED_EVENTS_FILE))
})

test('rooms, legacy, social, tracking, commerce, quiz and contacts are built, and only contracts that exist are excused', () => {
  const known = new Set(contractEvents().map(({ contract }) => contract))
  for (const contract of notBuilt()) {
    assert.ok(known.has(contract), `tests/not-built.txt names ${contract}, which is no contract`)
    assert.ok(!['rooms', 'legacy', 'social', 'tracking', 'commerce', 'quiz', 'contacts'].includes(contract), `${contract} must be built`)
  }
})

for (const contract of builtContracts()) {
  test(`the registry of ${contract} is exactly the contract's, less what is optional`, () => {
    const served = keysOf(registry(), contract)
    const left = contractEvents().filter((one) => one.optional && !served.includes(keyOf(one)))
    const wanted = keysOf(contractEvents(), contract).filter((key) => !left.map(keyOf).includes(key))
    assert.deepEqual(served, wanted)
  })
}

test('a contract that is built is not listed as missing', () => {
  const built = new Set(registry().map(({ contract }) => contract))
  assert.deepEqual(
    notBuilt().filter((contract) => built.has(contract)),
    [],
    'take them out of tests/not-built.txt',
  )
})
