// The live monitor: who is there, what passes, and logging people out.

import { clock, counted, fact, find, make } from './dom.js'
import { explainText } from './faults.js'
import { LiveState } from './live-state.js'

const NAMESPACE = '/monitor'
const MOST_PASSING = 200

export class MonitorPanel {
  #connection
  #socket = null
  #state = new LiveState()
  #rows = new Map()
  #passing = []
  #openWhenConnected = false

  constructor(connection) {
    this.#connection = connection
    connection.addEventListener('change', () => this.#connectionChanged())
    find('monitor-open').addEventListener('click', () => this.#open())
    find('users-filter').addEventListener('input', () => this.#filter())
    find('passing-on').addEventListener('change', () => this.#follow())
    setInterval(() => this.#drawServer(), 1000)
  }

  /** The tab is shown. */
  shown() {
    this.#openWhenConnected = true
    if (!this.#socket && this.#connection.state === 'connected') this.#open()
  }

  #connectionChanged() {
    if (!this.#connection.isActive) {
      this.#leave('Connect as an admin to see who is there and what passes.')
      this.#openWhenConnected = !find('panel-monitor').hidden
    } else if (this.#connection.state === 'connected' && this.#openWhenConnected && !this.#socket) {
      this.#open()
    }
  }

  #open() {
    if (!this.#connection.isActive) {
      find('monitor-why').textContent = 'Connect first: the monitor uses the same connection and the same token.'
      find('place').focus()
      return
    }
    this.#openWhenConnected = false
    this.#release()
    const socket = this.#connection.socketAt(NAMESPACE)
    this.#socket = socket
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener)
    if (socket.connected) this.#begin()
    else socket.connect()
  }

  #listeners = {
    connect: () => this.#follow(),
    connect_error: ({ message }) => this.#socket.active || this.#refused(message),
    disconnect: () => this.#socket.active || this.#leave('The sidecar closed the monitor.'),
    authError: ({ message }) => this.#refused(message),
    'monitor:state': (state) => this.#reset(state),
    'monitor:update': (update) => this.#update(update),
    'monitor:events': (batch) => this.#passed(batch),
  }

  /** The namespace is connected already: somebody tries it as a client. */
  async #begin() {
    this.#follow()
    this.#reset(await this.#socket.emitWithAck('monitor:snapshot'))
  }

  #release() {
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    for (const [event, listener] of Object.entries(this.#listeners)) socket.off(event, listener)
    if (!this.#connection.drives(socket)) socket.disconnect()
  }

  #refused(message) {
    const { title, advice } = explainText(message)
    this.#leave(`${title}. ${advice}`)
  }

  #leave(why) {
    this.#release()
    find('monitor-why').textContent = why
    this.#show(false)
  }

  #show(live) {
    find('monitor-live').hidden = !live
    find('monitor-closed').hidden = live
  }

