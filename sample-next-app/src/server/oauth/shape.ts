// Reading what others send: only what has the right shape comes out.

const LONGEST_TEXT = 320

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim().slice(0, LONGEST_TEXT) : ''

export const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

export const objectsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : []

export function httpsUrl(value: unknown): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null
  return url?.protocol === 'https:' ? url.href : null
}
