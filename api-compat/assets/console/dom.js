// Small words for the document. Text always stays text: nothing is ever read as HTML.

export const find = (id) => document.getElementById(id)

/** `make('li', { className: 'x' }, 'text', child)`; names with a dash and `role` become attributes. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue
    if (key.includes('-') || key === 'role') element.setAttribute(key, value)
    else element[key] = value
  }
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

/** Term and description, as `dl` takes them. */
export const fact = (term, description, properties = {}) =>
  make('div', properties, make('dt', {}, term), make('dd', {}, description))

const SECRETS = new Set(['token', 'newToken', 'socketToken', 'refreshToken'])
const LONGEST = 20_000

/** A payload for people: tokens in it are not shown. */
export function shown(value, indent = 2) {
  const hide = (key, inner) => (SECRETS.has(key) && typeof inner === 'string' ? '•••' : inner)
  const text = JSON.stringify(value, hide, indent) ?? 'undefined'
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}

export const clock = (date) => date.toLocaleTimeString([], { hour12: false })

export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`

/** Tells a form's `output` how it went. */
export function report(output, ok, text) {
  output.dataset.ok = String(ok)
  output.textContent = text
}
