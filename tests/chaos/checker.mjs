// Decides whether a history is one that the promises allow: every acknowledged send stored once and delivered once to
// every device, in order; nothing skipped, doubled, foreign or reset without need.
//
//   node tests/chaos/checker.mjs FOLDER     journals (*.jsonl) and store.json of a run

import { delivery } from './check/delivery.mjs'
import { feed } from './check/feed.mjs'
import { readHistory } from './check/history.mjs'
import { storage } from './check/storage.mjs'
import { totals } from './check/totals.mjs'
import { webhooks } from './check/webhooks.mjs'

const RULES = { storage, feed, delivery, totals, webhooks }

/** What is wrong with a history, a line each: which rule, which device, which id. */
export function faultsOf(history) {
  return Object.entries(RULES).flatMap(([name, rule]) => rule(history).map((fault) => `${name}: ${fault}`))
}

/** How much a history is worth: what there was to go wrong. */
export function figuresOf({ of, store, devices }) {
  const connects = of('connect').length
  const replayed = of('resume').reduce((sum, { missed }) => sum + (missed ?? 0), 0)
  return [
    `${store.messages.length} messages`,
    `${of('ack').length} acknowledgements`,
    `${of('event').length} events on ${devices.length} devices`,
    `${connects} connections`,
    `${of('resume').filter(({ recovered }) => recovered).length} recoveries with ${replayed} events`,
    `${of('webhook').length} webhooks`,
  ].join(', ')
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const history = readHistory(process.argv[2])
  const faults = faultsOf(history)
  console.log(figuresOf(history))
  for (const fault of faults) console.log(fault)
  console.log(`${faults.length} faults`)
  process.exit(faults.length > 0 ? 1 : 0)
}
