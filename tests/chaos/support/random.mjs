// Chance that can be had again: the seed is printed, and the same seed makes the same choices.

/** A generator of numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    seed,
    next,
    /** A whole number from `low` to `high`, both included. */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)],
  }
}

/** What the command line says: `--short`, `--seed N`, `--rounds N`. */
export function optionsOf(argv = process.argv.slice(2)) {
  const value = (name) => {
    const at = argv.indexOf(name)
    return at < 0 ? undefined : Number(argv[at + 1])
  }
  return {
    short: argv.includes('--short'),
    seed: value('--seed') ?? (Date.now() ^ (process.pid << 12)) >>> 0,
    rounds: value('--rounds'),
  }
}
