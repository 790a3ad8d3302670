// How e-mails look: each template with sample data, as HTML at two widths and as plain text, light or dark as the device is.
// For admins.

import { fact, find, make } from './dom.js'
import { call, refusalOf } from './rest.js'

const TEMPLATES = '/api/email/templates'
const previewOf = (name, format) => `/api/email/preview/${encodeURIComponent(name)}?format=${format}`

export class EmailPanel {
  #token
  #templates = []
  #asked = 0

  /** `token` gives the token in use, or null for the cookie. */
  constructor(token) {
    this.#token = token
    // Where there is no more room than on a phone.
    if (matchMedia('(max-width: 52rem)').matches) document.querySelector('[name=email-view][value=phone]').checked = true
    find('email-open').addEventListener('click', () => this.shown())
    find('email-template').addEventListener('change', () => this.#show())
    for (const step of document.querySelectorAll('[data-email-step]')) {
      step.addEventListener('click', () => this.#step(Number(step.dataset.emailStep)))
    }
    for (const choice of document.querySelectorAll('[name=email-view]')) choice.addEventListener('change', () => this.#view())
  }

  /** Somebody looks: asks which templates there are, as whoever the page is now. */
  async shown() {
    const answer = await call('GET', TEMPLATES, this.#token())
    const { templates } = answer.body
    find('email-closed').hidden = Array.isArray(templates)
    find('email-live').hidden = !Array.isArray(templates)
    if (!Array.isArray(templates)) {
      find('email-why').textContent = why(answer)
      return
    }
    find('email-configured').textContent = answer.body.configured
      ? 'A mail server is configured: what the app asks for is sent.'
      : 'No mail server is configured: nothing is sent, and this works all the same.'
    const chosen = find('email-template').value
    this.#templates = templates
    find('email-template').replaceChildren(...templates.map(({ name }) => make('option', { value: name }, name)))
    if (templates.some(({ name }) => name === chosen)) find('email-template').value = chosen
    this.#view()
    await this.#show()
  }

  #step(by) {
    const select = find('email-template')
    const count = select.options.length
    select.selectedIndex = (select.selectedIndex + by + count) % count
    this.#show()
  }

  async #show() {
    const template = this.#templates.find(({ name }) => name === find('email-template').value)
    if (!template) return
    const { name, required, optional, listMail } = template
    const asked = ++this.#asked
    find('email-facts').replaceChildren(
      fact('Must be given', required.join(', ')),
      fact('May be given', optional.join(', ') || 'nothing'),
      fact('Can be unsubscribed from', listMail ? 'yes' : 'no'),
    )
    this.#frame(name)
    const answer = await call('GET', previewOf(name, 'json'), this.#token())
    // Another one was chosen meanwhile.
    if (asked !== this.#asked) return
    find('email-subject').textContent = answer.ok ? answer.body.subject : refusalOf(answer)
    find('email-text').textContent = answer.ok ? answer.body.text : ''
  }

  /** Posted, so that the token stands in no address. */
  #frame(name) {
    const form = find('email-form')
    const token = this.#token()
    form.action = previewOf(name, 'html')
    find('email-token').value = token ?? ''
    find('email-token').disabled = token === null
    find('email-frame').title = `The e-mail ${name}`
    form.submit()
    find('email-token').value = ''
  }

  #view() {
    const view = document.querySelector('[name=email-view]:checked').value
    find('email-stage').dataset.view = view
    find('email-page').hidden = view === 'text'
    find('email-text').hidden = view !== 'text'
  }
}

function why(answer) {
  if (answer.status === 401) return 'The token does not hold, or there is none. Enter an admin’s and look again.'
  if (answer.status === 403) return 'This is for admins. Enter the token of one and look again.'
  return refusalOf(answer)
}
