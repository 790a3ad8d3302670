// What was sent and what arrived, newest first: bounded, filtered, and at rest while paused.

import { clock, counted, find, make, shown } from './dom.js'

const MOST = 300
const HEARTBEATS = new Set(['ping', 'pong'])
const WAYS = { in: ['↓', 'in'], out: ['↑', 'out'], system: ['·', ''] }

export class EventLog {
  #entries = []
  #waiting = 0
  #paused = false
  #list = find('log')

  constructor(connection) {
    connection.addEventListener('incoming', ({ detail }) => this.add('in', detail.event, detail.args))
    connection.addEventListener('outgoing', ({ detail }) => this.add('out', detail.event, detail.args))
    connection.addEventListener('system', ({ detail }) => this.add('system', detail.text, []))
    find('log-filter').addEventListener('input', () => this.#draw())
    find('log-heartbeats').addEventListener('change', () => this.#draw())
    find('log-clear').addEventListener('click', () => {
      this.#entries = []
      this.#waiting = 0
      this.#draw()
    })
    find('log-pause').addEventListener('click', ({ currentTarget }) => {
      this.#paused = !this.#paused
      this.#waiting = 0
      currentTarget.setAttribute('aria-pressed', String(this.#paused))
      currentTarget.textContent = this.#paused ? 'Continue' : 'Pause'
      if (!this.#paused) this.#draw()
      this.#count()
    })
  }

  add(way, name, args) {
    const entry = { way, name, args, at: new Date(), text: args.map((one) => shown(one, 0)).join(', ') }
    this.#entries.unshift(entry)
    this.#entries.length = Math.min(this.#entries.length, MOST)
    if (this.#paused) this.#waiting += 1
    else if (this.#wanted(entry)) {
      this.#list.prepend(drawn(entry))
      while (this.#list.childElementCount > MOST) this.#list.lastElementChild.remove()
    }
    this.#count()
  }

  #wanted({ way, name, text }) {
    if (way !== 'system' && HEARTBEATS.has(name) && !find('log-heartbeats').checked) return false
    const filter = find('log-filter').value.trim().toLowerCase()
    return filter === '' || `${name} ${text}`.toLowerCase().includes(filter)
  }

  #draw() {
    this.#list.replaceChildren(...this.#entries.filter((entry) => this.#wanted(entry)).map(drawn))
    this.#count()
  }

  #count() {
    const number = this.#list.childElementCount
    find('log-empty').hidden = number > 0
    const waiting = this.#waiting > 0 ? `, ${this.#waiting} waiting` : ''
    find('log-count').textContent = number === 0 && !waiting ? 'None yet' : `${counted(number, 'event')}${waiting}`
  }
}

function drawn({ way, name, args, at, text }) {
  const [sign, word] = WAYS[way]
  const arrow = make('span', { className: 'way', 'data-way': way, 'aria-hidden': 'true' }, sign)
  const heading = [
    arrow,
    make('time', { dateTime: at.toISOString() }, clock(at)),
    make('span', { className: 'name' }, word ? make('span', { className: 'hidden' }, `${word}: `) : null, name),
  ]
  if (args.length === 0) return make('li', { className: way === 'system' ? 'sys' : undefined }, make('div', { className: 'heading' }, ...heading))
  const peek = make('span', { className: 'peek' }, text.slice(0, 200))
  const details = make('details', {}, make('summary', { className: 'heading' }, ...heading, peek))
  // Written out only when somebody looks.
  details.addEventListener('toggle', () => details.append(make('pre', {}, args.map((one) => shown(one)).join('\n'))), { once: true })
  return make('li', {}, details)
}
