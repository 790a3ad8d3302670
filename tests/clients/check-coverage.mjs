// After the stories: every event of the built contracts must have been sent or received by a real client;
// optional ones are not asked for.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { builtContracts, contractEvents, keyOf } from './support/contracts.mjs'
import { COVERAGE_DIRECTORY } from './support/coverage.mjs'

const reports = existsSync(COVERAGE_DIRECTORY) ? readdirSync(COVERAGE_DIRECTORY) : []
const seen = new Set(
  reports.flatMap((name) => JSON.parse(readFileSync(join(COVERAGE_DIRECTORY, name), 'utf8'))).map(keyOf),
)

for (const contract of builtContracts()) {
  test(`real clients exercised every event of ${contract}`, () => {
    assert.ok(reports.length > 0, `nothing was recorded in ${COVERAGE_DIRECTORY}: run the stories first`)
    const wanted = contractEvents().filter((one) => one.contract === contract && !one.optional)
    assert.ok(wanted.length > 0, `${contract} has no events`)
    assert.deepEqual(
      wanted.map(keyOf).filter((key) => !seen.has(key)),
      [],
      'events that no story exercised',
    )
  })
}
