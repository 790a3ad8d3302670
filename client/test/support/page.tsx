// A page without a browser: jsdom's document, and React rendering into it.

import { JSDOM } from 'jsdom'
import { after } from 'node:test'

/** An origin that the sidecar allows. */
const dom = new JSDOM('<!doctype html><html lang="en"><body></body></html>', {
  url: 'http://localhost:3000/',
  pretendToBeVisual: true,
})

// What React and the package look for. `fetch` and `AbortSignal` stay Node's.
const { window } = dom
const globals: Record<string, unknown> = {
  window,
  document: window.document,
  navigator: window.navigator,
  location: window.location,
  HTMLElement: window.HTMLElement,
  HTMLIFrameElement: window.HTMLIFrameElement,
  Element: window.Element,
  Node: window.Node,
  Event: window.Event,
}
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

// After the document is there: React looks for it when it is loaded.
const { createRoot } = await import('react-dom/client')
type Root = ReturnType<typeof createRoot>

export interface Page {
  readonly element: HTMLElement
  render(node: Parameters<Root['render']>[0]): void
  unmount(): void
  text(): string
  button(name: string): HTMLButtonElement | undefined
}

const pages = new Set<Page>()
after(() => {
  for (const page of pages) page.unmount()
  // Scheduled work of React ends before its document does.
  setTimeout(() => window.close(), 50).unref()
})

export function page(): Page {
  const element = document.createElement('div')
  document.body.append(element)
  const root = createRoot(element)
  const made: Page = {
    element,
    render: (node) => root.render(node),
    unmount: () => {
      root.unmount()
      element.remove()
      pages.delete(made)
    },
    text: () => element.textContent ?? '',
    button: (name) =>
      [...element.querySelectorAll('button')].find((one) =>
        [one.textContent, one.getAttribute('aria-label')].some((words) => words?.trim() === name),
      ),
  }
  pages.add(made)
  return made
}

/** What a user does with a field: React listens to the event, not to the value. */
export function type(field: HTMLInputElement, text: string): void {
  const { set } = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, 'value') ?? {}
  set?.call(field, text)
  field.dispatchEvent(new window.Event('input', { bubbles: true }))
}
