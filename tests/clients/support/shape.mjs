// Payloads against the contract: fields may be added, none may be missing or of another kind.

import assert from 'node:assert/strict'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

export const text = (value) => typeof value === 'string' && value.length > 0
export const flag = (value) => typeof value === 'boolean'
export const count = (value) => Number.isInteger(value) && value >= 0
export const list = (value) => Array.isArray(value)
export const iso = (value) => typeof value === 'string' && ISO.test(value) && !Number.isNaN(Date.parse(value))

/** Each key is checked by its function, or must equal its value. */
export function shape(actual, expected) {
  assert.ok(actual && typeof actual === 'object', `an object was expected, not ${JSON.stringify(actual)}`)
  for (const [key, wanted] of Object.entries(expected)) {
    const shown = `${key} of ${JSON.stringify(actual)}`
    if (typeof wanted === 'function') {
      assert.ok(wanted(actual[key]), `${shown} should be of the kind "${wanted.name}"`)
    } else {
      assert.deepEqual(actual[key], wanted, shown)
    }
  }
  return actual
}

export function accepted(reply) {
  return shape(reply, { ok: true })
}

export function rejected(reply) {
  return shape(reply, { ok: false, error: text })
}
