// `@outrigger/client/next`: the configuration of Next.js, for `next.config.mjs` and `proxy.ts`.

import { configure, type NextConfigLike, type WithOutriggerOptions } from './config.js'

export { NextConfigError } from './config.js'
export type { NextConfigLike, Rewrite, RewriteGroups, Rewrites, WithOutriggerOptions } from './config.js'
export { outriggerMatcher, outriggerProxy, type OutriggerProxyOptions, type ProxiedRequest } from './proxy.js'

/**
 * Adds to a Next configuration what the sidecar needs: rewrites of the socket paths, no redirect for slashes, and
 * a time limit above a long poll. A configuration that is a function stays one.
 */
export function withOutrigger<C extends object, A extends unknown[]>(
  config: (...args: A) => C | Promise<C>,
  options?: WithOutriggerOptions,
): (...args: A) => Promise<C>
export function withOutrigger<C extends object>(config: C, options?: WithOutriggerOptions): C
export function withOutrigger<C extends object, A extends unknown[]>(
  config: C | ((...args: A) => C | Promise<C>),
  options: WithOutriggerOptions = {},
): C | ((...args: A) => Promise<C>) {
  if (typeof config !== 'function') return configured(config, options)
  const make = config as (...args: A) => C | Promise<C>
  return async (...args: A) => configured(await make(...args), options)
}

/** Whatever Next's own type of a configuration is in the version at hand: the parts read here are the same. */
function configured<C extends object>(config: C, options: WithOutriggerOptions): C {
  return configure(config as NextConfigLike, options) as C
}
