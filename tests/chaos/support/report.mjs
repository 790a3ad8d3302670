// What a driver found out: a line for each check, the figures, and the count at the end.

const SHOWN_FAULTS = 12

/** `const report = reportOf('kill')`; the process ends with `report.finish()`. */
export function reportOf(driver) {
  let passed = 0
  let failed = 0
  const begin = Date.now()
  const say = (text) => console.log(`[${driver} ${((Date.now() - begin) / 1000).toFixed(1).padStart(6)} s] ${text}`)
  const check = (name, holds, detail = '') => {
    if (holds) passed += 1
    else failed += 1
    const words = typeof detail === 'function' ? detail() : detail
    say(`${holds ? 'ok    ' : 'FAILED'} ${name}${words ? `: ${words}` : ''}`)
    return holds
  }
  return {
    say,
    /** Counts one check; `detail` says what was seen. */
    check,
    /** One check for a list of faults that should be empty; `detail` stands before them. */
    none: (name, faults, detail = '') => {
      const shown = faults.slice(0, SHOWN_FAULTS).map((fault) => `\n          ${fault}`)
      const rest = faults.length > SHOWN_FAULTS ? `\n          and ${faults.length - SHOWN_FAULTS} more` : ''
      return check(name, faults.length === 0, `${detail && `${detail}, `}${faults.length} faults${shown.join('')}${rest}`)
    },
    /** An error counts as a failed check, so that the others are still told. */
    attempt: async (name, work) => {
      try {
        await work()
      } catch (error) {
        check(name, false, error.stack ?? String(error))
      }
    },
    finish: () => {
      console.log(`${passed} passed, ${failed} failed`)
      process.exit(failed > 0 ? 1 : 0)
    },
  }
}

/** The value below which `share` of the values lie. */
export function percentile(values, share) {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
}