  #reset(state) {
    this.#state.reset(state)
    this.#rows.clear()
    find('users').replaceChildren()
    this.#drawUsers(this.#state.users.values(), [])
    this.#drawAll()
    this.#show(true)
  }

  async #update(update) {
    if (this.#state.update(update)) {
      this.#drawUsers(update.users.upserted, update.users.gone)
      this.#drawAll()
    } else if (this.#socket) {
      this.#reset(await this.#socket.emitWithAck('monitor:snapshot'))
    }
  }

  #drawAll() {
    this.#drawTotals()
    this.#drawRates()
    this.#drawRooms()
    this.#drawServer()
  }

  #drawTotals() {
    const { totals, store } = this.#state
    const tile = (name, value, properties) => fact(name, value.toLocaleString(), properties)
    const webhooks = ({ waiting, dead }) =>
      dead > 0 ? tile('webhooks dead', dead, { 'data-health': 'failing' }) : tile('webhooks waiting', waiting)
    find('totals').replaceChildren(
      tile('users', totals.users),
      tile('devices', totals.devices),
      tile('connections', totals.connections),
      tile('sockets', totals.sockets),
      tile('on polling', totals.polling),
      tile('chats', totals.rooms),
      tile('watching', totals.watchers),
      tile('store', store.status, { 'data-health': store.status }),
      ...(store.webhooks === undefined ? [] : [webhooks(store.webhooks)]),
    )
  }

  // Rows are kept, so that whoever stands on a button keeps standing there.
  #drawUsers(upserted, gone) {
    const list = find('users')
    for (const id of gone) {
      this.#rows.get(id)?.remove()
      this.#rows.delete(id)
    }
    for (const user of upserted) {
      const row = this.#userRow(user)
      const old = this.#rows.get(user.userId)
      this.#rows.set(user.userId, row)
      if (old) {
        const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
        old.replaceWith(row)
        if (focused) row.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus()
      } else {
        const after = [...list.children].find((one) => one.dataset.user > user.userId)
        list.insertBefore(row, after ?? null)
      }
    }
    this.#filter()
  }

  #userRow(user) {
    const admin = user.isAdmin ? make('span', { className: 'badge' }, 'admin') : null
    const more = user.truncated > 0 ? make('li', {}, `and ${counted(user.truncated, 'more device')}`) : null
    const row = make(
      'li',
      { 'data-user': user.userId },
      make(
        'div',
        { className: 'row' },
        make('p', { className: 'who' }, make('strong', {}, user.userId), ' ', make('span', { className: 'soft' }, user.email), ' ', admin),
        this.#button('user', 'Disconnect', `Disconnect ${user.userId}`, { userId: user.userId }),
      ),
      make('ul', { className: 'devices' }, ...user.devices.map((device) => this.#deviceRow(user, device)), more),
    )
    row.dataset.words = JSON.stringify(user).toLowerCase()
    return row
  }

  #deviceRow({ userId }, device) {
    const transports = [...new Set(device.places.map(({ transport }) => transport))]
    const badge = (name) => make('span', { className: name === 'polling' ? 'badge slow' : 'badge' }, name)
    const places = device.places.map(({ path, namespace }) => `${path}${namespace === '/' ? '' : ` ${namespace}`}`)
    const label = `Disconnect device ${device.deviceId} of ${userId}`
    return make(
      'li',
      {},
      make(
        'span',
        { className: 'what', title: device.userAgent },
        make('b', {}, program(device.userAgent)),
        ` · ${device.ipAddress} · ${counted(device.sockets, 'socket')} `,
        ...transports.flatMap((name) => [badge(name), ' ']),
        make('br'),
        make('span', { className: 'mono' }, [...new Set(places)].join(', ')),
      ),
      this.#button(device.deviceId, 'Disconnect device', label, { userId, deviceId: device.deviceId }),
    )
  }

  #button(key, text, label, target) {
    const button = make('button', { type: 'button', className: 'danger small', 'aria-label': label, 'data-key': key }, text)
    button.addEventListener('click', () => this.#confirm(label, target))
    return button
  }

  #confirm(question, target) {
    const dialog = find('confirm')
    find('confirm-title').textContent = target.deviceId ? 'Disconnect a device' : 'Disconnect a user'
    find('confirm-text').textContent = `${question}? The app’s clients are told, and log out.`
    dialog.returnValue = ''
    dialog.showModal()
    dialog.onclose = async () => {
      if (dialog.returnValue !== 'go' || !this.#socket) return
      const more = { reason: find('confirm-reason').value, revoke: find('confirm-revoke').checked }
      await this.#socket.emitWithAck('monitor:disconnect', { ...target, ...more })
    }
  }

  #filter() {
    const filter = find('users-filter').value.trim().toLowerCase()
    let visible = 0
    for (const row of this.#rows.values()) {
      row.hidden = filter !== '' && !row.dataset.words.includes(filter)
      visible += row.hidden ? 0 : 1
    }
    const { users, usersLeftOut = 0 } = this.#state
    const empty = find('users-empty')
    empty.hidden = visible > 0
    empty.textContent = users.size > 0 ? 'Nobody matches.' : 'Nobody is online.'
    const leftOut = usersLeftOut > 0 ? `, ${usersLeftOut} more not listed` : ''
    find('users-count').textContent = filter ? `${visible} of ${users.size}${leftOut}` : `${users.size}${leftOut}`
  }

  #drawRates() {
    const { rates } = this.#state
    const row = ({ direction, contract, event, perSecond, bytesPerSecond }) =>
      make(
        'tr',
        {},
        make('td', { className: 'event' }, ...way(direction), ' ', make('span', { className: 'mono' }, event), ' ', make('span', { className: 'soft' }, contract)),
        make('td', { className: 'number' }, perSecond.toFixed(1)),
        make('td', { className: 'number' }, Math.round(bytesPerSecond).toLocaleString()),
      )
    find('rates').replaceChildren(...rates.map(row))
    find('rates-empty').hidden = rates.length > 0
  }

  #drawRooms() {
    const { rooms, roomsLeftOut = 0 } = this.#state
    const fullest = [...rooms.values()].sort((a, b) => b.sockets - a.sockets || (a.chatId < b.chatId ? -1 : 1))
    const row = ({ chatId, sockets }) =>
      make('tr', {}, make('td', { className: 'mono' }, chatId), make('td', { className: 'number' }, sockets.toLocaleString()))
    find('rooms').replaceChildren(...fullest.map(row))
    find('rooms-empty').hidden = rooms.size > 0
    find('rooms-count').textContent = roomsLeftOut > 0 ? `${rooms.size}, ${roomsLeftOut} more not listed` : `${rooms.size}`
  }

  #drawServer() {
    const { server, store, limits, startedAt } = this.#state
    if (!server || find('monitor-live').hidden) return
    const took = store.latencyMs === undefined ? '' : `, ${store.latencyMs.toFixed(1)} ms`
    const seconds = Math.max(0, Math.floor((Date.now() - startedAt) / 1000))
    find('server').replaceChildren(
      fact('Version', server.version),
      fact('Up for', lasted(seconds)),
      fact('Store', `${store.status}${took}`),
      fact('Connections, at most', limits.connections.toLocaleString()),
      fact('Sockets of a user, at most', limits.socketsPerUser.toLocaleString()),
      fact('Largest packet', `${limits.payloadBytes.toLocaleString()} bytes`),
      fact('Heartbeat', `${limits.pingIntervalMs / 1000} s, ${limits.pingTimeoutMs / 1000} s to answer`),
    )
  }

  #follow() {
    const events = find('passing-on').checked
    this.#socket?.emit('monitor:subscribe', { events })
  }

  #passed({ events, replayed, skipped }) {
    if (replayed) this.#passing = []
    this.#passing.unshift(...events.toReversed())
    this.#passing.length = Math.min(this.#passing.length, MOST_PASSING)
    const row = (one) =>
      make(
        'tr',
        {},
        make('td', { className: 'soft' }, clock(new Date(one.timestamp))),
        make('td', { className: 'event' }, ...way(one.direction), ' ', make('span', { className: 'mono' }, one.event), ' ', make('span', { className: 'soft' }, `${one.contract}${one.namespace === '/' ? '' : ` ${one.namespace}`}`)),
        make('td', { className: 'mono' }, one.userId ?? ''),
        make('td', { className: 'number' }, one.sockets.toLocaleString()),
        make('td', { className: 'number' }, one.bytes.toLocaleString()),
        make('td', { className: 'mono soft' }, one.fields.join(' ')),
      )
    const rows = this.#passing.map(row)
    if (skipped > 0) rows.splice(events.length, 0, make('tr', {}, make('td', { colSpan: 6, className: 'soft' }, `${counted(skipped, 'more event')} passed that are not listed`)))
    find('passing').replaceChildren(...rows)
    find('passing-empty').hidden = rows.length > 0
  }
}

const way = (direction) => [
  make('span', { className: 'way', 'data-way': direction, 'aria-hidden': 'true' }, direction === 'in' ? '↓' : '↑'),
  make('span', { className: 'hidden' }, direction === 'in' ? 'in' : 'out'),
]

const PROGRAMS = [
  [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari'],
  [/python/i, 'Python'], [/node/i, 'Node.js'],
]
const SYSTEMS = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]

function program(userAgent) {
  if (!userAgent) return 'Unnamed program'
  const first = (table) => table.find(([pattern]) => pattern.test(userAgent))?.[1]
  const [name, system] = [first(PROGRAMS), first(SYSTEMS)]
  return [name ?? userAgent.slice(0, 60), system && name ? `on ${system}` : null].filter(Boolean).join(' ')
}

function lasted(seconds) {
  const parts = [[86_400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]
  const shown = []
  let rest = seconds
  for (const [size, unit] of parts) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 || shown.length > 0) shown.push(`${count} ${unit}`)
  }
  return shown.slice(0, 2).join(' ') || '0 s'
}
