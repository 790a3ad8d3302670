// Emitting any event, and sending a message over REST. Contract commerce says who may emit what, and how many are there.

import { counted, find, make, report, shown } from './dom.js'
import { call, refusalOf } from './rest.js'

const OTHER = 'another event…'
/** What contract commerce tells by itself: whom it takes the user for, what they may emit, and counts for admins. */
const SUCCESS = 'connection:success'
const AVAILABLE = 'events:available'
const STATS = 'connection:stats'

export class EmitPanel {
  #connection
  #offers = []
  /** `null`: the contract does not say, and everything may be tried. */
  #allowed = null

  constructor(connection) {
    this.#connection = connection
    connection.addEventListener('change', () => {
      find('emit-button').disabled = connection.state !== 'connected'
      if (!connection.isActive) this.#forget()
    })
    connection.addEventListener('incoming', ({ detail }) => this.#heard(detail.event, detail.args[0]))
    find('event').addEventListener('change', () => this.#chosen())
    find('argument').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) find('emit').requestSubmit()
    })
    find('emit').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#emit()
    })
    find('message').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
  }

  /** Offers the events of a namespace. */
  offer(offers) {
    this.#offers = offers
    const option = ({ event }) => make('option', { value: event }, event)
    find('event').replaceChildren(...offers.map(option), make('option', { value: '' }, OTHER))
    this.#chosen()
  }

  #heard(event, said) {
    if (event === SUCCESS) this.#role(said?.userRole)
    else if (event === STATS) this.#here(said)
    else if (event === AVAILABLE && Array.isArray(said?.events)) {
      this.#allowed = new Set(said.events)
      this.#role(said.role, this.#allowed.size)
      this.#mark()
    }
  }

  /** What one contract said says nothing of another. */
  #forget() {
    this.#allowed = null
    for (const row of ['role-row', 'here-row']) find(row).hidden = true
    this.#mark()
  }

  #role(role, count) {
    find('role-row').hidden = false
    find('fact-role').textContent = count === undefined ? role : `${role}, ${counted(count, 'event')}`
  }

  #here({ totalUsers, totalConnections } = {}) {
    if (totalUsers === undefined) return
    find('here-row').hidden = false
    find('fact-here').textContent = `${counted(totalUsers, 'user')}, ${counted(totalConnections, 'connection')}`
  }

  /** Says of each event whether this user may emit it; it can be tried all the same. */
  #mark() {
    for (const option of find('event').options) {
      const isRefused = this.#allowed !== null && option.value !== '' && !this.#allowed.has(option.value)
      option.textContent = option.value === '' ? OTHER : isRefused ? `${option.value} (not allowed)` : option.value
    }
  }

  #chosen() {
    const offer = this.#offers.find(({ event }) => event === find('event').value)
    find('custom-event-field').hidden = offer !== undefined
    find('custom-event').required = offer === undefined
    const type = readable(offer?.argument)
    find('argument-type').textContent = offer && !type ? 'This event takes no argument.' : type
    find('argument').value = skeleton(type)
    find('argument-fault').textContent = ''
  }

  async #emit() {
    const args = this.#arguments()
    if (!args) return
    const name = find('event').value || find('custom-event').value
    const wantAck = find('want-ack').checked
    report(find('ack'), true, wantAck ? 'Waiting for the acknowledgement…' : '')
    try {
      const answer = await this.#connection.emit(name, args, wantAck)
      // The answer to a question for the counts.
      if (answer?.reply?.success === true) this.#here(answer.reply.data)
      if (answer) report(find('ack'), !isRefusal(answer.reply), `${shown(answer.reply)}\n${answer.took.toFixed(1)} ms`)
    } catch {
      report(find('ack'), false, 'No acknowledgement came')
    }
  }

  #arguments() {
    const field = find('argument')
    const text = field.value.trim()
    let fault = ''
    let args = null
    try {
      args = text === '' ? [] : [JSON.parse(text)]
    } catch (error) {
      fault = `This is not JSON: ${error.message}`
    }
    find('argument-fault').textContent = fault
    field.setAttribute('aria-invalid', String(fault !== ''))
    if (fault) field.focus()
    return args
  }

  async #send() {
    const output = find('message-result')
    const receiver = encodeURIComponent(find('receiver').value.trim())
    const clientMessageId = `console-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`
    report(output, true, 'Sending…')
    const body = { text: find('text').value, clientMessageId }
    const token = find('token').value.trim()
    const byCookie = document.querySelector('[name=identity]:checked').value === 'cookie'
    const answer = await call('POST', `/api/messages/send/${receiver}`, byCookie ? null : token, body)
    report(output, answer.ok, answer.ok ? `Stored as ${answer.body._id}` : refusalOf(answer))
    if (answer.ok) find('text').value = ''
  }
}

/** `{ ok: false }`, `{ status: 'failure' }`, `{ error }`, or `{ code }` without success: each contract has its own. */
const isRefusal = (reply) =>
  reply?.ok === false ||
  (reply?.ok !== true && typeof reply?.error === 'string') ||
  (reply?.success !== true && typeof reply?.code === 'string')

/** A type without its comments, on one line. */
function readable(type) {
  return (type ?? '').replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ').replace(/, }/g, ' }').trim()
}

/** What such an argument must have, to be filled in: the fields of an object, a text, or the first of several words. */
function skeleton(type) {
  if (/^string\b/.test(type)) return '""'
  const [, word] = /^['"]([^'"]*)['"]/.exec(type) ?? []
  if (word !== undefined) return JSON.stringify(word)
  const [, fields] = /^\{(.*?)\}/.exec(type) ?? []
  if (fields === undefined) return ''
  const empty = { string: '', number: 0, boolean: true }
  const pairs = [...fields.matchAll(/(\w+)(\?)?: ([^,;]+)/g)]
  const wanted = pairs.filter(([, , optional]) => !optional).map(([, name, , kind]) => [name, empty[kind.trim()] ?? null])
  return JSON.stringify(Object.fromEntries(wanted), null, 2)
}
